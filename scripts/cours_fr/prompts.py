"""Habiller une question et ses passages de formats de prompt très variés."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence

from scripts.cours_fr.banque import hors_faits

Message = dict[str, str]
CONSIGNE_DU_COURS = (
    "Tu réponds en français, en une ou deux phrases, seulement d'après les passages. "
    "Cite l'identifiant du passage entre crochets. Si la réponse n'y est pas, dis-le."
)
ETIQUETTES_DE_TEXTE = (
    """\
Texte :
Contexte :
Document :
Voici un texte :
Passage :
Source :
Informations :
Voici ce que je sais :
Extrait de document :
Données :
TEXTE
Lis ce passage.
Notes :""".splitlines()
    + ["", ""]
)
ETIQUETTES_DE_QUESTION = (
    "Question : ",
    "Q : ",
    "Ma question : ",
    "Question\n",
    "",
    "",
    "",
    "Demande : ",
)
CLOTURES = (
    ("", ""),
    ("", ""),
    ("", ""),
    ('"""\n', '\n"""'),
    ("<texte>\n", "\n</texte>"),
    ("<contexte>", "</contexte>"),
    ("« ", " »"),
    ("---\n", "\n---"),
    ("```\n", "\n```"),
)
FAMILLES_D_IDENTIFIANTS: tuple[Callable[[random.Random], str], ...] = (
    lambda hasard: f"doc-{hasard.randint(1, 60)}",
    lambda hasard: f"doc-{hasard.randint(1, 60)}",
    lambda hasard: f"doc{hasard.randint(1, 9)}",
    lambda hasard: f"{hasard.choice('ABCDEF')}{hasard.randint(1, 20)}",
    lambda hasard: f"p{hasard.randint(1, 80)}",
    lambda hasard: f"n° {hasard.randint(1, 30)}",
    lambda hasard: f"fiche-{hasard.randint(1, 99)}",
    lambda hasard: f"{hasard.randint(1, 9)}",
    lambda hasard: f"art. {hasard.randint(1, 40)}",
    lambda hasard: f"src_{hasard.randint(1, 40)}",
)


def utilisateur(contenu: str) -> Message:
    """Un message de l'utilisateur."""
    return {"role": "user", "content": contenu}


def assistant(contenu: str) -> Message:
    """Un message de l'assistant : ce que le modèle apprend à écrire."""
    return {"role": "assistant", "content": contenu}


def identifiants(combien: int, hasard: random.Random) -> list[str]:
    """Des identifiants de passages, tous différents et de la même famille."""
    famille = hasard.choice(FAMILLES_D_IDENTIFIANTS)
    uniques: list[str] = []
    while len(uniques) < combien:
        candidat = famille(hasard)
        if candidat not in uniques:
            uniques.append(candidat)
    return uniques


def du_module_7(textes: Sequence[str], question: str) -> list[Message]:
    """Le prompt du programme 02 du module 7."""
    consigne = "Réponds à la question avec le texte."
    texte = "\n".join(textes)
    return [utilisateur(f"Texte :\n{texte}\n\n{consigne}\nQuestion : {question}")]


def du_cours(textes: Sequence[str], noms: Sequence[str], question: str) -> list[Message]:
    """Le prompt du RAG du cours : passages identifiés, citation, aveu d'ignorance."""
    passages = "\n".join(f"[{nom}] {texte}" for nom, texte in zip(noms, textes, strict=True))
    contenu = f"Passages :\n{passages}\n\nQuestion : {question}"
    return [{"role": "system", "content": CONSIGNE_DU_COURS}, utilisateur(contenu)]


def habiller(
    textes: Sequence[str], noms: Sequence[str] | None, question: str, hasard: random.Random
) -> list[Message]:
    """Le prompt d'une leçon, ou un prompt au format tiré au sort."""
    tirage = hasard.random()
    if noms and tirage < 0.35:
        return du_cours(textes, noms, question)
    if not noms and tirage < 0.15:
        return du_module_7(textes, question)
    return varie(textes, noms, question, hasard)


def varie(
    textes: Sequence[str], noms: Sequence[str] | None, question: str, hasard: random.Random
) -> list[Message]:
    """Un prompt au format tiré au sort ; avec `noms`, les passages sont identifiés et à citer."""
    consigne = hasard.choice(hors_faits()["consignes_passages"])
    if noms:
        consigne += " " + hasard.choice(hors_faits()["consignes_citation"])
    bloc = _bloc(textes, noms, hasard)
    demande = hasard.choice(ETIQUETTES_DE_QUESTION) + question
    place = hasard.random()
    if noms is None and place < 0.15:
        morceaux = [bloc, demande]
    elif place < 0.35:
        ordre = [[bloc, demande], [demande, bloc]]
        return [
            {"role": "system", "content": consigne},
            utilisateur("\n\n".join(hasard.choice(ordre))),
        ]
    elif place < 0.42:
        return [
            {"role": "system", "content": f"{consigne}\n\n{bloc}"},
            utilisateur(question),
        ]
    else:
        ordres = [
            [consigne, bloc, demande],
            [bloc, consigne, demande],
            [bloc, demande, consigne],
            [demande, bloc, consigne],
            [f"{consigne}\n{demande}", bloc],
            [bloc, f"{consigne}\n{demande}"],
        ]
        morceaux = hasard.choice(ordres)
    return [utilisateur(hasard.choice(("\n\n", "\n\n", "\n")).join(morceaux))]


def _bloc(textes: Sequence[str], noms: Sequence[str] | None, hasard: random.Random) -> str:
    etiquette = hasard.choice(ETIQUETTES_DE_TEXTE)
    if noms:
        style = hasard.choice(
            (
                "[{n}] {t}",
                "[{n}]\n{t}",
                "[{n}] : {t}",
                '<passage id="{n}">{t}</passage>',
                "{n} : {t}",
            )
        )
        paires = zip(noms, textes, strict=True)
        corps = "\n".join(style.format(n=nom, t=texte) for nom, texte in paires)
    elif len(textes) > 1:
        style = hasard.choice(
            ("{t}", "Passage {i} : {t}", "{i}. {t}", "- {t}", "({i}) {t}", "Extrait {i}\n{t}")
        )
        rangs = enumerate(textes, 1)
        corps = "\n\n".join(style.format(i=rang, t=texte) for rang, texte in rangs)
    else:
        corps = textes[0]
    avant, apres = hasard.choice(CLOTURES)
    return f"{etiquette}\n{avant}{corps}{apres}".strip("\n")
