// À l'impression, tout ce qui est replié s'ouvre, puis retrouve son état.
const impression = window.matchMedia("print")
let ouverts = []

function deplier() {
  const replies = [...document.querySelectorAll("details:not([open])")]
  replies.forEach((bloc) => (bloc.open = true))
  ouverts.push(...replies)
}

function replier() {
  ouverts.forEach((bloc) => (bloc.open = false))
  ouverts = []
}

impression.addEventListener("change", (evenement) => (evenement.matches ? deplier() : replier()))
window.addEventListener("beforeprint", deplier)
window.addEventListener("afterprint", replier)

// Ce qui défile de côté (tables larges, code des carnets) s'atteint aussi au clavier.
function rendreAtteignable() {
  document.querySelectorAll(".md-typeset__scrollwrap, .highlight-ipynb").forEach((zone) => {
    if (zone.scrollWidth > zone.clientWidth) zone.tabIndex = 0
    else zone.removeAttribute("tabindex")
  })
}

window.addEventListener("load", rendreAtteignable)
window.addEventListener("resize", rendreAtteignable)
