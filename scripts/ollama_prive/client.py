"""Le client Python d'Ollama, importé d'ici : il lit `OLLAMA_HOST` dès son import.

Une adresse mal écrite y lèverait une erreur sans phrase ; elle est contrôlée d'abord.
"""

from __future__ import annotations

import os

from scripts.ollama_prive.adresse import normaliser

if adresse := os.environ.get("OLLAMA_HOST"):
    normaliser(adresse)

import ollama

__all__ = ["ollama"]
