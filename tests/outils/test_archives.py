"""Ce que reçoit un lecteur : les fichiers qu'ont les programmes qui tournent, prêts à lancer."""

from __future__ import annotations

import io
import os
import re
import subprocess
import sys
import zipfile
from importlib import metadata
from pathlib import Path, PurePosixPath

import pytest

from scripts.execution.copie import copier
from scripts.lecons import archives, catalogue, lancement, marqueurs, registre, requis, sections
from scripts.lecons.verrous import nom_canonique
from scripts.socle import chemins
from scripts.socle.erreurs import ErreurCours
from tests.outils.depot_essai import MODULE, SNIPPET, Depot

HORS_LECON = sorted({*catalogue.DOSSIERS_HORS_LECON, ".ipynb_checkpoints"})
MODULES = catalogue.noms_des_modules()
DU_JOUR_1 = [nom for nom in catalogue.noms_des_programmes() if re.match(r"module_[123]_", nom)]
# Ce qui trahit un programme qui parle à un serveur, ou qui attend que l'on tape.
AVEC_SERVEUR = re.compile(r"ollama|openai|httpx|urllib|socket|COURS_MODELE|input\(")


def contenu_du_zip(module: str) -> dict[str, bytes]:
    """Les fichiers de l'archive d'un module."""
    octets = archives.archive_du_module(chemins.SNIPPETS / module)
    with zipfile.ZipFile(io.BytesIO(octets)) as contenu:
        return {nom: contenu.read(nom) for nom in contenu.namelist()}


@pytest.fixture(scope="module")
def du_cours() -> dict[str, dict[str, bytes]]:
    """L'archive de chaque module du cours."""
    return {module: contenu_du_zip(module) for module in MODULES}


def ajoutes(module: str) -> set[str]:
    """Ce que l'archive d'un module a de plus que la copie où tournent ses programmes."""
    dossier = chemins.SNIPPETS / module
    exercices = {f"{module}/{archives.SOLUTIONS}/{f.name}" for f in dossier.glob("exercice_*.py")}
    return {*exercices, f"{module}/{archives.LISEZ_MOI}", f"{module}/{requis.FICHIER}"}


@pytest.mark.parametrize("dossier", HORS_LECON)
def test_ce_qui_n_est_pas_la_lecon_n_est_pas_dans_l_archive(depot: Depot, dossier: str) -> None:
    avant = set(contenu_du_zip(MODULE))
    assert {SNIPPET, "donnees/noms.json"} <= avant
    depot.ecrire(f"snippets/{MODULE}/{dossier}/01_bonjour/note.py", "1\n")
    depot.ecrire(f"snippets/donnees/{dossier}/note.json", "1\n")
    assert set(contenu_du_zip(MODULE)) == avant
    assert catalogue.noms_des_snippets() == [SNIPPET]


@pytest.mark.parametrize("module", MODULES)
def test_l_archive_d_un_module_est_la_copie_ou_tournent_ses_programmes(
    du_cours: dict[str, dict[str, bytes]], module: str
) -> None:
    with copier() as copie:
        fichiers = {copie.nom(str(f)) for f in copie.racine.rglob("*") if f.is_file()}
    partis = (f"{module}/", "donnees/")
    attendus = {n for n in fichiers if n.startswith(partis) and "/citer_ou_refuser/" not in n}
    assert set(du_cours[module]) == attendus | ajoutes(module) | set(archives.LICENCES)


@pytest.mark.parametrize("module", MODULES)
def test_aucun_repere_ne_part_et_aucun_exercice_n_est_resolu(
    du_cours: dict[str, dict[str, bytes]], module: str
) -> None:
    contenu = du_cours[module]
    assert not [nom for nom, octets in contenu.items() if b"8<--" in octets]
    exercices = [nom for nom in contenu if PurePosixPath(nom).match(f"{module}/exercice_*.py")]
    assert exercices
    for nom in exercices:
        source = (chemins.SNIPPETS / nom).read_text(encoding="utf-8")
        solution = section(source, "solution")
        rangee = f"{module}/{archives.SOLUTIONS}/{PurePosixPath(nom).name}"
        resolus = [n for n, octets in contenu.items() if solution.encode() in octets]
        assert resolus == [rangee]
        for recu in (contenu[nom].decode("utf-8"), contenu[rangee].decode("utf-8")):
            assert section(source, "verification") in recu
            compile(recu, nom, "exec")
        assert section(source, "depart") in contenu[nom].decode("utf-8")
        assert section(source, "depart") not in contenu[rangee].decode("utf-8")


