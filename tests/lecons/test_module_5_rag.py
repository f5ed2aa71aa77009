"""Module 5 : ce que la première page affirme, vérifié sur les programmes qu'elle montre."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest

from scripts.execution.resultat import Execution
from scripts.socle import chemins
from tests.lecons.sorties import nombres

MODULE = "module_5_rag"
Executer = Callable[..., Execution]


# --- Charger ---


@pytest.mark.snippet(f"{MODULE}/01_charger.py")
def test_tous_les_documents_sont_lus_et_comptes(execution: Execution) -> None:
    lus = re.findall(r"^(\S+\.\w+) +(\d+) mots$", execution.sortie, re.MULTILINE)
    assert [nom for nom, _ in lus] == sorted(
        fichier.name for fichier in (chemins.DONNEES / "documents").iterdir()
    )
    [total] = nombres(r"^ensemble +(\d+) mots$", execution.sortie)
    assert sum(int(mots) for _, mots in lus) == total > 25_000
    assert "presque vide" not in execution.sortie


@pytest.mark.snippet(f"{MODULE}/01_charger.py")
def test_le_pdf_en_colonnes_et_son_tableau(execution: Execution) -> None:
    assert "layout : la phrase est coupée" in execution.sortie
    assert "plain  : la phrase est entière" in execution.sortie
    [rangee] = re.findall(r"Brindelune BRI-03.+", execution.sortie)
    assert "7 h 30" in rangee and "Charge" not in rangee, "les en-têtes ne suivent pas la ligne"


@pytest.mark.snippet(f"{MODULE}/01_charger.py")
def test_le_tableau_html_colle_ses_cellules_si_l_on_n_y_prend_garde(execution: Execution) -> None:
    assert "Lumisette64226Nord" in execution.sortie
    assert "Lampe : Lumisette, Niveau plein : 64, Seuil d'alerte : 22" in execution.sortie


@pytest.mark.snippet(f"{MODULE}/01_charger.py")
def test_les_citations_d_un_courriel(execution: Execution) -> None:
    verrerie, reclamation = execution.sortie.split("2026-03-18_verrerie_hausse_de_prix : ")[
        1
    ].split("2026-05-06_reclamation_galapiat : ")
    assert "] 7 %, 90 %" in verrerie and "11 %" in verrerie, (
        "l'offre refusée est dans les citations"
    )
    message, *citations = re.findall(r"^    \[.+\] (.+)$", reclamation, re.MULTILINE)
    assert message == "-" and "17 heures et 10 minutes" in citations[0]
    [mots_message] = nombres(r"^(\d+) mots,", reclamation)
    [mots_citations] = nombres(r"citations, (\d+) mots", reclamation)
    assert mots_citations > mots_message


# --- Découper ---


@pytest.mark.snippet(f"{MODULE}/02_decouper.py")
def test_les_identifiants_viennent_des_titres(execution: Execution) -> None:
    [morceaux] = nombres(r"^(\d+) morceaux de 11 documents$", execution.sortie)
    assert morceaux > 138, "une section longue est coupée entre deux paragraphes"
    identifiants = re.findall(r"^(procedure_lucarne\.md#\S+) \(", execution.sortie, re.MULTILINE)
    assert len(identifiants) == len(set(identifiants)) >= 9
    assert all(re.fullmatch(r"[\w.]+#[a-z0-9-]+", nom) for nom in identifiants)
    assert any(nom.endswith("-2") for nom in identifiants)


@pytest.mark.snippet(f"{MODULE}/02_decouper.py")
def test_un_identifiant_par_titre_survit_a_un_ajout(execution: Execution) -> None:
    [(rangs, total)] = re.findall(r"(\d+) rangs sur (\d+)", execution.sortie)
    [(titres, _)] = re.findall(r"(\d+) titres sur (\d+)", execution.sortie)
    assert int(titres) == int(total) >= 16
    assert int(rangs) <= 1


# --- Indexer ---

INDEXER = f"{MODULE}/03_indexer.py"
PASSAGE = re.compile(
    r"^(\S.+?) +(\d+) calculés, (\d+) supprimés, (\d+) dans la base, +(\d+\.\d\d) s$", re.MULTILINE
)


def passages(sortie: str) -> list[list[float]]:
    """Calculés, supprimés, taille de la base et durée, pour chaque passage d'indexation."""
    return [[float(nombre) for nombre in ligne[1:]] for ligne in PASSAGE.findall(sortie)]


