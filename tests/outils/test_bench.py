"""Les parties pures de `make bench` : objectifs, rapports, recueil, pages d'essai."""

from __future__ import annotations

import datetime
import gzip
import http.client
import json
import re
import signal
import subprocess
import sys
import threading
import time
from contextlib import nullcontext
from pathlib import Path
from types import SimpleNamespace

import pytest
from rich.console import Console

from scripts.bench import application, commandes, formats, mesure, poids, tableau
from scripts.bench import construction as site
from scripts.bench import debit as modeles
from scripts.bench.debit import Debit
from scripts.bench.mesure import Passage
from scripts.execution.executer import Reglages
from scripts.execution.resultat import Execution
from scripts.ollama_prive import mise_en_place
from scripts.publication import performances
from scripts.publication.performances import Mesure, Resultat
from scripts.socle import chemins
from scripts.socle.erreurs import ErreurCours
from scripts.socle.processus import port_libre

DATE = datetime.date(2026, 11, 23)
MACHINE = {
    "coeurs": 2,
    "memoire_gio": 24,
    "systeme": "Linux x86_64",
    "processeur": "Essai",
    "charge": 0.1,
}
ATTEINT = Resultat("Construction", 1.05, "×", "≤", 1.1)
MANQUE = Resultat("Débit", 0.9, "×", "≥", 0.95)


@pytest.fixture
def recueil() -> performances.Recueil:
    """Un recueil de deux mesures, dont une manque son objectif."""
    vide: performances.Recueil = {"mesures": {}}
    avec_site = performances.ajouter(
        vide, "site", Mesure([ATTEINT], {"durees_s": [1.0]}), MACHINE, DATE
    )
    return performances.ajouter(avec_site, "debit", Mesure([MANQUE], {}), MACHINE, DATE)


@pytest.mark.parametrize(
    ("valeur", "sens", "borne", "attendu"),
    [
        (1.1, "≤", 1.1, True),
        (1.104, "≤", 1.1, True),  # jugé tel qu'on le montre : 1,10
        (1.106, "≤", 1.1, False),
        (0.95, "≥", 0.95, True),
        (0.94, "≥", 0.95, False),
    ],
)
def test_objectif(valeur: float, sens: str, borne: float, attendu: bool) -> None:
    assert Resultat("essai", valeur, "×", sens, borne).atteint is attendu


def test_un_objectif_manque_est_dit() -> None:
    manque = Resultat("essai", 1.2361, "×", "≤", 1.1)
    assert manque.verdict.replace("\u00a0", " ") == "objectif manqué : 1,24 au lieu de ≤ 1,1"
    assert manque.valeur_ecrite == "1,24\u00a0×"
    assert Resultat("essai", 1, "", "≥", 0.98).valeur_ecrite == "1,00"


def test_rapports_de_construction() -> None:
    notre = site.Serie([3.0, 2.2], [110.0, 100.0])
    simple = site.Serie([2.0, 2.5], [100.0, 125.0])
    temps, memoire = site.rapports(30, notre, simple)
    assert (temps.valeur, memoire.valeur) == (1.1, 1.0)


def test_rapports_de_debit() -> None:
    def passage(lecture_s: float, ecriture_s: float, duree_s: float) -> Debit:
        return Debit(400, lecture_s, 100, ecriture_s, duree_s)

    ollama = [passage(8.0, 5.0, 14.0), passage(8.0, 5.0, 13.0), passage(80.0, 50.0, 140.0)]
    moteur = [passage(8.0, 4.0, 12.6), passage(8.0, 4.5, 12.6), passage(8.0, 4.5, 1.0)]
    lecture, ecriture, bout = modeles.rapports("essai:1b", ollama, moteur)
    assert (lecture.valeur, ecriture.valeur, bout.valeur) == (1.0, 0.9, 0.9)
    assert lecture.nom == "Débit par Ollama, lecture (`essai:1b`)"


