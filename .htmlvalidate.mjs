// La norme HTML, sans avis de style : l'accessibilité est l'affaire d'axe-core.
export default {
  root: true,
  extends: ["html-validate:standard"],
  rules: {
    // Le thème met autocomplete="off" sur ses cases à cocher, pour que Firefox ne les recoche pas.
    "valid-autocomplete": "off",
  },
}