@pytest.mark.snippet(INDEXER, embedding=True)
def test_seul_ce_qui_change_est_recalcule(execution: Execution) -> None:
    [total] = nombres(r"^(\d+) morceaux à tenir", execution.sortie)
    premier, rien, change, retour = passages(execution.sortie)
    assert premier[:3] == [total, 0, total]
    assert rien[:3] == [0, 0, total]
    assert change[:3] == [1, 1, total - 1]
    assert retour[:3] == [2, 0, total]
    assert rien[3] < premier[3] / 5 and change[3] < premier[3] / 3


@pytest.mark.snippet(INDEXER, embedding=True)
def test_la_barre_de_progression_va_sur_stderr(execution: Execution) -> None:
    assert "Indexation" in execution.erreurs and "100%" in execution.erreurs
    assert "Indexation" not in execution.sortie


@pytest.mark.essai(INDEXER, embedding=True)
def test_la_base_survit_au_programme(executer: Executer, tmp_path: Path) -> None:
    essais = [executer(INDEXER, dossier=tmp_path) for _ in range(2)]
    assert [essai.code for essai in essais] == [0, 0], essais[-1].erreurs
    [total] = nombres(r"^(\d+) morceaux à tenir", essais[0].sortie)
    premiers = [passages(essai.sortie)[0][:3] for essai in essais]
    assert premiers == [[total, 0, total], [0, 0, total]]


# --- Retrouver ---

RETROUVER = f"{MODULE}/04_retrouver.py"


@pytest.mark.snippet(RETROUVER, embedding=True)
def test_les_passages_viennent_avec_score_et_source(execution: Execution) -> None:
    scores = nombres(r"^  (-?\d\.\d\d)  \S+\.md#", execution.sortie)
    assert len(scores) == 5 and scores == sorted(scores, reverse=True)
    assert "faq_produits.md#combien-de-temps-ai-je-pour-renvoyer-une-lampe" in execution.sortie


@pytest.mark.snippet(RETROUVER, embedding=True)
def test_augmenter_k_trouve_plus_et_coute_plus(execution: Execution) -> None:
    trouves = nombres(r"passage trouvé (\d+)/\d+", execution.sortie)
    mots = nombres(r"(\d+) mots à lire", execution.sortie)
    [questions] = nombres(r"^(\d+) questions du jeu", execution.sortie)
    assert len(trouves) == len(mots) == 4 and questions >= 12
    assert trouves == sorted(trouves) and trouves[-1] >= questions / 2
    assert mots == sorted(mots) and mots[3] > 4 * mots[0]


@pytest.mark.essai(RETROUVER, embedding=True)
def test_on_peut_poser_sa_question_et_relancer(executer: Executer, tmp_path: Path) -> None:
    mesures = []
    for question in ("Comment s'appelle la mutuelle ?", "Où livrez-vous ?"):
        essai = executer(RETROUVER, args=question.split(), dossier=tmp_path)
        assert essai.code == 0, essai.erreurs
        assert essai.sortie.splitlines()[0] == question
        mesures.append(essai.sortie.splitlines()[-4:])
    assert all(ligne.startswith("  k = ") for ligne in mesures[0])
    assert mesures[0] == mesures[1], "la mesure ne dépend pas de la question posée"


# --- Le prompt ---


@pytest.mark.snippet(f"{MODULE}/05_construire_le_prompt.py", embedding=True)
def test_le_prompt_a_sa_consigne_ses_passages_et_sa_question(execution: Execution) -> None:
    _, systeme, utilisateur = re.split(r"^--- \w+ ---$", execution.sortie, flags=re.MULTILINE)
    assert "d'après les passages" in systeme and "comme [doc-90]" in systeme
    annonces = re.findall(r"^(doc-\d+) : \S+\.md, ", execution.sortie, re.MULTILINE)
    assert len(set(annonces)) == 3
    assert re.findall(r"^\[(doc-\d+)\] ", utilisateur, re.MULTILINE) == annonces
    assert utilisateur.strip().startswith("Passages :")
    assert "Question : Quel est le montant de la prime d'éclat ?" in utilisateur


