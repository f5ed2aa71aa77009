"""Joindre Ollama : une adresse vérifiée, une phrase pour chaque panne prévisible."""

import codecs
import os
import re
import sys
import unicodedata
from ipaddress import ip_address
from urllib.parse import SplitResult, urlsplit
from urllib.request import getproxies, proxy_bypass_environment


class Refus(Exception):
    """Ce que l'on ne fera pas ; le message, une phrase, est montré tel quel."""


# --8<-- [start:connecter]
def connecter(delai: float = 600, adresse: str = ""):
    """Un client d'Ollama ; une panne qui n'est pas attrapée finit par une phrase."""
    rendre_lisible()
    sys.excepthook = finir_par_une_phrase
    adresse = lire_adresse(adresse or os.environ.get("OLLAMA_HOST", ""))
    os.environ["OLLAMA_HOST"] = adresse
    contourner_le_mandataire(f"{urlsplit(adresse).hostname}")
    attentes = (10, delai, delai, delai)  # se joindre, puis lire, écrire, patienter
    return importer().Client(adresse, timeout=attentes)


def importer():
    """Le paquet ollama, dont l'import lit déjà OLLAMA_HOST et les mandataires."""
    try:
        import ollama
    except ModuleNotFoundError as erreur:
        remede = f"python -m pip install {erreur.name}"
        raise Refus(f"Il manque un paquet. Tapez : {remede}") from None
    except (ImportError, ValueError) as erreur:
        raise Refus(f"Mandataire inutilisable ({erreur}) : {MANDATAIRE}") from None
    return ollama


# --8<-- [end:connecter]
# --8<-- [start:adresse]
FORME = "écrivez par exemple OLLAMA_HOST=127.0.0.1:11434."
MANDATAIRE = "retirez HTTP_PROXY et ALL_PROXY, ou ajoutez l'hôte d'Ollama à NO_PROXY."
# Où un serveur écoute n'est pas toujours où on le joint.
JOINDRE = {None: "127.0.0.1", "0.0.0.0": "127.0.0.1", "::": "::1"}
NOM = r"[a-z0-9_-]{1,63}(\.[a-z0-9_-]{1,63})*"


def lire_adresse(texte: str) -> str:
    """L'adresse complète que dit OLLAMA_HOST ; un Refus si elle est mal formée."""
    if not texte:
        return "http://127.0.0.1:11434"
    if re.search(r"[\s\"'`«»“”‘’\\]", texte):
        raise Refus(f"OLLAMA_HOST a une espace ou un guillemet ({texte!r}) : {FORME}")
    seul = "://" not in texte
    url = decouper(f"http://{texte}" if seul else texte)
    hote = JOINDRE.get(url.hostname, url.hostname)
    port = url.port or (11434 if seul else {"http": 80, "https": 443}[url.scheme])
    hote = f"[{hote}]" if ":" in hote else hote
    return f"{url.scheme}://{hote}:{port}{url.path.rstrip('/')}"


def decouper(texte: str) -> SplitResult:
    """Les parties d'une adresse, chacune vérifiée."""
    if "[" not in texte and texte.count(":") > 2:
        remede = "une adresse IPv6 va entre crochets, comme [::1]:11434"
        raise Refus(f"OLLAMA_HOST a trop de « : » ({texte}) ; {remede}.")
    try:
        url = urlsplit(texte)
        bonne = url.scheme in ("http", "https") and url.port != 0
        bonne &= nommable(url.hostname) and bool(re.fullmatch(r"[\w./~-]*", url.path))
    except ValueError:
        bonne = False
    if not bonne or "//" in url.path:
        raise Refus(f"OLLAMA_HOST est mal formée ({texte}) : {FORME}")
    if re.match(r"/(api|v1)\b", url.path):
        raise Refus(f"OLLAMA_HOST : retirez « {url.path} », que le client ajoute.")
    return url


def nommable(hote: str | None) -> bool:
    """Un nom de machine ou une adresse, sans signe étranger."""
    if hote and ":" in hote:
        return bool(ip_address(hote))
    return not hote or re.fullmatch(NOM, hote) is not None


def contourner_le_mandataire(hote: str) -> None:
    """Vers sa propre machine, ou un hôte nommé dans NO_PROXY : aucun mandataire."""
    local = hote in ("localhost", "::1") or hote.startswith("127.")
    if local or proxy_bypass_environment(hote):
        os.environ["NO_PROXY"] = os.environ["no_proxy"] = "*"


def par_un_mandataire() -> bool:
    return os.environ.get("NO_PROXY") != "*" and bool(getproxies().keys() - {"no"})


# --8<-- [end:adresse]
# --8<-- [start:modele]
def exiger_modele(client, nom: str) -> None:
    """Demande au serveur : il sait que « library/X:latest » et « x » sont le même."""
    if not nom:
        raise Refus("Aucun modèle : donnez-en le nom dans COURS_MODELE.")
    try:
        client.show(nom)
    except Exception as erreur:
        presents = ", ".join(installes(client)) or "aucun"  # éteint, il le dit ici
        if getattr(erreur, "status_code", None) in (400, 404):
            remede = f"Tapez : ollama pull {nom} (installés : {presents})."
            raise Refus(f"Modèle absent. {remede}") from None


