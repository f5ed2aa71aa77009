"""Ce que `make test` choisit d'exécuter, et ce qu'il laisse quand le temps manque."""

from __future__ import annotations

import datetime
import os
from collections.abc import Iterator
from typing import cast

import pytest

from scripts.enregistrement import lancer, limites, plan, tester
from scripts.enregistrement.plan import Candidat
from scripts.enregistrement.suivi import Suivi
from scripts.execution.executer import LIMITE_S
from scripts.lecons import journal, modeles, registre
from scripts.ollama_prive import ouvrir
from scripts.socle import chemins
from scripts.socle.erreurs import ErreurCours
from scripts.socle.machine import decrire_machine
from tests.outils.depot_essai import MODULE, SNIPPET, Depot, sans_preparatifs

LUNDI = datetime.date(2026, 11, 30)
MODELES = ("qwen2.5-coder:1.5b", "smollm2:135m", "aucun")


def candidats() -> list[Candidat]:
    """Neuf modules de dix programmes d'une dizaine de secondes, du plus récent au plus ancien."""
    return [
        Candidat(
            f"module_{module}_x/{rang:02}.py",
            MODELES[rang % 3],
            8.0 + rang,
            f"2026-11-{29 - module:02}",
            entraine=module == 8 and rang > 6,
        )
        for module in range(1, 10)
        for rang in range(10)
    ]


def tirer(budget_s: float, jour: datetime.date = LUNDI) -> list[Candidat]:
    """Un tirage parmi ces candidats, tous prêts."""
    return plan.tirer(candidats(), budget_s, jour, lambda _: True)


def test_le_budget_est_respecte_et_chaque_choix_a_sa_raison() -> None:
    choisis = tirer(300)
    assert 250 < sum(c.duree_s for c in choisis) <= 300
    assert all(c.raison for c in choisis)
    assert tirer(0) == []


def test_le_plus_ancien_d_abord() -> None:
    modules = [c.module for c in tirer(300) if c.raison.startswith("pas exécuté")]
    assert set(modules) <= {"module_9_x", "module_8_x", "module_7_x"} and modules


def test_en_une_semaine_chaque_module_y_passe_meme_si_rien_n_est_committe() -> None:
    jours = [LUNDI + datetime.timedelta(days=n) for n in range(7)]
    vus = {c.module for jour in jours for c in tirer(120, jour)}
    assert vus == {f"module_{n}_x" for n in range(1, 10)}


def test_chaque_modele_y_passe() -> None:
    assert {c.modele for c in tirer(60)} >= {"qwen2.5-coder:1.5b", "smollm2:135m"}


def test_un_entrainement_un_jour_sur_trois() -> None:
    raisons = [{c.raison for c in tirer(300, LUNDI + datetime.timedelta(days=n))} for n in range(6)]
    assert sum("un entraînement, un jour sur trois" in r for r in raisons) == 2


def test_ce_qui_n_est_pas_pret_n_est_pas_tire() -> None:
    choisis = plan.tirer(candidats(), 300, LUNDI, lambda c: not c.entraine)
    assert choisis and not any(c.entraine for c in choisis)


def test_un_programme_qui_lit_l_heure_est_toujours_execute() -> None:
    vieux = [Candidat(f"{MODULE}/03_{n}.py", "aucun", 1.0, "2020-01-01") for n in range(5)]
    horloge = Candidat(f"{MODULE}/02_jour.py", "aucun", 1.0, "2026-11-30", lit_l_heure=True)
    choisis = plan.tirer([*vieux, horloge], 2.0, LUNDI, lambda _: True)
    assert (horloge.nom, "il lit l'heure") in {(c.nom, c.raison) for c in choisis}


def test_lire_l_heure_se_voit_meme_dans_ce_que_le_programme_importe(depot: Depot) -> None:
    depot.ecrire(f"snippets/{MODULE}/jours.py", "import datetime\nJOUR = datetime.date.today()\n")
    connu = registre.lire()
    [seul] = plan.candidats(connu, lambda _: 1.0, abreger=False)
    assert not seul.lit_l_heure
    connu["snippets"][SNIPPET]["qwen2.5-coder:1.5b"]["cle"]["codes"] = {f"{MODULE}/jours.py": "x"}
    [seul] = plan.candidats(connu, lambda _: 1.0, abreger=False)
    assert seul.lit_l_heure


