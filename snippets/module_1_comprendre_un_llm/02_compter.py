"""Compte les tokens d'un même texte en deux langues, et ce que l'écart coûte."""

from serveur import OPTIONS, demander

FENETRE = 2048
EUROS_PAR_MILLION = 1.0  # prix inventé, pour comparer
TEXTES = {
    "anglais": "All human beings are born free and equal in dignity and rights. "
    "They are endowed with reason and conscience and should act towards one another "
    "in a spirit of brotherhood.",
    "français": "Tous les êtres humains naissent libres et égaux en dignité et en "
    "droits. Ils sont doués de raison et de conscience et doivent agir les uns "
    "envers les autres dans un esprit de fraternité.",
    "nombres": "2014 3 31 1234567 19.60 0.00042",
}


def compter(texte: str) -> int:
    reponse = demander("/api/generate", prompt=texte, raw=True, options=OPTIONS)
    return reponse["prompt_eval_count"]


def virgule(nombre: float) -> str:
    return f"{nombre:.2f}".replace(".", ",")


comptes = {nom: compter(texte) for nom, texte in TEXTES.items()}
print(f"{'':10}{'signes':>8}{'mots':>6}{'tokens':>8}{'par mot':>9}")
for nom, texte in TEXTES.items():
    mots = len(texte.split())
    par_mot = virgule(comptes[nom] / mots)
    print(f"{nom:10}{len(texte):8}{mots:6}{comptes[nom]:8}{par_mot:>9}")

rapport = virgule(comptes["français"] / comptes["anglais"])
print(f"\nMême article, français contre anglais : {rapport}")
for nom in ("anglais", "français"):
    par_mot = comptes[nom] / len(TEXTES[nom].split())
    euros = 1000 * 500 * par_mot * EUROS_PAR_MILLION / 1e6
    print(f"{nom} : {FENETRE / par_mot:.0f} mots dans une fenêtre de {FENETRE} tokens,")
    print(f"  {virgule(euros)} euro pour 1000 textes de 500 mots")
