"""Écrit six tokens un par un, en prenant chaque fois le plus probable."""

import sys

from probabilites import pourcent, tokens_suivants

sys.stdout.reconfigure(errors="backslashreplace")
texte = "Il était une fois, dans un petit village, une"
print(texte)
for pas in range(1, 7):
    candidats = tokens_suivants(texte, 4)
    texte += candidats[0][0]
    montres = (f"{token!r} {pourcent(proba, 0)}" for token, proba in candidats)
    print(f"  pas {pas} :", *montres, sep="  ")
print(texte)
