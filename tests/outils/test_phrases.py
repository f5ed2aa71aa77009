"""Les phrases calculées : déclarées, lues dans les sorties, jugées, écrites, montrées."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable

import pytest

from scripts import __main__ as commandes
from scripts.controles.verification import verifier
from scripts.enregistrement import reenregistrer
from scripts.enregistrement import verdicts as calcul_des_verdicts
from scripts.experience.resultats import MODULE as MODULE_9
from scripts.lecons import registre
from scripts.lecons.phrases import calcul, forme, redaction, valeurs, verdicts
from scripts.lecons.phrases.forme import combler
from scripts.publication import fragments
from scripts.socle import chemins, fichiers
from scripts.socle.erreurs import ErreurCours
from scripts.socle.francais import en_chiffres, pourcentage
from tests.outils.depot_essai import MODULE, SNIPPET, Depot

PAGE = "docs/jour-2/4_essai.md"
DECLARATIONS = f"snippets/{MODULE}/phrases.toml"
VERDICTS = f"snippets/{MODULE}/verdicts.json"
# Treize cas : la règle les tient tous, le modèle trois.
SORTIE = "\n".join(
    [
        "règle : 12 tokens, 3,5 s, « Bonjour »",
        *(f"cas {n} : règle oui, modèle {'oui' if n < 3 else 'non'}, {n} mots" for n in range(13)),
    ]
)
VALEURS = """
[valeurs.tokens]
programme = "01_bonjour.py"
motif = '^règle : (\\d+) tokens'

[valeurs.secondes]
programme = "01_bonjour.py"
motif = ' ([\\d,]+) s,'

[valeurs.mot]
programme = "01_bonjour.py"
motif = '« (\\w+) »'

[valeurs.regle]
programme = "01_bonjour.py"
motif = 'règle (oui|non)'
oui = "oui"

[valeurs.modele]
programme = "01_bonjour.py"
motif = 'modèle (oui|non)'
oui = "oui"

[valeurs.mots]
programme = "01_bonjour.py"
motif = '(\\d+) mots'

[valeurs.rapport]
calcul = "regle|somme / modele|somme"
decimales = 1
"""
PHRASES = """
[phrases.tenue]
compare = "regle > modele"
test = "paire"
prouve = "La règle tient {regle|part} des {regle|cas} cas, {tenue.ecart} de plus."
non_prouve = "Rien ne les départage ({tenue.intervalle}, p = {tenue.p})."
contraire = "Le modèle tient {modele|somme} cas."

[phrases.lecture]
texte = "Il lit {tokens} tokens en {secondes} s, {rapport} fois, et dit « {mot} »."
"""
INCLUSIONS = "".join(
    f'\n--8<-- "genere/{MODULE}/phrases/{nom}.md"\n' for nom in ("tenue", "lecture")
)


def imprimer(depot: Depot, texte: str) -> None:
    """Fait de ce texte la sortie enregistrée du programme d'essai."""
    contenu = registre.lire()
    for entree in contenu["snippets"][SNIPPET].values():
        depot.ecrire(entree["sortie"]["fichier"], texte)
        sortie = chemins.RACINE / entree["sortie"]["fichier"]
        entree["sortie"]["sha256"] = fichiers.empreinte(sortie)
    registre.ecrire(contenu)


@pytest.fixture
def phrases(depot: Depot) -> Depot:
    """Un dépôt d'essai sain, dont la page montre deux phrases calculées."""
    imprimer(depot, SORTIE)
    depot.ecrire(DECLARATIONS, VALEURS + PHRASES)
    depot.ecrire(PAGE, depot.lire(PAGE) + INCLUSIONS)
    calcul_des_verdicts.recalculer()
    return depot


def ecrites() -> dict[str, str]:
    """Les phrases du module d'essai, telles que le site les montre."""
    fragments.generer()
    dossier = chemins.GENERE / MODULE / "phrases"
    return {f.stem: f.read_text(encoding="utf-8").strip() for f in sorted(dossier.glob("*.md"))}


