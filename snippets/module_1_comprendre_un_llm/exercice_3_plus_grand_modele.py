"""Exercice 3 : le plus grand modèle qui tient dans une mémoire donnée."""


# --8<-- [start:depart]
def plus_grand_modele(memoire_go: float, bits: int, contexte_go: float = 0.5) -> float:
    return memoire_go * bits / 8


# --8<-- [end:depart]
# --8<-- [start:solution]
def plus_grand_modele(memoire_go: float, bits: int, contexte_go: float = 0.5) -> float:
    poids_go = max(0, memoire_go - 4 - contexte_go)
    return poids_go * 8 / bits


# --8<-- [end:solution]
# --8<-- [start:verification]
assert plus_grand_modele(8.5, 8) == 4, "4 Go de poids, un octet par paramètre"
assert plus_grand_modele(8.5, 16) == 2, "deux fois plus de bits, moitié moins de poids"
assert plus_grand_modele(16.5, 4) == 24
assert plus_grand_modele(16.5, 4, contexte_go=2.5) == 20, "le contexte prend sa part"
assert plus_grand_modele(4, 5) == 0, "le système a déjà tout pris"
for memoire in (8, 16, 32):
    milliards = f"{plus_grand_modele(memoire, 5):.1f}".replace(".", ",")
    print(f"{memoire} Go, 5 bits : {milliards} milliards de paramètres")
print("Bravo : vous savez quoi télécharger.")
# --8<-- [end:verification]