def test_une_fonction_partagee_qui_n_est_pas_appelee_ne_lit_pas_l_heure(depot: Depot) -> None:
    depot.ecrire(
        f"snippets/{MODULE}/jours.py",
        "import datetime\n\n\ndef jour():\n    return datetime.date.today()\n",
    )
    depot.enregistrer()
    connu = registre.lire()
    entree = connu["snippets"][SNIPPET][modeles.MODELE_PAR_DEFAUT]
    entree["cle"]["codes"] = {f"{MODULE}/jours.py": "x"}
    for executees, attendu in (("0-1", False), ("0-2", True)):
        entree["preuve"]["lignes"] = {f"{MODULE}/jours.py": executees}
        [seul] = plan.candidats(connu, lambda _: 1.0, abreger=True)
        assert seul.lit_l_heure is attendu


def test_une_lecon_abregee_et_une_machine_lente_changent_la_duree_prevue(depot: Depot) -> None:
    [seul] = plan.candidats(registre.lire(), lambda _: 2.0, abreger=False)
    assert (seul.nom, seul.modele, seul.duree_s) == (SNIPPET, "qwen2.5-coder:1.5b", 3.0)
    test = f"tests/lecons/test_{MODULE}.py"
    depot.remplacer(test, '01_bonjour.py")', '01_bonjour.py", bref=("1",))')
    connu = registre.lire()
    connu["snippets"][SNIPPET]["qwen2.5-coder:1.5b"]["duree_s"] = 100.0
    [seul] = plan.candidats(connu, lambda _: 1.0, abreger=True)
    assert seul.duree_s == pytest.approx(100 * plan.PART_ABREGEE)


def test_un_programme_coute_aussi_ceux_qu_il_suit_de_proche_en_proche(depot: Depot) -> None:
    connu = registre.lire()
    modele = connu["snippets"][SNIPPET]["qwen2.5-coder:1.5b"]
    for nom, apres in ((f"{MODULE}/02.py", SNIPPET), (f"{MODULE}/03.py", f"{MODULE}/02.py")):
        entree = {**modele, "cle": {**modele["cle"], "amont": {apres: "x"}}, "duree_s": 100.0}
        connu["snippets"][nom] = {"qwen2.5-coder:1.5b": cast(registre.Enregistrement, entree)}
    tous = {c.nom: c for c in plan.candidats(connu, lambda _: 1.0, abreger=True)}
    dernier = tous[f"{MODULE}/03.py"]
    assert dernier.amont == {SNIPPET: 1.5, f"{MODULE}/02.py": 100.0}
    assert dernier.cout_s(()) == 201.5
    assert dernier.cout_s({SNIPPET, f"{MODULE}/02.py"}) == 100.0
    # Dans un même plan, ce qu'ils ont en commun ne s'exécute qu'une fois.
    assert plan.cout_total_s(tous.values()) == 201.5


def test_la_limite_d_un_programme_suit_sa_duree_et_la_vitesse_de_la_machine(depot: Depot) -> None:
    connu = registre.lire()
    entree = connu["snippets"][SNIPPET]["qwen2.5-coder:1.5b"]
    repere = entree["machine"]["repere_ms"]
    assert limites.limite_s(connu, SNIPPET, repere) == limites.LIMITE_MINIMALE_S
    entree["duree_s"] = 100.0
    assert limites.limite_s(connu, SNIPPET, repere) == 100 * limites.MARGE
    assert limites.limite_s(connu, SNIPPET, 2 * repere) == 200 * limites.MARGE
    assert limites.limite_s(connu, "module_x/01.py") == LIMITE_S


# --- L'enchaînement ---


