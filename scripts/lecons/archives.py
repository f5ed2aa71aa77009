"""Ce qu'emporte l'archive d'un module : un petit projet, que l'on décompresse et que l'on lance.

Ses programmes sans leurs repères, ses exercices à résoudre, leurs solutions à part, les données
communes, ses paquets épinglés, un mode d'emploi et les licences.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path, PurePath
from string import Template

from scripts.lecons import catalogue, defauts, lancement, modeles, registre, requis
from scripts.lecons.catalogue import hors_lecon
from scripts.lecons.sections import BALISE
from scripts.socle import chemins
from scripts.socle.archives import zip_reproductible

LICENCES = ("LICENSE", "LICENSE-TEXTES")
LISEZ_MOI = "LISEZ-MOI.txt"
SOLUTIONS = "solutions"
GABARIT = Path(__file__).with_name("lisez_moi.txt")
# Des données communes, lourdes, qui ne partent qu'avec un module dont un programme les nomme.
SI_NOMMEES = ("citer_ou_refuser",)


def sans_reperes(texte: str, retiree: str = "solution") -> str:
    """Le texte sans ses lignes de repère, ni la section `retiree` d'un exercice.

    Le lecteur d'un exercice reçoit donc le départ et la vérification, comme la page les montre.
    """
    lignes, courante = [], None
    for ligne in texte.splitlines(keepends=True):
        if balise := BALISE.search(ligne):
            courante = balise[2] if balise[1] == "start" else None
        elif courante != retiree:
            lignes.append(ligne)
    return "".join(lignes)


def fichiers_des_lecons(*modules: Path) -> dict[str, bytes]:
    """Ce qu'un lecteur reçoit de ces modules et les données communes, par chemin sous snippets/."""
    muettes = _donnees_que_personne_ne_nomme(modules)
    donnees = _fichiers(chemins.DONNEES)
    contenus = {n: f.read_bytes() for n, f in donnees if muettes.isdisjoint(PurePath(n).parts)}
    for module in modules:
        contenus |= {nom.as_posix(): octets for nom, octets in _du_module(module)}
    return contenus


def _donnees_que_personne_ne_nomme(modules: tuple[Path, ...]) -> set[str]:
    """Les dossiers de `SI_NOMMEES` qu'aucun programme de ces modules ne nomme."""
    programmes = (fichier for module in modules for fichier in module.glob("*.py"))
    textes = [programme.read_text(encoding="utf-8") for programme in programmes]
    return {dossier for dossier in SI_NOMMEES if not any(dossier in texte for texte in textes)}


def licences() -> dict[str, bytes]:
    """Les licences du cours, par leur nom."""
    presentes = {nom: chemins.RACINE / nom for nom in LICENCES}
    return {nom: fichier.read_bytes() for nom, fichier in presentes.items() if fichier.is_file()}


def archive_du_module(module: Path) -> bytes:
    """Le zip d'un module, avec les données communes que ses programmes lisent et les licences."""
    return zip_reproductible(fichiers_des_lecons(module) | licences())


def _fichiers(dossier: Path) -> Iterator[tuple[str, Path]]:
    for fichier in sorted(dossier.rglob("*")):
        nom = fichier.relative_to(chemins.SNIPPETS)
        if fichier.is_file() and not hors_lecon(nom):
            yield nom.as_posix(), fichier


def _du_module(module: Path) -> Iterator[tuple[PurePath, bytes]]:
    for nom, fichier in _fichiers(module):
        octets = fichier.read_bytes()
        if fichier.suffix not in catalogue.EXTENSIONS:
            yield PurePath(nom), octets
            continue
        texte = octets.decode("utf-8")
        yield PurePath(nom), sans_reperes(texte).encode()
        if catalogue.est_un_exercice(nom):
            solution = sans_reperes(texte, "depart").encode()
            yield PurePath(nom).parent / SOLUTIONS / fichier.name, solution
    dossier = PurePath(module.name)
    if paquets := requis.du_module(module):
        yield dossier / requis.FICHIER, paquets.encode()
    yield dossier / LISEZ_MOI, lisez_moi(module).encode()


def lisez_moi(module: Path) -> str:
    """Le mode d'emploi d'un module : outils, modèles, premier programme, exercices."""
    noms = [n for n in catalogue.noms_des_programmes() if n.startswith(f"{module.name}/")]
    exercices = [PurePath(nom).name for nom in noms if catalogue.est_un_exercice(nom)]
    lecons = [nom for nom in noms if PurePath(nom).name[:1].isdigit()] or noms
    commande = lancement.commande(lecons[0])
    # Un programme qui choisit son modèle, et que PowerShell sait lancer.
    choisissent = [n for n in lecons if n.endswith(".py") and defauts.de(n)]
    exemple = lancement.commande((choisissent or lecons)[0])
    necessaires, facultatifs = modeles_du_module(noms)
    return Template(GABARIT.read_text(encoding="utf-8")).substitute(
        titre=catalogue.titre_de_la_lecon(module.name).upper(),
        module=module.name,
        paquets=_lignes(PAQUETS) if requis.du_module(module) else "",
        modeles="\n".join(f"       ollama pull {nom}" for nom in necessaires),
        facultatifs=_facultatifs(facultatifs),
        unix=commande.unix,
        windows=commande.windows or f"{commande.unix}   (dans Git Bash ou WSL)",
        exemple_unix=exemple.unix,
        exemple_windows=exemple.windows,
        exercices="\n".join(f"       {nom}" for nom in exercices),
    )


PAQUETS = "python -m pip install -r requirements.txt"


def _lignes(commande: str) -> str:
    return f"\n       {commande}"


def _facultatifs(noms: list[str]) -> str:
    if not noms:
        return ""
    commandes = "\n".join(f"       ollama pull {nom}" for nom in noms)
    return f"\n\n   Facultatif, pour les onglets qui comparent plusieurs modèles :\n\n{commandes}"


def modeles_du_module(noms: list[str]) -> tuple[list[str], list[str]]:
    """Les modèles à obtenir pour ces programmes, et ceux de leurs autres onglets."""
    embeddings = {m for nom in noms for m in defauts.de(nom, defauts.EMBEDDING)}
    necessaires = embeddings | {m for nom in noms for m in defauts.de(nom)}
    enregistres = registre.lire()["snippets"]
    onglets = {modele for nom in noms for modele in enregistres.get(nom, {})}
    return sorted(necessaires), sorted((onglets & set(modeles.declares())) - necessaires)