def section(texte: str, nom: str) -> str:
    """Le contenu d'une section, sans ses bords vides."""
    assert nom in sections.sections(texte)
    return texte.partition(f"[start:{nom}]\n")[2].partition(f"# --8<-- [end:{nom}]")[0].strip()


@pytest.mark.parametrize("module", MODULES)
def test_les_paquets_demandes_suffisent(du_cours: dict[str, dict[str, bytes]], module: str) -> None:
    """Chaque import du module : la bibliothèque standard, un voisin, ou requirements.txt."""
    contenu = du_cours[module]
    exigences = contenu[f"{module}/{requis.FICHIER}"].decode("utf-8").splitlines()
    assert all(re.fullmatch(r"[\w.-]+==[\w.]+(?: ; .+)?", ligne) for ligne in exigences)
    demandes = {nom_canonique(ligne.split("==")[0]) for ligne in exigences}
    verrous = "".join((chemins.VERROUS / f"{nom}.txt").read_text("utf-8") for nom in requis.VERROUS)
    assert all(f"{ligne} \\\n" in verrous for ligne in exigences)
    fournisseurs = metadata.packages_distributions()
    for nom in contenu:
        if nom.endswith(".py"):
            voisins = {PurePosixPath(n).stem for n in contenu if n.startswith(f"{module}/")}
            source = chemins.SNIPPETS / nom.replace(f"{archives.SOLUTIONS}/", "")
            for importe in catalogue.modules_importes(source):
                if importe not in {*sys.stdlib_module_names, *voisins}:
                    paquets = {nom_canonique(p) for p in fournisseurs.get(importe, [importe])}
                    assert paquets & demandes, f"{nom} importe {importe}"


def test_un_import_inconnu_est_dit(depot: Depot) -> None:
    depot.ecrire(f"snippets/{MODULE}/02_autre.py", "import inconnu\n")
    with pytest.raises(ErreurCours, match=r"02_autre.py importe inconnu.*make verrous"):
        requis.du_module(chemins.SNIPPETS / MODULE)


def test_les_paquets_se_trouvent_par_leur_nom_d_import(depot: Depot) -> None:
    depot.ecrire(f"snippets/{MODULE}/conversation.py", "import json\n")
    texte = "import conversation, ollama\nfrom llama_index.llms.ollama import Ollama\nimport bs4\n"
    depot.ecrire(f"snippets/{MODULE}/02_autre.py", texte)
    depot.ecrire(f"snippets/{MODULE}/03_serveur.sh", "# chroma ici\n  chroma run --path base &\n")
    lignes = ["llama-index-llms-ollama==1", "beautifulsoup4==2", "chromadb==3", "llama-index==4"]
    verrou = "".join(f"{ligne} \\\n    --hash=sha256:0\n" for ligne in ["ollama==0.6.3", *lignes])
    depot.ecrire("verrous/dev.txt", verrou)
    attendu = "beautifulsoup4==2\nchromadb==3\nllama-index-llms-ollama==1\nollama==0.6.3\n"
    assert requis.du_module(chemins.SNIPPETS / MODULE) == attendu


@pytest.mark.parametrize("module", MODULES)
def test_le_mode_d_emploi_dit_tout(du_cours: dict[str, dict[str, bytes]], module: str) -> None:
    texte = du_cours[module][f"{module}/{archives.LISEZ_MOI}"].decode("utf-8")
    assert "$module" not in texte and "$unix" not in texte
    for attendu in (
        *(f"cd {module}", "python3 -m venv .venv", "Activate.ps1", "requirements.txt"),
        *("python.org", "ollama.com/download", "ollama pull ", "solutions", "LICENSE-TEXTES"),
    ):
        assert attendu in texte
    premier = re.search(r"macOS, Linux.: (?:python|bash) (\S+)\n   Windows", texte)
    assert premier and f"{module}/{premier[1]}" in du_cours[module]
    assert max(map(len, texte.splitlines())) <= 100
    for exercice in (chemins.SNIPPETS / module).glob("exercice_*.py"):
        assert exercice.name in texte


