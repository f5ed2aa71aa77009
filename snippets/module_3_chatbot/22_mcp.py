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
    return {"type": "function", "function": fonction | {"parameters": outil.input_schema}}


async def dialoguer(client: Client, modele: str, question: str) -> str:
    catalogue = [declarer(outil) for outil in (await client.list_tools()).tools]
    messages = preparer(question)
    for _ in range(4):
        messages.append(interroger(messages, 80, modele, tools=catalogue))
        appels = messages[-1].tool_calls or []
        for appel in appels:
            nom, arguments = appel.function.name, dict(appel.function.arguments)
            rendu = (await client.call_tool(nom, arguments)).content[0].text
            print(f"  {nom} {arguments} -> {rendu}")
            messages.append({"role": "tool", "tool_name": nom, "content": rendu})
        if not appels:
            break
    return messages[-1]["content"]


async def principal() -> None:
    lancement = StdioServerParameters(command=sys.executable, args=[SERVEUR])
    async with Client(lancement, read_timeout_seconds=30) as client:
        with modele_outille() as nom:
            for question in ("Combien coûte la Galapiat ?", "Combien font 37 × 48 ?"):
                print(f"{question}\n  {await dialoguer(client, nom, question)}")


asyncio.run(principal())
