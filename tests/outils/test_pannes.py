"""Les pannes de la mise en place : une phrase vraie, le bon remède, un code de sortie non nul.

Le disque plein et la lecture seule sont de vrais montages, dans un espace de noms à part ; là où
le système n'en permet pas, ces tests-là sont sautés.
"""

from __future__ import annotations

import errno
import importlib
import io
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from types import FrameType, SimpleNamespace
from typing import Any

import psutil
import pytest
from rich.console import Console

from scripts.lecons.modeles import Modele
from scripts.ollama_prive import fabrique, installation
from scripts.ollama_prive.serveur import Serveur
from scripts.socle import chemins, commandes, fichiers, pannes, processus, verrou
from scripts.socle.erreurs import ErreurCours
from tests.outils.depot_essai import Depot

# Sans annotations, pour les vieux Python.
amorce: Any = importlib.import_module("scripts.outillage.amorce")
AMORCE = "scripts/outillage/amorce.py"
PLEIN = "mount -t tmpfs -o size=64k tmpfs {0} && (head -c 100k /dev/zero >{0}/tout 2>&- || true)"
LECTURE_SEULE = "mount --bind {0} {0} && mount -o remount,bind,ro {0}"
# Ce qu'affichent les outils, et ce qui doit en être dit.
AFFICHAGES = [
    ("ERROR: Could not install packages due to an OSError: [Errno 28] No space left", "", ""),
    ("OSError: [Errno 28] No space left on device", "le disque est plein", "Libérez de la place"),
    ("npm error code ENOSPC", "le disque est plein", "Libérez de la place"),
    ("go: write /tmp/a: no space left on device", "le disque est plein", "Libérez de la place"),
    ("  Caused by: Disk quota exceeded (os error 122)", "le disque est plein", "Libérez"),
    ("E: écriture : Aucun espace disponible sur le périphérique", "le disque est plein", "Libérez"),
    ("failed to create directory `/a`: Read-only file system (os error 30)", "lecture seule", ""),
    ("npm error EROFS: read-only file system, mkdir '/a'", "lecture seule", "accessible en écri"),
    ("mkdir /a: permission denied", "l'accès est refusé", "Donnez-vous le droit"),
    ("[Errno 13] Permission denied: '/a'", "l'accès est refusé", "Donnez-vous le droit"),
    ("dial tcp 10.0.0.1:443: connect: permission denied", "", ""),
    ("go: mkdir /dev/null: not a directory", "à la place d'un dossier", "Déplacez-le"),
    ("npm error code ENOTDIR", "à la place d'un dossier", "Déplacez-le"),
    ("ERROR: THESE PACKAGES DO NOT MATCH THE HASHES", "pas l'empreinte attendue", "Réessayez"),
    ("ERROR: No matching distribution found for essai", "", ""),
]


@pytest.mark.parametrize(("affichage", "constat", "remede"), AFFICHAGES)
def test_affichage_d_un_outil(affichage: str, constat: str, remede: str) -> None:
    """`lancer` et l'amorce reconnaissent les mêmes pannes ; le reste garde la phrase de l'appel."""
    outil = [sys.executable, "-c", "import sys; sys.exit(sys.argv[1])", affichage]
    with pytest.raises(ErreurCours) as dite:
        commandes.lancer(outil, etape="Essai", si_echec="Vérifiez la connexion.")
    phrase = str(dite.value)
    assert affichage.strip() in phrase
    assert phrase.startswith("Essai : " if constat else "Vérifiez la connexion.")
    for attendu in (constat, remede):
        assert attendu in phrase
        assert attendu in amorce.panne(affichage)
    assert bool(amorce.panne(affichage)) == bool(constat)


def test_vrai_disque_plein_sous_un_outil() -> None:
    ecrire = [sys.executable, "-c", "open('/dev/full', 'w').write('x' * 99999)"]
    with pytest.raises(ErreurCours, match="Essai : le disque est plein"):
        commandes.lancer(ecrire, etape="Essai", si_echec="Vérifiez la connexion.")


