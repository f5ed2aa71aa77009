"""Exercice 3 : prévoir le nombre de paramètres que LoRA entraîne (sans modèle)."""


# --8<-- [start:depart]
def parametres_lora(matrices: dict[str, tuple[int, int]], couches: int, rang: int) -> int:
    return couches * sum(entree * sortie for entree, sortie in matrices.values()) // rang


# --8<-- [end:depart]
# --8<-- [start:solution]
def parametres_lora(matrices: dict[str, tuple[int, int]], couches: int, rang: int) -> int:
    return couches * sum(rang * (entree + sortie) for entree, sortie in matrices.values())


# --8<-- [end:solution]
# --8<-- [start:verification]
COUCHES, TOTAL = 30, 134_515_008
ATTENTION = {
    "q_proj": (576, 576),
    "k_proj": (576, 192),
    "v_proj": (576, 192),
    "o_proj": (576, 576),
}
LINEAIRES = {
    **ATTENTION,
    "gate_proj": (576, 1536),
    "up_proj": (576, 1536),
    "down_proj": (1536, 576),
}

assert parametres_lora({"q_proj": (576, 576)}, 1, 1) == 1152, "A : 1 x 576, B : 576 x 1"
assert parametres_lora(ATTENTION, COUCHES, 8) == 921_600
assert parametres_lora(LINEAIRES, COUCHES, 8) == 2_442_240
assert parametres_lora(LINEAIRES, COUCHES, 16) == 2 * parametres_lora(LINEAIRES, COUCHES, 8)
for rang in (4, 8, 16, 64):
    nombre = parametres_lora(LINEAIRES, COUCHES, rang)
    print(f"rang {rang:2} : {nombre:8} paramètres entraînés, {nombre / TOTAL:5.1%} du modèle")
# --8<-- [end:verification]
