"""Les mêmes outils, offerts par un serveur MCP, donnés au modèle par un client."""

import asyncio
import sys
from pathlib import Path

from mcp import Client, StdioServerParameters

from modele import interroger, modele_outille
from outils import preparer

SERVEUR = str(Path(__file__).with_name("serveur_mcp.py"))


def declarer(outil) -> dict:
    fonction = {"name": outil.name, "description": outil.description}
    fonction["parameters"] = outil.input_schema
    return {"type": "function", "function": fonction}


async def dialoguer(modele: str, messages: list) -> str:
    lancement = StdioServerParameters(command=sys.executable, args=[SERVEUR])
    async with Client(lancement, read_timeout_seconds=30) as client:
        catalogue = [declarer(outil) for outil in (await client.list_tools()).tools]
        for _ in range(4):
            messages.append(interroger(messages, 80, modele, tools=catalogue))
            if not messages[-1].tool_calls:
                return messages[-1].content
            for appel in messages[-1].tool_calls:
                nom, arguments = appel.function.name, dict(appel.function.arguments)
                rendu = (await client.call_tool(nom, arguments)).content[0].text
                print(f"{nom} {arguments} -> {rendu}")
                messages.append({"role": "tool", "tool_name": nom, "content": rendu})
    return "pas de réponse en quatre tours"


with modele_outille() as outille:
    for question in ("Quel est le prix de la Galapiat ?", "Combien font 37 × 48 ?"):
        print(asyncio.run(dialoguer(outille, preparer(question))))