def constats() -> list[str]:
    """Ce que dit `make verifier`, une ligne par problème, chacune avec un remède."""
    problemes = verifier()
    assert all(probleme.fichier and probleme.remede.endswith(".") for probleme in problemes)
    return [str(probleme) for probleme in problemes]


def test_des_phrases_saines(phrases: Depot) -> None:
    assert constats() == []
    assert ecrites() == {
        "tenue": "La règle tient 100\u00a0% des 13 cas, 77\u00a0points de plus.",
        "lecture": "Il lit 12 tokens en 3,5 s, 4,3 fois, et dit « Bonjour ».",
    }
    garde = json.loads(phrases.lire(VERDICTS))["tenue"]
    assert garde["valeurs"] == [[1] * 13, [1] * 3 + [0] * 10]
    assert garde["verdict"] == verdicts.PROUVE
    assert garde["p"] == pytest.approx(2 / 2**10, rel=1e-4)


def test_les_verdicts_sont_stables(phrases: Depot) -> None:
    avant = phrases.lire(VERDICTS)
    calcul_des_verdicts.recalculer()
    assert phrases.lire(VERDICTS) == avant
    assert avant.endswith("\n")


def test_le_verdict_choisit_la_version(phrases: Depot) -> None:
    inverse = SORTIE.replace("règle oui", "règle nul").replace("modèle oui", "modèle non")
    imprimer(phrases, inverse.replace("règle nul", "règle non").replace("non, 1", "oui, 1"))
    calcul_des_verdicts.recalculer()
    assert ecrites()["tenue"].startswith("Rien ne les départage ([−")