def test_la_table_des_modeles() -> None:
    passages = [{"lit_tokens_s": lit, "ecrit_tokens_s": 19.6} for lit in (47.0, 51.0, 12.0)]
    modele = {"taille_mo": 1117, "memoire_mio": 1290, "premier_token_ms": [310, 290, 900]}
    brut = {"modeles": {"essai:1b": {**modele, "par_ollama": passages}}}
    recueil = performances.ajouter({"mesures": {}}, "debit", Mesure([], brut), MACHINE, DATE)
    *_, ligne, _, provenance, _, _ = performances.fragment_des_modeles(recueil).split("\n")
    attendue = "| `essai:1b` | 1117 Mo | 1290 Mio | 47 tokens/s | 20 tokens/s | 0,31 s |"
    assert ligne.replace("\u00a0", " ") == attendue
    assert provenance.startswith("Mesuré le ")
    assert "Mesures pas encore faites" in performances.fragment_des_modeles({"mesures": {}})


def test_notes_de_la_page_la_moins_bonne() -> None:
    parfaite = dict.fromkeys(poids.CATEGORIES, 1.0)
    lente = parfaite | {"performance": 0.9}
    resultats = poids.moins_bonnes_notes({"a": [parfaite] * 3, "b": [lente, parfaite, lente]})
    assert [resultat.valeur for resultat in resultats] == [0.9, 1.0, 1.0, 1.0]
    assert [resultat.atteint for resultat in resultats] == [False, True, True, True]


def test_le_recueil_du_depot_donne_son_tableau() -> None:
    contenu = performances.lire()
    assert set(contenu["mesures"]) <= set(tableau.MESURES)
    lignes = performances.fragment(contenu).splitlines()
    assert sum(ligne.startswith("| ") for ligne in lignes) == 1 + len(
        performances.resultats(contenu)
    )


def test_chaque_mesure_a_sa_place_dans_le_tableau() -> None:
    assert tuple(tableau.MESURES) == performances.ORDRE


def test_le_tableau_decrit_cette_machine(recueil: performances.Recueil) -> None:
    decrite = tableau.decrire_machine()
    avec = performances.ajouter(recueil, "site", Mesure([ATTEINT], {}), decrite, DATE)
    texte = performances.fragment(avec).replace("\u00a0", " ")
    assert f"{decrite['coeurs']} cœurs ({decrite['processeur']}, " in texte


def test_une_mesure_remplace_la_sienne_et_garde_les_autres(recueil: performances.Recueil) -> None:
    nouveau = performances.ajouter(recueil, "debit", Mesure([ATTEINT], {"n": 1}), MACHINE, DATE)
    assert nouveau["mesures"]["site"] == recueil["mesures"]["site"]
    assert nouveau["mesures"]["debit"]["brut"] == {"n": 1}
    assert recueil["mesures"]["debit"]["brut"] == {}


def test_le_recueil_se_relit_dans_un_ordre_stable(
    recueil: performances.Recueil, tmp_path: Path
) -> None:
    chemin = tmp_path / "performances.json"
    a_l_envers = {"mesures": dict(reversed(recueil["mesures"].items()))}
    performances.ecrire(a_l_envers, chemin)
    assert performances.lire(chemin) == recueil
    assert list(json.loads(chemin.read_text(encoding="utf-8"))["mesures"]) == ["site", "debit"]


def test_recueil_illisible(tmp_path: Path) -> None:
    chemin = tmp_path / "performances.json"
    chemin.write_text("{", encoding="utf-8")
    with pytest.raises(ErreurCours, match="supprimez-le"):
        performances.lire(chemin)


def test_fragment(recueil: performances.Recueil) -> None:
    texte = performances.fragment(recueil).replace("\u00a0", " ")
    lignes = texte.splitlines()
    assert lignes[2] == "| Construction | 1,05 × | ≤ 1,1 | objectif atteint |"
    assert lignes[3] == "| Débit | 0,90 × | ≥ 0,95 | objectif manqué : 0,90 au lieu de ≥ 0,95 |"
    assert texte.count("Mesuré le 23 novembre 2026 sur 2 cœurs (Essai), 24 Gio") == 1