def test_autre_cache_propose_seulement_pour_le_cache() -> None:
    dans_le_cache = pannes.dans(f"open {chemins.cache()}/a: no space left on device")
    assert f"Libérez de la place, ou {pannes.AUTRE_CACHE}, puis relancez" in dans_le_cache
    assert "COURS_CACHE" not in pannes.dans("open /ailleurs/a: no space left on device")
    assert "COURS_CACHE" in pannes.dans("no space left on device", chemins.cache() / "fichiers")


@pytest.mark.parametrize(
    ("code", "constat"),
    [
        (errno.ENOSPC, "le disque est plein"),
        (errno.EDQUOT, "le disque est plein"),
        (errno.EROFS, "le disque est en lecture seule"),
        (errno.EACCES, "l'accès est refusé"),
    ],
)
def test_fichier_d_un_modele_que_le_disque_refuse(
    code: int, constat: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Le téléchargement a réussi, l'écriture non : ce n'est pas la connexion."""
    monkeypatch.setenv("COURS_CACHE", str(tmp_path))

    def refuser(*_: object, **__: object) -> None:
        raise OSError(code, os.strerror(code))

    monkeypatch.setattr(tempfile, "mkdtemp", refuser)
    modele = Modele("essai", "", "MIT", 1, "essai==1", "0" * 64, "m.gguf", "0" * 64)
    with pytest.raises(ErreurCours, match=f"{constat}.*COURS_CACHE.*puis relancez"):
        fabrique.fichier_gguf(modele)


def test_erreur_qui_n_est_pas_une_panne() -> None:
    with pytest.raises(ChildProcessError), pannes.dites():
        raise ChildProcessError(errno.ECHILD, "autre chose")


# Les mots anglais du système : aucun ne doit paraître dans nos phrases.
ANGLAIS = re.compile(r"\b(?:No such|Is a|Not a|Permission|Read-only|Too many|denied|left)\b")


@pytest.mark.parametrize("code", sorted(errno.errorcode))
def test_raison_en_francais(code: int) -> None:
    erreur = OSError(code, os.strerror(code), str(chemins.RACINE / "docs" / "index.md"))
    for phrase in (pannes.raison(erreur), pannes.de(erreur), pannes.du_depot(erreur)):
        assert not ANGLAIS.search(phrase)
        assert str(chemins.RACINE) not in phrase
    assert pannes.raison(erreur) and pannes.remede(erreur).endswith(".")


def test_aucun_texte_du_systeme_dans_nos_phrases() -> None:
    """`strerror` est en anglais ; `pannes.raison` le remplace."""
    nomment = [
        chemins.en_clair(fichier)
        for fichier in sorted((chemins.RACINE_DU_CODE / "scripts").rglob("*.py"))
        if ".strerror" in fichier.read_text(encoding="utf-8")
    ]
    assert nomment == []


def test_ecriture_refusee_nomme_le_fichier(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Et non le fichier provisoire, dont le nom ne dit rien à personne."""

    def refuser(*_: object, **__: object) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), str(tmp_path / ".a.txt.x7"))

    monkeypatch.setattr(tempfile, "mkstemp", refuser)
    with pytest.raises(OSError) as refus:
        fichiers.ecrire(tmp_path / "a.txt", "x")
    assert refus.value.filename == str(tmp_path / "a.txt")


def test_trace_d_un_outil_remplacee_par_la_panne(capfd: pytest.CaptureFixture[str]) -> None:
    """Ce que l'outil dit avant se voit à mesure ; la trace d'une autre erreur reste entière."""
    code = "import sys; print('avant', file=sys.stderr); raise OSError(28, sys.argv[1], 'site/a')"
    outil = [sys.executable, "-c", code]
    with pytest.raises(ErreurCours, match=r"^Le disque est plein\..*\n.*site/a"):
        commandes.accompagner_en_relisant([*outil, "No space left on device"])
    assert capfd.readouterr().err == "avant\n"
    assert commandes.accompagner_en_relisant([*outil, "autre"]) == 1
    assert "Traceback" in capfd.readouterr().err