MAL_DECLAREES = {
    "table inconnue": ("[valeur.x]\nmotif = 'x'\n", "la table « valeur » est inconnue"),
    "valeurs sans table": ("valeurs = 3\n", "« valeurs » n'est pas une table"),
    "valeur qui n'en est pas une": ("[valeurs]\nx = 3\n", "la valeur « x » n'est pas une table"),
    "phrase qui n'en est pas une": ("[phrases]\nx = 3\n", "la phrase « x » n'est pas une table"),
    "nom de valeur": ("[valeurs.a-b]\ncalcul = '1'\n", "« a-b » a un nom"),
    "nom de phrase": ("[phrases.'../x']\ntexte = 'x'\n", "« ../x » a un nom"),
    "clé inconnue": ("[valeurs.x]\ncalcul = '1'\nunite = 's'\n", "une clé inconnue, « unite »"),
    "clé d'une autre sorte": ("[valeurs.x]\ncalcul = '1'\nmotif = 'x'\n", "inconnue, « motif »"),
    "décimales": ("[valeurs.x]\ncalcul = '1'\ndecimales = 'une'\n", "« decimales »"),
    "décimales booléennes": ("[valeurs.x]\ncalcul = '1'\ndecimales = true\n", "« decimales »"),
    "sans programme": ("[valeurs.x]\nmotif = '(.)'\n", "n'a pas de clé « programme »"),
    "sans motif": ("[valeurs.x]\nprogramme = '01_bonjour.py'\n", "n'a pas de clé « motif »"),
    "motif vide": ("[valeurs.x]\nprogramme = '01_bonjour.py'\nmotif = ''\n", "ou est vide"),
    "programme inconnu": (
        "[valeurs.x]\nprogramme = '02_absent.py'\nmotif = '(.)'\n",
        "un programme qui n'existe pas, 02_absent.py",
    ),
    "programme d'un autre dossier": (
        "[valeurs.x]\nprogramme = '../../docs/index.md'\nmotif = '(.)'\n",
        "un programme qui n'existe pas",
    ),
    "modèle inconnu": (
        "[valeurs.x]\nprogramme = '01_bonjour.py'\nmotif = '(.)'\nmodele = 'gpt'\n",
        "un modèle inconnu, gpt",
    ),
    "motif illisible": (
        "[valeurs.x]\nprogramme = '01_bonjour.py'\nmotif = '(.'\n",
        "un motif illisible",
    ),
    "sans capture": (
        "[valeurs.x]\nprogramme = '01_bonjour.py'\nmotif = '.'\n",
        "un motif à aucune capture",
    ),
    "deux captures": (
        "[valeurs.x]\nprogramme = '01_bonjour.py'\nmotif = '(.)(.)'\n",
        "un motif à 2 captures",
    ),
    "calcul illisible": ("[valeurs.x]\ncalcul = '1 +'\n", "un calcul illisible, « 1 + »"),
    "calcul qui appelle": ("[valeurs.x]\ncalcul = 'print(1)'\n", "un calcul illisible"),
    "calcul d'une puissance": ("[valeurs.x]\ncalcul = '9 ** 9'\n", "un calcul illisible"),
    "calcul d'un texte": ("[valeurs.x]\ncalcul = '\"a\" * 9'\n", "un calcul illisible"),
    "calcul trop profond": (f"[valeurs.x]\ncalcul = '{'(' * 999}1{')' * 999}'\n", "illisible"),
    "calcul d'une inconnue": ("[valeurs.x]\ncalcul = 'y + 1'\n", "une valeur inconnue, « y »"),
    "agrégat inconnu": ("[valeurs.x]\ncalcul = 'x|total'\n", "un agrégat inconnu, « x|total »"),
    "trou inconnu": ("[phrases.x]\ntexte = '{y}'\n", "un trou inconnu, « {y} »"),
    "trou vide": ("[phrases.x]\ntexte = 'a {} b'\n", "un trou inconnu, « {} »"),
    "trou d'un agrégat inconnu": ("[phrases.x]\ntexte = '{mots|total}'\n", "« {mots|total} »"),
    "trou d'une phrase sans verdict": ("[phrases.x]\ntexte = '{lecture.ecart}'\n", "{lecture.ec"),
    "accolade seule": ("[phrases.x]\ntexte = 'a { b'\n", "une accolade seule"),
    "plusieurs lignes": ("[phrases.x]\ntexte = 'a\\nb'\n".replace("'", '"'), "plusieurs lignes"),
    "ni texte ni comparaison": ("[phrases.x]\n", "n'a pas de clé « texte »"),
    "texte et comparaison": (
        "[phrases.x]\ntexte = 'x'\ncompare = 'mots > mots'\n",
        "une clé inconnue, « texte »",
    ),
    "version manquante": (
        "[phrases.x]\ncompare = 'mots > mots'\ntest = 'paire'\nprouve = 'x'\nnon_prouve = 'x'\n",
        "n'a pas de version « contraire »",
    ),
}
VERSIONS = "prouve = 'a'\nnon_prouve = 'b'\ncontraire = 'c'\n"
MAL_COMPAREES = {
    "test inconnu": ("compare = 'mots > mots'\ntest = 'student'\n", "un test inconnu, « student »"),
    "sans test": ("compare = 'mots > mots'\n", "n'a pas de clé « test »"),
    "comparaison illisible": ("compare = 'mots'\ntest = 'paire'\n", "« compare » illisible"),
    "calcul d'une liste": ("compare = 'mots > 2 * mots'\ntest = 'paire'\n", "« 2 * mots »"),
    "valeur inconnue": ("compare = 'mots > y'\ntest = 'exact'\n", "inconnue, « y »"),
    "p d'un test exact": (
        "compare = 'tokens > 3'\ntest = 'exact'\nprouve = '{x.p}'\n",
        "un trou inconnu, « {x.p} »",
    ),
}


@pytest.mark.parametrize(("texte", "attendu"), MAL_DECLAREES.values(), ids=MAL_DECLAREES)
def test_mal_declaree(phrases: Depot, texte: str, attendu: str) -> None:
    if texte.startswith("valeurs = "):
        phrases.ecrire(DECLARATIONS, texte)
    else:
        phrases.ecrire(DECLARATIONS, VALEURS + PHRASES + texte)
    if texte.startswith(("[valeurs]", "[phrases]")):
        phrases.ecrire(DECLARATIONS, texte)
    [constat] = constats()
    assert constat.startswith(f"{DECLARATIONS} : ") and attendu in constat


