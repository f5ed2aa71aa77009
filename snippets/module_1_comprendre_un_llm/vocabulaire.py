"""Lire, dans le modèle, ses tokens et les fusions qui les ont formés."""

from serveur import demander


def signes_des_octets() -> dict[int, str]:
    """Le signe visible par lequel le vocabulaire note chacun des 256 octets."""
    visibles = [*range(33, 127), *range(161, 173), *range(174, 256)]
    autres = [octet for octet in range(256) if octet not in visibles]
    signes = {octet: chr(octet) for octet in visibles}
    return signes | {octet: chr(256 + rang) for rang, octet in enumerate(autres)}


def lire_le_vocabulaire() -> tuple[dict[str, int], dict[tuple[str, ...], int]]:
    """Token -> son numéro, et paire de morceaux -> le rang de sa fusion."""
    fiche = demander("/api/show", verbose=True)["model_info"]
    numeros = {token: i for i, token in enumerate(fiche["tokenizer.ggml.tokens"])}
    paires = (tuple(fusion.split(" ")) for fusion in fiche["tokenizer.ggml.merges"])
    return numeros, {paire: rang for rang, paire in enumerate(paires)}


def lisible(morceau: str) -> str:
    """Le texte d'un morceau écrit en signes ; l'espace y devient un point."""
    octets = {signe: octet for octet, signe in signes_des_octets().items()}
    texte = bytes(octets[signe] for signe in morceau).decode(errors="backslashreplace")
    return texte.replace(" ", "·")
