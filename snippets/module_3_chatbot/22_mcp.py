"""Les mêmes outils, offerts par un serveur MCP, donnés au modèle par un client."""

import asyncio
import sys
from functools import partial
from pathlib import Path

from mcp import Client, StdioServerParameters

from modele import interroger, modele_outille
from outils import dialoguer, preparer

SERVEUR = [str(Path(__file__).with_name("serveur_mcp.py"))]
LANCEMENT = StdioServerParameters(command=sys.executable, args=SERVEUR)


def declarer(outil) -> dict:
    dit = {"name": outil.name, "description": outil.description}
    return {"type": "function", "function": {**dit, "parameters": outil.input_schema}}


async def lister() -> list[dict]:
    async with Client(LANCEMENT, read_timeout_seconds=30) as client:
        return [declarer(outil) for outil in (await client.list_tools()).tools]


async def transmettre(nom: str, arguments: dict) -> str:
    async with Client(LANCEMENT, read_timeout_seconds=30) as client:
        return (await client.call_tool(nom, arguments)).content[0].text


def appeler(nom: str, arguments: dict) -> str:
    print(f"{nom} {arguments}")
    return asyncio.run(transmettre(nom, arguments))


with modele_outille() as nom:
    demander = partial(interroger, modele=nom, tools=asyncio.run(lister()), maximum=80)
    for question in ("Quel est le prix de la Galapiat ?", "Combien font 37 × 48 ?"):
        print(dialoguer(demander, preparer(question), executer=appeler))
