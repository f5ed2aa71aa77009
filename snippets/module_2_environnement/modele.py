"""Le modèle est-il dans Ollama, et va-t-il au bout d'une réponse ?"""

from adresse import lire_adresse
from constats import Echec, refuser_si
from reponse import OPTIONS, QUESTION, juger, lire, remede

CHANGER = "choisissez un autre modèle, par COURS_MODELE"


def client(besoins):
    import ollama  # il lit OLLAMA_HOST et les mandataires dès son import

    return ollama.Client(host=lire_adresse(besoins.hote), timeout=besoins.delai)


def present(besoins):
    """Un nom s'écrit de plusieurs façons : c'est au serveur qu'on le demande."""
    nom = besoins.modele.strip()
    refuser_si(not nom, "COURS_MODELE est vide", "retirez-la, ou donnez un nom")
    try:
        capacites = client(besoins).show(nom).capabilities or ["completion"]
    except Exception as erreur:
        raise Echec(str(erreur), remede(str(erreur), f"ollama pull {nom}")) from erreur
    refuser_si("completion" not in capacites, f"{nom} ne converse pas", CHANGER)
    return nom


def repond(besoins):
    nom = besoins.modele.strip()
    try:
        recu = lire(client(besoins).chat(nom, QUESTION, stream=True, options=OPTIONS))
    except Exception as erreur:
        trace = f"{type(erreur).__name__}, {erreur}"
        raise Echec(trace, remede(trace)) from erreur
    return juger(*recu)
