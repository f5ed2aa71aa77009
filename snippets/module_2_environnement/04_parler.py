import os
from pathlib import Path

from commandes import lancer

MODELE = os.environ.get("COURS_MODELE", "qwen2.5-coder:1.5b")
REGLAGES = f"""FROM {MODELE}
PARAMETER temperature 0
PARAMETER num_ctx 1024
PARAMETER num_predict 30
"""

Path("Modelfile").write_text(REGLAGES, encoding="utf-8")
lancer("ollama", "create", "bref", "-f", "Modelfile")
lancer("ollama", "run", "bref", "Quelle est la capitale de la France ?")
lancer("ollama", "ps")
lancer("ollama", "rm", "bref")
