import os

from commandes import lancer

MODELE = os.environ.get("COURS_MODELE", "qwen2.5-coder:1.5b")

lancer("ollama", "list", MODELE)
lancer("ollama", "show", MODELE)
