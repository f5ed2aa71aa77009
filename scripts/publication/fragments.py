"""Produit `genere/` : les morceaux de pages qui viennent du registre et du glossaire.

Les pages les incluent avec `pymdownx.snippets`. Rien n'y est écrit à la main, rien n'en est suivi
par git : ils sont recalculés à chaque construction du site.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from scripts.lecons import lancement, marqueurs, registre
from scripts.lecons.catalogue import noms_des_modules, noms_des_programmes
from scripts.lecons.lancement import Commande
from scripts.lecons.registre import Enregistrement
from scripts.publication import module_9, page_verification, performances, phrases
from scripts.publication.glossaire import abreviations
from scripts.socle import chemins, fichiers
from scripts.socle.francais import INSECABLE, date_longue, nombre

# La classe du bloc « Lancer » : la feuille de style le met sur une ligne, les contrôles savent
# que rien d'autre qu'un fragment ne l'emploie.
LANCER = "lancer"


def generer() -> None:
    """Écrit tous les fragments et supprime ceux qui n'ont plus lieu d'être.

    Un fichier dont le contenu est inchangé n'est pas retouché : `make serve` ne tourne pas en rond.
    """
    enregistrements, arguments = registre.lire()["snippets"], marqueurs.par_programme()
    attendus = {
        **{
            chemins.GENERE / Path(nom).with_suffix(".md"): sortie(
                nom, enregistrements.get(nom, {}), arguments.get(nom)
            )
            for nom in noms_des_programmes()
        },
        **{
            chemins.GENERE / module / "verifie.md": page_verification.verifie(
                module, enregistrements
            )
            for module in noms_des_modules()
        },
        chemins.GENERE / "verification.md": page_verification.tableau(enregistrements),
        chemins.GENERE / "modeles.md": page_verification.croisement(enregistrements),
        chemins.GENERE / "abreviations.md": abreviations(),
        chemins.GENERE / "performances.md": performances.fragment(),
        chemins.GENERE / "modeles_mesures.md": performances.fragment_des_modeles(),
        **module_9.fragments(),
        **phrases.fragments(enregistrements),
    }
    for chemin, contenu in attendus.items():
        fichiers.ecrire(chemin, contenu)
    for chemin in chemins.GENERE.rglob("*.md"):
        if chemin not in attendus:
            chemin.unlink()


def legende(modele: str, entree: Enregistrement) -> str:
    """La provenance d'une sortie : modèle, empreinte, version d'Ollama, date, durée."""
    date = f"le {date_longue(entree['date'])}"
    duree = f"{nombre(entree['duree_s'], 2 if entree['duree_s'] < 1 else 1)}{INSECABLE}s"
    if modele == registre.AUCUN_MODELE:
        return f"Sortie enregistrée {date}, sans modèle, avec Python {entree['python']} ({duree})."
    noms = sorted(entree["digests"], key=lambda nom: (nom != modele, nom))
    avec = ", ".join(f"{nom} (`{entree['digests'][nom][:12]}`)" for nom in noms)
    return f"Sortie enregistrée {date} avec {avec} et Ollama {entree['ollama']} ({duree})."


def sortie(
    nom: str,
    entrees: Mapping[str, Enregistrement],
    arguments: Mapping[str, Any] | None = None,
) -> str:
    """Comment lancer un programme, ce qu'il imprime, et d'où cela vient ; un onglet par modèle.

    `arguments` : ceux de son marqueur.
    """
    if not entrees:
        manque = '!!! failure "Sortie pas encore enregistrée"\n    Lancez `make enregistrer`.\n'
        return f"{manque}\n{lancer(lancement.commande(nom, '', arguments))}"
    blocs = {
        modele: _bloc(modele, entrees[modele], lancement.commande(nom, modele, arguments))
        for modele in registre.onglets(entrees)
    }
    if len(blocs) == 1:
        return next(iter(blocs.values()))
    return onglets(blocs)


def lancer(commande: Commande) -> str:
    """La commande, en deux onglets que content.tabs.link relie d'un bout à l'autre du site."""
    ailleurs = ("powershell", commande.windows)
    if not commande.windows:
        ailleurs = ("bash", f"{commande.unix}  # dans Git Bash ou WSL")
    lignes = {"macOS, Linux": ("bash", commande.unix), "Windows": ailleurs}
    blocs = {
        systeme: f"```{{ .{langage} .{LANCER} }}\n{ligne}\n```"
        for systeme, (langage, ligne) in lignes.items()
    }
    return onglets(blocs) + "\n"


def onglets(contenus: Mapping[str, str]) -> str:
    """Ces contenus en onglets ; « ! » ouvre une nouvelle suite, quoi que montre la page avant."""
    signes = ("===!", *["==="] * (len(contenus) - 1))
    return "\n".join(
        f'{signe} "{titre}"\n\n{_indenter(contenu)}\n'
        for signe, (titre, contenu) in zip(signes, contenus.items(), strict=True)
    )


def _bloc(modele: str, entree: Enregistrement, commande: Commande) -> str:
    lignes = [legende(modele, entree), "{ .provenance }", ""]
    if "carnet" not in entree:
        fichier = entree["sortie"]["fichier"]
        lignes = [lancer(commande), "```text", f'--8<-- "{fichier}"', "```", "", *lignes]
    return "\n".join(lignes)


def _indenter(bloc: str) -> str:
    return "".join(f"    {ligne}" if ligne.strip() else ligne for ligne in bloc.splitlines(True))