@pytest.mark.parametrize(("texte", "attendu"), MAL_COMPAREES.values(), ids=MAL_COMPAREES)
def test_mal_comparee(phrases: Depot, texte: str, attendu: str) -> None:
    lignes = dict(ligne.split(" = ", 1) for ligne in (VERSIONS + texte).splitlines())
    entree = "\n".join(f"{cle} = {valeur}" for cle, valeur in lignes.items())
    phrases.ecrire(DECLARATIONS, f"{VALEURS}{PHRASES}[phrases.x]\n{entree}\n")
    [constat] = constats()
    assert constat.startswith(f"{DECLARATIONS} : la phrase « x » ") and attendu in constat


def test_une_valeur_mal_declaree_n_accuse_qu_elle(phrases: Depot) -> None:
    phrases.remplacer(DECLARATIONS, "motif = 'règle (oui|non)'", "motif = 'règle (oui|non'")
    [constat] = constats()
    assert "la valeur « regle » a un motif illisible" in constat


SANS_VALEUR = {
    "motif qui ne trouve rien": (
        "[valeurs.x]\nprogramme = '01_bonjour.py'\nmotif = '^absent (.)'\n",
        "le motif de « x » ne trouve rien",
    ),
    "capture parfois vide": (
        "[valeurs.x]\nprogramme = '01_bonjour.py'\nmotif = 'cas (1.)?'\n",
        "la capture du motif de « x » est parfois vide",
    ),
    "modèle sans sortie": (
        "[valeurs.x]\nprogramme = '01_bonjour.py'\nmotif = '(.)'\nmodele = 'smollm2:135m'\n",
        "n'a pas de sortie enregistrée avec smollm2:135m",
    ),
    "division par zéro": ("[valeurs.x]\ncalcul = 'tokens / 0'\n", "n'a pas de résultat"),
    "nombre démesuré": ("[valeurs.x]\ncalcul = 'tokens * 1e308'\n", "n'a pas de résultat"),
    "calcul circulaire": (
        "[valeurs.x]\ncalcul = 'y'\n[valeurs.y]\ncalcul = 'x'\n",
        "« x » dépend d'elle-même",
    ),
    "liste dans un calcul": ("[valeurs.x]\ncalcul = 'mots + 1'\n", "« mots » a 13 valeurs"),
    "texte dans un calcul": ("[valeurs.x]\ncalcul = 'mot + 1'\n", "« mot » n'est pas un nombre"),
    "part de nombres": ("[valeurs.x]\ncalcul = 'mots|part'\n", "« mots|part » n'est pas une part"),
}


@pytest.mark.parametrize(("texte", "attendu"), SANS_VALEUR.values(), ids=SANS_VALEUR)
def test_sans_valeur(phrases: Depot, texte: str, attendu: str) -> None:
    phrases.ecrire(DECLARATIONS, VALEURS + PHRASES + texte)
    [constat] = constats()
    assert constat.startswith(f"{DECLARATIONS} : ") and attendu in constat


def test_une_liste_dans_un_trou(phrases: Depot) -> None:
    phrases.remplacer(DECLARATIONS, "Il lit {tokens}", "Il lit {mots}")
    [constat] = constats()
    assert "« mots » a 13 valeurs" in constat and "mots|somme" in constat


def test_listes_de_longueurs_differentes(phrases: Depot) -> None:
    phrases.remplacer(DECLARATIONS, "motif = 'modèle (oui|non)'", "motif = '[2-9] .*le (oui|non)'")
    [constat] = constats()
    assert "la phrase « tenue » apparie 13 et 9 valeurs" in constat


def test_verdict_perime(phrases: Depot) -> None:
    imprimer(phrases, SORTIE.replace("modèle oui, 0", "modèle non, 0"))
    [constat] = constats()
    assert constat == (
        f"{VERDICTS} : « tenue » : verdict périmé. Relancez python -m scripts phrases."
    )
    calcul_des_verdicts.recalculer()
    assert constats() == []


