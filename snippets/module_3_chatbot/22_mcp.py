"""Les mêmes outils, offerts par un serveur MCP, donnés au modèle par un client."""

import asyncio
import sys
from pathlib import Path

from mcp import Client, StdioServerParameters

from modele import interroger, modele_outille
from outils import preparer


def declarer(outil) -> dict:
    fonction = {"name": outil.name, "description": outil.description}
    fonction["parameters"] = outil.input_schema
    return {"type": "function", "function": fonction}


async def dialoguer(client: Client, modele: str, messages: list) -> str:
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


async def principal() -> None:
    serveur = str(Path(__file__).with_name("serveur_mcp.py"))
    lancement = StdioServerParameters(command=sys.executable, args=[serveur])
    async with Client(lancement, read_timeout_seconds=30) as client:
        with modele_outille() as nom:
            for question in ("Le prix de la Galapiat ?", "Combien font 37 × 48 ?"):
                print(await dialoguer(client, nom, preparer(question)))


asyncio.run(principal())
