from affichage import accepter_tous_les_signes

CONTEXTE = 4096
RESERVE_GO = 4
TAILLES_GO = [4, 8, 16, 32, 64, 128]
MODELES = {
    "smollm2:135m": (134_515_008, 30, 3, 64),
    "qwen2.5-coder:0.5b": (630_167_424, 24, 2, 64),
    "qwen2.5-coder:1.5b": (1_777_088_000, 28, 2, 128),
    "llama3.2 (3b)": (3_212_749_824, 28, 8, 128),
    "llama3.1:8b": (8_030_261_248, 32, 8, 128),
    "llama3.1:70b": (70_553_706_496, 80, 8, 128),
}


def poids_go(parametres, bits):
    return parametres * bits / 8 / 1e9


def contexte_go(couches, tetes, dimension):
    octets_par_token = 2 * couches * tetes * dimension * 2
    return octets_par_token * CONTEXTE / 1e9


def machine_go(besoin_go):
    return next(taille for taille in TAILLES_GO if taille >= besoin_go + RESERVE_GO)


accepter_tous_les_signes()
print(f"{'en Go':<20}{'4 bits':>8}{'8 bits':>8}{'contexte':>10}{'machine':>10}")
for nom, (parametres, couches, tetes, dimension) in MODELES.items():
    q4, q8 = poids_go(parametres, 5), poids_go(parametres, 8.5)
    contexte = contexte_go(couches, tetes, dimension)
    machine = f"{machine_go(q4 + contexte)} Go"
    print(f"{nom:<20}{q4:>8.2f}{q8:>8.2f}{contexte:>10.2f}{machine:>10}")