def test_comparaison_changee(phrases: Depot) -> None:
    phrases.remplacer(DECLARATIONS, 'compare = "regle > modele"', 'compare = "modele > regle"')
    assert "verdict périmé" in constats()[0]
    calcul_des_verdicts.recalculer()
    assert ecrites()["tenue"] == "Le modèle tient 3 cas."


def test_verdict_absent(phrases: Depot) -> None:
    (phrases.racine / VERDICTS).unlink()
    assert constats() == [
        f"{VERDICTS} : le verdict de « tenue » manque. Relancez python -m scripts phrases."
    ]
    assert ecrites()["tenue"].startswith("!!! failure")


def test_verdict_de_trop(phrases: Depot) -> None:
    gardes = json.loads(phrases.lire(VERDICTS))
    phrases.ecrire(VERDICTS, json.dumps({**gardes, "ancienne": gardes["tenue"]}))
    [constat] = constats()
    assert "le verdict de « ancienne » n'est celui d'aucune phrase" in constat


def test_verdicts_sans_phrases(phrases: Depot) -> None:
    (phrases.racine / DECLARATIONS).unlink()
    phrases.remplacer(PAGE, INCLUSIONS, "")
    [constat] = constats()
    assert constat.startswith(f"{VERDICTS} : ces verdicts n'ont pas de phrases.toml")
    calcul_des_verdicts.recalculer()
    assert constats() == []


def _falsifier(depot: Depot, **champs: object) -> None:
    gardes = json.loads(depot.lire(VERDICTS))
    gardes["tenue"] |= champs
    depot.ecrire(VERDICTS, json.dumps(gardes))


@pytest.mark.parametrize(
    "champs",
    [
        {"verdict": "contraire"},
        {"verdict": "certain"},
        {"ecart": 0.1},
        {"ecart": True},
        {"intervalle": [-0.5, 1]},
        {"intervalle": [1]},
        {"intervalle": "large"},
        {"p": 0.2},
        {"p": "petit"},
        {"p": float("nan")},
    ],
)
def test_verdict_falsifie(phrases: Depot, champs: dict[str, object]) -> None:
    _falsifier(phrases, **champs)
    [constat] = constats()
    assert constat.startswith(f"{VERDICTS} : « tenue » : ce verdict n'a pas été calculé")


@pytest.mark.parametrize("texte", ["[1]", '{"tenue": 3}', "rien"])
def test_verdicts_d_une_autre_forme(phrases: Depot, texte: str) -> None:
    phrases.ecrire(VERDICTS, texte)
    problemes = constats()
    assert problemes and all(probleme.startswith(VERDICTS) for probleme in problemes)


def test_phrase_que_nulle_page_n_inclut(phrases: Depot) -> None:
    phrases.remplacer(PAGE, f'\n--8<-- "genere/{MODULE}/phrases/lecture.md"\n', "")
    [constat] = constats()
    assert "la phrase « lecture » n'est sur aucune page" in constat


def test_inclusion_d_une_phrase_inconnue(phrases: Depot) -> None:
    phrases.remplacer(PAGE, "phrases/lecture.md", "phrases/ecriture.md")
    problemes = constats()
    assert len(problemes) == 2
    assert any("la phrase « ecriture » n'est pas déclarée" in constat for constat in problemes)


def test_sans_enregistrement_seul_le_programme_est_accuse(phrases: Depot) -> None:
    contenu = registre.lire()
    contenu["snippets"][SNIPPET] = {}
    registre.ecrire(contenu)
    (phrases.racine / f"snippets/{MODULE}/sorties/01_bonjour.txt").unlink()
    (phrases.racine / VERDICTS).unlink()
    assert all("jamais été enregistré" in constat for constat in constats())