@pytest.mark.snippet(f"{MODULE}/05_construire_le_prompt.py", embedding=True)
def test_les_passages_font_l_essentiel_du_prompt(execution: Execution) -> None:
    tokens = nombres(r"k = \d : +(\d+) tokens", execution.sortie)
    mots = nombres(r"pour +(\d+) mots de passages", execution.sortie)
    assert len(tokens) == 4 and tokens == sorted(set(tokens)) and tokens[-1] < 2048
    assert tokens[2] - tokens[0] > tokens[0], "trois passages pèsent plus que tout le reste"
    assert tokens[2] - tokens[0] > mots[2], "plus d'un token par mot"


# --- Citer ---

CITER = pytest.mark.snippet(f"{MODULE}/06_repondre_en_citant.py", embedding=True)
FORMES = ("demandée", "décrite")
VERDICTS = {
    "aveu",
    "aucune citation",
    "identifiant inventé",
    "citation vérifiée",
    "citation non soutenue",
}


def rendus(sortie: str, forme: str) -> list[tuple[str, str]]:
    """(verdict, présent ou absent) de chaque réponse obtenue avec cette tournure de la consigne."""
    motif = rf"^  {forme} : .*\n    -> (.+), fait (présent|absent)$"
    return re.findall(motif, sortie, re.MULTILINE)


def citent(sortie: str, forme: str) -> int:
    """Combien de réponses citent, à tort ou à raison."""
    return sum(verdict not in ("aveu", "aucune citation") for verdict, _ in rendus(sortie, forme))


@CITER
def test_chaque_reponse_recoit_un_verdict_compte_dans_le_bilan(execution: Execution) -> None:
    bilan = execution.sortie.split("Sur 12 questions, citation :")[1]
    for rang, forme in enumerate(FORMES):
        verdicts = [verdict for verdict, _ in rendus(execution.sortie, forme)]
        assert len(verdicts) == 12 and set(verdicts) <= VERDICTS
        lignes = re.findall(r"^  (\S.*?) +(\d+) +(\d+)$", bilan, re.MULTILINE)
        comptes = {nom: int(nombres[rang]) for nom, *nombres in lignes}
        assert all(comptes.get(nom, 0) == verdicts.count(nom) for nom in VERDICTS)


@CITER
def test_decrire_la_citation_l_obtient_la_demander_non(execution: Execution) -> None:
    demandee, decrite = (citent(execution.sortie, forme) for forme in FORMES)
    assert decrite >= 9 and demandee <= 3
    verifiees = [verdict for verdict, _ in rendus(execution.sortie, FORMES[1])]
    assert verifiees.count("citation vérifiée") >= 4


@CITER
def test_le_modele_lit_le_fait_dans_le_passage(execution: Execution) -> None:
    assert execution.sortie.count("sans le bon passage") <= 2
    for forme in FORMES:
        assert [fait for _, fait in rendus(execution.sortie, forme)].count("présent") >= 7


@CITER
def test_un_identifiant_cite_a_ete_donne_sauf_verdict_contraire(execution: Execution) -> None:
    blocs = execution.sortie.split("\n\nSur ")[0].split("\n")
    for donnes, *reponses in zip(*(blocs[rang::6] for rang in range(1, 6)), strict=True):
        for reponse, verdict in zip(reponses[::2], reponses[1::2], strict=True):
            cites = set(re.findall(r"\[(doc-\d+)\]", reponse))
            if "citation vérifiée" in verdict or "non soutenue" in verdict:
                assert cites <= set(re.findall(r"doc-\d+", donnes))


# --- Refuser ---

REFUSER = pytest.mark.snippet(f"{MODULE}/07_savoir_refuser.py", embedding=True)


