"""Découpe un document de quatre façons et montre le début et la fin de morceaux."""

import re
from pathlib import Path

DOCUMENTS = Path(__file__).parents[1] / "donnees" / "documents"
TEXTE = (DOCUMENTS / "compte_rendu_ag_2026.md").read_text("utf-8")


def par_taille(texte: str, taille: int, recouvrement: int = 0) -> list[str]:
    mots = texte.split()
    debuts = range(0, max(1, len(mots) - recouvrement), taille - recouvrement)
    return [" ".join(mots[debut : debut + taille]) for debut in debuts]


def par_titre(texte: str) -> list[str]:
    parties = re.split(r"(?m)^(?=#+ )", texte)
    return [partie.strip() for partie in parties if partie.strip()]


def par_blocs(texte: str, taille: int) -> list[str]:
    texte = re.sub(r"(?m)^(#+ .+)\n\s*\n", r"\1\n", texte)  # un titre suit son texte
    morceaux = [""]
    for bloc in re.split(r"\n\s*\n", texte.strip()):
        if morceaux[-1] and len((morceaux[-1] + bloc).split()) > taille:
            morceaux.append("")
        morceaux[-1] += f"{bloc}\n\n"
    return [morceau.strip() for morceau in morceaux]


DECOUPAGES = {
    "par taille, 80 mots": par_taille(TEXTE, 80),
    "par taille, 80 mots, recouvrement 20": par_taille(TEXTE, 80, 20),
    "par titre": par_titre(TEXTE),
    "par blocs entiers, 80 mots": par_blocs(TEXTE, 80),
}
for nom, morceaux in DECOUPAGES.items():
    longueurs = [len(morceau.split()) for morceau in morceaux]
    touches = sum("|" in morceau for morceau in morceaux)
    print(f"{nom} : {len(morceaux)} morceaux, {min(longueurs)} à {max(longueurs)} mots")
    print(f"  le tableau touche {touches} morceau(x)")
    for morceau in morceaux[1:3] + [m for m in morceaux[3:] if "|" in m]:
        plat = " ".join(morceau.split())
        print(f"  [ {plat[:36]} … {plat[-36:]} ]")
    print()