def installes(client) -> list[str]:
    return sorted(f"{modele.model}" for modele in client.list().models)


# --8<-- [end:modele]
# --8<-- [start:phrases]
ETEINT = "Ollama ne répond pas à {adresse} : lancez « ollama serve »."
UN_AUTRE = "Ce n'est pas Ollama qui répond à {adresse} : corrigez OLLAMA_HOST."
PHRASES = {  # nom d'une exception, ou de l'une de ses mères -> phrase
    "Refus": "{erreur}",
    "KeyboardInterrupt": "Interrompu.",
    "BrokenPipeError": "La sortie s'est fermée.",
    "ConnectError": ETEINT,
    "ConnectionError": ETEINT,
    "ConnectTimeout": "{adresse} ne répond pas : corrigez OLLAMA_HOST.",
    "TimeoutException": "Plus rien reçu, délai dépassé : réessayez, ou allongez-le, "
    "un premier chargement est long.",
    "ProxyError": "Mandataire inutilisable ({erreur}).",
    "HTTPError": "La connexion s'est coupée avant la fin : reposez la question.",
    "JSONDecodeError": UN_AUTRE,
    "ValidationError": UN_AUTRE,
    "OSError": "Lecture ou écriture impossible ({erreur.strerror}).",
}
REMEDES = {  # mot d'une erreur d'Ollama -> que faire
    "memory": "choisissez un modèle plus petit",
    "does not support": "changez de modèle",
    "model is required": "donnez-en le nom dans COURS_MODELE",
}


def expliquer(erreur: BaseException) -> str | None:
    """Une phrase pour une panne prévisible ; None pour un défaut du programme."""
    adresse = os.environ.get("OLLAMA_HOST", "")
    if hasattr(erreur, "status_code"):
        return expliquer_le_refus(f"{erreur.error}", erreur.status_code, adresse)
    noms = (classe.__name__ for classe in type(erreur).__mro__)
    phrase = next((PHRASES[nom] for nom in noms if nom in PHRASES), None)
    if phrase in (ETEINT, UN_AUTRE, PHRASES["ProxyError"]) and par_un_mandataire():
        phrase += f" La requête passe par un mandataire : {MANDATAIRE}"
    elif phrase == ETEINT and adresse.startswith("https:"):
        phrase += " Sans certificat, écrivez http:// dans OLLAMA_HOST."
    return phrase and phrase.format(adresse=adresse, erreur=erreur)


def expliquer_le_refus(texte: str, statut: int, adresse: str) -> str:
    """Ce que dit une réponse d'erreur, d'Ollama ou d'un autre serveur."""
    if "<" in texte[:20] or "page not found" in texte or statut == 407:
        suite = f" La requête passe par un mandataire : {MANDATAIRE}"
        return UN_AUTRE.format(adresse=adresse) + suite * par_un_mandataire()
    if statut == 404:
        nom = re.search(r"model ['\"](.+?)['\"]", texte)
        return f"Modèle absent. Tapez : ollama pull {nom[1] if nom else '(son nom)'}"
    remede = next((que for mot, que in REMEDES.items() if mot in texte), "réessayez")
    return f"Ollama s'est arrêté sur une erreur ({texte}) : {remede}."


def finir_par_une_phrase(sorte, erreur, trace) -> None:
    """Remplace `sys.excepthook` : seul un défaut du programme garde sa trace."""
    phrase = expliquer(erreur)
    if phrase is None:
        sys.__excepthook__(sorte, erreur, trace)
    else:
        print(phrase, file=sys.stderr)
    if sorte in (BrokenPipeError, OSError):
        taire_la_sortie()


# --8<-- [end:phrases]
# --8<-- [start:console]
PROCHES = str.maketrans({"→": "->", "’": "'", "«": '"', "»": '"', "œ": "oe", "–": "-"})


def rendre_lisible() -> None:
    """Une console qui ignore un caractère en montre un proche, et ne plante jamais."""
    codecs.register_error("proche", remplacer)
    for flux in (sys.stdout, sys.stderr, sys.stdin):
        if hasattr(flux, "reconfigure"):  # ni un carnet, ni une entrée fermée
            errors = "replace" if flux is sys.stdin else "proche"
            flux.reconfigure(errors=errors, line_buffering=True)


def remplacer(erreur: UnicodeError) -> tuple[str, int]:
    perdu = erreur.object[erreur.start : erreur.end].translate(PROCHES)
    proche = unicodedata.normalize("NFKD", perdu).encode("ascii", "ignore").decode()
    return proche or "?", erreur.end


def taire_la_sortie() -> None:
    """Plus personne ne lit la sortie : y écrire encore ne cassera plus rien."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


# --8<-- [end:console]
