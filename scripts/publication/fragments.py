"""Produit `genere/` : les morceaux de pages qui viennent du registre et du glossaire.

Les pages les incluent avec `pymdownx.snippets`. Rien n'y est écrit à la main, rien n'en est suivi
par git : ils sont recalculés à chaque construction du site.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from scripts.cours_fr import resultats as resultats_de_cours_fr
from scripts.lecons import registre
from scripts.lecons.catalogue import noms_des_modules, noms_des_programmes
from scripts.lecons.registre import Enregistrement
from scripts.publication import module_9, page_verification, performances, phrases
from scripts.publication.glossaire import abreviations
from scripts.socle import chemins, fichiers
from scripts.socle.francais import INSECABLE, date_longue, nombre


def generer() -> None:
    """Écrit tous les fragments et supprime ceux qui n'ont plus lieu d'être.

    Un fichier dont le contenu est inchangé n'est pas retouché : `make serve` ne tourne pas en rond.
    """
    enregistrements = registre.lire()["snippets"]
    attendus = {
        **{
            chemins.GENERE / Path(nom).with_suffix(".md"): sortie(nom, enregistrements.get(nom, {}))
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
        chemins.GENERE / "cours_fr" / "resultats.md": resultats_de_cours_fr.tableau(),
        chemins.GENERE / "cours_fr" / "essais.md": resultats_de_cours_fr.essais(),
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


def sortie(nom: str, entrees: Mapping[str, Enregistrement]) -> str:
    """Le bloc de sortie d'un snippet et sa provenance ; s'il y a plusieurs modèles, en onglets."""
    if not entrees:
        return '!!! failure "Sortie pas encore enregistrée"\n    Lancez `make enregistrer`.\n'
    blocs = {modele: _bloc(modele, entrees[modele]) for modele in registre.onglets(entrees)}
    if len(blocs) == 1:
        return next(iter(blocs.values()))
    return "\n".join(f'=== "{modele}"\n\n{_indenter(bloc)}' for modele, bloc in blocs.items())


def _bloc(modele: str, entree: Enregistrement) -> str:
    lignes = [legende(modele, entree), "{ .provenance }", ""]
    if "carnet" not in entree:
        fichier = entree["sortie"]["fichier"]
        lignes = ["```text", f'--8<-- "{fichier}"', "```", "", *lignes]
    return "\n".join(lignes)


def _indenter(bloc: str) -> str:
    return "".join(f"    {ligne}" if ligne.strip() else ligne for ligne in bloc.splitlines(True))
