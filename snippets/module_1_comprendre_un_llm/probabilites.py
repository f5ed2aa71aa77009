"""Lire les probabilités que le modèle donne au token suivant."""

import math

from serveur import OPTIONS, demander

Candidats = list[tuple[str, float]]


def tokens_suivants(texte: str, combien: int, num_ctx: int = 2048) -> Candidats:
    reponse = demander(
        "/api/generate",
        prompt=texte,
        raw=True,
        logprobs=True,
        top_logprobs=combien,
        options=OPTIONS | {"num_ctx": num_ctx},
    )
    suivants = reponse["logprobs"][0]["top_logprobs"]
    return [(suivant["token"], math.exp(suivant["logprob"])) for suivant in suivants]


def pourcent(proba: float, decimales: int = 1) -> str:
    return f"{100 * proba:.{decimales}f} %".replace(".", ",")
