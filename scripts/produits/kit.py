"""Le kit hors connexion, `make kit` : site, programmes, carnets et données dans un seul zip."""

from __future__ import annotations

import hashlib
from pathlib import Path
from string import Template
from typing import Any

from scripts.lecons import archives, catalogue
from scripts.lecons.modeles import modeles_a_recopier
from scripts.socle import chemins, fichiers
from scripts.socle.archives import zip_reproductible
from scripts.socle.commandes import console
from scripts.socle.francais import INSECABLE

NOM = "cours-llm-fr"
PROGRAMMES = "programmes"
# Qui recopie un modèle sous Apache-2.0 d'une machine à l'autre recopie aussi sa licence.
TEXTES = Path(__file__).with_name("licences")
LICENCES_DES_MODELES = "licences-des-modeles"
# Le plan du site porte la date de construction, et ne sert qu'à un site en ligne.
HORS_DU_KIT = {"sitemap.xml", "sitemap.xml.gz"}
LISEZ_MOI = Path(__file__).with_name("kit_lisez_moi.txt")


def fabriquer(site: Path, dossier: Path) -> Path:
    """Écrit dans `dossier` le kit de ce `site` construit et sa somme SHA-256 ; rend le zip.

    Deux fabrications d'un même dépôt donnent les mêmes octets.
    """
    with console.status("Archivage du site, des programmes, des carnets et des données"):
        octets = zip_reproductible(contenu(site))
    archive = dossier / f"{NOM}.zip"
    fichiers.ecrire(archive, octets)
    somme = hashlib.sha256(octets).hexdigest()
    fichiers.ecrire(dossier / f"{archive.name}.sha256", f"{somme}  {archive.name}\n")
    return archive


def contenu(site: Path) -> dict[str, bytes]:
    """Tous les fichiers du kit, par leur chemin dans l'archive."""
    modules = chemins.SNIPPETS.glob("module_*")
    dans_le_kit = {
        "LISEZ-MOI.txt": lisez_moi().encode(),
        **archives.licences(),
        **{f"{LICENCES_DES_MODELES}/{f.name}": f.read_bytes() for f in sorted(TEXTES.iterdir())},
        **{
            f"site/{fichier.relative_to(site).as_posix()}": fichier.read_bytes()
            for fichier in site.rglob("*")
            if fichier.is_file() and fichier.name not in HORS_DU_KIT
        },
        **{
            f"{PROGRAMMES}/{nom}": octets
            for nom, octets in archives.fichiers_des_lecons(*modules).items()
        },
    }
    for nom in catalogue.carnets_du_cours():  # à côté des données qu'ils lisent
        carnet = catalogue.destination(nom)
        chemin = f"{PROGRAMMES}/{Path(nom).parent.as_posix()}/{carnet.name}"
        dans_le_kit[chemin] = carnet.read_bytes()
    return {f"{NOM}/{chemin}": octets for chemin, octets in dans_le_kit.items()}


def lisez_moi() -> str:
    """Le mode d'emploi du kit, avec les modèles à recopier."""
    modeles = modeles_a_recopier()
    gabarit = Template(LISEZ_MOI.read_text(encoding="utf-8"))
    return gabarit.substitute(
        zip=f"{NOM}.zip",
        modeles="\n\n".join(map(_paragraphe, modeles)),
        total=en_megaoctets(sum(modele["taille_mo"] for modele in modeles)),
    )


def _paragraphe(modele: dict[str, Any]) -> str:
    taille = en_megaoctets(modele["taille_mo"])
    return (
        f"  {modele['nom']} ({taille}, licence {modele['licence']})\n"
        f"      {modele['description']}\n"
        f"      {modele['source']}"
    )


def en_megaoctets(mega: int) -> str:
    """`2019` -> « 2 019 Mo », espaces insécables."""
    return f"{mega:,}".replace(",", INSECABLE) + f"{INSECABLE}Mo"