@REFUSER
def test_le_seuil_et_le_modele_sont_comptes_separement(execution: Execution) -> None:
    lignes = re.findall(r"^(\S.+?) {2,}(\d+)/7 +(\d+)/8$", execution.sortie, re.MULTILINE)
    assert [nom.split(" de ")[0] for nom, *_ in lignes] == [
        "seuil",
        "aveu du modèle",
        "l'un ou l'autre",
    ]
    seuil, modele, ensemble = ([int(n) for n in ligne[1:]] for ligne in lignes)
    for rang in (0, 1):
        assert max(seuil[rang], modele[rang]) <= ensemble[rang] <= seuil[rang] + modele[rang]
    assert modele[0] >= 3, "le modèle refuse une bonne part des questions sans réponse"
    assert modele[1] <= 3, "et presque aucune des autres"


@REFUSER
def test_les_deux_lots_de_distances_se_recouvrent(execution: Execution) -> None:
    (_, avec_max), (sans_min, _) = re.findall(
        r"de (\d\.\d\d) à (\d\.\d\d)$", execution.sortie, re.M
    )
    assert float(sans_min) < float(avec_max), "aucun seuil ne sépare parfaitement les deux"
    [seuil, *_] = nombres(r"seuil de (\d\.\d\d)", execution.sortie)
    assert float(sans_min) <= seuil <= float(avec_max), "il se choisit là où ils se mêlent"
    arretees = re.findall(
        r"^        (seuil et modèle|seuil|modèle|personne)$", execution.sortie, re.M
    )
    assert len(arretees) == 7
    [bons] = nombres(r"^l'un ou l'autre +(\d+)/", execution.sortie)
    assert 7 - arretees.count("personne") == bons


# --- Le flux ---


@pytest.mark.snippet(f"{MODULE}/08_streamer.py")
def test_cinq_fins_de_flux_sont_reconnues(execution: Execution) -> None:
    fins = execution.sortie.split("\n> ")[1:]
    entiere, coupee, annoncee, perdue, oubliee = (fin.splitlines()[-1].strip() for fin in fins)
    assert entiere.startswith("complète, premier texte à")
    assert coupee.startswith("coupée par num_predict")
    assert annoncee == "erreur annoncée dans le flux : mémoire épuisée"
    assert perdue == "connexion perdue : RemoteProtocolError"
    assert oubliee == "flux fini sans son dernier message"
    assert all(fin.startswith("Les lampes sont garanties\n") for fin in fins[2:])


@pytest.mark.snippet(f"{MODULE}/08_streamer.py")
def test_le_premier_texte_arrive_avant_la_fin(execution: Execution) -> None:
    entiere, coupee = re.findall(r"à (\d+\.\d\d) s, fin à (\d+\.\d\d) s", execution.sortie)
    assert float(entiere[0]) < float(entiere[1])
    assert float(coupee[1]) < float(entiere[1]), "coupée, elle finit plus tôt"
    assert "[doc-12]" in execution.sortie, "la réponse entière cite sa source"
    assert "Source : doc-12, faq_produits.md" in execution.sortie


# --- Les programmes entre eux ---


@pytest.mark.parametrize("debut", ["def decouper(", "def vectoriser(", "CONSIGNE = ("])
def test_06_et_07_ne_different_que_par_leur_idee(debut: str) -> None:
    """La consigne et les fonctions de même nom sont les mêmes d'un programme à l'autre."""
    codes = [
        (chemins.SNIPPETS / MODULE / nom).read_text("utf-8")
        for nom in ("06_repondre_en_citant.py", "07_savoir_refuser.py")
    ]
    un, autre = (
        code.split(f"\n{debut}")[1].split("\n\n\n")[0].split("\nAUTRE")[0].split("\nAVEU")[0]
        for code in codes
    )
    assert un == autre


# --- Les exercices ---


@pytest.mark.snippet(f"{MODULE}/exercice_1_citations.py")
def test_exercice_1_resolu(execution: Execution) -> None:
    assert "Bravo : aucune citation" in execution.sortie


@pytest.mark.snippet(f"{MODULE}/exercice_2_citation_coupee.py")
def test_exercice_2_resolu(execution: Execution) -> None:
    assert "Bravo : La garantie dure 7 ans (FAQ, garantie)" in execution.sortie