@pytest.fixture
def lances(depot: Depot, monkeypatch: pytest.MonkeyPatch) -> Iterator[list[list[str]]]:
    """Ce que `tester` exécuterait, lot par lot ; les autres étapes ne font rien."""
    faits: list[list[str]] = []

    def executer(noms: list[str], modele: str, **_: object) -> int:
        faits.append(noms)
        return 0

    monkeypatch.setenv("COURS_CACHE", str(depot.racine / "cache"))
    for reglage in ("BUDGET", "LIMITE", "OLLAMA_HOST"):
        monkeypatch.delenv(reglage, raising=False)
    monkeypatch.setattr(tester, "_rejouer", lambda _: [])
    monkeypatch.setattr(tester, "_site_et_outils", lambda _: [])
    monkeypatch.setattr(ouvrir, "preparer", lambda _: None)
    monkeypatch.setattr(lancer, "executer", executer)
    monkeypatch.setattr(tester, "_pret", lambda *_, **__: True)
    yield faits


def passe() -> None:
    """Des contrôles qui ne trouvent rien."""


def test_tout_passe(lances: list[list[str]], capsys: pytest.CaptureFixture[str]) -> None:
    tester.tester(passe, complet=False)
    assert lances == [[SNIPPET]]
    dit = capsys.readouterr().err
    assert "1 à exécuter" in dit and "1 enregistrements rejoués" in dit
    assert f"{SNIPPET} (qwen2.5-coder:1.5b) : " in dit


