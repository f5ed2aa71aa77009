"""Un serveur MCP : il offre les trois outils du module à qui le lance."""

from functools import wraps

from mcp.server.mcpserver import MCPServer
from mcp.server.mcpserver.exceptions import ToolError

from outils import OUTILS, Refus


def proteger(outil):
    """Le même outil, dont le refus devient une erreur que le client saura lire."""

    @wraps(outil)
    def appel(**arguments) -> str:
        try:
            return outil(**arguments)
        except Refus as refus:
            raise ToolError(str(refus)) from None

    return appel


serveur = MCPServer("orvelune", log_level="ERROR")
for outil in OUTILS.values():
    serveur.add_tool(proteger(outil))
serveur.run("stdio")
