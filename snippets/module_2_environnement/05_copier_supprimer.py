import os

from commandes import lancer

MODELE = os.environ.get("COURS_MODELE", "qwen2.5-coder:1.5b")

lancer("ollama", "cp", MODELE, "copie")
lancer("ollama", "list", "copie")
lancer("ollama", "rm", "copie")
lancer("ollama", "list", "copie")
