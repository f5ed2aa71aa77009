"""Module 4 : ce que la page affirme, vérifié sur les programmes qu'elle montre."""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from scripts.execution.resultat import Execution
from scripts.socle import chemins
from scripts.socle.processus import port_libre
from tests.lecons.corpus import QUELQUES_DOCUMENTS, noms, petit_corpus, texte
from tests.lecons.sorties import figures_sobres, nombres

MODULE = "module_4_embeddings"
Executer = Callable[..., Execution]
# Le script 09 appelle `python` et `chroma`, installés à côté de l'interpréteur des tests.
OUTILS = {
    "PATH": os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]]),
    "COURS_PORT_CHROMA": str(port_libre()),
}
PORT_MUET = {"COURS_PORT_CHROMA": "9"}


# --- Les vecteurs ---


@pytest.mark.snippet(f"{MODULE}/01_trois_phrases.py", embedding=True)
def test_deux_phrases_voisines_ont_des_vecteurs_voisins(execution: Execution) -> None:
    assert "3 phrases, 384 nombres" in execution.sortie
    voisines, *etrangeres = nombres(r"cosinus : (-?\d\.\d\d)$", execution.sortie)
    assert len(etrangeres) == 2
    assert voisines > max(etrangeres) + 0.1


@pytest.mark.snippet(f"{MODULE}/02_normaliser.py", embedding=True)
def test_norme_un_et_lots_sans_effet(execution: Execution) -> None:
    normes = re.search(r"^Normes : (.+)$", execution.sortie, re.MULTILINE)
    assert normes and all(abs(float(norme) - 1) < 0.001 for norme in normes[1].split())
    [ecart] = nombres(r"écart : (\d\.\d+)$", execution.sortie)
    [lots] = nombres(r"un à un, cosinus : (\d\.\d+)$", execution.sortie)
    assert ecart < 0.001
    assert lots > 0.999


@pytest.mark.snippet(f"{MODULE}/02_normaliser.py", embedding=True)
def test_ce_qui_depasse_la_limite_n_est_pas_lu(execution: Execution) -> None:
    cosinus = nombres(r"sans et avec (\d\.\d+)$", execution.sortie)
    lus = nombres(r"(\d+) tokens lus", execution.sortie)
    assert len(cosinus) == len(lus) == 4
    assert cosinus[0] < 0.98, "dans un texte court, la phrase ajoutée compte"
    assert cosinus[-2:] == [1, 1], "au-delà de la limite, elle ne change rien"
    assert lus[0] < lus[1] < lus[2] == lus[3] <= 520


# --- La carte ---


@pytest.mark.snippet(f"{MODULE}/03_carte.py", embedding=True)
def test_les_sections_d_un_document_se_ressemblent(execution: Execution) -> None:
    [dedans] = nombres(r"dans un même document : (\d\.\d\d)$", execution.sortie)
    [entre] = nombres(r"entre deux documents : (\d\.\d\d)$", execution.sortie)
    assert dedans > entre + 0.02


@pytest.mark.snippet(f"{MODULE}/03_carte.py", embedding=True)
def test_la_carte_et_sa_table(execution: Execution) -> None:
    compte = re.search(r"^(\d+) sections de (\d+) documents$", execution.sortie, re.MULTILINE)
    assert compte
    rangees = re.findall(r"^(\S+\.(?:md|html)) +(\d+) ", execution.sortie, re.MULTILINE)
    assert len(rangees) == int(compte[2]) >= 12
    assert sum(int(nombre) for _, nombre in rangees) == int(compte[1])
    axes = nombres(r"axe \d (\d+)%", execution.sortie)
    assert len(axes) == 2 and axes[0] >= axes[1] and sum(axes) < 60
    assert figures_sobres(execution, "carte")


# --- Les paraphrases ---

PARAPHRASES = f"{MODULE}/04_paraphrases.py"
GENRES = {"un passage", "deux passages", "tableau", "paraphrase", "périmé", "ensemble"}
LIGNE = re.compile(r"^(\S.+?) +(\d+) +(\d+) +(\d+) +(\d+) +(\d+)$", re.MULTILINE)


def recalls(sortie: str) -> dict[str, list[int]]:
    """Les lignes « nom, puis cinq nombres » du tableau d'une sortie."""
    return {ligne[1]: [int(ligne[i]) for i in range(2, 7)] for ligne in LIGNE.finditer(sortie)}


