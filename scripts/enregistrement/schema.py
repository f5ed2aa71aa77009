"""Le schéma JSON du registre, tiré de ses types."""

from __future__ import annotations

import json
from typing import Any

from pydantic import TypeAdapter

from scripts.lecons.registre import Registre


def texte() -> str:
    """Le schéma, tel que l'écrit `python -m scripts schema`."""
    return json.dumps(schema(), ensure_ascii=False, indent=2, sort_keys=True) + "\n"


def schema() -> dict[str, Any]:
    """Le schéma du registre ; aucun champ inconnu n'y est permis."""
    contenu: dict[str, Any] = _sans_titres(TypeAdapter(Registre).json_schema())
    contenu["$schema"] = "https://json-schema.org/draft/2020-12/schema"
    return contenu


def _sans_titres(noeud: Any) -> Any:
    """Sans les titres en anglais de Pydantic ; chaque objet de champs connus est fermé."""
    if isinstance(noeud, list):
        return [_sans_titres(element) for element in noeud]
    if not isinstance(noeud, dict):
        return noeud
    propre = {
        cle: _sans_titres(valeur)
        for cle, valeur in noeud.items()
        if not (cle == "title" and isinstance(valeur, str))
    }
    if "properties" in propre:
        propre["additionalProperties"] = False
    return propre
