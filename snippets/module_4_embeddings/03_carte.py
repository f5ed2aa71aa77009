"""Dessine la carte du corpus : un point par section, deux axes trouvés par PCA."""

import os
import re
from pathlib import Path

import matplotlib.pyplot as plt
import numpy as np
import ollama
from bs4 import BeautifulSoup

MODELE = os.environ.get("COURS_MODELE_EMBEDDING", "all-minilm")
DOCUMENTS = Path(__file__).parents[1] / "donnees" / "documents"
EN_COULEUR = {
    "faq_produits.md": "o",
    "notes_rh.md": "s",
    "reglement_interieur.md": "D",
    "compte_rendu_ag_2026.md": "^",
    "journal_atelier_ete_2026.md": "v",
    "calame_verre_et_bois.html": "P",
}
ENCRES = {
    "clair": "#1a1a1a #9a9a9a #1f5f8b #b3470f #2e7d32 #8e3b8e #7a6000 #c2185b",
    "sombre": "#e8e8e8 #7a7a7a #7cc4f5 #ffb074 #8fd694 #e0a3e8 #e6cf6b #ff8fb3",
}


def sections(chemin: Path) -> list[str]:
    texte = chemin.read_text("utf-8")
    if chemin.suffix == ".html":
        page = BeautifulSoup(texte, "html.parser")
        contenu = page.main or page.article or page
        for titre in contenu.find_all("h2"):
            titre.insert(0, "\n## ")
        texte = contenu.get_text(" ")
    return re.split(r"(?m)^## ", texte)[1:]


def vectoriser(textes: list[str]) -> np.ndarray:
    lots = [textes[debut : debut + 64] for debut in range(0, len(textes), 64)]
    return np.vstack([ollama.embed(model=MODELE, input=lot).embeddings for lot in lots])


def pca(vecteurs: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    centres = vecteurs - vecteurs.mean(axis=0)
    u, s, _ = np.linalg.svd(centres, full_matrices=False)
    points = u[:, :2] * s[:2]
    return points * np.where(points[0] < 0, -1, 1), s[:2] ** 2 / (s**2).sum()


def tracer(theme: str) -> None:
    encre, gris, *couleurs = ENCRES[theme].split()
    cles = ("text.color", "axes.labelcolor", "axes.edgecolor", "xtick.color")
    style = {"svg.hashsalt": "carte", "svg.fonttype": "none", "ytick.color": encre}
    with plt.rc_context(style | dict.fromkeys(cles, encre)):
        figure, axe = plt.subplots(figsize=(9, 5.6), layout="constrained")
        autres = points[~np.isin(noms, list(EN_COULEUR))]
        axe.scatter(*autres.T, s=14, color=gris, label="autres documents")
        for (nom, marque), couleur in zip(EN_COULEUR.items(), couleurs, strict=True):
            x, y = points[noms == nom].T
            axe.scatter(x, y, s=42, color=couleur, marker=marque, label=nom)
        axe.set(xlabel="premier axe", ylabel="second axe", facecolor="none")
        figure.legend(loc="outside upper center", ncols=3, framealpha=0)
        chemin = f"figures/carte-{theme}.svg"
        figure.savefig(chemin, transparent=True, metadata={"Date": None})


chemins = sorted(p for p in DOCUMENTS.iterdir() if p.suffix in (".md", ".html"))
paires = [(chemin.name, texte) for chemin in chemins for texte in sections(chemin)]
noms = np.array([nom for nom, _ in paires])
vecteurs = vectoriser([texte for _, texte in paires])
points, parts = pca(vecteurs)
Path("figures").mkdir(exist_ok=True)
for theme in ENCRES:
    tracer(theme)

proches = vecteurs @ vecteurs.T
memes = noms[:, None] == noms
distincts = ~np.eye(len(noms), dtype=bool)
proche_ici, proche_ailleurs = proches[memes & distincts], proches[~memes]
print(f"{len(noms)} sections de {len(chemins)} documents")
print(f"Part de la variance : axe 1 {parts[0]:.0%}, axe 2 {parts[1]:.0%}")
print(f"Cosinus moyen dans un même document : {proche_ici.mean():.2f}")
print(f"Cosinus moyen entre deux documents : {proche_ailleurs.mean():.2f}")
print(f"\n{'centre de':36} {'sections':>8} {'x':>6} {'y':>6} {'étendue':>8}")
for chemin in chemins:
    siens = points[noms == chemin.name]
    (x, y), etendue = siens.mean(axis=0), np.linalg.norm(siens.std(axis=0))
    print(f"{chemin.name:36} {len(siens):8} {x:6.2f} {y:6.2f} {etendue:8.2f}")
