"""Module 1 : ce que la page affirme, vérifié sur les programmes qu'elle montre."""

from __future__ import annotations

import ast
import itertools
import re
from collections.abc import Callable

import pytest

from scripts.execution.resultat import Execution
from tests.lecons.sorties import figures_sobres, nombres

MODULE = "module_1_comprendre_un_llm"
Executer = Callable[..., Execution]


def candidats(texte: str) -> list[tuple[str, float]]:
    """Les couples « 'token' 12.3% » d'une sortie -> (token, 12.3)."""
    trouves = re.findall(r"""('(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*") +(\d+(?:\.\d+)?)%""", texte)
    return [(ast.literal_eval(token), float(part)) for token, part in trouves]


# --- Les tokens ---


@pytest.mark.snippet(f"{MODULE}/01_decouper.py")
def test_notre_decoupage_est_celui_du_modele(execution: Execution) -> None:
    [vocabulaire] = nombres(r"^Vocabulaire : (\d+) tokens", execution.sortie)
    assert vocabulaire > 10_000
    anglais, francais, long = re.findall(
        r": (\d+), tokens lus par Ollama : (\d+)", execution.sortie
    )
    for notres, comptes in (anglais, francais, long):
        assert int(comptes) - int(notres) in (0, 1), "au plus un token de début en plus"
    assert int(francais[0]) > int(anglais[0]), "le français coûte plus de tokens"
    assert int(long[0]) >= 4, "un mot rare est coupé"
    assert "None" not in execution.sortie, "chaque morceau est dans le vocabulaire"


@pytest.mark.snippet(f"{MODULE}/02_compter.py")
def test_le_francais_coute_plus_que_l_anglais(execution: Execution) -> None:
    [rapport] = nombres(r"français contre anglais : (\d\.\d+)$", execution.sortie)
    assert rapport > 1.2
    mots_anglais, mots_francais = nombres(r" : (\d+) mots dans une fenêtre", execution.sortie)
    assert mots_francais < mots_anglais
    euros_anglais, euros_francais = nombres(r"(\d\.\d+) euro pour", execution.sortie)
    assert euros_anglais < euros_francais
    par_mot = dict(
        re.findall(r"^(\w+) +\d+ +\d+ +\d+ +(\d+\.\d+)$", execution.sortie, re.MULTILINE)
    )
    assert float(par_mot["nombres"]) > float(par_mot["français"]) > 1


# --- Le token suivant ---


@pytest.mark.snippet(f"{MODULE}/03_mot_suivant.py")
def test_les_probabilites_decroissent_et_font_un(execution: Execution) -> None:
    anglais, francais, _ = execution.sortie.split("\n\n")
    assert " Paris" in [token for token, _ in candidats(anglais)[:5]]
    for partie in (anglais, francais):
        probas = [proba for _, proba in candidats(partie)]
        assert len(probas) == 8 and probas == sorted(probas, reverse=True)
        [reste] = nombres(r"tous les autres +(\d+\.\d)%", partie)
        assert sum(probas) + reste == pytest.approx(100, abs=0.6)
    assert "█" in anglais


@pytest.mark.snippet(f"{MODULE}/04_pas_a_pas.py")
def test_le_texte_s_allonge_d_un_token_par_pas(execution: Execution) -> None:
    lignes = [ligne for ligne in execution.sortie.splitlines() if ligne.startswith("  pas ")]
    assert len(lignes) == 6
    debut = execution.sortie.splitlines()[0]
    choisis = "".join(candidats(ligne)[0][0] for ligne in lignes)
    assert debut + choisis in execution.sortie
    assert all(len(candidats(ligne)) == 5 for ligne in lignes)
    assert figures_sobres(execution, "pas_a_pas")


# --- Le tirage ---


@pytest.mark.snippet(f"{MODULE}/05_temperature.py")
def test_les_tirages_suivent_la_prevision(execution: Execution) -> None:
    motif = re.compile(r"""^['"].*['"]((?: +\d+%){6})$""", re.MULTILINE)
    lignes = [nombres(r"(\d+)%", trouve[1]) for trouve in motif.finditer(execution.sortie)]
    assert len(lignes) == 8
    for prevu, tire in itertools.chain(*(zip(li[0::2], li[1::2], strict=True) for li in lignes)):
        assert abs(prevu - tire) <= 25, "cinquante tirages : quatre écarts types au plus"
    froid, tiede, chaud = lignes[0][0::2]
    assert froid > tiede > chaud, "la température étale la distribution"
    differents = nombres(r": (\d+) tokens différents", execution.sortie)
    assert differents[0] < differents[2]
    assert nombres(r"(\d+) hors des 20$", execution.sortie) == [0, 0, 0]
    assert figures_sobres(execution, "temperature")


