"""Ce que `make verifier` refuse d'une page ou d'un fichier lu, et ce qu'il ne doit pas refuser."""

from __future__ import annotations

import json
import random
import re
from collections.abc import Callable
from pathlib import Path

import pytest
from mkdocs.config.config_options import PathSpec
from mkdocs.config.defaults import MkDocsConfig
from mkdocs.structure.files import File, InclusionLevel, set_exclusions
from pytest_examples import find_examples

from scripts.controles import lisibilite, reglages, rendu
from scripts.controles.lecture import Rendu
from scripts.controles.probleme import Probleme
from scripts.controles.verification import verifier
from scripts.lecons import pages
from scripts.publication import module_9, telechargements
from scripts.socle import chemins, memoire
from tests.outils.depot_essai import MODULE, SNIPPET, Depot

PAGE = "docs/jour-2/4_essai.md"
SECOND = f"{MODULE}/02_second.py"
SORTIE = f'--8<-- "genere/{MODULE}/01_bonjour.md"\n'
SORTIE_DU_SECOND = f'--8<-- "genere/{MODULE}/02_second.md"\n'
PROGRAMME = f'```python\n--8<-- "snippets/{SNIPPET}:salut"\n```\n'
PROGRAMME_SECOND = f'```python\n--8<-- "snippets/{SECOND}"\n```\n'
COMMANDE = "```bash\nollama pull essai\n```\n"
CONTRIBUTIONS = "contributions.csv"
ENTETE = "modele,machine,date,graine,bras,connaissance,comportement,minutes,auteur"
LIGNE = "llama3.2,Portable de 2024,2026-11-24,7,3-rag,40,52.5,12,Oriane"


