from adresse import lire_adresse
from affichage import accepter_tous_les_signes
from constats import Echec

VALEURS = [
    "",
    "127.0.0.1",
    ":11500",
    "http://127.0.0.1",
    "http://127.0.0.1:11434",
    "https://ollama.exemple.fr",
    "[::1]",
    "::1",
    "0.0.0.0",
    "127.0.0.1:11434 ",
    '"127.0.0.1:11434"',
    "http://127.0.0.1:11434/api",
]

accepter_tous_les_signes()
for valeur in VALEURS:
    try:
        print(f"{valeur!r:<29} → {lire_adresse(valeur)}")
    except Echec as echec:
        print(f"{valeur!r:<29} refusée : {str(echec).split(' : ', 1)[1]}")
