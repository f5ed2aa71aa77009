"""Mettre un modèle sur un serveur Ollama, dire ceux qui y sont."""

from __future__ import annotations

import httpx
import ollama
from rich.progress import Progress

from scripts.lecons.modeles import Modele, declares, nom_complet
from scripts.ollama_prive import adresse as adresses
from scripts.ollama_prive.fabrique import fichier_gguf
from scripts.ollama_prive.serveur import Serveur
from scripts.socle import chemins, fichiers
from scripts.socle.commandes import console
from scripts.socle.erreurs import ErreurCours


def verifier_present(serveur: Serveur, nom: str) -> None:
    """Lève `ErreurCours`, avec la commande à taper, si le serveur n'a pas le modèle."""
    if nom_complet(nom) not in adresses.empreintes_des_modeles(serveur.adresse):
        raise ErreurCours(
            f"Le serveur {serveur.adresse} n'a pas le modèle {nom}. "
            f"Installez-le avec « ollama pull {nom} », puis relancez."
        )


def installer(adresse: str, nom: str, par_pull: bool = False) -> None:
    """Met le modèle `nom` sur le serveur qui écoute à `adresse`, s'il n'y est pas déjà.

    Le fichier vient de la roue épinglée, ou d'`ollama pull` si `par_pull`. Un modèle fabriqué ici,
    mais d'une autre façon qu'aujourd'hui, est remplacé.
    """
    modele = declares().get(nom)
    client = ollama.Client(host=adresse, trust_env=False)
    if nom_complet(nom) in adresses.empreintes_des_modeles(adresse):
        if par_pull or modele is None or not modele.fabrique:
            return
        poids = fichiers.empreinte(fichier_gguf(modele))
        if poids in (client.show(nom).modelfile or ""):
            return
    if par_pull:
        _tirer(client, nom)
    elif modele is None or not (modele.roue or modele.adaptateur):
        raise ErreurCours(
            f"Le modèle {nom} n'est pas fourni par un paquet épinglé. Avec internet, tapez "
            f"« .venv/bin/python -m scripts modeles --installer {nom} --pull » (pour « make test » "
            "et « make enregistrer », ajoutez --pour-les-tests)."
        )
    else:
        fichier = fichier_gguf(modele)
        with console.status(f"Création de {nom} dans Ollama"):
            empreinte = client.create_blob(fichier)
            client.create(model=nom, files={fichier.name: empreinte}, license=modele.licence)


def _tirer(client: ollama.Client, nom: str) -> None:
    """`ollama pull` avec une barre de progression."""
    try:
        with Progress(console=console) as progression:
            tache = progression.add_task(f"ollama pull {nom}", total=None)
            for etat in client.pull(nom, stream=True):
                progression.update(tache, completed=etat.completed or 0, total=etat.total)
    except (ollama.ResponseError, httpx.HTTPError) as erreur:
        raise ErreurCours(
            f"« ollama pull {nom} » a échoué ({erreur}). Vérifiez le nom du modèle et la "
            "connexion à internet, puis relancez."
        ) from erreur


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