@pytest.fixture(autouse=True)
def sans_le_module_9(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Les phrases du module 9, et les 25 000 mesures qu'elles résument, restent en dehors."""
    monkeypatch.setattr(module_9.phrases, "PHRASES", tmp_path / "absent.toml")


def seul_probleme(depot: Depot) -> Probleme:
    """Le problème du dépôt, qui doit être unique et se dire en une phrase suivie d'un remède."""
    problemes = verifier()
    assert len(problemes) == 1, "\n".join(map(str, problemes))
    assert problemes[0].remede.endswith(".")
    assert "\n" not in str(problemes[0])
    return problemes[0]


def ajouter(depot: Depot, texte: str) -> None:
    """Ajoute ce texte à la fin de la page d'essai."""
    depot.ecrire(PAGE, depot.lire(PAGE) + f"\n{texte}\n")


def lire(texte: str) -> Rendu:
    """Ce que les contrôles lisent d'une page qui ne contient que ce texte."""
    rendue = rendu.rendre(*rendu.inserer(f"{texte}\n"))
    assert rendue.erreur == ""
    return rendue


@pytest.fixture
def deux_programmes(depot: Depot) -> Depot:
    """Le dépôt d'essai et un second programme, enregistré, qu'aucune page ne montre encore."""
    depot.ecrire(f"snippets/{SECOND}", 'print("Bonjour Ada")\n')
    tests = f"tests/lecons/test_{MODULE}.py"
    suite = f'\n\n@pytest.mark.snippet("{SECOND}")\ndef test_second(execution):\n    pass\n'
    depot.ecrire(tests, depot.lire(tests) + suite)
    depot.enregistrer(SECOND, lus=())
    return depot


def page_de(*morceaux: str) -> str:
    """Une page faite de ces morceaux, et de la commande exemptée du dépôt d'essai."""
    return "\n".join(["# Essai\n", *morceaux, COMMANDE])


# --- La sortie sous son programme ---

ONGLETS = '=== "Le second"\n\n' + "".join(
    f"    {ligne}\n" if ligne else "\n"
    for ligne in (PROGRAMME_SECOND + "\n" + SORTIE_DU_SECOND).split("\n")
)
SORTIES_REFUSEES = {
    "celle d'un autre": (PROGRAMME, SORTIE_DU_SECOND, PROGRAMME_SECOND, SORTIE_DU_SECOND),
    "échangées": (PROGRAMME, SORTIE_DU_SECOND, PROGRAMME_SECOND, SORTIE),
    "supprimée": (PROGRAMME, PROGRAMME_SECOND, SORTIE_DU_SECOND),
    "supprimée à la fin": (PROGRAMME, SORTIE, PROGRAMME_SECOND),
    "deux programmes puis deux sorties": (
        PROGRAMME,
        PROGRAMME_SECOND,
        SORTIE,
        SORTIE_DU_SECOND,
    ),
    "dans un commentaire": (
        PROGRAMME,
        f"<!--\n\n{SORTIE}\n-->\n",
        PROGRAMME_SECOND,
        SORTIE_DU_SECOND,
    ),
    "celle d'un autre en plus": (
        PROGRAMME,
        SORTIE,
        SORTIE_DU_SECOND,
        PROGRAMME_SECOND,
        SORTIE_DU_SECOND,
        SORTIE,
    ),
    "celle du suivant, qui a la sienne": (
        PROGRAMME,
        SORTIE,
        SORTIE_DU_SECOND,
        PROGRAMME_SECOND,
        SORTIE_DU_SECOND,
    ),
    "cachée": (
        *(PROGRAMME, f"<div hidden markdown>\n\n{SORTIE}\n</div>\n"),
        *(PROGRAMME_SECOND, SORTIE_DU_SECOND),
    ),
    "sans affichage": (
        *(PROGRAMME, f'<div style="display: none" markdown>\n\n{SORTIE}\n</div>\n'),
        *(PROGRAMME_SECOND, SORTIE_DU_SECOND),
    ),
    "dans un gabarit": (
        *(PROGRAMME, f"<template markdown>\n\n{SORTIE}\n</template>\n"),
        *(PROGRAMME_SECOND, SORTIE_DU_SECOND),
    ),
    "la preuve d'un autre": (
        PROGRAMME,
        f'```text\n--8<-- "snippets/{MODULE}/preuves/02_second/donnees/x.txt"\n```\n',
        SORTIE,
        PROGRAMME_SECOND,
        SORTIE_DU_SECOND,
    ),
    "sans le fragment": (
        PROGRAMME,
        f'```text\n--8<-- "snippets/{MODULE}/sorties/02_second.txt"\n```\n',
        PROGRAMME_SECOND,
        SORTIE_DU_SECOND,
    ),
}
SORTIES_ACCEPTEES = {
    "l'une après l'autre": (PROGRAMME, SORTIE, PROGRAMME_SECOND, SORTIE_DU_SECOND),
    "du texte entre les deux": (
        PROGRAMME,
        "Lancez-le.\n",
        SORTIE,
        PROGRAMME_SECOND,
        SORTIE_DU_SECOND,
    ),
    "plusieurs extraits": (
        PROGRAMME,
        "Puis :\n",
        PROGRAMME,
        SORTIE,
        PROGRAMME_SECOND,
        SORTIE_DU_SECOND,
    ),
    "la sortie d'abord": (
        SORTIE,
        "Voici le programme :\n",
        PROGRAMME,
        PROGRAMME_SECOND,
        SORTIE_DU_SECOND,
    ),
    "des données entre les deux": (
        PROGRAMME,
        '```json\n--8<-- "snippets/donnees/noms.json"\n```\n',
        SORTIE,
        PROGRAMME_SECOND,
        SORTIE_DU_SECOND,
    ),
    "dans un onglet": (PROGRAMME, SORTIE, ONGLETS),
    "dans une admonition": (
        PROGRAMME,
        '!!! note "Sa sortie"\n\n    ' + SORTIE,
        PROGRAMME_SECOND,
        SORTIE_DU_SECOND,
    ),
}


@pytest.mark.parametrize("morceaux", SORTIES_REFUSEES.values(), ids=SORTIES_REFUSEES)
def test_sortie_d_un_autre_ou_absente(deux_programmes: Depot, morceaux: tuple[str, ...]) -> None:
    deux_programmes.ecrire(f"snippets/{MODULE}/preuves/02_second/donnees/x.txt", "x\n")
    deux_programmes.ecrire(PAGE, page_de(*morceaux))
    problemes = [p for p in verifier() if p.fichier.startswith("docs/")]
    assert problemes
    for probleme in problemes:
        assert probleme.fichier.startswith(f"{PAGE}:")
        assert "sortie" in probleme.constat
        assert "--8<--" in probleme.remede


@pytest.mark.parametrize("morceaux", SORTIES_ACCEPTEES.values(), ids=SORTIES_ACCEPTEES)
def test_sortie_sous_son_programme(deux_programmes: Depot, morceaux: tuple[str, ...]) -> None:
    deux_programmes.ecrire(PAGE, page_de(*morceaux))
    assert verifier() == []


def test_deux_modeles_en_onglets(depot: Depot) -> None:
    depot.enregistrer(modele="smollm2:135m", modeles=frozenset({"smollm2:135m"}))
    assert verifier() == []


def test_sortie_supprimee_nomme_le_programme_et_la_ligne(depot: Depot) -> None:
    depot.remplacer(PAGE, SORTIE, "")
    probleme = seul_probleme(depot)
    assert probleme.fichier == f"{PAGE}:4"
    assert SNIPPET in probleme.constat
    assert f"genere/{MODULE}/01_bonjour.md" in probleme.remede


def test_programme_sans_sortie_declare(depot: Depot) -> None:
    depot.remplacer(PAGE, SORTIE, "")
    exemption = f'\n[[sans_sortie]]\nprogramme = "{SNIPPET}"\nraison = "il n\'imprime rien"\n'
    depot.ecrire("snippets/exemptions.toml", depot.lire("snippets/exemptions.toml") + exemption)
    assert verifier() == []
    depot.remplacer(PAGE, "```bash", f"{SORTIE}\n```bash")
    assert "sans_sortie" in seul_probleme(depot).constat


# --- Le code et les sorties écrits dans une page ---

ECRITS = {
    "dans une citation": ("> ```text\n> Bonjour, sortie inventée.\n> ```", "un bloc (text)"),
    "dans une citation de citation": ("> > ```text\n> > Inventé.\n> > ```", "un bloc (text)"),
    "dans une liste": ("- Voici\n\n    ```text\n    Inventé.\n    ```", "un bloc (text)"),
    "dans une liste de liste": (
        "- Voici\n\n    - là\n\n        ```text\n        Inventé.\n        ```",
        "un bloc (text)",
    ),
    "dans une admonition": ("!!! note\n\n    ```text\n    Inventé.\n    ```", "un bloc (text)"),
    "dans un encadré replié": (
        '??? tip "Voir"\n\n    ```text\n    Inventé.\n    ```',
        "un bloc (text)",
    ),
    "dans un onglet": ('=== "Onglet"\n\n    ```json\n    {}\n    ```', "un bloc (json)"),
    "dans une note de bas de page": (
        "Voir[^1].\n\n[^1]:\n    ```text\n    Inventé.\n    ```",
        "un bloc",
    ),
    "dans une définition": ("Terme\n:   Voici\n\n    ```text\n    Inventé.\n    ```", "un bloc"),
    "dans un div": ('<div markdown="1">\n\n```text\nInventé.\n```\n\n</div>', "un bloc (text)"),
    "sans langage": ("```\nBonjour\n```", "un bloc (sans langage)"),
    "tildes": ('~~~python\nprint("jamais testé")\n~~~', "du Python (python)"),
    "quatre accents": ('````python\nprint("jamais testé")\n````', "du Python (python)"),
    "session": ("```pycon\n>>> 1 + 1\n2\n```", "du Python (pycon)"),
    "attributs": ("```{.python3 .annotate}\nappeler()\n```", "du Python (python3)"),
    "python sans résultat": ("```python\nx = 1\n```", "du Python (python)"),
    "python cité": ("> ```python\n> print(1)\n> #> 1\n> ```", "du Python (python)"),
    "python illisible": ("```python\n#> 2\nprint(\n```", "du Python (python)"),
    "py à quatre accents et résultat": ("````python\nprint(1)\n#> 1\n````", "du Python"),
    "retrait": ("Voici :\n\n    print('en retrait')", "simple retrait"),
    "retrait dans une liste": ("- Voici :\n\n        print('en retrait')", "simple retrait"),
    "retrait après un titre": ("## Titre\n\n\tprint('tabulation')", "simple retrait"),
    "pre": ("<pre>print(1)</pre>", "HTML"),
    "pre et code": ("<pre><code>print(1)\n1</code></pre>", "HTML"),
    "pre en majuscules": ("<PRE>\nprint(1)\n</PRE>", "HTML"),
    "pre et entités": ("<pre>&#112;rint&#40;1&#41;</pre>", "HTML"),
    "pre et inclusion": (f'<pre>\n--8<-- "snippets/{SNIPPET}"\n</pre>', "HTML"),
    "pre cité": ("> <pre>print(1)</pre>", "HTML"),
    "samp": ("<samp>Bonjour, sortie inventée</samp>", "HTML"),
    "textarea": ("<textarea>print(1)</textarea>", "HTML"),
    "style": ('<p style="white-space: pre">print(1)</p>', "HTML"),
    "code en HTML sur deux lignes": ("<code>print(1)\nprint(2)</code>", "plusieurs lignes"),
    "code en HTML et sauts": ("<code>print(1)<br>print(2)</code>", "plusieurs lignes"),
    "code en ligne sur deux lignes": ("Voici `print(1)\nprint(2)` ici.", "plusieurs lignes"),
    "trois accents en ligne": ("Voici ```print(1)\nprint(2)``` ici.", "plusieurs lignes"),
    "lignes de code à la suite": ("`>>> print(1)`  \n`1`", "plusieurs lignes"),
    "inclusion et ajout": (
        f'```python\n--8<-- "snippets/{SNIPPET}:salut"\nprint("ajouté")\n```',
        "du Python (python)",
    ),
}


@pytest.mark.parametrize(("bloc", "attendu"), ECRITS.values(), ids=ECRITS)
def test_code_ou_sortie_ecrit_dans_la_page(depot: Depot, bloc: str, attendu: str) -> None:
    depot.remplacer(PAGE, SORTIE, f"{SORTIE}\n{bloc}\n\nFin.\n")
    problemes = [probleme for probleme in verifier() if "sa sortie" not in probleme.constat]
    assert len(problemes) == 1, "\n".join(map(str, problemes))
    assert problemes[0].fichier.startswith(f"{PAGE}:")
    assert attendu in problemes[0].constat
    assert "snippets/" in problemes[0].remede


IMITATIONS = {
    "div et br": "<div><code>print(1)</code><br><code>1</code></div>",
    "citation": "<blockquote><code>print(1)</code><br><code>1</code></blockquote>",
    "titre": "<h3><code>print(1)</code><br><code>1</code></h3>",
    "légende": "<figure><figcaption><code>print(1)</code><br><code>1</code></figcaption></figure>",
    "section": "<section><code>print(1)</code><br><code>1</code></section>",
    "une prose ailleurs": "Voici.  \n`print(1)`  \n`1`",
    "des flèches": "→ `print(1)`  \n→ `1`",
    "sans br": "`import ollama`\n`print(1)`\n`1`",
    "en gras": "**`print(1)`**  \n**`1`**",
    "liste": "- `import ollama`\n- `print(ollama.list())`\n- `['smollm2:135m']`",
    "paragraphes": "`import ollama`\n\n`print(ollama.list())`\n\n`['smollm2:135m']`",
    "titres": "## `print(1)`\n\n### `1`",
    "tableau": "| Code |\n| --- |\n| `import ollama` |\n| `print(ollama.list())` |",
    "tableau HTML": "<table><tr><td><code>a = f(1)</code></td><td><code>1</code></td></tr></table>",
    "une cellule": "| A | B |\n| --- | --- |\n| x | `print(1)`<br>`1` |",
    "définition": "`print(1)`\n:   `1`",
    "fonction": "`def f(x):`  \n`return x`",
    "session": "Tapez `>>> print(1 + 1)` et lisez `2`.",
    "langage en tête": "`#!python print(1 + 1)`",
    "deux-points": "`:::python print(1 + 1)`",
    "classe": '<code class="language-python">x</code>',
    "deux instructions": "Tapez `import ollama; print(ollama.list())` ici.",
    "tt": "<tt>print(1)<br>1</tt>",
    "output": "<output>Bonjour, sortie inventée</output>",
    "kbd": "<kbd>print(1)<br>1</kbd>",
    "var": "<var>x = 1<br>print(x)</var>",
    "police": '<div style="font-family: monospace">print(1)<br>1</div>',
    "style en majuscules": '<p STYLE="WHITE-SPACE: PRE-WRAP">print(1)</p>',
    "font": '<font face="monospace">print(1)<br>1</font>',
    "feuille de style": "<style>.z{white-space:pre}</style>",
    "imitation de bloc": '<p class="highlight"><span class="nb">print</span>(1)</p>',
    "faux numéros": '<div class="linenodiv"><pre>print(1)\n1</pre></div>',
    "faux tableau de numéros": (
        '<table class="highlighttable"><tr><td class="linenodiv"><pre>x</pre></td></tr></table>'
    ),
    "iframe": '<iframe srcdoc="<pre>print(1)</pre>"></iframe>',
    "dessin": '<svg viewBox="0 0 9 9"><text x="0" y="9">print(1)</text></svg>',
    "légende de sortie": "Sortie enregistrée le 30 novembre 2026.\n{ .provenance }",
    "légende sans classe": "Sortie enregistrée le 30 novembre 2026 avec smollm2:135m.",
    "classe de légende": "Une légende.\n{ .provenance }",
    "faux sceau": 'Une légende.\n{ .provenance title="\ue001" }',
}
PAS_DU_CODE = {
    "identifiants": "- `num_ctx`\n- `num_predict`\n- `temperature=0`\n- `seed: 7`",
    "commandes": "- `make site`\n- `ollama pull essai`\n- `python 01.py`",
    "méthodes": "- `client.chat()`\n- `client.generate()`",
    "cellule de deux options": "| A | B |\n| --- | --- |\n| x | `num_ctx`<br>`num_predict` |",
    "un appel dans une phrase": "Un `print(x)` affiche ; un `import ollama` importe.",
    "un appel seul": "`print(x)`",
    "deux codes et virgule": "`a`, `b`\net `c`.",
    "insécable": '<span style="white-space: nowrap">3 Go</span>',
    "touches": "Faites <kbd>Ctrl</kbd>+<kbd>C</kbd>.",
    "point-virgule": "Un `a; b` et un `cd x; make`.",
    "phrases entre": "- `import ollama` charge le client\n- `print(x)` affiche",
}


@pytest.mark.parametrize("texte", IMITATIONS.values(), ids=IMITATIONS)
def test_ce_qui_imite_du_code(texte: str) -> None:
    assert lire(texte).blocs


@pytest.mark.parametrize("texte", PAS_DU_CODE.values(), ids=PAS_DU_CODE)
def test_ce_qui_n_en_est_pas(texte: str) -> None:
    assert lire(texte).blocs == []


def test_cloture_jamais_fermee(depot: Depot) -> None:
    ajouter(depot, "```python\nprint(1)")
    probleme = seul_probleme(depot)
    assert probleme.fichier == f"{PAGE}:13"
    assert "jamais fermée" in probleme.constat


LIGNES_DES_BLOCS = {
    "un mot plus haut": ("Un chat a faim.\n\n<pre>a\nb</pre>", [15]),
    "deux clôtures": ("```text\nx\n```\n\nEt\n\n```text\nx\n```", [13, 19]),
    "deux retraits": ("Un :\n\n    abc\n\nDeux :\n\n    abc", [15, 19]),
    "le mot du retrait": ("Du texte.\n\nVoici :\n\n    Du texte", [17]),
    "l'attribut dit plus haut": ("Le mot pre.\n\n<p style='WHITE-SPACE: pre'>a</p>", [15]),
    "citation": ("> ```text\n> Bonjour.\n> ```", [13]),
    "fragment en retrait": (f'Voici :\n\n    --8<-- "genere/{MODULE}/01_bonjour.md"', [15]),
    "séparateurs Unicode": ("a\u2028b\u2028c\n\n```text\nx\n```", [15]),
    "au doute, aucune": ("<pre>a</pre>\n\n`<pre>`\n\n`<pre>`", [13]),
}


@pytest.mark.parametrize(("texte", "lignes"), LIGNES_DES_BLOCS.values(), ids=LIGNES_DES_BLOCS)
def test_ligne_d_un_bloc(depot: Depot, texte: str, lignes: list[int]) -> None:
    ajouter(depot, texte)
    fichiers = [p.fichier for p in verifier() if "sortie de" not in p.constat]
    assert fichiers == [f"{PAGE}:{ligne}" for ligne in lignes]


def test_cloture_que_le_site_ne_lit_pas(depot: Depot) -> None:
    depot.remplacer(PAGE, SORTIE, f'{SORTIE}\n```python test="skip"\nappeler()\n```\n\nFin.\n')
    constats = {probleme.fichier: probleme.constat for probleme in verifier()}
    assert "du Python (python) est sous une clôture" in constats[f"{PAGE}:9"]


ACCEPTES = {
    "python testé": "```python\nprint(1 + 1)\n#> 2\n```",
    "python qui affirme": "```python\nassert 1 + 1 == 2\n```",
    "python testé en encadré": "!!! note\n\n    ```python\n    print(1 + 1)\n    #> 2\n    ```",
    "liste": "- une liste\n\n    avec une suite en retrait",
    "encadrés": '!!! note\n\n    Du texte.\n\n    Encore.\n\n??? reponse-juste "Oui"\n    Bien.',
    "définition": "Terme\n:   Définition\n\n    qui continue.",
    "code en ligne": "Lancez `make site`, puis `make serve`.",
    "plusieurs codes et du texte": "`make site` construit,  \n`make serve` sert.",
    "un code par cellule": "| Commande |\n| --- |\n| `make site` |\n| `make serve` |",
    "accents dans un code": "Écrivez `` ` `` ou `<pre>` : `&lt;`.",
    "code HTML d'une ligne": "Lancez <code>make site</code> ici.",
    "touche": "Appuyez sur <kbd>Ctrl</kbd>.",
    "commentaire": "<!-- ```text\nrien\n``` -->",
    "exemption dans une liste": "- ici\n\n    ```bash\n    ollama pull essai\n    ```",
    "exemption sans langage": "~~~\nollama pull essai  \n~~~",
    "données incluses": '```json\n--8<-- "snippets/donnees/noms.json"\n```',
    "inclusion citée en code": 'On écrit `--8<-- "snippets/x.py"`.',
    "attributs": "Un mot.\n{ .classe #ancre }",
    "case à cocher": "- [ ] faire\n- [x] fait",
    "crochets": "Un [1] et une liste [a, b].",
}


@pytest.mark.parametrize("texte", ACCEPTES.values(), ids=ACCEPTES)
def test_modification_acceptee(depot: Depot, texte: str) -> None:
    ajouter(depot, texte)
    assert verifier() == []


INCLUSIONS = {
    "citée": (f'> --8<-- "snippets/{SNIPPET}"', "s'affiche"),
    "après du texte": (f'Voir --8<-- "snippets/{SNIPPET}"', "s'affiche"),
    "suivie d'espaces": (f'```python\n--8<-- "snippets/{SNIPPET}"  \n```', "s'affiche"),
    "vide": ('--8<-- ""', "s'affiche"),
    "en bloc": (f"--8<--\nsnippets/{SNIPPET}\n--8<--", "écrite en bloc"),
    "en bloc dans une clôture": (
        f"```python\n--8<--\nsnippets/{SNIPPET}\n--8<--\n```",
        "écrite en bloc",
    ),
    "apostrophes": (f"--8<-- 'snippets/{SNIPPET}'", "entre apostrophes"),
    "apostrophes dans une clôture": (
        f"```python\n--8<-- 'snippets/{SNIPPET}'\n```",
        "entre apostrophes",
    ),
    "échappée": (f'```python\n;--8<-- "snippets/{SNIPPET}"\n```', "échappée"),
    "dans une clôture citée": (f'> ```python\n> --8<-- "snippets/{SNIPPET}"\n> ```', "s'affiche"),
    "lignes numérotées": (f'```python\n--8<-- "snippets/{SNIPPET}:1:3"\n```', "par leur numéro"),
    "adresse": ('```text\n--8<-- "https://exemple.fr/x.py"\n```', "adresse du web"),
    "au point": ('```json\n--8<-- "./snippets/donnees/noms.json"\n```', "au plus court"),
    "deux barres": ('```json\n--8<-- "snippets//donnees/noms.json"\n```', "au plus court"),
    "dossier": ('```json\n--8<-- "snippets/donnees"\n```', "est un dossier"),
    "hors d'un bloc": ('--8<-- "snippets/donnees/noms.json"', "hors d'un bloc"),
    "hors de snippets": ('```python\n--8<-- "scripts/secret.py"\n```', "scripts/secret.py"),
    "dossier parent": ('```text\n--8<-- "snippets/../secret.py"\n```', "secret.py"),
}


@pytest.mark.parametrize(("texte", "attendu"), INCLUSIONS.values(), ids=INCLUSIONS)
def test_inclusion_refusee(depot: Depot, texte: str, attendu: str) -> None:
    ajouter(depot, texte)
    problemes = [p for p in verifier() if "est montré sans sa sortie" not in p.constat]
    assert len(problemes) == 1, "\n".join(map(str, problemes))
    assert re.fullmatch(rf"{PAGE}:\d+", problemes[0].fichier)
    assert attendu in problemes[0].constat


def test_inclusion_ratee_apres_une_bonne(depot: Depot) -> None:
    ajouter(depot, f'> --8<-- "genere/{MODULE}/01_bonjour.md"')
    probleme = seul_probleme(depot)
    assert probleme.fichier == f"{PAGE}:13"
    assert "s'affiche" in probleme.constat


def test_fragment_dans_un_bloc(depot: Depot) -> None:
    depot.ecrire("genere/libre.md", "Du texte.\n")
    depot.remplacer(PAGE, SORTIE, f"```text\n{SORTIE}```\n")
    assert any("inclus dans un bloc" in probleme.constat for probleme in verifier())


def test_snippet_sans_page(depot: Depot) -> None:
    depot.ecrire(PAGE, "# Essai\n\n```bash\nollama pull essai\n```\n")
    probleme = seul_probleme(depot)
    assert (probleme.fichier, probleme.constat) == (
        f"snippets/{SNIPPET}",
        "ce programme n'est sur aucune page",
    )


def test_exemption_inutile(depot: Depot) -> None:
    depot.remplacer(PAGE, "```bash\nollama pull essai\n```", "")
    probleme = seul_probleme(depot)
    assert probleme.fichier == "snippets/exemptions.toml"
    assert "ollama pull essai" in probleme.constat


def test_section_inconnue(depot: Depot) -> None:
    depot.remplacer(PAGE, ":salut", ":bonsoir")
    probleme = seul_probleme(depot)
    assert probleme.fichier == f"{PAGE}:4"
    assert "« bonsoir »" in probleme.constat


def test_fichier_inclus_absent(depot: Depot) -> None:
    depot.remplacer(PAGE, f"genere/{MODULE}/01_bonjour.md", f"genere/{MODULE}/01_bonsoir.md")
    assert "01_bonsoir.md" in seul_probleme(depot).constat


@pytest.mark.parametrize(
    "texte",
    [
        "```python\nprint(1)\n```",
        "    ```py\n    print(1)\n    ```",
        "````python\nprint(1)\n````",
        "~~~python\nprint(1)\n~~~",
        "> ```python\n> print(1)\n> ```",
        "```{.py .annotate}\nprint(1)\n```",
        "```text\npython\n```\n\n```python\nprint(2)\n```",
        "``` python\nprint(1)\n```",
        "```Python\nprint(1)\n```",
        "```text\na\n````\n\n```python\nb\n```",
    ],
)
def test_exemples_trouves_comme_pytest_examples(tmp_path: Path, texte: str) -> None:
    page = tmp_path / "page.md"
    page.write_text(texte, encoding="utf-8")
    attendus = [(exemple.prefix, exemple.source) for exemple in find_examples(page)]
    trouves = pages.exemples_python(texte)
    assert [prefixe for prefixe, _ in trouves] == [prefixe for prefixe, _ in attendus]
    assert [code.strip() for _, code in trouves] == [code.strip() for _, code in attendus]


# --- Les repères d'attente ---


@pytest.mark.parametrize(
    "texte",
    [
        "Il faut [À MESURER] secondes.",
        "Il faut [À MESURER : 3-rag.connaissance] secondes.",
        "À FAIRE : finir cette page.",
        "TODO finir",
        "FIXME",
        "<!-- TODO : relire -->",
        "Il y a XXX programmes.",
        "[à compléter]",
        "Lorem ipsum dolor sit amet.",
        "Il y a {{ nombre }} modules.",
        "Il y a {nombre} modules.",
        "Il y a {3-rag.connaissance, faits appris} de réponses.",
        '!!! note "À RÉDIGER"\n    Bientôt.',
        '![TODO](../essai.md "TODO")',
    ],
)
def test_repere_d_attente_dans_une_page(depot: Depot, texte: str) -> None:
    ajouter(depot, texte)
    attente = [p for p in verifier() if "est resté dans la page" in p.constat]
    assert attente
    assert attente[0].fichier.startswith(f"{PAGE}:")


@pytest.mark.parametrize(
    "texte",
    [
        "Une liste de choses à faire.",
        "`TODO` et `{nom}` sont des mots.",
        "Un titre { .classe } et { width=300 }.\n{ #ancre }",
        "Ce [lien](4_essai.md){ .bouton } mène ici.",
        "L’article XXIX, le film XXL.",
        "Ceci reste à mesurer.",
    ],
)
def test_texte_sans_repere(texte: str) -> None:
    assert lire(texte).reperes == []


REPERES = {
    "sans accent": "A FAIRE : finir.",
    "entre crochets": "[A COMPLETER]",
    "à venir": "À VENIR",
    "à définir": "À DÉFINIR",
    "à préciser": "À PRÉCISER",
    "à écrire": "À ÉCRIRE",
    "souligné": "À_FAIRE",
    "en minuscules, à venir": "[à venir]",
    "en minuscules, à écrire": "[ à écrire ]",
    "en minuscules, avec une clé": "[à mesurer : 3-rag]",
    "entre parenthèses": "(à compléter)",
    "entre guillemets": "«\u00a0à compléter\u00a0»",
    "en gras": "**à compléter**",
    "entre chevrons": "Il y a <à remplir> modules.",
    "commentaire": "<!-- à compléter -->",
    "commentaire à faire": "<!-- à faire -->",
    "insécable": "À\u00a0MESURER",
    "fine insécable": "À\u202fMESURER",
    "entité insécable": "À&nbsp;MESURER",
    "entité accentuée": "&Agrave; FAIRE",
    "décomposé": "A\u0300 MESURER",
    "une moitié en gras": "**À** MESURER",
    "sur deux lignes": "[À\nMESURER]",
    "gabarit sur deux lignes": "Il y a {{\nnombre }} modules.",
    "todo": "todo : finir",
    "Todo": "- [ ] Todo finir",
    "todo numéroté": "TODO_1 finir",
    "fixme": "fixme",
    "tbd": "tbd",
    "lorem": "LOREM IPSUM dolor",
    "xx": "Il y a XX programmes.",
    "xxx": "Il y a xxx programmes.",
    "wip": "WIP",
    "tbc": "TBC",
    "tktk": "TKTK",
    "placeholder": "PLACEHOLDER",
    "insérer": "INSÉRER ICI",
    "pourcentage X": "Le score est de X\u00a0%.",
    "pourcentage vide": "Le score est de __ %.",
    "nan": "Le score est de nan\u00a0%.",
    "None": "Le score est de None %.",
    "interrogation": "Il y a ??? modules.",
    "chiffre": "[chiffre] %",
    "nombre": "[nombre à insérer] modules",
    "balise": "Il y a <NOMBRE> modules.",
    "format": "Il y a %(nombre)s modules.",
    "variable": "$NOMBRE modules",
    "arobases": "@@nombre@@",
    "trou pointé": "Il y a {bras.mesure} modules.",
    "dans un code": "Le score est de `[À MESURER : x]`.",
    "dans un code HTML": "<code>À MESURER</code>",
    "dans un attribut": '<span title="À MESURER">x</span>',
    "dans un texte de remplacement": "![À FAIRE](https://exemple.fr/a.png)",
    "dans un titre de bloc": '```python title="TODO"\nassert 1\n```',
    "dans un tableau": "| a |\n| --- |\n| TODO |",
}
PAS_DES_REPERES = {
    "téléchargement": "[x](https://exemple.fr){ download }",
    "téléchargement collé": "[x](https://exemple.fr){:download}",
    "image cachée": "![x](https://exemple.fr/a.png){ hidden }",
    "ensemble": "L’ensemble {1, 2, 3} a trois éléments, { a, b } deux.",
    "objet": 'Il répond {"a": 1}, ou { … } en JSON.',
    "accolade échappée": "Le gabarit \\{nom\\} sera comblé.",
    "adresse": "<https://exemple.fr/TODO>, [la doc](https://exemple.fr/TODO-list)",
    "rang": "XXX<sup>e</sup> étage, le XXe siècle.",
    "identifiants": "Cherchez `TODO`, `À FAIRE`, `XXX`, `{{ .Prompt }}` ou `%(nom)s`.",
    "mots": "Une todo-list, le fichier TODO.md, un TBDx.",
    "liens": "[à vérifier](https://exemple.fr)",
    "ellipses": "Il hésite… puis répond […] enfin. De 0 % à 100 %.",
    "faire-part": "À FAIRE-part, une annonce.",
    "gras ordinaire": "Ce qui reste **à faire**.",
    "balises citées": "&lt;pre&gt; et `<NOMBRE>`.",
    "commentaire": "<!-- `x` {y} -->",
    "cellule": "| a | b |\n| --- | --- |\n| x | ? |",
}


@pytest.mark.parametrize("texte", REPERES.values(), ids=REPERES)
def test_forme_de_repere(texte: str) -> None:
    assert lire(texte).reperes


@pytest.mark.parametrize("texte", PAS_DES_REPERES.values(), ids=PAS_DES_REPERES)
def test_ce_qui_n_est_pas_un_repere(texte: str) -> None:
    assert lire(texte).reperes == []


def test_repere_dans_un_fragment(depot: Depot, monkeypatch: pytest.MonkeyPatch) -> None:
    def fragments_inacheves() -> dict[Path, str]:
        return {
            chemins.GENERE / "phrases" / "essai.md": "Il y a [À MESURER : a.b] de réponses.\n",
            chemins.GENERE / "phrases" / "attente.md": module_9.phrases.ABSENT,
        }

    monkeypatch.setattr(module_9, "fragments", fragments_inacheves)
    constats = {probleme.fichier: probleme.constat for probleme in verifier()}
    assert "« [À MESURER : a.b] »" in constats["genere/phrases/essai.md"]
    assert "Expérience pas encore enregistrée" in constats["genere/phrases/attente.md"]


# --- Les liens ---

ROMPUS = {
    "page absente": ("[ici](absente.md)", "n'existe pas"),
    "ancre absente": ("[ici](4_essai.md#nulle-part)", "nulle-part"),
    "ancre de la page": ("[ici](#nulle-part)", "nulle-part"),
    "image absente": ("![ici](../assets/images/absente.png)", "n'existe pas"),
    "téléchargement absent": (f"[ici](../telechargements/{MODULE}/99.py)", "n'existe pas"),
    "archive absente": ("[ici](../telechargements/module_99.zip)", "n'existe pas"),
    "au-dessus de docs": ("[ici](../../README.md)", "n'existe pas"),
    "absolu": ("[ici](/jour-2/4_essai.md)", "absolu"),
    "par référence": ("[ici][ref]\n\n[ref]: absente.md", "n'existe pas"),
    "page publiée": ("[ici](4_essai.html)", "source de la page"),
    "HTML vers la source": ('<a href="4_essai.md">ici</a>', "page publiée"),
    "HTML absent": ('<a href="absente.html">ici</a>', "n'existe pas"),
    "image HTML absente": ('<img src="../assets/absente.svg" alt="">', "n'existe pas"),
    "srcset": ('<img srcset="../assets/absente.svg 2x" alt="">', "n'existe pas"),
    "casse": ("[ici](4_Essai.md)", "n'existe pas"),
    "vide": ("[ici]()", "nulle part"),
    "HTML vide": ('<a href="">ici</a>', "nulle part"),
    "dièse": ("[ici](#)", "nulle part"),
    "question": ("[ici](?q=1)", "nulle part"),
    "fichier": ("[ici](file:///absente.md)", "« file: »"),
    "disque": ("[ici](C:/absente.md)", "« c: »"),
    "script": ("[ici](javascript:void)", "« javascript: »"),
    "faute de frappe": ("[ici](htp://exemple.fr)", "« htp: »"),
    "deux barres": ("[ici](//absente.md)", "« // »"),
    "aperçu": ("[ici](http://127.0.0.1:8000/absente.html)", "aperçu"),
    "https sans suite": ("[ici](https://)", "rien ne suit"),
    "courriel sans suite": ("[ici](mailto:)", "rien ne suit"),
    "usage de dessin": ('<svg><use xlink:href="absent.svg#x"></use></svg>', "n'existe pas"),
    "bouton": ('<button formaction="absente.html">x</button>', "n'existe pas"),
    "formulaire": ('<form action="absente.html"></form>', "n'existe pas"),
    "image de formulaire": ('<input type="image" src="absente.png">', "n'existe pas"),
    "description": ('<div longdesc="absente.html">x</div>', "n'existe pas"),
    "citation": ('<blockquote cite="absente.html">x</blockquote>', "n'existe pas"),
    "style": ('<div style="background:url(absente.png)">x</div>', "n'existe pas"),
    "renvoi automatique": ('<meta http-equiv="refresh" content="0;url=a.html">', "n'existe pas"),
    "référence inconnue": ("Voir [ici][inconnue].", "ses crochets"),
    "référence vide": ("Voir [ici][].", "ses crochets"),
    "note inconnue": ("Voir[^nulle].", "ses crochets"),
    "espace en trop": ("Voir [ici] (absente.md).", "ses crochets"),
    "entités": ("[ici](abs&#101;nte.md)", "n'existe pas"),
}


@pytest.mark.parametrize(("texte", "attendu"), ROMPUS.values(), ids=ROMPUS)
def test_lien_rompu(depot: Depot, texte: str, attendu: str) -> None:
    ajouter(depot, texte)
    probleme = seul_probleme(depot)
    derniere = len(depot.lire(PAGE).rstrip().split("\n"))
    assert probleme.fichier == f"{PAGE}:{derniere}"
    assert attendu in probleme.constat


@pytest.mark.parametrize(
    "texte",
    [
        "[ici](4_essai.md)",
        "[ici](4_essai.md?x=1), [là](tel:+33123456789), [logo](data:image/png;base64,AAAA)",
        "Ollama écoute sur <http://127.0.0.1:11434/>.",
        "`tableau[i][j]`, tableau[i][j], [1] et [^ rien ].",
        "[ici](4_essai.md#essai)",
        "[ici](#essai)",
        "## Un titre accentué, là\n\n[ici](#un-titre-accentue-la)",
        "[ici](https://exemple.fr/absente) et <mailto:a@exemple.fr>",
        f"[ici](../telechargements/{MODULE}/01_bonjour.py)",
        f"[ici](../telechargements/{MODULE}.zip)",
        '<a href="4_essai.html#essai">ici</a>',
        '<a id="la"></a>[ici](#la)',
        "[image](../assets/essai.svg)",
        "`[ici](absente.md)`",
        "Une note[^1].\n\n[^1]: La note.",
    ],
)
def test_lien_juste(depot: Depot, texte: str) -> None:
    depot.ecrire("docs/assets/essai.svg", "<svg/>")
    ajouter(depot, texte)
    assert verifier() == []


LIGNES_DES_LIENS = {
    "deux fois la même page": ("[x](absente.md)\n\nEt\n\n[y](absente.md)", [13, 17]),
    "un nom plus long avant": ("[a](../jour-2/4_essai.md)\n\n[x](jour-2/4_essai.md)", [15]),
    "au doute, aucune": ("`absente.md`\n\n[x](absente.md)", [None]),
}


@pytest.mark.parametrize(("texte", "lignes"), LIGNES_DES_LIENS.values(), ids=LIGNES_DES_LIENS)
def test_ligne_d_un_lien(depot: Depot, texte: str, lignes: list[int | None]) -> None:
    ajouter(depot, texte)
    fichiers = [probleme.fichier for probleme in verifier()]
    assert fichiers == [f"{PAGE}:{ligne}" if ligne else PAGE for ligne in lignes]


def test_titre_renomme_et_lien_d_une_autre_page(depot: Depot) -> None:
    depot.ecrire("docs/index.md", "# Accueil\n\n[ici](jour-2/4_essai.md#essai)\n")
    assert verifier() == []
    depot.remplacer(PAGE, "# Essai", "# Nouveau titre")
    probleme = seul_probleme(depot)
    assert probleme.fichier == "docs/index.md:3"
    assert "docs/jour-2/4_essai.md" in probleme.constat


@pytest.mark.parametrize(
    ("texte", "rompu"),
    [
        ("[ici](4_absente.html)", True),
        ("[ici](4_essai.md)", True),
        ('<img src="absente.png">', True),
        ("[ici](4_essai.html#nulle-part)", True),
        ("[ici](4_essai.html#essai)", False),
        ("`[ici](4_absente.html)`", False),
        ("## Un titre\n\n[ici](#Un-titre)", False),
    ],
)
def test_lien_d_un_carnet(depot: Depot, texte: str, rompu: bool) -> None:
    cellule = {"cell_type": "markdown", "metadata": {}, "source": texte.splitlines(keepends=True)}
    depot.ecrire("docs/jour-2/4_carnet.ipynb", json.dumps({"cells": [cellule]}))
    trouves = [probleme for probleme in verifier() if "lien" in probleme.constat]
    assert bool(trouves) == rompu
    assert all(probleme.fichier == "docs/jour-2/4_carnet.ipynb" for probleme in trouves)


def mkdocs_qui_exclut(depot: Depot, motifs: str) -> None:
    """Donne au dépôt d'essai le mkdocs.yml du cours, avec ces exclusions-là."""
    du_cours = (chemins.RACINE_DU_CODE / "mkdocs.yml").read_text(encoding="utf-8")
    extensions = du_cours[du_cours.index("markdown_extensions:") :]
    depot.ecrire("mkdocs.yml", f"exclude_docs: {json.dumps(motifs)}\n{extensions}")


@pytest.mark.parametrize(
    "motifs",
    [
        *("mots.txt", "/jour-*/*.html", "*.html\n!4_garde.html", "jour-2/", "# rien\n", ""),
        *("/a/**/b.md", "deux mots.md", "[0-9]_*.html", "/templates/\n!.garde"),
    ],
)
def test_les_exclusions_sont_celles_de_mkdocs(depot: Depot, motifs: str) -> None:
    mkdocs_qui_exclut(depot, motifs)
    noms = {
        *("mots.txt", "jour-2/mots.txt", "index.html", "jour-2/4_essai.html", "deux mots.md"),
        *("jour-2/4_garde.html", "a/b.md", "a/c/d/b.md", ".cache/x.md", "a/.x", ".garde"),
        *("templates/x.md", "a/templates/x.md", "mots", "rien"),
    }
    fichiers = [File(nom, "docs", "site", False) for nom in sorted(noms)]
    config = MkDocsConfig()
    config.exclude_docs = PathSpec().run_validation(motifs)
    set_exclusions(fichiers, config)
    attendus = {f.src_uri for f in fichiers if f.inclusion != InclusionLevel.EXCLUDED}
    assert reglages.publies(noms) == attendus


def test_un_lien_vers_un_fichier_que_le_site_exclut_est_rompu(depot: Depot) -> None:
    mkdocs_qui_exclut(depot, "/jour-*/*.pdf\n")
    depot.ecrire("docs/jour-2/notes.pdf", "Gardé, mais pas publié.\n")
    ajouter(depot, "[ici](notes.pdf)")
    assert "rompu" in seul_probleme(depot).constat
    mkdocs_qui_exclut(depot, "")
    assert verifier() == []


def test_une_exclusion_qui_n_est_pas_un_motif(depot: Depot) -> None:
    mkdocs_qui_exclut(depot, "!\n")
    assert "exclude_docs" in seul_probleme(depot).constat


@pytest.mark.parametrize(
    ("texte", "attendu"),
    [
        ("```python\nprint('jamais exécuté')\n```", "jamais exécuté"),
        ("```text\nSortie inventée\n```", "Sortie inventée"),
        ("<pre>1</pre>", "« 1 »"),
        ("`import ollama`\n`print(1)`", "import ollama"),
        ("Un `nom de\ncommande` coupé.", ""),
    ],
)
def test_code_ecrit_dans_un_carnet(depot: Depot, texte: str, attendu: str) -> None:
    cellule = {"cell_type": "markdown", "metadata": {}, "source": texte}
    depot.ecrire("docs/jour-2/4_carnet.ipynb", json.dumps({"cells": [cellule]}))
    constats = [p.constat for p in verifier() if "cellule de texte" in p.constat]
    assert len(constats) == (1 if attendu else 0)
    assert all(attendu in constat for constat in constats)


@pytest.mark.parametrize("extension", [".markdown", ".mkd", ".mdown", ".mkdn", ".html"])
def test_page_que_rien_ne_lit(depot: Depot, extension: str) -> None:
    depot.ecrire(f"docs/jour-2/4_autre{extension}", "# Autre\n")
    assert seul_probleme(depot).fichier == f"docs/jour-2/4_autre{extension}"


def reglage(nav: str, reste: str = "") -> str:
    """Un mkdocs.yml qui a les extensions du cours."""
    du_cours = (chemins.RACINE_DU_CODE / "mkdocs.yml").read_text(encoding="utf-8")
    return f"nav:\n{nav}{reste}{du_cours[du_cours.index('markdown_extensions:') :]}"


REGLAGES = {
    "page absente": ("  - Plus loin:\n      - jour-9/absente.md\n", "", "jour-9/absente.md"),
    "feuille absente": ("", "extra_css: [absente.css]\n", "absente.css"),
    "script absent": ("", "extra_javascript:\n  - path: absent.js\n", "absent.js"),
    "logo absent": ("", "theme:\n  name: material\n  logo: absent.svg\n", "absent.svg"),
}


@pytest.mark.parametrize(("nav", "reste", "attendu"), REGLAGES.values(), ids=REGLAGES)
def test_ce_que_nomme_le_reglage_existe(depot: Depot, nav: str, reste: str, attendu: str) -> None:
    depot.ecrire("mkdocs.yml", reglage(f"  - Essai: jour-2/4_essai.md\n{nav}", reste))
    probleme = seul_probleme(depot)
    assert probleme.fichier == "mkdocs.yml"
    assert attendu in probleme.constat


def test_page_hors_de_la_navigation(depot: Depot) -> None:
    depot.ecrire("mkdocs.yml", reglage("  - Essai: jour-2/4_essai.md\n"))
    assert verifier() == []
    depot.ecrire("docs/jour-2/5_autre.md", "# Autre\n")
    probleme = seul_probleme(depot)
    assert (probleme.fichier, "navigation" in probleme.constat) == ("docs/jour-2/5_autre.md", True)


@pytest.mark.parametrize("nom", ["README.md", "CONTRIBUTING.md"])
def test_lien_du_depot(depot: Depot, nom: str) -> None:
    depot.ecrire(
        nom, "# Essai\n\n[la page](docs/jour-2/4_essai.md), [le site](https://exemple.fr)\n"
    )
    assert verifier() == []
    depot.ecrire(nom, "# Essai\n\n[la page](ABSENT.md)\n")
    probleme = seul_probleme(depot)
    assert (probleme.fichier, "ABSENT.md" in probleme.constat) == (f"{nom}:3", True)


def test_telechargements_comme_ceux_du_site(depot: Depot) -> None:
    attendus = {f"telechargements/{SNIPPET}", f"telechargements/{MODULE}.zip"}
    assert set(telechargements.a_publier()) == attendus
    for adresse in sorted(attendus):
        ajouter(depot, f'<a href="../{adresse}">ici</a>')
    assert verifier() == []
    ajouter(depot, f'<a href="../telechargements/{MODULE}/sorties/01_bonjour.txt">ici</a>')
    assert "rompu" in seul_probleme(depot).constat


# --- Les fichiers illisibles ---

ILLISIBLES: dict[str, tuple[str, bytes, str]] = {
    "page en latin-1": ("docs/jour-2/5_latin.md", "# Été\n".encode("latin-1"), "UTF-8"),
    "en-tête": ("docs/jour-2/5_entete.md", b"---\ntitle: [\n---\n# Titre\n", "YAML"),
    "programme en latin-1": ("snippets/module_4_essai/01_bonjour.py", b"# \xe9t\xe9\n", "UTF-8"),
    "programme": ("snippets/module_4_essai/01_bonjour.py", b"print(\n", "Python"),
    "shell": ("snippets/module_4_essai/03.sh", b"echo \xff\n", "UTF-8"),
    "exemptions": ("snippets/exemptions.toml", b"[[bloc]\n", "TOML"),
    "données TOML": ("snippets/module_4_essai/x.toml", b"a = \n", "TOML"),
    "TOML avec BOM": ("snippets/module_4_essai/x.toml", b"\xef\xbb\xbfa = 1\n", "TOML"),
    "données JSON": ("snippets/donnees/noms.json", b'{"a": }', "JSON"),
    "JSON trop imbriqué": ("snippets/donnees/noms.json", b"[" * 100_000, "imbriqué"),
    "JSONL": ("snippets/donnees/x.jsonl", b'{"a": 1}\n{"a"\n', "JSON"),
    "JSONL sans objet": ("snippets/donnees/x.jsonl", b'{"a": 1}\n3\n', "objet"),
    "CSV": ("snippets/module_4_essai/x.csv", b"a,b\n1\n", "colonnes"),
    "CSV et guillemets": ("snippets/module_4_essai/x.csv", b'a,b\n"1,2\n', "CSV"),
    "registre": ("snippets/registre.json", b"{", "JSON"),
    "schéma": ("snippets/registre.schema.json", b"{", "JSON"),
    "test": ("tests/lecons/test_module_4_essai.py", b"def\n", "Python"),
    "carnet": ("docs/jour-2/4_carnet.ipynb", b"{", "JSON"),
    "verrou": ("verrous/dev.txt", b"\xff\n", "UTF-8"),
    "mkdocs": ("mkdocs.yml", b"nav: [\n", "YAML"),
    "mkdocs vide": ("mkdocs.yml", b"\n", "YAML"),
    "modèles": ("scripts/lecons/modeles.toml", b"[[", "TOML"),
    "Modelfile": ("snippets/module_4_essai/Modelfile", b"FROM \xff\n", "UTF-8"),
}


@pytest.mark.parametrize(("nom", "octets", "attendu"), ILLISIBLES.values(), ids=ILLISIBLES)
def test_fichier_illisible(depot: Depot, nom: str, octets: bytes, attendu: str) -> None:
    depot.ecrire(nom, "")
    (depot.racine / nom).write_bytes(octets)
    probleme = seul_probleme(depot)
    assert probleme.fichier.split(":")[0] == nom
    assert attendu in probleme.constat


def test_la_ligne_illisible_est_dite(depot: Depot) -> None:
    depot.ecrire("snippets/donnees/x.jsonl", '{"a": 1}\n{"a": 2}\n{"a"\n')
    assert seul_probleme(depot).fichier == "snippets/donnees/x.jsonl:3"


def test_fichier_fait_pour_etre_mal_lu(depot: Depot) -> None:
    depot.ecrire("snippets/donnees/casse.jsonl", "{\n")
    exemption = '\n[[illisible]]\nfichier = "snippets/donnees/casse.jsonl"\nraison = "une leçon"\n'
    depot.ecrire("snippets/exemptions.toml", depot.lire("snippets/exemptions.toml") + exemption)
    assert verifier() == []
    depot.ecrire("snippets/donnees/casse.jsonl", "{}\n")
    assert "ne sert plus" in seul_probleme(depot).constat


@pytest.mark.parametrize(
    ("texte", "attendu"),
    [
        ("bloc = 3\n", "« bloc »"),
        ("[bloc]\npage = 'x'\n", "« bloc »"),
        ("[[blocs]]\npage = 'x'\n", "« blocs »"),
        ("[[bloc]]\npage = 'x'\ncontenu = 'y'\n", "« raison »"),
        ("[[bloc]]\npage = 'x'\ncontenu = 3\nraison = 'z'\n", "« contenu »"),
        ("[[bloc]]\npage = 'x'\ncontenu = ''\nraison = 'z'\n", "« contenu »"),
        ("[[bloc]]\npage = 'x'\ncontenu = 'y'\nraison = 'z'\nautre = 'w'\n", "« autre »"),
        ("[[sans_sortie]]\nprogramme = 'x'\n", "« raison »"),
        ("bloc = [1]\n", "n'est pas une table"),
        ("[[illisible]]\nfichier = 3\nraison = 'x'\n", "« fichier »"),
    ],
)
def test_exemptions_d_une_autre_forme(depot: Depot, texte: str, attendu: str) -> None:
    depot.ecrire("snippets/exemptions.toml", texte)
    probleme = verifier()[0]
    assert probleme.fichier == "snippets/exemptions.toml"
    assert attendu in probleme.constat


@pytest.mark.parametrize("texte", ["[]", '{"cells": 3}', '{"cells": [{"source": ""}]}'])
def test_carnet_d_une_autre_forme(depot: Depot, texte: str) -> None:
    depot.ecrire("docs/jour-2/4_carnet.ipynb", texte)
    assert "Jupyter" in seul_probleme(depot).constat


@pytest.mark.parametrize(
    ("texte", "attendu"),
    [
        ("a = 3\n", "n'est pas une table"),
        ("[a]\nsi = 'x'\n", "« texte »"),
        ("[a]\ntexte = 3\n", "« texte »"),
        ("[a]\ntexte = 'x'\nmodele = 'autre'\n", "modèle inconnu"),
        ("[a]\ntexte = 'x'\nsi = 'a.b > c.d'\n", "« sinon »"),
        ("[a]\ntexte = 'x'\nsinon = 'y'\nsi = 'a.b'\n", "n'est pas de la forme"),
        ("[a]\ntexte = 'x'\nsinon = 'y'\nsi = 'a.b > c.d + x'\n", "n'est pas de la forme"),
        ("[a]\ntexte = 'x'\nsinon = 'y'\nsi = 'a.b > 3-rag.connaissance'\n", "« a.b »"),
        ("[a]\ntexte = 'x'\ncondition = 'y'\n", "« condition »"),
    ],
)
def test_phrases_d_une_autre_forme(
    depot: Depot, monkeypatch: pytest.MonkeyPatch, texte: str, attendu: str
) -> None:
    depot.ecrire("snippets/phrases.toml", texte)
    monkeypatch.setattr(module_9.phrases, "PHRASES", depot.racine / "snippets" / "phrases.toml")
    probleme = seul_probleme(depot)
    assert probleme.fichier == "snippets/phrases.toml"
    assert attendu in probleme.constat


def test_donnee_d_un_fragment_imprevue(depot: Depot, monkeypatch: pytest.MonkeyPatch) -> None:
    def tomber() -> dict[Path, str]:
        raise KeyError("valeur")

    monkeypatch.setattr(module_9, "fragments", tomber)
    assert "valeur" in seul_probleme(depot).constat


# --- Les contributions du module 9 ---


@pytest.fixture
def contributions(depot: Depot, monkeypatch: pytest.MonkeyPatch) -> Callable[[str], None]:
    """Une fonction qui écrit le fichier des contributions du dépôt d'essai."""
    fichier = depot.racine / "snippets" / CONTRIBUTIONS
    monkeypatch.setattr(module_9.contributions, "CONTRIBUTIONS", fichier)

    def ecrire(texte: str) -> None:
        fichier.write_text(texte, encoding="utf-8")

    return ecrire


@pytest.mark.parametrize(
    ("texte", "ligne", "attendu"),
    [
        ("", 1, "en-tête"),
        ("modele,machine\n", 1, "en-tête"),
        (f"{ENTETE},humeur\n", 1, "en-tête"),
        (f"{ENTETE}\n{LIGNE.replace(',40,', ',140,')}\n", 2, "« connaissance » vaut 140"),
        (f"{ENTETE}\n{LIGNE.replace(',40,', ',nan,')}\n", 2, "nombre fini"),
        (f"{ENTETE}\n{LIGNE.replace(',40,', ',beaucoup,')}\n", 2, "pas un nombre"),
        (f"{ENTETE}\n{LIGNE.replace(',7,', ',7.5,')}\n", 2, "« graine »"),
        (f"{ENTETE}\n{LIGNE}\n{LIGNE.replace('3-rag', '9-magie')}\n", 3, "« bras »"),
        (f"{ENTETE}\n{LIGNE.replace('11-24', '11-31')}\n", 2, "date"),
        (f"{ENTETE}\n{LIGNE.replace('Oriane', 'O')}\n", 2, "« auteur »"),
        (f"{ENTETE}\n{LIGNE.replace('llama3.2', '<img>')}\n", 2, "« modele »"),
        (f"{ENTETE}\n{LIGNE.rpartition(',')[0]}\n", 2, "colonnes"),
    ],
)
def test_contribution_refusee(
    depot: Depot, contributions: Callable[[str], None], texte: str, ligne: int, attendu: str
) -> None:
    contributions(texte)
    probleme = seul_probleme(depot)
    assert probleme.fichier == f"snippets/{CONTRIBUTIONS}:{ligne}"
    assert attendu in probleme.constat


def test_contribution_acceptee(depot: Depot, contributions: Callable[[str], None]) -> None:
    contributions(f"{ENTETE}\n{LIGNE}\n")
    assert verifier() == []
    assert "Oriane" in module_9.contributions.tableau()


@pytest.mark.parametrize(
    "auteur",
    [
        "<img src=x onerror=alert(1)>",
        "a | b",
        "`code`",
        "**gras** _it_ *it*",
        "[ici](https://exemple.fr)",
        "![image](x.png)",
        "<script>alert(1)</script>",
        "a\n\n# titre",
        "a\r\n| b |",
        "&lt;b&gt; &amp;",
        "\\| barre",
        "{ .classe onclick=x }",
        "https://exemple.fr <mailto:a@b.fr>",
        "*[LLM]: rien",
        '--8<-- "README.md"',
        "[^1] ~~x~~ ==y== $z$",
        "a\u202eb\x00c",
    ],
)
def test_une_contribution_ne_commande_rien(auteur: str) -> None:
    ligne = dict(zip(ENTETE.split(","), LIGNE.split(","), strict=True)) | {"auteur": auteur}
    tableau = f"{'| x ' * 9}|\n{'| --- ' * 9}|\n{module_9.contributions._ligne_contribuee(ligne)}\n"
    rendue = rendu.rendre(tableau, [])
    assert (rendue.liens, rendue.blocs, rendue.ancres, rendue.erreur) == ([], [], [], "")
    html = rendu._convertisseur().reset().convert(tableau)
    assert html.count("<td>") == 9
    derniere = html.rpartition("<td>")[2].partition("</td>")[0]
    assert "<" not in derniere and ">" not in derniere
    lu = rendu_en_texte(derniere)
    assert lu == " ".join("".join(c if c.isprintable() else " " for c in auteur).split())


def rendu_en_texte(cellule: str) -> str:
    """Ce qu'affiche le navigateur pour cette cellule."""
    import html

    return html.unescape(cellule)


# --- La mémoire des contrôles, et les fichiers abîmés au hasard ---


def test_une_memoire_abimee_est_ignoree(depot: Depot) -> None:
    assert verifier() == []
    dossier = depot.racine / ".cache" / "verifier"
    gardes = sorted(dossier.glob("*.json"))
    assert gardes
    for abime in (b"", b"{}", b"\xff\xfe", b"[1]\n[2]"):
        for garde in gardes:
            garde.write_bytes(abime)
        assert verifier() == []
    for garde in gardes:
        garde.write_bytes(garde.read_bytes().replace(b"Essai", b"Autre")[:-3])
    assert verifier() == []


def test_la_memoire_ne_cache_pas_un_defaut(depot: Depot) -> None:
    for _ in range(2):
        assert verifier() == []
    ajouter(depot, "```text\nInventé.\n```")
    for _ in range(2):
        assert len(verifier()) == 1


def test_une_memoire_impossible_a_ecrire(depot: Depot) -> None:
    depot.ecrire(".cache/verifier", "un fichier à la place du dossier")
    assert verifier() == []
    assert memoire.reprendre("pages") == {}


def test_une_page_inchangee_n_est_pas_rendue(depot: Depot, monkeypatch: pytest.MonkeyPatch) -> None:
    assert verifier() == []
    monkeypatch.setattr(rendu, "rendre", None)
    assert verifier() == []


def abimer(octets: bytes, hasard: random.Random) -> bytes:
    """Les mêmes octets, coupés, changés, répétés ou vidés quelque part."""
    position = hasard.randrange(len(octets) + 1)
    fin = min(len(octets), position + hasard.randrange(1, 12))
    bruit = bytes(hasard.randrange(256) for _ in range(hasard.randrange(4)))
    signes = hasard.choice(
        [b"", b'"', b"[", b"{", b"\n", b"```\n", b"<", b"-", b"0", b"null", bruit]
    )
    return hasard.choice(
        [
            octets[:position],
            octets[:position] + octets[fin:],
            octets[:position] + signes + octets[fin:],
            octets[:fin] + octets[position:],
        ]
    )


@pytest.mark.parametrize("graine", range(4))
def test_aucun_fichier_abime_n_arrete_les_controles(
    depot: Depot, contributions: Callable[[str], None], graine: int
) -> None:
    contributions(f"{ENTETE}\n{LIGNE}\n")
    hasard = random.Random(graine)
    suivis = sorted(
        fichier
        for fichier in depot.racine.rglob("*")
        if fichier.is_file()
        and not {".cache", "genere"} & set(fichier.relative_to(depot.racine).parts)
    )
    for fichier in suivis:
        sain = fichier.read_bytes()
        fichier.write_bytes(abimer(sain, hasard))
        for probleme in verifier():
            assert probleme.fichier and probleme.remede.endswith(".")
        fichier.write_bytes(sain)
    assert verifier() == []


def test_tous_les_lecteurs_sont_connus() -> None:
    extensions = {extension for lues in lisibilite.LUS.values() for extension in lues}
    assert set(lisibilite.LECTEURS) - {".yml"} <= extensions