def test_fragment_dit_ce_que_le_processeur_calcule(recueil: performances.Recueil) -> None:
    recueil["mesures"]["site"]["machine"] = {**MACHINE, "avx512": True, "bfloat16": False}
    assert "(Essai, avec AVX-512, sans bfloat16)" in performances.fragment(recueil)


def test_fragment_sans_mesure() -> None:
    assert "make bench" in performances.fragment({"mesures": {}})


def test_mesure_inconnue() -> None:
    with pytest.raises(ErreurCours, match=r"vitesse.*installation, site, poids.*, formats"):
        tableau.mesurer(["vitesse"])


def test_un_echec_n_empeche_pas_les_autres_mesures(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def echouer() -> Mesure:
        raise ErreurCours("pas de navigateur")

    mesures = {"site": echouer, "debit": lambda: Mesure([MANQUE], {})}
    monkeypatch.setattr(tableau, "MESURES", mesures)
    monkeypatch.setattr(performances, "RECUEIL", tmp_path / "performances.json")
    with pytest.raises(ErreurCours, match="Mesures non faites : site"):
        tableau.mesurer()
    assert list(performances.lire()["mesures"]) == ["debit"]
    affichage = capsys.readouterr()
    assert "pas de navigateur" in affichage.err
    assert "objectif manqué" in " ".join(affichage.out.replace("\u00a0", " ").split())


def test_tableau_du_terminal(recueil: performances.Recueil) -> None:
    affichage = Console(width=120)
    with affichage.capture() as capture:
        affichage.print(tableau.tableau(recueil))
    assert "Débit" in capture.get()


def test_chronometrer_rend_code_affichage_et_memoire(tmp_path: Path) -> None:
    code = "import sys; print('fait'); x = bytearray(60 << 20); sys.exit(3)"
    passage = mesure.chronometrer([sys.executable, "-c", code], cwd=tmp_path)
    assert (passage.code, passage.sortie) == (3, "fait\n")
    assert passage.memoire_mio > 60
    with pytest.raises(ErreurCours, match=r"raté\.\n    fait"):
        passage.exiger_la_reussite("raté.")


def test_la_memoire_de_qui_mesure_ne_compte_pas(tmp_path: Path) -> None:
    """Linux donne à un programme le pic de son parent : un intermédiaire minuscule les sépare."""
    poids_du_parent = bytearray(120 << 20)
    passage = mesure.chronometrer([sys.executable, "-c", "pass"], cwd=tmp_path)
    assert passage.memoire_mio < 60 < len(poids_du_parent) / 2**20


def test_une_commande_introuvable_est_dite(tmp_path: Path) -> None:
    with pytest.raises(ErreurCours, match="n'a pas pu être lancé"):
        mesure.chronometrer(["commande-absente"], cwd=tmp_path)


def test_interrompre_arrete_le_programme_et_ses_enfants(tmp_path: Path) -> None:
    temoin = tmp_path / "pid"
    programme = (
        "import subprocess, sys, pathlib; p = subprocess.Popen(['sleep', '60']); "
        f"pathlib.Path({str(temoin)!r}).write_text(str(p.pid)); p.wait()"
    )

    def interrompre() -> None:
        while not (temoin.is_file() and temoin.read_text()):
            time.sleep(0.01)
        signal.pthread_kill(threading.main_thread().ident or 0, signal.SIGINT)

    fil = threading.Thread(target=interrompre)
    fil.start()
    with pytest.raises(KeyboardInterrupt):
        mesure.chronometrer([sys.executable, "-c", programme], cwd=tmp_path)
    fil.join()
    etat = subprocess.run(
        ["ps", "-o", "stat=", "-p", temoin.read_text()], capture_output=True, text=True
    ).stdout
    assert etat[:1] in {"", "Z"}


def test_les_lecons_d_essai_sont_reproductibles_et_ressemblent_aux_vraies() -> None:
    extraits = ["module_2/a.py", "module_2/b.sh"]
    page = site.lecon(1, extraits)
    assert page == site.lecon(1, extraits) != site.lecon(2, extraits)
    assert page.count('--8<-- "snippets/') == page.count('--8<-- "genere/') == site.SECTIONS
    assert "=== " in page
    assert "??? " in page


def test_le_carnet_d_essai_est_valide() -> None:
    import nbformat

    nbformat.validate(nbformat.reads(site.carnet(1), as_version=4))  # type: ignore[no-untyped-call]


def test_le_site_d_essai_a_les_memes_lecons_des_deux_cotes(tmp_path: Path) -> None:
    site.preparer(tmp_path, pages=4)
    notre, simple = (
        (tmp_path / nom).read_text(encoding="utf-8") for nom in site.CONFIGURATIONS.values()
    )
    assert re.findall(r"lecon_\d+", notre) == re.findall(r"lecon_\d+", simple)
    assert len(set(re.findall(r"lecon_\d+", notre))) == 4
    assert len(list((tmp_path / "docs").rglob("lecon_*.md"))) == 4
    assert notre.count(".ipynb") == 2
    assert "hooks" not in simple and "plugins" not in simple
    assert "pymdownx.superfences" in simple


def test_les_deux_sites_d_essai_se_construisent(tmp_path: Path) -> None:
    site.preparer(tmp_path, pages=3)
    site.generer_les_fragments(tmp_path)
    for configuration in site.CONFIGURATIONS.values():
        passage = site.construire(tmp_path, configuration)
        assert passage.duree_s > 0 and passage.memoire_mio > 10
        assert list((tmp_path / "site" / "jour-2").glob("lecon_001*"))
    site.construire(tmp_path, site.CONFIGURATIONS["notre site"])
    carnet = (tmp_path / "site" / "jour-3" / "carnet_1.html").read_text(encoding="utf-8")
    assert "jupyter-wrapper" in carnet and "taux_0" in carnet


def test_les_extensions_sont_celles_du_depot() -> None:
    reglages = (chemins.RACINE / "mkdocs.yml").read_text(encoding="utf-8")
    trouvees = site.EXTENSIONS_MARKDOWN.search(reglages)
    assert trouvees is not None
    assert "pymdownx.snippets" in trouvees[0]
    assert "plugins:" not in trouvees[0]


def test_peser(tmp_path: Path) -> None:
    (tmp_path / "jour-1").mkdir()
    (tmp_path / "jour-1" / "2_essai.html").write_bytes(b"<p>bonjour</p>" * 1000)
    (tmp_path / "jour-1" / "index.html").write_bytes(b"ce n'est pas une lecon")
    attendu = len(gzip.compress(b"<p>bonjour</p>" * 1000, 6)) / 1024
    assert poids.peser(tmp_path) == {"jour-1/2_essai.html": round(attendu, 2)}


def test_sans_lecon_rien_a_peser(tmp_path: Path) -> None:
    with pytest.raises(ErreurCours, match="aucune leçon"):
        poids.peser(tmp_path)


def test_servir_compresse_et_rend_la_page_404(tmp_path: Path) -> None:
    (tmp_path / "index.html").write_text("<p>été</p>", encoding="utf-8")
    (tmp_path / "404.html").write_text("absente", encoding="utf-8")
    port = port_libre()
    with poids.servir(tmp_path, port):
        client = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
        client.request("GET", "/", headers={"Accept-Encoding": "gzip"})
        reponse = client.getresponse()
        assert reponse.getheader("Content-Encoding") == "gzip"
        assert reponse.getheader("Content-Type") == "text/html; charset=utf-8"
        assert gzip.decompress(reponse.read()).decode() == "<p>été</p>"
        client.request("GET", "/rien.html")
        reponse = client.getresponse()
        assert (reponse.status, reponse.read()) == (404, b"absente")
        client.close()


def test_manques_de_lighthouse() -> None:
    audits = {"lent": {"title": "Trop lent", "score": 0.4}, "bon": {"title": "Bon", "score": 1}}
    references = [{"id": nom, "weight": 10} for nom in audits]
    informatif = {"id": "informatif", "weight": 0}
    categories = {nom: {"auditRefs": list[object]()} for nom in poids.CATEGORIES}
    categories["performance"] = {"auditRefs": [*references, informatif]}
    rapport = {"categories": categories, "audits": audits}
    assert poids.manques(rapport) == ["performance : Trop lent (0.40)"]


def test_passage_reussi() -> None:
    passage = Passage(1.0, 2.0, 0, "")
    assert passage.exiger_la_reussite("raté") is passage


def test_rapports_des_formats() -> None:
    durees = {"08_fusionner.py": 8.0, "09_vers_ollama.sh": 23.0}
    mesures = {
        "f16": {"tokens_s": 100.0, "memoire_mio": 400.0},
        "q8_0": {"tokens_s": 130.0, "memoire_mio": 300.0},
        "q4_0": {"tokens_s": 90.0, "memoire_mio": 200.0},
    }
    service, debit_q8, memoire_q8, debit_q4, memoire_q4 = formats.resultats(durees, mesures)
    assert (service.valeur, service.atteint) == (31.0, False)
    assert (debit_q8.valeur, memoire_q8.valeur) == (1.3, 0.75)
    assert (debit_q4.atteint, memoire_q4.valeur) == (False, 0.5)


def test_l_application_se_mesure_en_deux_lancements(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Sans modèle : que le second ne recalcule rien, les tests du module 5 l'éprouvent."""
    lances: list[tuple[str, list[str]]] = []

    def executer(nom: str, serveur: object, reglages: Reglages) -> Execution:
        assert reglages.dossier is not None
        documents = sorted((reglages.dossier / "documents").iterdir())
        lances.append((nom, [document.name for document in documents]))
        calcules = 6 if len(lances) == 1 else 0
        (reglages.dossier / "base").mkdir(exist_ok=True)
        (reglages.dossier / "base" / "essai").write_bytes(bytes(3 << 20))
        return Execution(nom, 0, f"2 fichiers, 6 passages : {calcules} calculés.\n", "", 1.5)

    monkeypatch.setattr(application, "FICHIERS", 2)
    monkeypatch.setattr(application, "ouvrir", lambda _: nullcontext(SimpleNamespace(adresse="")))
    monkeypatch.setattr(mise_en_place, "procurer", lambda *_: None)
    monkeypatch.setattr(application, "executer", executer)
    application.mesurer()
    assert lances == [(application.PROGRAMME, ["note_0.md", "note_1.md"])] * 2
    affichage = capsys.readouterr().err
    assert re.findall(r"passages : (\d+) calculés", affichage) == ["6", "0"]
    assert "base : 3 Mio" in affichage


def test_place_prise(tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    (tmp_path / "a" / "gros").write_bytes(bytes(2_500_000))
    (tmp_path / "lien").symlink_to(tmp_path / "a" / "gros")
    assert commandes.taille_mo(tmp_path) == 2.5
    duree, taille = commandes.resultats_de_l_installation(61.2, 2.5)
    assert (duree.atteint, taille.atteint) == (False, True)


def test_make_test_se_mesure_deux_fois(monkeypatch: pytest.MonkeyPatch) -> None:
    lances = []

    def chronometrer(commande: list[str], *, cwd: Path, env: dict[str, str]) -> Passage:
        lances.append((" ".join(commande), env["BUDGET"]))
        return Passage(240.0, 1.0, 0, "")

    monkeypatch.setattr(commandes, "chronometrer", chronometrer)
    resultats = commandes.mesurer_les_tests().resultats
    assert lances == [("make test", ""), ("make test", "0")]
    assert [(r.nom, r.valeur, r.borne) for r in resultats] == [
        ("`make test`", 4.0, 10.0),
        ("`make test BUDGET=0`", 4.0, 5.0),
    ]
