"""La même boucle pour un modèle sans outils : un schéma JSON au lieu du gabarit."""

import json

from mesure import comparer, demander, lire_cas, retenir
from outils import CATALOGUE, essayer


def objet(**champs: dict) -> dict:
    return {"type": "object", "properties": champs, "required": list(champs)}


OUTILS = [outil["function"] for outil in CATALOGUE]
FORMES = [objet(appel={"const": f["name"]}, arguments=f["parameters"]) for f in OUTILS]
SCHEMA = {"anyOf": [*FORMES, objet(reponse={"type": "string", "maxLength": 120})]}
CONSIGNE = f"""Tu as ces outils : {json.dumps(OUTILS, ensure_ascii=False)}
Réponds en JSON : {{"appel": …, "arguments": …}}, ou {{"reponse": …}}."""
SUITE = "Donne ta réponse avec ce résultat, ou appelle un autre outil."


def dialoguer(question: str) -> str:
    messages = [{"role": "system", "content": CONSIGNE}]
    messages.append({"role": "user", "content": question})
    for _ in range(3):
        texte = demander(messages, 80, SCHEMA)
        rendu = json.loads(texte) if texte.endswith("}") else {"reponse": "coupée"}
        if "reponse" in rendu:
            return rendu["reponse"]
        resultat = f"Résultat : {essayer(rendu['appel'], rendu['arguments'])}. {SUITE}"
        messages.append({"role": "assistant", "content": texte})
        messages.append({"role": "user", "content": resultat})
    return "pas de réponse en trois tours"


def juger(cas: dict) -> str:
    return retenir(cas["reponse"], dialoguer(cas["texte"]))


comparer(lire_cas("questions.jsonl")[:8], lambda c: c["reponse"], {"schéma": juger})
