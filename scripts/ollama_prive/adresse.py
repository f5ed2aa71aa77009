"""Lire une adresse `OLLAMA_HOST` comme le fait le client Python, et interroger le serveur."""

from __future__ import annotations

import ipaddress
import os
import re
from typing import Any
from urllib.parse import urlsplit

import httpx

from scripts.socle.erreurs import ErreurCours

PORTS_PAR_SCHEMA = {"http": 80, "https": 443}
PORT_OLLAMA = 11434
# Un nom d'hôte : des mots de lettres, de chiffres et de tirets, séparés par des points.
NOM_D_HOTE = re.compile(r"(?=.{1,253}$)[\w-]{1,63}(\.[\w-]{1,63})*\.?")


def normaliser(valeur: str) -> str:
    """Adresse complète `schéma://hôte:port`.

    Sans schéma, le port par défaut est 11434 ; avec `http://`, c'est 80 (règle du client Python).
    Lève `ErreurCours` si l'adresse ne se lit pas.
    """
    avec_schema = "://" in valeur
    try:
        morceaux = urlsplit(valeur if avec_schema else f"http://{valeur}")
        port = morceaux.port
    except ValueError as erreur:
        raise _adresse_illisible(valeur) from erreur
    hote = morceaux.hostname or ""
    if morceaux.scheme not in PORTS_PAR_SCHEMA or not _est_un_hote(hote):
        raise _adresse_illisible(valeur)
    port = port or (PORTS_PAR_SCHEMA[morceaux.scheme] if avec_schema else PORT_OLLAMA)
    hote = "127.0.0.1" if hote == "0.0.0.0" else hote
    hote = f"[{hote}]" if ":" in hote else hote
    return f"{morceaux.scheme}://{hote}:{port}"


def _est_un_hote(hote: str) -> bool:
    if NOM_D_HOTE.fullmatch(hote):
        return True
    try:
        ipaddress.IPv6Address(hote)
    except ValueError:
        return False
    return True


def _adresse_illisible(valeur: str) -> ErreurCours:
    return ErreurCours(
        f"OLLAMA_HOST vaut « {valeur} », qui n'est pas une adresse. "
        "Donnez par exemple OLLAMA_HOST=127.0.0.1:11434 (une adresse IPv6 va entre crochets), ou "
        "retirez la variable."
    )


def ou_l_on_repond(valeur: str, sinon: str) -> str:
    """L'adresse complète que désigne `valeur`, si un serveur Ollama y répond.

    Lève `ErreurCours` sinon, avec la phrase `sinon`, où « {adresse} » est remplacée.
    """
    adresse = normaliser(valeur)
    try:
        version(adresse)
    except httpx.HTTPError as erreur:
        raise ErreurCours(sinon.format(adresse=adresse)) from erreur
    return adresse


def celle_de_l_utilisateur() -> str:
    """L'adresse de l'Ollama de l'utilisateur. Lève `ErreurCours` s'il ne répond pas."""
    return ou_l_on_repond(
        os.environ.get("OLLAMA_HOST") or "127.0.0.1",
        "Aucun Ollama ne répond à {adresse}. Lancez l'application, ou « ollama serve », "
        "puis recommencez.",
    )


def interroger(adresse: str, chemin: str, delai_s: float = 5.0) -> dict[str, Any]:
    """GET `chemin` sur le serveur ; renvoie son JSON.

    Lève `httpx.HTTPError` en cas d'échec, `ErreurCours` si la réponse n'est pas un objet JSON.
    """
    with httpx.Client(trust_env=False, timeout=delai_s) as client:
        reponse = client.get(adresse + chemin)
    reponse.raise_for_status()
    try:
        contenu = reponse.json()
    except ValueError as erreur:
        raise _pas_ollama(adresse) from erreur
    if not isinstance(contenu, dict):
        raise _pas_ollama(adresse)
    return contenu


def _pas_ollama(adresse: str) -> ErreurCours:
    return ErreurCours(
        f"Ce qui répond à {adresse} n'est pas un serveur Ollama. Corrigez OLLAMA_HOST, ou retirez "
        "la variable."
    )


def version(adresse: str, delai_s: float = 5.0) -> str:
    """Version d'Ollama annoncée par le serveur.

    Lève `httpx.HTTPError` s'il ne répond pas, `ErreurCours` si ce n'est pas Ollama.
    """
    annoncee = interroger(adresse, "/api/version", delai_s).get("version")
    if not isinstance(annoncee, str):
        raise _pas_ollama(adresse)
    return annoncee


def empreintes_des_modeles(adresse: str) -> dict[str, str]:
    """Nom complet de chaque modèle présent sur le serveur -> empreinte du manifeste."""
    modeles = interroger(adresse, "/api/tags").get("models") or []
    try:
        return {str(modele["name"]): str(modele["digest"]) for modele in modeles}
    except (TypeError, KeyError) as erreur:
        raise _pas_ollama(adresse) from erreur