# --- Chaque programme du jour 1, depuis l'archive et par la commande de la page ---


@pytest.mark.parametrize("nom", DU_JOUR_1)
def test_rien_ne_manque_a_un_programme_du_jour_1(
    du_cours: dict[str, dict[str, bytes]], nom: str
) -> None:
    """Sa commande nomme un fichier de l'archive ; ce qu'il a lu en tournant y est aussi."""
    module = nom.split("/")[0]
    contenu = du_cours[module]
    commande = lancement.commande(nom, "", marqueurs.par_programme().get(nom, {}))
    lance = re.match(r"(?:python|bash) (\S+)", commande.unix)
    assert lance and f"{module}/{lance[1]}" == nom and nom in contenu
    assert not commande.windows or commande.windows == f"py{commande.unix.removeprefix('python')}"
    assert catalogue.reunis_de(nom) <= contenu.keys()
    for entree in registre.lire()["snippets"].get(nom, {}).values():
        lus = {*entree["cle"]["fichiers"], *entree["cle"]["codes"]}
        assert lus <= contenu.keys(), "l'enregistrement a lu ce qu'un lecteur n'a pas"
        for dossier in set(entree["cle"]["dossiers"]) - {"."}:
            assert any(present.startswith(f"{dossier}/") for present in contenu), dossier


def sans_serveur(nom: str) -> bool:
    """Vrai d'un programme du jour 1 qui ne parle à aucun serveur."""
    textes = ((chemins.SNIPPETS / f).read_text("utf-8") for f in (nom, *catalogue.reunis_de(nom)))
    carnet = catalogue.est_carnet(chemins.SNIPPETS / nom)
    return not carnet and not any(map(AVEC_SERVEUR.search, textes))


@pytest.mark.parametrize("nom", [nom for nom in DU_JOUR_1 if sans_serveur(nom)])
def test_un_programme_tourne_depuis_l_archive(tmp_path: Path, nom: str) -> None:
    """Décompressée dans un dossier vide ; un exercice échoue, puis passe avec sa solution."""
    module = nom.split("/")[0]
    octets = archives.archive_du_module(chemins.SNIPPETS / module)
    with zipfile.ZipFile(io.BytesIO(octets)) as contenu:
        contenu.extractall(tmp_path)
    if not catalogue.est_un_exercice(nom):
        assert lancer(tmp_path, nom).returncode == 0
        return
    depart = lancer(tmp_path, nom)
    assert depart.returncode != 0 and "Error" in depart.stderr
    exercice = tmp_path / nom
    (exercice.parent / archives.SOLUTIONS / exercice.name).replace(exercice)
    solution = lancer(tmp_path, nom)
    assert solution.returncode == 0, solution.stderr


def lancer(racine: Path, nom: str) -> subprocess.CompletedProcess[str]:
    """Lance ce programme par la commande de la page, dans le dossier de son module."""
    commande = lancement.commande(nom, "", marqueurs.par_programme().get(nom, {}))
    env = {
        "PATH": os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]]),
        "HOME": str(racine),
        "PYTHONUTF8": "1",
        "MPLBACKEND": "Agg",
    }
    dossier = racine / nom.split("/")[0]
    return subprocess.run(
        ["bash", "-c", commande.unix],
        cwd=dossier,
        env=env,
        capture_output=True,
        text=True,
        timeout=120,
    )


def test_des_donnees_que_personne_ne_nomme_ne_partent_pas(
    depot: Depot, du_cours: dict[str, dict[str, bytes]]
) -> None:
    """Un mégaoctet de textes ne part qu'avec le module dont un programme les lit."""
    [reserve] = archives.SI_NOMMEES
    assert not [nom for fichiers in du_cours.values() for nom in fichiers if reserve in nom]
    depot.ecrire(f"snippets/donnees/{reserve}/textes.jsonl", "{}\n")
    module = chemins.SNIPPETS / MODULE
    nom = f"donnees/{reserve}/textes.jsonl"
    assert nom not in archives.fichiers_des_lecons(module)
    depot.ecrire(f"snippets/{MODULE}/02_lire.py", f'TEXTES = "{reserve}"\n')
    assert nom in archives.fichiers_des_lecons(module)