@pytest.mark.snippet(f"{MODULE}/06_couper_la_traine.py")
def test_rien_n_est_tire_hors_de_la_liste(execution: Execution) -> None:
    vingt, trois, noyau = nombres(r" : (\d+) tokens en jeu$", execution.sortie)
    assert vingt == 20 and trois == 3
    assert 1 <= noyau < 20
    assert nombres(r"hors de la liste : (\d+) sur", execution.sortie) == [0, 0, 0]
    premiers = nombres(r"top_p=\d\.\d : .*\n.* prévu +(\d+)%", execution.sortie)
    assert premiers[0] < min(premiers[1:]), "ce qui reste se partage la probabilité"


@pytest.mark.snippet(f"{MODULE}/07_regler_un_texte.py")
def test_la_temperature_donne_de_la_variete_et_de_l_improbable(execution: Execution) -> None:
    differents = nombres(r" : (\d) textes différents", execution.sortie)
    probas = nombres(r"d'un token (\d\.\d+)$", execution.sortie)
    assert len(differents) == len(probas) == 5
    assert differents[0] == 1, "à température nulle, la graine ne joue pas"
    assert differents[1] >= 3 and differents[4] >= 5
    assert probas[0] > probas[1] > probas[4]
    assert min(probas[2], probas[3]) > probas[4], "couper la traîne écarte l'improbable"


@pytest.mark.snippet(f"{MODULE}/08_penaliser_les_repetitions.py")
def test_la_penalite_eloigne_ce_qui_est_deja_ecrit(execution: Execution) -> None:
    listes, refrains = execution.sortie.split("\n\n")
    parts = [dict(candidats(ligne)) for ligne in listes.splitlines()[1:]]
    assert parts[0].get(" dog", 0) >= 50, "sans pénalité, la liste se répète"
    assert parts[2].get(" dog", 0) < parts[0][" dog"]
    sans, moyenne, _ = nombres(r": (\d+)% de mots différents$", refrains)
    assert moyenne > sans


# --- La fenêtre et le gabarit ---


@pytest.mark.snippet(f"{MODULE}/09_hors_de_la_fenetre.py")
def test_ce_qui_sort_de_la_fenetre_est_perdu(execution: Execution) -> None:
    lus = nombres(r" : (\d+) tokens lus", execution.sortie)
    assert lus[0] > 512 and lus[1] < 512 and lus[2] < 256
    entier, *coupes = nombres(r"début de 'banane' : (\d+\.\d)%", execution.sortie)
    assert entier > 5
    assert all(entier > 5 * coupe for coupe in coupes)


@pytest.mark.snippet(f"{MODULE}/10_gabarit.py")
def test_le_gabarit_est_du_texte(execution: Execution) -> None:
    envoye = execution.sortie.split("--- Fin ---")[0]
    assert "You answer in one short sentence." in envoye
    assert "What is the capital of France?" in envoye
    discussion, brut = nombres(r"(\d+) tokens lus", execution.sortie)
    assert abs(discussion - brut) <= 1, "le même texte, envoyé de deux façons"
    seule = re.search(r"question seule : (.+)$", execution.sortie, re.MULTILINE)
    avec = re.search(r"^/api/chat, .* lus : (.+)$", execution.sortie, re.MULTILINE)
    assert seule and avec and seule[1] != avec[1]
    assert re.search(r"avant la question : ['\"].+['\"]$", execution.sortie, re.MULTILINE)


# --- Ce qu'il affirme ---


@pytest.mark.snippet(f"{MODULE}/11_entite_inventee.py")
def test_il_propose_toujours_une_suite(execution: Execution) -> None:
    lignes = dict(re.findall(r"^(\S.+?) :  (.+%)$", execution.sortie, re.MULTILINE))
    reel, invente, donne = (
        candidats(lignes[nom]) for nom in ("réel", "inventé", "inventé, fait donné")
    )
    assert reel[0][0] == " Paris"
    assert reel[0][1] > invente[0][1], "il est plus sûr d'un lieu qu'il a lu"
    aurillac = [
        sum(p for t, p in liste if t.strip() and " Aurillac".startswith(t))
        for liste in (invente, donne)
    ]
    assert aurillac[1] > aurillac[0] + 10, "le fait donné change la prévision"
    textes = re.findall(r"^  graine \d : (.+)$", execution.sortie, re.MULTILINE)
    assert len(textes) == 5 and len(set(textes)) >= 2, "chaque graine invente autre chose"
    assert re.search(r"^En discussion : ['\"].+['\"]$", execution.sortie, re.MULTILINE)


