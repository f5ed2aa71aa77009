"""Le modèle qu'un programme prend seul est celui dont la page montre la sortie en premier.

`[[defaut]]` de snippets/exemptions.toml nomme un programme et le modèle qu'il prend ; cette liste
ne peut que rétrécir.
"""

from __future__ import annotations

from collections.abc import Iterator

from scripts.controles.longueur import LISTE, REMEDE
from scripts.controles.probleme import Probleme
from scripts.lecons import catalogue, defauts, exemptions, marqueurs, modeles, registre
from scripts.socle import chemins


def defauts_montres() -> Iterator[Probleme]:
    """Sans `COURS_MODELE`, chaque programme prend le modèle de son premier onglet."""
    declares = {e["fichier"]: e["modele"] for e in exemptions.de("defaut")}
    ecarts = dict(ecarts_au_premier_onglet())
    for nom, (trouve, attendu) in ecarts.items():
        if declares.get(nom) != trouve:
            yield Probleme(
                f"snippets/{nom}",
                f"sans COURS_MODELE, ce programme prend {trouve}, et la page montre d'abord "
                f"{attendu}",
                f"Écrivez {_lecture(nom, attendu)}.",
            )
    for nom in sorted(declares.keys() - ecarts.keys()):
        yield Probleme(LISTE, f"l'exemption de modèle par défaut de {nom} ne sert plus", REMEDE)


def _lecture(nom: str, modele: str) -> str:
    if nom.endswith(".sh"):
        return f"${{COURS_MODELE:-{modele}}}"
    return f'os.environ.get("COURS_MODELE", "{modele}")'


def resserrer() -> int:
    """Retire les exemptions qui ne servent plus ; rend le nombre de celles qui restent."""
    ecarts = dict(ecarts_au_premier_onglet())
    restantes = [e for e in exemptions.de("defaut") if e["fichier"] in ecarts]
    exemptions.remplacer("defaut", restantes)
    return len(restantes)


def ecarts_au_premier_onglet() -> Iterator[tuple[str, tuple[str, str]]]:
    """(programme ou fichier réuni, (modèle qu'il prend seul, modèle montré en premier))."""
    connus, choisis = registre.lire()["snippets"], marqueurs.par_programme()
    reunis = catalogue.fichiers_reunis()
    for nom in catalogue.noms_des_snippets():
        pour = reunis.get(nom, [nom])
        attendus = [_premier(connus.get(p, {}), choisis.get(p, {}).get("modele")) for p in pour]
        for trouve in sorted(defauts.du_fichier(chemins.SNIPPETS / nom)):
            autre = next((attendu for attendu in attendus if attendu != trouve), None)
            if autre:
                yield nom, (trouve, autre)
                break


def _premier(entrees: dict[str, registre.Enregistrement], choisi: object) -> str:
    """Le modèle du premier onglet ; pour un programme sans onglet, celui qu'il aurait."""
    communs = {registre.AUCUN_MODELE, modeles.MODELE_D_EMBEDDING}
    onglets = [modele for modele in registre.onglets(entrees) if modele not in communs]
    return onglets[0] if onglets else str(choisi or modeles.MODELE_PAR_DEFAUT)
