"""Mettre un modèle sur un serveur Ollama, dire ceux qui y sont."""

from __future__ import annotations

import time
from collections.abc import Iterable

import httpx
from rich.progress import Progress

from scripts.lecons.modeles import Modele, declares, nom_complet
from scripts.ollama_prive import adresse as adresses
from scripts.ollama_prive.client import ollama
from scripts.ollama_prive.fabrique import fichier_gguf
from scripts.ollama_prive.serveur import Serveur
from scripts.socle import chemins, fichiers, pannes
from scripts.socle.commandes import NOUVELLES_DU_TELECHARGEMENT_S, console, dire, montrer
from scripts.socle.erreurs import ErreurCours

# Ce que lève le client d'Ollama : refus du serveur, transport rompu, serveur absent.
ERREURS_D_OLLAMA = (ollama.ResponseError, httpx.HTTPError, ConnectionError)


def procurer(serveur: Serveur, nom: str) -> None:
    """Met le modèle `nom` sur notre serveur ; l'exige de celui d'`OLLAMA_HOST`, sans y toucher.

    Lève `ErreurCours` s'il n'y est pas et ne peut pas y être.
    """
    if serveur.processus is None:
        verifier_present(serveur.adresse, nom)
    else:
        installer(serveur.adresse, nom)


def verifier_present(adresse: str, nom: str) -> None:
    """Lève `ErreurCours`, avec la commande à taper, si le serveur n'a pas le modèle."""
    if nom_complet(nom) not in adresses.empreintes_des_modeles(adresse):
        raise ErreurCours(
            f"Le serveur {adresse} n'a pas le modèle {nom}. "
            f"Installez-le avec « ollama pull {nom} », puis relancez."
        )


def installer(adresse: str, nom: str, par_pull: bool = False) -> None:
    """Met le modèle `nom` sur le serveur qui écoute à `adresse`, s'il n'y est pas déjà.

    Le fichier vient des roues épinglées, ou d'`ollama pull` si `par_pull`. Un modèle présent, mais
    qui ne vient pas de ce que `modeles.toml` déclare aujourd'hui, est remplacé.
    """
    modele = declares().get(nom)
    client = ollama.Client(host=adresse, trust_env=False)
    present = nom_complet(nom) in adresses.empreintes_des_modeles(adresse)
    if par_pull:
        if not present and modele is not None and modele.hub:
            _tirer_du_hub(client, modele)
        elif not present:
            _tirer(client, nom)
    elif modele is None or not modele.roue:
        if not present:
            raise _sans_paquet(nom)
    elif not (present and _est_le_declare(client, modele)):
        _creer(client, modele)


def _sans_paquet(nom: str) -> ErreurCours:
    return ErreurCours(
        f"Le modèle {nom} n'est pas fourni par un paquet épinglé. Avec internet, tapez "
        f"« .venv/bin/python -m scripts modeles --installer {nom} --pull » (pour « make test » "
        "et « make enregistrer », ajoutez --pour-les-tests)."
    )


def _est_le_declare(client: ollama.Client, modele: Modele) -> bool:
    """Le modèle du serveur vient-il du fichier et de la licence déclarés aujourd'hui ?"""
    poids = modele.sha256 or fichiers.empreinte(fichier_gguf(modele))
    vu = client.show(modele.nom)
    return poids in (vu.modelfile or "") and (vu.license or "").strip() == modele.licence


def _creer(client: ollama.Client, modele: Modele) -> None:
    """Donne le fichier du modèle à Ollama. Lève `ErreurCours` si le serveur le refuse."""
    fichier = fichier_gguf(modele)
    etape = f"Création de {modele.nom} dans Ollama"
    with montrer(etape):
        try:
            empreinte = client.create_blob(fichier)
            fichiers_donnes = {fichier.name: empreinte}
            client.create(model=modele.nom, files=fichiers_donnes, license=modele.licence)
        except ERREURS_D_OLLAMA as erreur:
            cause = pannes.dans(str(erreur)) or f"le serveur a échoué ({erreur})."
            raise ErreurCours(f"{etape} : {cause}") from erreur


def _tirer(client: ollama.Client, nom: str) -> None:
    """`ollama pull`, en montrant où il en est. Lève `ErreurCours` s'il échoue."""
    try:
        _suivre(client.pull(nom, stream=True), f"ollama pull {nom}")
    except ERREURS_D_OLLAMA as erreur:
        if panne := pannes.dans(str(erreur)):
            raise ErreurCours(f"« ollama pull {nom} » a échoué : {panne}") from erreur
        raise ErreurCours(
            f"« ollama pull {nom} » a échoué ({erreur}). Vérifiez le nom du modèle et la "
            "connexion à internet, puis relancez."
        ) from erreur


def _tirer_du_hub(client: ollama.Client, modele: Modele) -> None:
    """Le fichier de l'éditeur, sous le nom du cours. Lève `ErreurCours` si c'en est un autre."""
    _tirer(client, modele.hub)
    if modele.sha256 not in (client.show(modele.hub).modelfile or ""):
        client.delete(modele.hub)
        raise ErreurCours(
            f"{modele.hub} ne donne plus le fichier attendu ({modele.sha256[:12]}…) : il a été "
            "retiré. Installez celui des paquets épinglés, sans --pull."
        )
    client.create(model=modele.nom, from_=modele.hub, license=modele.licence)
    client.delete(modele.hub)


def _suivre(etats: Iterable[ollama.ProgressResponse], etape: str) -> None:
    """Montre un téléchargement : une barre sur un terminal, un pourcentage par ligne ailleurs."""
    if console.is_terminal:
        with Progress(console=console) as progression:
            tache = progression.add_task(etape, total=None)
            for etat in etats:
                progression.update(tache, completed=etat.completed or 0, total=etat.total)
        return
    dire(f"{etape}…")
    prochaine = time.monotonic() + NOUVELLES_DU_TELECHARGEMENT_S
    for etat in etats:
        if etat.total and time.monotonic() >= prochaine:
            dire(f"{etape} : {100 * (etat.completed or 0) / etat.total:.0f} %")
            prochaine = time.monotonic() + NOUVELLES_DU_TELECHARGEMENT_S


def etat(modele: Modele, presents: dict[str, str]) -> tuple[str, str]:
    """Empreinte courte et état d'un modèle déclaré, d'après les modèles `presents`."""
    empreinte = presents.get(nom_complet(modele.nom))
    if empreinte:
        return empreinte[:12], "installé"
    if modele.fabrique:
        return "", "absent (fabriqué à l'installation)"
    if (chemins.cache() / "fichiers" / f"{modele.sha256}.gguf").is_file():
        return modele.sha256[:12], "téléchargé"
    return modele.sha256[:12], "absent" if modele.roue else "absent (ollama pull)"
