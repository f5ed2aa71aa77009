"""Une fiche JSON par message : demandée, montrée, imposée par un schéma."""

import json

from mesure import comparer, demander, lire_cas

SCHEMA = {
    "type": "object",
    "properties": {
        "service": {"enum": ["livraison", "réparation", "facture"]},
        "commande": {"type": "string", "pattern": "^[0-9]{4}$"},
    },
    "required": ["service", "commande"],
}
CONSIGNE = f"Range ce message en JSON, selon {json.dumps(SCHEMA, ensure_ascii=False)}"
EXEMPLE = [
    {"role": "user", "content": f"{CONSIGNE}\n\nMa note est fausse, commande 3051."},
    {"role": "assistant", "content": '{"service": "facture", "commande": "3051"}'},
]


def ranger(exemple: list, schema: dict | None = None):
    def repondre(cas: dict) -> str:
        question = {"role": "user", "content": f"{CONSIGNE}\n\n{cas['texte']}"}
        reponse = demander([*exemple, question], 60, schema)
        try:
            return json.dumps(json.loads(reponse), sort_keys=True, ensure_ascii=False)
        except ValueError:
            return reponse

    return repondre


def attendre(cas: dict) -> str:
    return f'{{"commande": "{cas["commande"]}", "service": "{cas["service"]}"}}'


techniques = {"demandé": ranger([]), "montré": ranger(EXEMPLE)}
techniques["imposé"] = ranger([], SCHEMA)
comparer(lire_cas()[:12], attendre, techniques, nommer=lambda cas: cas["commande"])