def test_outil_exterieur_absent() -> None:
    with pytest.raises(
        ErreurCours, match=r"Réinstallez-le\. \(outil-absent : il est introuvable\)"
    ):
        commandes.lancer(["outil-absent"], etape="essai", si_echec="Réinstallez-le.")


def test_outil_exterieur_en_echec() -> None:
    commande = [sys.executable, "-c", "import sys; sys.exit('le détail')"]
    with pytest.raises(ErreurCours, match=r"Recommencez\.\n.*le détail"):
        commandes.lancer(commande, etape="essai", si_echec="Recommencez.")


# --- De vrais disques ---


@pytest.fixture(scope="module")
def monter(tmp_path_factory: pytest.TempPathFactory) -> Callable[..., list[str]]:
    """Une fonction `monter(montage, dossier, commande)` : la commande, lancée sur ce disque."""

    def prefixer(montage: str, dossier: Path, commande: Sequence[object]) -> list[str]:
        script = montage.format('"$0"') + ' && exec "$@"'
        return ["unshare", "-rm", "sh", "-c", script, str(dossier), *map(str, commande)]

    essai = prefixer(PLEIN, tmp_path_factory.mktemp("disque"), ["true"])
    if not shutil.which("unshare") or subprocess.run(essai, capture_output=True).returncode:
        pytest.skip("ce système ne laisse pas monter un disque d'essai")
    return prefixer


