"""Laisse trop peu de tokens : le JSON s'arrête au milieu d'un mot."""

import json
import os

import ollama

MODELE = os.environ.get("COURS_MODELE", "smollm2:135m")
PROMPT = "Extrais en JSON le produit de cet avis : la Lumisette est très jolie."
SCHEMA = {
    "type": "object",
    "properties": {"produit": {"type": "string", "maxLength": 30}},
    "required": ["produit"],
}

for limite in (4, 60):
    options = {"temperature": 0, "seed": 7, "num_ctx": 2048, "num_predict": limite}
    r = ollama.generate(model=MODELE, prompt=PROMPT, format=SCHEMA, options=options)
    try:
        verdict = f"JSON lisible : {json.loads(r.response)}"
    except json.JSONDecodeError:
        verdict = f"JSON illisible : {r.response!r}"
    print(f"num_predict = {limite:2}, done_reason = {r.done_reason!r}")
    print(f"  {verdict}")
