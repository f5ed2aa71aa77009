"""Découpe les documents par titre et donne à chaque morceau un identifiant stable."""

import re
import unicodedata
from pathlib import Path
from statistics import median

DOCUMENTS = Path(__file__).parents[1] / "donnees" / "documents"
MOTS = 100  # au-delà, une section est coupée entre deux paragraphes
AJOUT = "## Fermez-vous en août ?\n\nNon, l'atelier reste ouvert tout l'été.\n\n"


def slug(titre: str) -> str:
    sans_accents = unicodedata.normalize("NFKD", titre).encode("ascii", "ignore").decode()
    return "-".join(re.findall(r"[a-z0-9]+", sans_accents.lower()))


def blocs(corps: str) -> list[str]:
    groupes = [""]
    for paragraphe in re.split(r"\n\s*\n", corps.strip()):
        if groupes[-1] and len((groupes[-1] + paragraphe).split()) > MOTS:
            groupes.append("")
        groupes[-1] += f"{paragraphe}\n"
    return [groupe.strip() for groupe in groupes if groupe.strip()]


def decouper(document: str, texte: str) -> dict[str, str]:
    morceaux: dict[str, str] = {}
    for partie in re.split(r"(?m)^(?=#+ )", texte):
        titre, _, corps = partie.partition("\n")
        for bloc in blocs(corps):
            base = identifiant = f"{document}#{slug(titre)}"
            numero = 1
            while identifiant in morceaux:
                numero += 1
                identifiant = f"{base}-{numero}"
            morceaux[identifiant] = f"{titre.strip('# ')}\n{bloc}"
    return morceaux


textes = {p.name: p.read_text("utf-8") for p in sorted(DOCUMENTS.glob("*.md"))}
corpus = {nom: decouper(nom, texte) for nom, texte in textes.items()}
tailles = [len(texte.split()) for lot in corpus.values() for texte in lot.values()]
print(f"{len(tailles)} morceaux de {len(textes)} documents")
print(f"{min(tailles)} à {max(tailles)} mots, {median(tailles):.0f} pour la médiane\n")
for identifiant, texte in corpus["procedure_lucarne.md"].items():
    print(f"{identifiant} ({len(texte.split())} mots)")

print("\nOn ajoute une section au début de la FAQ :")
avant = corpus["faq_produits.md"]
nouvelle = textes["faq_produits.md"].replace("## ", f"{AJOUT}## ", 1)
apres = decouper("faq_produits.md", nouvelle)
par_rang = sum(a == b for a, b in zip(avant.values(), apres.values(), strict=False))
par_titre = sum(apres.get(identifiant) == texte for identifiant, texte in avant.items())
print(f"  {par_rang} rangs sur {len(avant)} désignent encore le même texte")
print(f"  {par_titre} titres sur {len(avant)} désignent encore le même texte")