def test_les_champs_d_un_verdict_s_ecrivent(phrases: Depot) -> None:
    textes = {
        "points": "{tenue.ecart} et {tenue.ecart} points",
        "intervalle": "{tenue.intervalle}",
        "p": "{tenue.p}",
    }
    entrees = "".join(f'[phrases.{nom}]\ntexte = "{texte}"\n' for nom, texte in textes.items())
    phrases.ecrire(DECLARATIONS, VALEURS + PHRASES + entrees)
    trouvees = ecrites()
    assert trouvees["points"] == "77\u00a0points et 77 points"
    assert trouvees["intervalle"] == "[29\u00a0;\u00a0100]"
    assert trouvees["p"] == "0,002"


def test_le_premier_onglet_ou_le_modele_nomme(phrases: Depot) -> None:
    phrases.enregistrer(modele="smollm2:135m", modeles=frozenset({"smollm2:135m"}))
    phrases.ecrire(f"snippets/{MODULE}/sorties/01_bonjour.smollm2-135m.txt", "règle : 7 tokens")
    autre = VALEURS.partition("[valeurs.secondes]")[0].replace("valeurs.tokens", "valeurs.petit")
    phrases.ecrire(
        DECLARATIONS,
        f'{VALEURS}{autre}modele = "smollm2:135m"\n[phrases.x]\ntexte = "{{petit}}, {{tokens}}"\n',
    )
    imprimes = registre.lire()["snippets"][SNIPPET]
    assert registre.onglets(imprimes) == ["qwen2.5-coder:1.5b", "smollm2:135m"]
    etat = redaction.rediger(MODULE, {SNIPPET: imprimes})
    assert etat.textes["x"] == "7, 12"


# --- Les morceaux ---


@pytest.mark.parametrize(
    ("texte", "attendu"),
    [
        ("a", 6),
        ("a|somme / a|cas", 3),
        ("2 * (b - 1) + -a", -4),
        ("a / b / 3", 1),
        ("100 * a|max / 8", 75),
        ("1.5", 1.5),
    ],
)
def test_un_calcul(texte: str, attendu: float) -> None:
    connus = {"a": 6, "b": 2, "a|somme": 12, "a|cas": 4, "a|max": 6}
    assert calcul.lire(texte).evaluer(lambda terme: connus[str(terme)]) == attendu


@pytest.mark.parametrize(
    "texte", ["", "a b", "a ** b", "a % b", "a if b else c", "[a]", "a.b", "a < b", "True", "1j"]
)
def test_ce_qui_n_est_pas_un_calcul(texte: str) -> None:
    with pytest.raises(calcul.CalculIllisible):
        calcul.lire(texte)


@pytest.mark.parametrize(
    ("captures", "cas", "decimales"),
    [
        (["3", "12"], (3, 12), 0),
        (["3,5", "0.25"], (3.5, 0.25), 2),
        (["1 234", "12\u202f345,6", "1\u00a0000"], (1234, 12345.6, 1000), 1),
        (["-3", "−2", "+1"], (-3, -2, 1), 0),
        (["3", "trois"], (), 0),
        (["9" * 400], (), 0),
        (["1.2.3"], (), 0),
    ],
)
def test_des_captures_en_nombres(
    captures: list[str], cas: tuple[float, ...], decimales: int
) -> None:
    lue = valeurs.en_nombres(captures)
    assert (lue.cas, lue.decimales) == (cas, decimales)
    assert lue.textes == (() if cas else tuple(captures))


@pytest.mark.parametrize(
    ("valeur", "decimales", "attendu"),
    [
        (3, 0, "3"),
        (-3.25, 1, "−3,2"),
        (-0.01, 1, "0,0"),
        (1024, 0, "1024"),
        (25000.4, 1, "25\u00a0000,4"),
        (1234567, 0, "1\u00a0234\u00a0567"),
    ],
)
def test_en_chiffres(valeur: float, decimales: int, attendu: str) -> None:
    assert en_chiffres(valeur, decimales) == attendu


def test_un_pourcentage() -> None:
    assert pourcentage(0.834) == "83\u00a0%"
    assert pourcentage(0.8345, 1) == "83,5\u00a0%"


def test_une_accolade_doublee_s_affiche() -> None:
    assert combler("{{x}} {a}", str.upper) == "{x} A"


