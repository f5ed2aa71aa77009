"""Une couche d'attention : chaque mot regarde les précédents, jamais les suivants."""

import numpy as np

MOTS = "le chat gris dort sur mon lit".split()
TAILLE = 8
hasard = np.random.default_rng(7)
# Un vrai modèle a appris ces nombres ; ici, ils sont tirés au hasard.
VECTEURS = {mot: hasard.normal(size=TAILLE) for mot in [*MOTS, "un", "bleu"]}
REQUETE, CLE, VALEUR = hasard.normal(size=(3, TAILLE, TAILLE)) / TAILLE**0.5


def attention(mots: list[str]) -> tuple[np.ndarray, np.ndarray]:
    entrees = np.array([VECTEURS[mot] for mot in mots])
    requetes, cles, valeurs = entrees @ REQUETE, entrees @ CLE, entrees @ VALEUR
    poids = np.tril(np.exp(requetes @ cles.T / TAILLE**0.5))
    poids /= poids.sum(axis=1, keepdims=True)
    return poids, poids @ valeurs


def inchanges(mots: list[str]) -> int:
    nouvelles = attention(mots)[1][: len(MOTS)]
    return sum(np.allclose(a, b) for a, b in zip(sorties, nouvelles, strict=True))


poids, sorties = attention(MOTS)
print("Part de chaque mot dans ce que chacun retient :")
print(" " * 6, *(f"{mot:>5}" for mot in MOTS))
for mot, ligne in zip(MOTS, poids, strict=True):
    print(f"{mot:>6}", *(f"{100 * part:3.0f} %" if part else "    ." for part in ligne))

ajoute, change = inchanges([*MOTS, "bleu"]), inchanges(["un", *MOTS[1:]])
print(f"\nUn mot ajouté à la fin : {ajoute} résultats inchangés sur {len(MOTS)}")
print(f"Le premier mot changé : {change} résultat inchangé sur {len(MOTS)}")
