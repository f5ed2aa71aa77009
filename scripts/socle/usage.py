"""La commande mal écrite, dite en une phrase : Typer ne le dit qu'en anglais."""

from __future__ import annotations

import re

import typer

from scripts.socle.erreurs import MauvaisUsage

COMMANDE = ".venv/bin/python -m scripts"
# Ce que dit Typer, et ce qu'on en dit : le premier motif reconnu l'emporte.
FAUTES = (
    (r"No such command '(.+?)'", "la commande « {} » n'existe pas"),
    (r"No such option: (\S+)", "l'option « {} » n'existe pas"),
    (r"Option '(.+?)' requires an argument", "l'option « {} » attend une valeur"),
    (r"Option '(.+?)' does not take a value", "l'option « {} » ne prend pas de valeur"),
    (r"unexpected extra argument\(s\) \((.+)\)", "« {} » est de trop"),
    (r"Missing \w+ '(.+?)'", "il manque « {} »"),
    (r"Invalid value for '(.+?)': .*valid integer", "« {} » doit être un nombre entier"),
    (
        r"Invalid value for '(.+?)': .*greater than or equal to (\S+)",
        "« {} » doit valoir au moins {}",
    ),
    (r"Invalid value for '(.+?)': .*less than or equal to (\S+)", "« {} » doit valoir au plus {}"),
    (r"Invalid value for '(.+?)'", "la valeur de « {} » ne convient pas"),
)


def traduire(erreur: typer.TyperException) -> MauvaisUsage:
    """Ce qui ne va pas dans la commande tapée, puis comment lire celle qui convient."""
    message = erreur.format_message()
    trouvees = ((re.search(motif, message), phrase) for motif, phrase in FAUTES)
    fautes = (phrase.format(*trouve.groups()) for trouve, phrase in trouvees if trouve)
    faute = next(fautes, f"la commande est mal écrite ({message})")
    contexte = getattr(erreur, "ctx", None)
    nom = f" {contexte.info_name}" if contexte and contexte.parent else ""
    return MauvaisUsage(f"{faute}. Pour voir ce qui s'écrit : {COMMANDE}{nom} --help")
