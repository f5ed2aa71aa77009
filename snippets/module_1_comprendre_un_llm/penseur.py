"""Donne à un modèle, par son gabarit, de quoi ouvrir une réflexion avant sa réponse."""

import ollama

from serveur import MODELE

NOM = "module-1-penseur"
# Avec think=True, le tour de l'assistant s'ouvre par <think> : le modèle continue là.
GABARIT = """{{ range .Messages }}<|im_start|>{{ .Role }}
{{ if .Thinking }}<think>{{ .Thinking }}</think>{{ end }}{{ .Content }}<|im_end|>
{{ end }}<|im_start|>assistant
{{ if .Think }}<think>
{{ end }}"""
REFLECHIR = (
    "Avant de répondre, calcule pas à pas, puis ferme ta réflexion par </think>, "
    "puis donne la réponse seule."
)


def creer() -> None:
    ollama.create(NOM, from_=MODELE, template=GABARIT)


def oublier() -> None:
    ollama.delete(NOM)