# --- Taille, confidentialité, énergie ---


@pytest.mark.snippet(f"{MODULE}/12_taille_et_vitesse.py", args=("smollm2:135m",), modele="cours-fr")
def test_la_table_et_la_prevision_se_tiennent(execution: Execution) -> None:
    mesures = re.findall(
        r"^(\S+) +Q\S+ +(\d+) Mo +(\d+\.\d) +(\d+) Mo +(\d+)$", execution.sortie, re.MULTILINE
    )
    assert mesures
    for _, fichier, bits, memoire, vitesse in mesures:
        assert int(memoire) > int(fichier) > 0 and int(vitesse) > 0
        assert 4 <= float(bits) <= 20
    if len(mesures) == 2:
        lourd, leger = sorted(mesures, key=lambda mesure: -float(mesure[2]))
        assert int(lourd[1]) > int(leger[1]) and int(lourd[3]) > int(leger[3])
    [bas, haut] = next(
        [float(bas), float(haut)]
        for bas, haut in re.findall(r"par seconde : (\S+) à (\S+) Go", execution.sortie)
    )
    assert 0 < bas <= haut
    prevues = nombres(r" Go de poids : \S+ à (\S+) tokens/s$", execution.sortie)
    assert len(prevues) == 3 and prevues == sorted(prevues, reverse=True)


def test_un_modele_absent_est_dit_et_saute(executer: Executer) -> None:
    essai = executer(f"{MODULE}/12_taille_et_vitesse.py", args=("modele-inconnu",))
    assert essai.code == 0, essai.erreurs
    assert "modele-inconnu : absent" in essai.sortie
    assert "Poids lus par seconde" in essai.sortie


@pytest.mark.snippet(f"{MODULE}/13_ou_va_ma_question.py")
def test_la_question_reste_ici(execution: Execution) -> None:
    assert "partent vers : cette machine" in execution.sortie
    assert "calculé par : le serveur lui-même" in execution.sortie
    assert execution.sortie.endswith("Rien ne sort d'ici.\n")


@pytest.mark.snippet(f"{MODULE}/14_energie.py")
def test_l_energie_suit_l_hypothese(execution: Execution, executer: Executer) -> None:
    [secondes] = nombres(r" en (\d+\.\d+) s,", execution.sortie)
    [watts] = nombres(r"^Supposé : (\d+) W", execution.sortie)
    [wattheures] = nombres(r"^Une réponse : (\d+\.\d+) Wh", execution.sortie)
    assert watts == 30
    assert wattheures == pytest.approx(watts * secondes / 3600, rel=0.1, abs=0.0002)
    assert "faire bouillir : 93 Wh" in execution.sortie
    essai = executer(f"{MODULE}/14_energie.py", args=("250",))
    assert essai.code == 0, essai.erreurs
    assert "Supposé : 250 W" in essai.sortie


# --- Le carnet ---


@pytest.mark.snippet(f"{MODULE}/carnet_probabilites.py")
def test_le_carnet_lit_chauffe_et_choisit(execution: Execution) -> None:
    suivants, reste = execution.sortie.split("T = 0.3")
    probas = [proba for _, proba in candidats(suivants)]
    assert len(probas) == 10 and probas == sorted(probas, reverse=True)
    froid, tiede, chaud = nombres(r"^(?:T = \d)? : (\d+)%", reste)
    assert froid >= tiede >= chaud
    assert len(re.findall(r"^rang \d : .+ \(\d+\.\d%\)$", reste, re.MULTILINE)) == 6


# --- Les exercices ---


@pytest.mark.snippet(f"{MODULE}/exercice_1_fusionner.py")
def test_exercice_1_resolu(execution: Execution) -> None:
    assert "Bravo : ['la', ' lampe']" in execution.sortie


@pytest.mark.snippet(f"{MODULE}/exercice_2_noyau.py")
def test_exercice_2_resolu(execution: Execution) -> None:
    assert execution.sortie.startswith("Bravo")


@pytest.mark.snippet(f"{MODULE}/exercice_3_plus_grand_modele.py")
def test_exercice_3_resolu(execution: Execution) -> None:
    assert nombres(r": (\d+\.\d) milliards", execution.sortie) == [5.6, 18.4, 44.0]
    assert "Bravo" in execution.sortie


@pytest.mark.parametrize(
    "exercice",
    ["exercice_1_fusionner.py", "exercice_2_noyau.py", "exercice_3_plus_grand_modele.py"],
)
def test_le_point_de_depart_echoue_et_la_solution_passe(
    verifier_l_exercice: Callable[..., None], exercice: str
) -> None:
    verifier_l_exercice(f"{MODULE}/{exercice}", [])