def _lancer(commande: Sequence[str], dossier: Path, **env: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        commande,
        cwd=dossier,
        env={**os.environ, **env},
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.parametrize(
    ("montage", "constat"),
    [(PLEIN, "le disque est plein. Libérez de la place"), (LECTURE_SEULE, "en lecture seule")],
)
def test_cache_ou_l_on_ne_peut_pas_ecrire(
    monter: Callable[..., list[str]], tmp_path: Path, montage: str, constat: str
) -> None:
    """Ollama est là, mais son dossier ne reçoit ni modèle ni journal."""
    (tmp_path / "bin").mkdir()
    faux = tmp_path / "bin" / "ollama"
    fichiers.ecrire(faux, "#!/bin/sh\nexit 0\n", mode=0o755)
    cache = tmp_path / "cache"
    cache.mkdir()
    resultat = _lancer(
        monter(montage, cache, [sys.executable, "-m", "scripts", "modeles", "--liste"]),
        chemins.RACINE,
        COURS_CACHE=str(cache),
        PATH=f"{faux.parent}{os.pathsep}{os.environ['PATH']}",
        OLLAMA_HOST="",
    )
    assert resultat.returncode == 1, resultat.stderr
    phrase = " ".join(resultat.stderr.split())
    assert constat in phrase and "COURS_CACHE" in phrase and "relancez" in phrase
    assert "Traceback" not in phrase and "internet" not in phrase


@pytest.mark.parametrize(("montage", "constat"), [(PLEIN, "plein"), (LECTURE_SEULE, "lecture seu")])
def test_site_que_le_disque_refuse(
    monter: Callable[..., list[str]], tmp_path: Path, montage: str, constat: str
) -> None:
    """mkdocs montre sa trace : la phrase la remplace, et le nom du fichier reste."""
    (tmp_path / "docs").mkdir()
    fichiers.ecrire(tmp_path / "docs" / "index.md", "# Essai\n")
    fichiers.ecrire(tmp_path / "mkdocs.yml", "site_name: Essai\n")
    (tmp_path / "site").mkdir()
    code = (
        "import sys; from scripts.socle import commandes; from scripts.socle.erreurs import *\n"
        "try: commandes.accompagner_en_relisant([sys.executable, '-m', 'mkdocs', 'build'])\n"
        "except ErreurCours as erreur: sys.exit(str(erreur))"
    )
    outil = monter(montage, tmp_path / "site", [sys.executable, "-c", code])
    resultat = _lancer(outil, chemins.RACINE_DU_CODE, COURS_RACINE=str(tmp_path))
    assert resultat.returncode == 1, resultat.stderr
    assert f"Le disque est {'en ' if 'seu' in constat else ''}{constat}" in resultat.stderr
    assert "Traceback" not in resultat.stderr
    assert "'site/" in resultat.stderr.splitlines()[-1]


def test_cache_qui_est_un_fichier(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    fichiers.ecrire(tmp_path / "cache", "")
    monkeypatch.setenv("COURS_CACHE", str(tmp_path / "cache"))
    phrase = r"un fichier est à la place d'un dossier.*COURS_CACHE"
    passage = verrou.garder(chemins.cache() / "serveur", "attendez")
    with pytest.raises(ErreurCours, match=phrase), passage:
        pass


def test_dossier_des_modeles_plein(
    monter: Callable[..., list[str]], tmp_path: Path, ollama_prive: Serveur
) -> None:
    """Le vrai serveur, sur 16 Mio : il refuse le fichier du modèle, et l'on dit pourquoi."""
    code = (
        "import sys; from pathlib import Path\n"
        "from scripts.ollama_prive import mise_en_place, serveur\n"
        "from scripts.socle.erreurs import ErreurCours\n"
        "prive = serveur.demarrer(Path(sys.argv[1]), Path(sys.argv[2]))\n"
        "try: mise_en_place.installer(prive.adresse, 'smollm2:135m')\n"
        "except ErreurCours as erreur: sys.exit(str(erreur))\n"
        "finally: prive.arreter()"
    )
    petit = "mount -t tmpfs -o size=16m tmpfs {0}"
    outil = [sys.executable, "-c", code, ollama_prive.executable, tmp_path]
    resultat = _lancer(monter(petit, tmp_path, outil), chemins.RACINE)
    assert resultat.returncode == 1
    assert "Création de smollm2:135m dans Ollama : le disque est plein" in resultat.stderr


def _copie_de_l_amorce(dossier: Path) -> Path:
    """Le strict nécessaire pour préparer `.venv` dans `dossier`."""
    for nom in (AMORCE, "verrous/amorce.txt", "verrous/site.txt"):
        fichiers.ecrire(dossier / nom, (chemins.RACINE / nom).read_bytes())
    (dossier / ".venv").mkdir()
    return dossier / AMORCE


@pytest.mark.parametrize(
    ("montage", "constat"),
    [
        ("mount -t tmpfs -o size=2m tmpfs {0}", "le disque est plein. Libérez de la place"),
        (LECTURE_SEULE, "le disque est en lecture seule"),
    ],
)
def test_environnement_python_que_le_disque_refuse(
    monter: Callable[..., list[str]], tmp_path: Path, montage: str, constat: str
) -> None:
    """`venv` cache la sortie de pip : la vraie raison se dit quand même, sans parler d'internet."""
    copie = _copie_de_l_amorce(tmp_path)
    outil = [sys.executable, copie, "site"]
    resultat = _lancer(monter(montage, tmp_path / ".venv", outil), tmp_path)
    assert resultat.returncode == 1
    assert f" : {constat}" in resultat.stderr.splitlines()[-1], resultat.stderr
    assert "internet" not in resultat.stderr and "Traceback" not in resultat.stderr


def test_place_exigee_seulement_pour_installer(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Un disque presque plein n'empêche pas d'utiliser ce qui est déjà installé."""
    monkeypatch.setattr(amorce, "ESPACE_NECESSAIRE_GIO", {"site": 1e9})
    monkeypatch.setattr(amorce, "deja_installe", lambda _: True)
    amorce.preparer("site")
    monkeypatch.setattr(amorce, "deja_installe", lambda _: False)
    monkeypatch.setattr(amorce, "RACINE", str(tmp_path))
    monkeypatch.setattr(shutil, "disk_usage", lambda _: SimpleNamespace(free=2**29))
    with pytest.raises(SystemExit):
        amorce.preparer("site")
    assert "il reste 0,5 Gio" in capsys.readouterr().err


def test_deux_amorces_l_une_apres_l_autre(tmp_path: Path) -> None:
    """La seconde attend que la première ait fini, puis n'a plus rien à faire."""
    copie = _copie_de_l_amorce(tmp_path)
    code = (
        "import sys, time; sys.path.insert(0, sys.argv[1]); import amorce\n"
        "with amorce.seul('site'): print('prise', flush=True); time.sleep(1.5)"
    )
    premiere = subprocess.Popen(
        [sys.executable, "-c", code, str(copie.parent)], stdout=subprocess.PIPE
    )
    assert premiere.stdout is not None and premiere.stdout.readline() == b"prise\n"
    debut = time.monotonic()
    seconde = _lancer([sys.executable, "-c", code, str(copie.parent)], tmp_path)
    assert time.monotonic() - debut > 1
    assert "Une autre commande prépare déjà .venv" in seconde.stderr
    premiere.communicate()


# --- S'interrompre, s'exclure ---


@pytest.fixture
def interrompre_bientot() -> Iterator[None]:
    """Une interruption, comme Ctrl-C, dans une demi-seconde."""

    def interrompre(_: int, __: FrameType | None) -> None:
        raise KeyboardInterrupt

    avant = signal.signal(signal.SIGALRM, interrompre)
    signal.setitimer(signal.ITIMER_REAL, 0.5)
    yield
    signal.setitimer(signal.ITIMER_REAL, 0)
    signal.signal(signal.SIGALRM, avant)


def _disparu(pid: int) -> bool:
    restants = [psutil.Process(pid)] if psutil.pid_exists(pid) else []
    return not psutil.wait_procs(restants, timeout=5)[1]


def test_outil_interrompu_avec_ses_descendants(tmp_path: Path, interrompre_bientot: None) -> None:
    note = tmp_path / "pid"
    outil = ["sh", "-c", f"sleep 60 & echo $! >'{note}'; wait"]
    with pytest.raises(KeyboardInterrupt):
        commandes.lancer(outil, etape="Essai", si_echec="Recommencez.")
    assert _disparu(int(note.read_text()))


def test_seconde_interruption_pendant_l_arret(tmp_path: Path, interrompre_bientot: None) -> None:
    """Ctrl-C pendant qu'on attend un programme sourd : il est tué, avec ce qu'il a lancé."""
    note = tmp_path / "pid"
    sourd = subprocess.Popen(
        ["sh", "-c", f"trap '' INT; sleep 60 & echo $! >'{note}'; wait; sleep 60"],
        start_new_session=True,
    )
    while not note.exists() or not note.read_text():
        time.sleep(0.01)
    with pytest.raises(KeyboardInterrupt):
        processus.arreter(sourd)
    assert sourd.poll() is not None
    assert _disparu(int(note.read_text()))


PASSAGE = (
    "import sys, time; from pathlib import Path\n"
    "from scripts.socle.erreurs import ErreurCours\n"
    "from scripts.socle.verrou import garder\n"
    "try:\n"
    "    with garder(Path(sys.argv[1]), 'attendez sa fin'):\n"
    "        print('pris', flush=True); time.sleep(float(sys.argv[2]))\n"
    "except ErreurCours as erreur: sys.exit(str(erreur))"
)


def _passer(dossier: Path, **env: str) -> subprocess.CompletedProcess[str]:
    outil = [sys.executable, "-c", PASSAGE, str(dossier), "0"]
    return _lancer(outil, chemins.RACINE_DU_CODE, **env)


def test_un_seul_passage_a_la_fois(tmp_path: Path) -> None:
    """Un second passage dit lequel attendre ; tué net, le premier ne laisse pas de verrou."""
    outil = [sys.executable, "-c", PASSAGE, str(tmp_path / "cache"), "60"]
    premier = subprocess.Popen(outil, cwd=chemins.RACINE, stdout=subprocess.PIPE)
    with premier:
        assert premier.stdout is not None and premier.stdout.readline() == b"pris\n"
        (tmp_path / "lien").symlink_to(tmp_path / "cache")
        second = _passer(tmp_path / "lien")
        assert second.returncode == 1
        assert f"Un autre passage est en cours (pid {premier.pid})" in second.stderr
        assert "attendez sa fin" in second.stderr and "pris" not in second.stdout
        premier.kill()
    assert _passer(tmp_path / "cache").stdout == "pris\n"


def test_passage_de_ce_que_lance_le_passage(
    depot: Depot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Un passage tient le dépôt et le cache ; les commandes que lancent ses tests passent."""
    monkeypatch.delenv(verrou.VARIABLE, raising=False)
    monkeypatch.setenv("COURS_CACHE", str(tmp_path / "cache"))
    with verrou.un_seul_passage():
        for dossier in (depot.racine / ".cache", tmp_path / "cache"):
            assert _passer(dossier).stdout == "pris\n"
            assert _passer(dossier, **{verrou.VARIABLE: ""}).returncode == 1
    assert verrou.VARIABLE not in os.environ


def test_ecriture_interrompue(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    fichier = tmp_path / "registre.json"
    fichiers.ecrire(fichier, "avant")

    def interrompre(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(Path, "replace", interrompre)
    with pytest.raises(KeyboardInterrupt):
        fichiers.ecrire(fichier, "après")
    assert fichier.read_text() == "avant"
    assert list(tmp_path.iterdir()) == [fichier]


# --- La langue du système, les dossiers ---

SANS_UTF8 = {
    "LC_ALL": "C",
    "PYTHONUTF8": "0",
    "PYTHONCOERCECLOCALE": "0",
    "PYTHONIOENCODING": "ascii",
}


def test_francais_quelle_que_soit_la_langue(tmp_path: Path) -> None:
    """`LANG=C` : nos accents, ceux de l'outil lancé, et un nom illisible, sans erreur."""
    code = (
        "import sys; from scripts.socle import commandes\n"
        "commandes.parler_utf8()\n"
        "print('réussi… \\udce9'); commandes.console.print('« Échec »')\n"
        "outil = [sys.executable, '-c', 'print(chr(233))']\n"
        "print(commandes.lancer(outil, etape='étape', si_echec='raté'))"
    )
    fichiers.ecrire(tmp_path / "essai.py", code)
    resultat = subprocess.run(
        [sys.executable, str(tmp_path / "essai.py")],
        env={**os.environ, **SANS_UTF8, "PYTHONPATH": str(chemins.RACINE)},
        capture_output=True,
        check=False,
    )
    assert resultat.returncode == 0, resultat.stderr
    assert resultat.stdout.decode() == "réussi… ?\né\n\n"
    assert resultat.stderr.decode().startswith("« Échec »\nétape…\nétape : fait en ")


def test_amorce_quelle_que_soit_la_langue() -> None:
    resultat = subprocess.run(
        [sys.executable, str(chemins.RACINE / AMORCE), "inconnu"],
        env={**os.environ, **SANS_UTF8},
        capture_output=True,
        check=False,
    )
    assert resultat.returncode == 1
    assert resultat.stderr.decode().startswith("Échec : usage")


def test_deux_ecritures_d_un_dossier(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Lien, `..`, barre finale, `~` et chemin relatif : un seul dossier, donc un seul chemin."""
    vrai = tmp_path / "cache"
    vrai.mkdir()
    (tmp_path / "lien").symlink_to(vrai)
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setattr(chemins, "DEPART", tmp_path)
    ecritures = ("lien", "lien/", "./cache", "lien/../cache/.", "~/lien", f"{tmp_path}//cache")
    for ecriture in ecritures:
        monkeypatch.setenv("COURS_CACHE", ecriture)
        assert chemins.cache() == vrai, ecriture
    monkeypatch.chdir(vrai)  # un relatif se rapporte au dossier du lancement
    monkeypatch.setenv("COURS_CACHE", "cache")
    assert chemins.cache() == vrai


def test_outil_lance_d_un_autre_dossier_trouve_le_meme_cache(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(chemins, "DEPART", tmp_path)
    monkeypatch.setenv("COURS_CACHE", "cache")
    montrer = [sys.executable, "-c", "import os; print(os.environ['COURS_CACHE'])"]
    vu = commandes.lancer(montrer, etape="essai", si_echec="raté", cwd=chemins.RACINE)
    assert vu.strip() == str(tmp_path / "cache")


def test_chemin_relatif_au_depot() -> None:
    assert chemins.relatif(chemins.SNIPPETS / "donnees" / "a.md") == "snippets/donnees/a.md"


def test_moteur_dans_un_dossier_au_nom_difficile(tmp_path: Path) -> None:
    """Espaces, accents, apostrophe, et plus long que les 127 octets d'un `#!`."""
    dossier = tmp_path / "Élève de l'atelier" / ("très " * 20 + "long") / "lib"
    installation._poser_llama_server(dossier, Path(sys.executable))
    resultat = _lancer([str(dossier / "llama-server"), "--list-devices"], tmp_path)
    assert (resultat.returncode, resultat.stdout) == (0, "Available devices:\n")


def test_moteur_deja_pose_n_est_pas_reecrit(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Un cache en lecture seule, où tout est déjà là, n'est pas touché."""
    installation._poser_llama_server(tmp_path, Path(sys.executable))
    poses = {fichier: fichier.stat() for fichier in tmp_path.rglob("*")}
    assert poses

    def refuser(*_: object, **__: object) -> None:
        raise OSError(errno.EROFS, os.strerror(errno.EROFS))

    monkeypatch.setattr(tempfile, "mkstemp", refuser)
    monkeypatch.setattr(Path, "chmod", refuser)
    installation._poser_llama_server(tmp_path, Path(sys.executable))
    apres = {fichier: fichier.stat() for fichier in tmp_path.rglob("*")}
    assert {f: (e.st_ino, e.st_mtime_ns) for f, e in apres.items()} == {
        f: (e.st_ino, e.st_mtime_ns) for f, e in poses.items()
    }


def test_droits_corriges_sans_reecrire(tmp_path: Path) -> None:
    fichier = tmp_path / "outil"
    assert fichiers.ecrire(fichier, "a")
    assert not fichiers.ecrire(fichier, "a", mode=0o755)
    assert fichier.stat().st_mode & 0o111


# --- La progression hors d'un terminal ---


def test_progression_en_lignes(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(commandes, "NOUVELLES_S", 0.2)
    attendre = [sys.executable, "-c", "import time; time.sleep(0.7)"]
    commandes.lancer(attendre, etape="Étape [longue]", si_echec="raté")
    premiere, *nouvelles, derniere = capsys.readouterr().err.splitlines()
    assert premiere == "Étape [longue]…"
    assert nouvelles and set(nouvelles) == {"Étape [longue] : toujours en cours (0 min)"}
    assert derniere == "Étape [longue] : fait en 1 s"


def test_avancement_d_un_telechargement(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """Toutes les dix secondes, ce qu'a reçu pip, qui n'affiche rien lui-même."""
    monkeypatch.setattr(commandes, "NOUVELLES_DU_TELECHARGEMENT_S", 0.1)
    faux_pip = tmp_path / "pip"
    corps = 'head -c 3000000 /dev/zero >"$TMPDIR/recu"; sleep 0.5; touch "$TMPDIR/essai.whl"'
    fichiers.ecrire(faux_pip, f"#!/bin/sh\n{corps}\n", mode=0o755)
    monkeypatch.setattr(sys, "executable", str(faux_pip))
    (tmp_path / "dossier").mkdir()
    modele = Modele("essai", "", "", 7, "essai==1", "0" * 64, "m.gguf", "0" * 64)
    fabrique.telecharger_roue(modele, 0, tmp_path / "dossier")
    attendu = "Téléchargement de essai (7 Mo) : 3 Mo reçus sur 7"
    assert attendu in capsys.readouterr().err.splitlines()


def test_un_telechargement_a_sa_barre_sur_un_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    ecran = Console(force_terminal=True, file=io.StringIO(), width=100)
    monkeypatch.setattr(commandes, "console", ecran)
    reception = commandes.Reception(lambda: 3_000_000, 7_000_000)
    with commandes.montrer("Téléchargement", reception) as avancer:
        avancer()
    assert isinstance(ecran.file, io.StringIO)
    assert "3 Mo reçus sur 7" in ecran.file.getvalue()


@pytest.mark.parametrize(("secondes", "clair"), [(0.2, "0 s"), (59, "59 s"), (185, "3 min 5 s")])
def test_duree_en_clair(secondes: float, clair: str) -> None:
    assert commandes.en_clair(secondes) == clair