def test_un_budget_nul_n_execute_rien(
    lances: list[list[str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("BUDGET", "0")
    tester.tester(passe, complet=False)
    assert lances == []


@pytest.mark.parametrize("valeur", ["cinq", "-1", "inf", "nan"])
def test_un_budget_illisible_recoit_une_phrase(
    lances: list[list[str]], monkeypatch: pytest.MonkeyPatch, valeur: str
) -> None:
    monkeypatch.setenv("BUDGET", valeur)
    with pytest.raises(ErreurCours, match="donnez un nombre de minutes, par exemple BUDGET=5"):
        tester.tester(passe, complet=False)


def test_les_controles_passent_d_abord(lances: list[list[str]]) -> None:
    def refuser() -> None:
        raise ErreurCours("périmé")

    with pytest.raises(ErreurCours, match="périmé"):
        tester.tester(refuser, complet=False)
    assert lances == []


def test_rien_ne_commence_qui_ne_puisse_finir(
    lances: list[list[str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    connu = registre.lire()
    connu["snippets"][SNIPPET]["qwen2.5-coder:1.5b"]["duree_s"] = 600.0
    registre.ecrire(connu)
    monkeypatch.setenv("LIMITE", "1")
    with pytest.raises(ErreurCours, match=f"1 à exécuter encore, faute de temps .{SNIPPET}"):
        tester.tester(passe, complet=True)
    assert lances == []


def test_un_passage_interrompu_reprend(
    lances: list[list[str]], depot: Depot, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Deux lots ; le second est interrompu : la fois suivante, lui seul est exécuté."""
    depot.enregistrer(modeles={"smollm2:135m"}, modele="smollm2:135m")
    appels: list[str] = []

    def executer(noms: list[str], modele: str, **_: object) -> int:
        appels.append(modele)
        if len(appels) == 2:
            raise KeyboardInterrupt
        [nom], joue = noms, modele or "qwen2.5-coder:1.5b"
        journal.noter(nom, joue, 1.0, decrire_machine(), lancer.maintenant())
        return 0

    monkeypatch.setattr(lancer, "executer", executer)
    with pytest.raises(KeyboardInterrupt):
        tester.tester(passe, complet=True)
    tester.tester(passe, complet=True)
    assert appels == ["", "smollm2:135m", "smollm2:135m"]


def test_un_echec_n_est_pas_note_au_journal(depot: Depot) -> None:
    suivi = Suivi(lancer.fichier_des_verdicts())
    for nom, reussi in ((SNIPPET, True), (f"{MODULE}/02.py", False)):
        suivi.attendre(nom)
        suivi.noter(nom, reussi)
        suivi.ecrire(nom, "qwen2.5-coder:1.5b", 1.25, bref=reussi)
    lancer.reporter_les_verdicts()
    assert not lancer.fichier_des_verdicts().exists()
    passages = journal.lire()
    assert list(passages) == [SNIPPET]
    passage = passages[SNIPPET]["qwen2.5-coder:1.5b"]
    assert passage["duree_s"] == 1.25 and passage["bref"] is True
    assert passage["date"][:10] == datetime.date.today().isoformat()
    assert passage["processeur"] == journal.decrire_le_processeur(decrire_machine())


def test_un_passage_tue_net_laisse_ses_verdicts_au_suivant(
    lances: list[list[str]], depot: Depot
) -> None:
    suivi = Suivi(lancer.fichier_des_verdicts())
    suivi.ecrire(SNIPPET, "qwen2.5-coder:1.5b", 1.25)
    tester.tester(passe, complet=True)
    assert SNIPPET in journal.lire()


def test_un_modele_que_seul_un_lecteur_a_ne_bloque_pas_le_passage_entier(
    lances: list[list[str]], depot: Depot, capsys: pytest.CaptureFixture[str]
) -> None:
    depot.enregistrer(modeles={"llama3.2"}, modele="llama3.2")
    tester.tester(passe, complet=True)
    assert lances == [[SNIPPET]]
    assert "1 à exécuter avec llama3.2 : laissés" in capsys.readouterr().err


def test_un_passage_court_n_efface_pas_le_plan_d_un_passage_entier(
    lances: list[list[str]], depot: Depot, monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrompre(*_: object, **__: object) -> int:
        raise KeyboardInterrupt

    with monkeypatch.context() as interrompu:
        interrompu.setattr(lancer, "executer", interrompre)
        with pytest.raises(KeyboardInterrupt):
            tester.tester(passe, complet=True)
    tester.tester(passe, complet=False)
    assert (depot.racine / ".cache" / "passage-complet.json").is_file()


def test_un_modele_nomme_dans_le_terminal_ne_change_pas_ce_que_l_on_teste(
    depot: Depot, monkeypatch: pytest.MonkeyPatch
) -> None:
    """`make ollama` fait coller `export COURS_MODELE=…` : les tests n'en héritent pas."""
    monkeypatch.setenv("COURS_MODELE", "llama3.2")
    monkeypatch.setenv("COURS_COMPLET", "1")
    recus: list[dict[str, str]] = []

    def accompagner(commande: list[str], env: dict[str, str] | None = None) -> int:
        recus.append({**os.environ, **(env or {})})
        return 0

    monkeypatch.setattr(lancer, "accompagner", accompagner)
    monkeypatch.setattr(tester, "accompagner", accompagner)
    sans_preparatifs(monkeypatch)
    lancer.executer([SNIPPET], "")
    tester._rejouer(registre.lire())
    tester._site_et_outils(complet=True)
    assert len(recus) == 3
    assert all(not env["COURS_MODELE"] and not env["COURS_COMPLET"] for env in recus)


def test_les_tests_d_un_marqueur_partage_sont_retrouves(depot: Depot) -> None:
    depot.ecrire(
        "tests/lecons/partage.py", f'import pytest\n\nM = pytest.mark.snippet("{SNIPPET}")\n'
    )
    depot.ecrire(f"tests/lecons/test_{MODULE}.py", "from tests.lecons.partage import M\n")
    assert lancer.fichiers_de_test([SNIPPET]) == [f"tests/lecons/test_{MODULE}.py"]
    assert depot.racine == chemins.RACINE


def test_un_modele_nomme_ne_l_est_que_s_il_n_est_pas_celui_du_programme(depot: Depot) -> None:
    for modele in ("qwen2.5-coder:1.5b", "aucun", "all-minilm"):
        assert plan.modele_de_session(SNIPPET, modele) == ""
    assert plan.modele_de_session(SNIPPET, "smollm2:135m") == "smollm2:135m"
    assert plan.modele_de_session("module_x/absent.py", "llama3.2") == "llama3.2"