@pytest.mark.snippet(PARAPHRASES, embedding=True)
def test_chaque_genre_a_sa_ligne(execution: Execution) -> None:
    mesures = recalls(execution.sortie)
    assert set(mesures) == GENRES, "les questions sans réponse n'ont rien à retrouver"
    *genres, ensemble = mesures.values()
    assert sum(genre[0] for genre in genres) == ensemble[0]
    for _, premier, cinq, mots_premier, mots_cinq in mesures.values():
        assert premier <= cinq <= 100
        assert mots_premier <= mots_cinq <= 100


@pytest.mark.snippet(PARAPHRASES, embedding=True)
def test_une_paraphrase_est_plus_dure_a_retrouver(execution: Execution) -> None:
    mesures = recalls(execution.sortie)
    assert mesures["un passage"][2] >= mesures["paraphrase"][2] + 10
    assert mesures["un passage"][2] >= 40
    assert mesures["paraphrase"][3] <= 25, "aucun mot long commun : les mots ne trouvent rien"


@pytest.mark.essai(PARAPHRASES, embedding=True)
def test_les_prefixes_arrivent_au_modele(executer: Executer, tmp_path: Path) -> None:
    programme = petit_corpus(tmp_path, PARAPHRASES)
    prefixes = ("search_query: ", "search_document: ")
    sans, avec = (executer(programme.name, source=programme, args=a) for a in ((), prefixes))
    assert sans.code == avec.code == 0, sans.erreurs + avec.erreurs
    assert avec.compteur.tokens_entree > sans.compteur.tokens_entree
    assert set(recalls(avec.sortie)) == set(recalls(sans.sortie)) == GENRES


# --- Les découpages ---


@pytest.mark.snippet(f"{MODULE}/05_decouper.py")
def test_les_titres_et_les_blocs_gardent_le_tableau_entier(execution: Execution) -> None:
    assert nombres(r"le tableau touche (\d+)", execution.sortie)[0] >= 2
    assert nombres(r"le tableau touche (\d+)", execution.sortie)[2:] == [1, 1]
    nombre, recouvrant, *_ = nombres(r" : (\d+) morceaux", execution.sortie)
    assert recouvrant > nombre


def test_la_fonction_lire_est_la_meme_partout() -> None:
    corps = []
    for nom in ("04_paraphrases.py", "06_comparer_decoupages.py"):
        code = (chemins.SNIPPETS / MODULE / nom).read_text("utf-8")
        corps.append(code.split("def lire(")[1].split("\n\n\n")[0])
    assert corps[0] == corps[1]


@pytest.mark.snippet(f"{MODULE}/06_comparer_decoupages.py", embedding=True, bref=("4",))
def test_six_decoupages_et_leurs_rappels(execution: Execution) -> None:
    notes = recalls(execution.sortie)
    assert len(notes) == 6
    assert notes["50 mots"][0] > notes["100 mots"][0] > notes["200 mots"][0]
    assert notes["100 mots, recouvrement 25"][0] > notes["100 mots"][0]
    for _, longueur, un, cinq, dix in notes.values():
        assert 20 <= longueur <= 200
        assert un <= cinq <= dix <= 100
    assert max(dix for *_, dix in notes.values()) >= 40
    assert figures_sobres(execution, "decoupages")


@pytest.mark.essai(f"{MODULE}/06_comparer_decoupages.py")
@pytest.mark.parametrize("nombre", ["0", "beaucoup"])
def test_un_nombre_de_documents_impossible_est_refuse(executer: Executer, nombre: str) -> None:
    essai = executer(f"{MODULE}/06_comparer_decoupages.py", args=(nombre,))
    assert essai.code == 1 and essai.erreurs.startswith("Usage")


# --- Chroma ---

AJOUTER = f"{MODULE}/07_chroma_ajouter.py"
METTRE_A_JOUR = f"{MODULE}/08_chroma_mettre_a_jour.py"


def sections(document: str) -> int:
    """Le nombre de sections d'un document Markdown, ce qui précède la première compris."""
    return texte(document).count("\n## ") + 1


@pytest.mark.snippet(AJOUTER, embedding=True)
def test_la_base_retrouve_et_filtre(execution: Execution) -> None:
    libre, filtre = execution.sortie.split("Avec le filtre")
    assert "notes_rh.md, Congés payés" in libre
    assert len(re.findall(r"^  distance", libre, re.MULTILINE)) == 3
    sources = re.findall(r"distance \d\.\d\d  (\S+),", filtre)
    assert sources == ["compte_rendu_ag_2026.md"] * 3
    [toutes] = nombres(r"^(\d+) sections dans la base", libre)
    assert toutes == sum(sections(nom) for nom in noms() if nom.endswith(".md"))
    for partie in (libre, filtre):
        distances = nombres(r"distance (\d\.\d\d)", partie)
        assert distances == sorted(distances)
    assert nombres(r"distance (\d\.\d\d)", libre)[0] < nombres(r"distance (\d\.\d\d)", filtre)[0]


