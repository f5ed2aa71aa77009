"""Lancer un programme : il ne bloque personne, et rien de ce qu'il a lancé ne lui survit."""

from __future__ import annotations

import contextlib
import subprocess

import psutil
import pytest

from scripts.execution import executer as execution
from scripts.execution.executer import Reglages, executer
from scripts.ollama_prive.serveur import Serveur
from scripts.socle.erreurs import ErreurCours
from tests.outils.depot_essai import MODULE, Depot

NOM = f"{MODULE}/02_long.py"
AUCUN_SERVEUR = Serveur("http://127.0.0.1:9")
DORMIR = "import time\ntime.sleep(600)\n"
LANCER_EN_ARRIERE_PLAN = """import subprocess
import sys

enfant = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"])
print(enfant.pid)
"""
# Plus que n'en contient un tube.
LONGUE_ENTREE = "ligne\n" * 200_000


def exiger_la_fin(pid: int) -> None:
    """Attend que ce processus, déjà tué, disparaisse ; échoue s'il vit toujours."""
    with contextlib.suppress(psutil.NoSuchProcess):
        processus = psutil.Process(pid)
        with contextlib.suppress(psutil.TimeoutExpired):
            processus.wait(timeout=30)
        # Orphelin, il peut rester dans la table tant que personne n'a lu son code de sortie.
        assert processus.status() == psutil.STATUS_ZOMBIE


def test_l_entree_arrive_entiere(depot: Depot) -> None:
    depot.ecrire(f"snippets/{NOM}", "import sys\nprint(input(), len(sys.stdin.read()))\n")
    fait = executer(NOM, AUCUN_SERVEUR, Reglages(entree=LONGUE_ENTREE))
    assert fait.sortie == f"ligne {len(LONGUE_ENTREE) - 6}\n"


def test_une_entree_que_personne_ne_lit_ne_repousse_pas_la_limite(depot: Depot) -> None:
    depot.ecrire(f"snippets/{NOM}", DORMIR)
    reglages = Reglages(entree=LONGUE_ENTREE, limite_s=0.5)
    with pytest.raises(ErreurCours, match="ne se termine pas"):
        executer(NOM, AUCUN_SERVEUR, reglages)


def test_ce_qu_un_programme_laisse_en_arriere_plan_est_arrete(depot: Depot) -> None:
    depot.ecrire(f"snippets/{NOM}", LANCER_EN_ARRIERE_PLAN)
    fait = executer(NOM, AUCUN_SERVEUR)
    assert fait.code == 0
    exiger_la_fin(int(fait.sortie))


def test_une_interruption_des_le_lancement_ne_laisse_rien(
    depot: Depot, monkeypatch: pytest.MonkeyPatch
) -> None:
    depot.ecrire(f"snippets/{NOM}", DORMIR)
    lances: list[int] = []

    def interrompre(programme: subprocess.Popen[bytes], *_: object) -> None:
        lances.append(programme.pid)
        raise KeyboardInterrupt

    monkeypatch.setattr(execution, "_attendre", interrompre)
    with pytest.raises(KeyboardInterrupt):
        executer(NOM, AUCUN_SERVEUR)
    [pid] = lances
    exiger_la_fin(pid)


# Une bibliothèque montre une pile d'appels : Python relit alors le programme.
PILE_D_UNE_BIBLIOTHEQUE = "import logging\n\nlogging.warning('ici', stack_info=True)\n"
PILE_DU_PROGRAMME = "import traceback\n\ntraceback.print_stack()\n"
SOURCE_DU_PROGRAMME = "print(open(__file__, encoding='utf-8').read())\n"


@pytest.mark.parametrize(
    ("source", "se_lit"),
    [
        (PILE_D_UNE_BIBLIOTHEQUE, False),
        (PILE_DU_PROGRAMME, True),
        (SOURCE_DU_PROGRAMME, True),
    ],
)
def test_un_programme_n_est_sa_propre_donnee_que_s_il_se_montre(
    depot: Depot, source: str, se_lit: bool
) -> None:
    depot.ecrire(f"snippets/{NOM}", source)
    fait = executer(NOM, AUCUN_SERVEUR)
    assert fait.code == 0
    assert (NOM in fait.observation.fichiers) == se_lit