@pytest.mark.parametrize(
    ("ecart", "p", "attendu"),
    [(0.004, 0.2, "0,4"), (-0.004, 0.2, "−0,4"), (0.25, 0.2, "25"), (0.0, 1.0, "0")],
)
def test_un_ecart_ne_s_arrondit_pas_a_zero(ecart: float, p: float, attendu: str) -> None:
    verdict = verdicts.Verdict(ecart, (-1, 1), p)
    assert redaction.ecrire_champ("ecart_nu", verdict, True, 0) == attendu


@pytest.mark.parametrize(
    ("p", "attendu"), [(0.3, "0,30"), (0.0496, "0,050"), (0.0001, "moins de 0,001")]
)
def test_p_s_ecrit(p: float, attendu: str) -> None:
    assert redaction.ecrire_champ("p", verdicts.Verdict(1, (0, 1), p), True, 0) == attendu


# --- Le cours ---


@pytest.mark.parametrize("module", forme.modules() or [""])
def test_les_verdicts_du_cours_sont_ceux_que_scipy_recalcule(module: str) -> None:
    if module:
        assert calcul_des_verdicts.calculer(module, registre.lire()) == verdicts.lire(module)


def test_un_verdict_falsifie_avec_soin_n_est_pas_celui_de_scipy(phrases: Depot) -> None:
    _falsifier(phrases, intervalle=[0.3, 0.9], p=0.04)
    assert constats() == []
    assert calcul_des_verdicts.calculer(MODULE, registre.lire()) != verdicts.lire(MODULE)


def test_le_module_de_l_experience_est_a_part() -> None:
    assert {MODULE_9.name} == forme.D_UNE_EXPERIENCE


@pytest.fixture
def importes() -> Callable[[str], set[str]]:
    """Les paquets qu'importe un programme d'une ligne."""

    def importes_par(programme: str) -> set[str]:
        demande = (
            f"{programme}\nimport sys\nprint(*sorted({{m.split('.')[0] for m in sys.modules}}))"
        )
        sortie = subprocess.run(
            [sys.executable, "-c", demande],
            cwd=chemins.RACINE_DU_CODE,
            capture_output=True,
            text=True,
            check=True,
        )
        return set(sortie.stdout.split())

    return importes_par


def test_verifier_se_passe_de_scipy(importes: Callable[[str], set[str]]) -> None:
    programme = "import scripts.controles.verification, scripts.publication.fragments"
    assert not {"scipy", "numpy"} & importes(programme)


def test_la_fin_d_un_enregistrement_ecrit_les_verdicts(
    phrases: Depot, monkeypatch: pytest.MonkeyPatch
) -> None:
    def imprimer_autre_chose(_: object) -> None:
        imprimer(phrases, SORTIE.replace("modèle oui, 0", "modèle non, 0"))
        raise ErreurCours("un test a échoué")

    monkeypatch.setattr(reenregistrer, "_rejouer", imprimer_autre_chose)
    with pytest.raises(ErreurCours, match="un test a échoué"):
        reenregistrer.enregistrer(tout=True)
    assert json.loads(phrases.lire(VERDICTS))["tenue"]["valeurs"][1] == [0, 1, 1] + [0] * 10
    assert constats() == []


def test_la_commande_montre_chaque_phrase(
    phrases: Depot, capsys: pytest.CaptureFixture[str]
) -> None:
    (phrases.racine / VERDICTS).unlink()
    commandes.calculer_les_phrases()
    montre = capsys.readouterr().err
    assert f"{MODULE}/tenue (prouve)" in montre and "77\u00a0points de plus." in montre
    assert constats() == []


def test_la_commande_refuse_ce_qui_ne_se_lit_pas(
    phrases: Depot, capsys: pytest.CaptureFixture[str]
) -> None:
    phrases.remplacer(DECLARATIONS, "^règle : ", "^autre : ")
    with pytest.raises(ErreurCours, match="1 problème"):
        commandes.calculer_les_phrases()
    montre = capsys.readouterr().err
    assert "lecture attend : le motif de « tokens » ne trouve rien" in montre