@pytest.mark.essai(AJOUTER, embedding=True)
def test_relancer_n_ajoute_rien_en_double(executer: Executer, tmp_path: Path) -> None:
    programme = petit_corpus(tmp_path, AJOUTER)
    essais = [executer(programme.name, source=programme, dossier=tmp_path) for _ in range(2)]
    assert [essai.code for essai in essais] == [0, 0], essais[-1].erreurs
    assert (tmp_path / "base" / "chroma.sqlite3").is_file()
    [avant], [apres] = (nombres(r"^(\d+) sections dans la base", e.sortie) for e in essais)
    assert avant == apres == sum(map(sections, QUELQUES_DOCUMENTS))


@pytest.mark.snippet(METTRE_A_JOUR, embedding=True)
def test_la_reponse_suit_le_document(execution: Execution) -> None:
    prix = re.findall(r"cinq premières : (.+)$", execution.sortie, re.MULTILINE)
    assert prix == ["189 euros", "199 euros", "aucun"]
    tout, un, suppression = nombres(r" : (\d+) ms", execution.sortie)
    assert un < tout / 2
    assert suppression < tout / 2
    avant, apres, sans = nombres(r"(\d+) sections$", execution.sortie)
    assert avant == apres > sans


@pytest.mark.essai(METTRE_A_JOUR, embedding=True)
def test_la_mise_a_jour_se_relance(executer: Executer, tmp_path: Path) -> None:
    programme = petit_corpus(tmp_path, METTRE_A_JOUR)
    for _ in range(2):
        essai = executer(programme.name, source=programme, dossier=tmp_path)
        assert essai.code == 0, essai.erreurs
        prix = re.findall(r"cinq premières : (.+)$", essai.sortie, re.MULTILINE)
        assert prix == ["189 euros", "199 euros", "aucun"]
    original = chemins.DONNEES / "documents" / "faq_produits.md"
    assert "189 euros" in original.read_text("utf-8"), "le document du corpus reste intact"


@pytest.mark.snippet(f"{MODULE}/09_chroma_serveur.sh", embedding=True, env=OUTILS)
def test_deux_processus_interrogent_le_meme_serveur(execution: Execution) -> None:
    lignes = execution.sortie.splitlines()
    assert lignes[0] == "Le serveur répond."
    assert lignes[-1] == "Le serveur est arrêté."
    comptes = re.findall(r"\((\d+) sections\)$", execution.sortie, re.MULTILINE)
    assert len(comptes) == 2 and len(set(comptes)) == 1
    assert len(re.findall(r"^  \S+\.md, ", execution.sortie, re.MULTILINE)) == 4


@pytest.mark.snippet(f"{MODULE}/09_client.py", code=1, env=PORT_MUET)
def test_sans_serveur_le_client_dit_quoi_faire(execution: Execution) -> None:
    assert "lancez d'abord 09_chroma_serveur.sh" in execution.sortie
    assert "Traceback" not in execution.erreurs


# --- Le carnet ---


@pytest.mark.snippet(f"{MODULE}/carnet_carte.py", embedding=True)
def test_le_carnet_cherche_et_place_la_question(execution: Execution) -> None:
    cosinus = nombres(r"^\d  cosinus (-?\d\.\d\d)", execution.sortie)
    assert len(cosinus) == 5 and cosinus == sorted(cosinus, reverse=True)
    assert "faq_produits.md, Combien de temps ai-je pour renvoyer" in execution.sortie
    assert len(re.findall(r"^(?:question|\d\. \S+) +-?\d", execution.sortie, re.MULTILINE)) == 6
    [part] = nombres(r"deux axes : (\d+)%", execution.sortie)
    assert 5 <= part < 60


# --- Les exercices ---


@pytest.mark.snippet(f"{MODULE}/exercice_1_plus_proches.py")
def test_exercice_1_resolu(execution: Execution) -> None:
    assert "Bravo : les plus proches sont [3, 2, 0]" in execution.sortie


@pytest.mark.snippet(f"{MODULE}/exercice_2_recouvrement.py")
def test_exercice_2_resolu(execution: Execution) -> None:
    assert "Bravo : 4 morceaux." in execution.sortie


@pytest.mark.snippet(f"{MODULE}/exercice_3_recall.py")
def test_exercice_3_resolu(execution: Execution) -> None:
    assert nombres(r"= (\d\.\d)$", execution.sortie) == [0.5, 0.5, 1.0]
