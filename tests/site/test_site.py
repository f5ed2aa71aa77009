"""Le site construit : liens, HTML, poids, aucun tiers, téléchargements."""

from __future__ import annotations

import gzip
import re
import shutil
import subprocess
import sys
import zipfile
from html import unescape
from html.parser import HTMLParser
from pathlib import Path

import pytest
from mkdocs.config.defaults import MkDocsConfig
from mkdocs_jupyter import convert

from scripts.lecons import archives, carnets
from scripts.publication import allegement, crochets, depot, glossaire
from scripts.socle.chemins import DOCS, RACINE, SNIPPETS
from scripts.socle.erreurs import ErreurCours
from tests.site.site_local import DEPOT, Site

VENV = RACINE / ".venv" / "bin"
CARNETS = sorted(DOCS.glob("jour-*/*.ipynb"))
POIDS_MAXIMAL = 30 * 1024
BALISES_QUI_CHARGENT = {"script": "src", "img": "src", "iframe": "src", "source": "src"}
SOCIALE = re.compile(r'<meta (?:property|name)="((?:og|twitter):\w+)" content="(.*?)">')
LIENS_QUI_CHARGENT = {"stylesheet", "icon", "preload", "modulepreload", "preconnect", "manifest"}


class Chargements(HTMLParser):
    """Relève les adresses que le navigateur va chercher de lui-même en ouvrant la page."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.adresses: list[str] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Garde l'adresse des balises qui chargent un fichier."""
        valeurs = dict(attrs)
        if attribut := BALISES_QUI_CHARGENT.get(tag):
            self.adresses.append(valeurs.get(attribut) or "")
        elif tag == "link" and LIENS_QUI_CHARGENT & set((valeurs.get("rel") or "").split()):
            self.adresses.append(valeurs.get("href") or "")


def _lancer(*mots: list[Path | str]) -> subprocess.CompletedProcess[str]:
    commande = [str(mot) for suite in mots for mot in suite]
    return subprocess.run(commande, cwd=RACINE, capture_output=True, text=True)


@pytest.fixture(autouse=True)
def construit(site: Site) -> None:
    """Aucun de ces tests n'a de sens si la construction a échoué."""
    site.exiger()


def test_construction_sans_avertissement(site: Site) -> None:
    assert "WARNING" not in site.journal, site.journal


def test_liens_et_ancres(site: Site) -> None:
    lychee = _lancer(
        [VENV / "lychee", "--offline", "--include-fragments", "--no-progress"],
        ["--index-files", "index.html", "--root-dir", site.dossier, *site.dossier.rglob("*.html")],
    )
    assert lychee.returncode == 0, lychee.stdout + lychee.stderr


def test_le_site_se_construit_sans_les_paquets_des_lecons() -> None:
    """`make site` n'installe que ceux du groupe `site` : rien d'autre ne doit être importé."""
    absents = "import sys; sys.modules.update(dict.fromkeys(['httpx', 'ollama', 'numpy', 'torch']))"
    essai = subprocess.run(
        [
            sys.executable,
            "-c",
            f"{absents}; from scripts.publication import crochets, fragments",
        ],
        cwd=RACINE,
        capture_output=True,
        text=True,
    )
    assert essai.returncode == 0, essai.stderr


def test_html_valide(site: Site) -> None:
    html_validate = RACINE / "node_modules" / "html-validate" / "bin" / "html-validate.mjs"
    verdict = _lancer(
        [VENV / "node", html_validate, "--config", RACINE / ".htmlvalidate.mjs"],
        ["--formatter", "text", f"{site.dossier}/**/*.html"],
    )
    assert verdict.returncode == 0, verdict.stdout + verdict.stderr


def test_poids_des_pages(site: Site) -> None:
    """Une page pèse au plus 30 Kio compressés, hors images d'un carnet."""
    poids = {}
    for page in site.pages:
        html = re.sub(r'src="data:image/[^"]*"', "", site.lire(page))
        poids[page] = len(gzip.compress(html.encode(), 9))
    trop_lourdes = {page: octets for page, octets in poids.items() if octets > POIDS_MAXIMAL}
    assert not trop_lourdes


@pytest.mark.parametrize("carnet", CARNETS, ids=lambda c: c.name)
def test_un_carnet_qui_trace_montre_sa_figure(carnet: Path) -> None:
    contenu = carnet.read_text(encoding="utf-8")
    assert ("matplotlib" in contenu) == ('"image/png"' in contenu), "réenregistrez le carnet"


def test_rien_ne_vient_d_un_tiers(site: Site) -> None:
    chargees = [
        (page.name, adresse)
        for page in site.dossier.rglob("*.html")
        for adresse in Chargements(page.read_text(encoding="utf-8")).adresses
    ]
    assert ("index.html", "assets/stylesheets/cours.css") in chargees
    exterieures = [
        (page, adresse) for page, adresse in chargees if re.match(r"(?:[a-z]+:)?//", adresse)
    ]
    feuilles = [
        feuille.name
        for feuille in site.dossier.rglob("*.css")
        if re.search(r"(?:url\(|@import)\s*['\"]?(?:https?:)?//", feuille.read_text("utf-8"))
    ]
    assert not exterieures
    assert not feuilles


def test_page_404_en_francais(site: Site) -> None:
    page = site.lire("404.html")
    assert '<html lang="fr"' in page
    assert "<h1>Page introuvable</h1>" in page
    assert "Not found" not in page


def test_plan_du_site_complet(site: Site) -> None:
    pages = {page.relative_to(site.dossier).as_posix() for page in site.dossier.rglob("*.html")}
    assert set(site.pages) == pages - {"404.html"}


def test_de_page_en_page_on_lit_tout_le_cours(site: Site) -> None:
    vues: list[str] = []
    page: str | None = "index.html"
    while page is not None:
        assert page not in vues
        assert site.voisine(page, "prev") == (vues[-1] if vues else None)
        vues.append(page)
        page = site.voisine(page, "next")
    assert sorted(vues) == sorted(site.pages)


def test_chaque_page_a_titre_description_et_lien_pour_la_modifier(site: Site) -> None:
    sources = {source.relative_to(DOCS) for source in DOCS.rglob("*.md")}
    ecrites = {source.with_suffix(".html").as_posix() for source in sources}
    carnets_publies = {c.relative_to(DOCS).with_suffix(".html").as_posix() for c in CARNETS}
    assert ecrites | carnets_publies == set(site.pages)
    for nom in sources:
        page = site.lire(nom.with_suffix(".html").as_posix())
        assert page.count("<h1") == 1, nom
        assert re.search(r'<meta name="description" content="[^"]{20,}"', page), nom
        assert f'href="{DEPOT}/edit/main/docs/{nom.as_posix()}"' in page, nom


def test_chaque_page_se_presente_quand_on_partage_son_adresse(site: Site) -> None:
    """Titre et description propres à la page, sans image à aller chercher ; carnets compris."""
    descriptions = set()
    for nom in site.pages:
        # Sans distinguer l'insécable de l'espace : le thème n'en fait pas partout autant.
        entete = unescape(site.lire(nom).partition("</head>")[0])
        page = " ".join(entete.split())
        sociales = dict(SOCIALE.findall(page))
        [titre] = re.findall("<title>(.*?)</title>", page)
        [description] = re.findall('<meta name="description" content="(.*?)">', page)
        assert sociales["og:description"] == description and len(description) > 20, nom
        assert sociales["og:title"] in titre, nom
        assert sociales["twitter:card"] == "summary"
        assert "og:url" not in sociales, "une adresse de cette machine ne se partage pas"
        assert not [propriete for propriete in sociales if "image" in propriete]
        descriptions.add(description)
    assert len(descriptions) == len(site.pages)


def test_llms_txt_presente_chaque_page(site: Site) -> None:
    titre, resume, *sections = site.lire("llms.txt").rstrip("\n").split("\n\n")
    assert titre == "# Personnaliser un modèle de langage"
    assert resume.startswith("> ") and len(resume) > 50
    assert sections[::2] == ["## Accueil", "## Jour 1", "## Jour 2", "## Jour 3", "## Annexes"]
    lignes = [ligne for section in sections[1::2] for ligne in section.splitlines()]
    liens = [re.fullmatch(r"- \[(.+)\]\((\S+)\): (.{20,})", ligne) for ligne in lignes]
    assert sorted(lien[2] if lien else "" for lien in liens) == sorted(site.pages)


@pytest.mark.parametrize(
    ("adresse", "attendu"),
    [("https://cours.fr/v1/", True), ("http://127.0.0.1:8000/", False), ("", False)],
)
def test_site_en_ligne(adresse: str, attendu: bool) -> None:
    config = MkDocsConfig()
    config.site_url = adresse
    assert depot.en_ligne(config) is attendu


@pytest.mark.parametrize("carnet", CARNETS, ids=lambda c: c.name)
def test_carnet_telechargeable(site: Site, carnet: Path) -> None:
    nom = carnet.relative_to(DOCS)
    page = site.lire(nom.with_suffix(".html").as_posix())
    assert re.search(rf'<a href="{re.escape(carnet.name)}"[^>]* download>', page)
    assert "/edit/main/" not in page
    assert (site.dossier / nom).read_bytes() == carnet.read_bytes()


@pytest.mark.parametrize("carnet", CARNETS, ids=lambda c: c.name)
def test_la_page_d_un_carnet_est_celle_qu_en_fait_mkdocs_jupyter(site: Site, carnet: Path) -> None:
    """Telle quelle, dans la page publiée ; refaite ici, elle n'a pas changé d'un octet."""
    gardee = carnets.page_de(carnet).read_text(encoding="utf-8")
    assert carnets.rendre(carnet) == gardee, "réenregistrez le carnet : « make enregistrer »"
    page = site.lire(carnet.relative_to(DOCS).with_suffix(".html").as_posix())
    assert allegement.sans_indentation(carnets.lire_la_page(carnet)).strip() in page
    titres = re.findall(r'<h[2-6] id="([^"]+)">', gardee)
    assert titres
    table = page.partition("md-nav--secondary")[2]
    assert [titre for titre in titres if f'href="#{titre}" class="md-nav__link"' in table] == titres


def test_la_feuille_des_carnets_est_celle_de_mkdocs_jupyter(site: Site) -> None:
    """Moins les styles de Mermaid, dont le script viendrait d'un tiers."""
    preambule = convert.nb2html(str(CARNETS[0])).partition('<div class="jupyter-wrapper">')[0]
    entiers = "".join(re.findall(r"<style[^>]*>(.*?)</style>", preambule, re.S))
    attendus = {ligne.strip() for ligne in entiers.splitlines()}
    [feuille] = site.dossier.glob("assets/stylesheets/carnet.*.css")
    lignes = {ligne.strip() for ligne in feuille.read_text(encoding="utf-8").splitlines()}
    assert lignes < attendus
    assert max(map(len, attendus - lignes)) < 100


def test_la_page_d_un_autre_carnet_arrete_la_construction(tmp_path: Path) -> None:
    carnet = Path(shutil.copy(CARNETS[0], tmp_path))
    with pytest.raises(ErreurCours, match="n'a pas été rendue"):
        carnets.lire_la_page(carnet)
    shutil.copy(carnets.page_de(CARNETS[1]), carnets.page_de(carnet))
    with pytest.raises(ErreurCours, match="d'après un autre carnet"):
        carnets.lire_la_page(carnet)
    assert carnets.ecrire_la_page(carnet)
    assert carnets.lire_la_page(carnet) == carnets.lire_la_page(CARNETS[0])


def test_construire_ne_charge_pas_nbconvert() -> None:
    essai = "import sys; from scripts.publication import crochets; print(*sys.modules)"
    charges = subprocess.run(
        [sys.executable, "-c", essai], cwd=RACINE, capture_output=True, text=True, check=True
    ).stdout.split()
    assert not {"nbconvert", "nbformat", "IPython", "jupytext", "bs4"} & set(charges)


@pytest.mark.parametrize("module", sorted(SNIPPETS.glob("module_*")), ids=lambda m: m.name)
def test_archive_de_chaque_module(site: Site, module: Path) -> None:
    archive = site.dossier / "telechargements" / f"{module.name}.zip"
    [page] = [p for p in site.pages if p.endswith(f"{module.name.removeprefix('module_')}.html")]
    assert f'href="../telechargements/{archive.name}"' in site.lire(page)
    assert archive.read_bytes() == archives.archive_du_module(module)
    with zipfile.ZipFile(archive) as contenu:
        programmes = {f"{module.name}/{programme.name}" for programme in module.glob("*.py")}
        assert programmes and programmes <= set(contenu.namelist())
        livres = archives.fichiers_des_lecons(module) | archives.licences()
        assert {nom: contenu.read(nom) for nom in contenu.namelist()} == livres
        assert not [nom for nom in contenu.namelist() if "/sorties/" in nom]


def test_recherche_pliee_et_locale(site: Site) -> None:
    lunr = site.lire(crochets.LUNR_FR)
    assert "stopWordFilter-fr" in lunr and lunr.endswith(crochets.PLIAGE)
    assert (site.dossier / "assets/javascripts/iframe-worker.js").is_file()


def test_la_table_des_matieres_ne_dit_pas_les_questions(site: Site) -> None:
    page = site.lire("jour-1/1_comprendre_un_llm.html")
    assert 'href="#quiz"' in page and 'aria-label="Quiz"' not in page
    assert page.count('href="#exercice-1') >= 1, "les exercices, eux, y restent"


def test_un_terme_n_est_defini_qu_une_fois_par_page(site: Site) -> None:
    assert "<abbr" not in site.lire("annexes/glossaire.html")
    definitions = 0
    for page in site.pages:
        termes = re.findall(r'<abbr title="([^"]*)"', site.lire(page))
        assert len(termes) == len(set(termes)), page
        definitions += len(termes)
    assert definitions > 10


def test_chaque_terme_du_glossaire_mene_a_son_module() -> None:
    texte = (DOCS / "annexes" / "glossaire.md").read_text(encoding="utf-8")
    definitions = [terme["definition"] for terme in glossaire.TERME.finditer(texte)]
    assert len(definitions) >= 60
    assert not [d for d in definitions if "](../jour-" not in d]


def test_chaque_exercice_est_dans_la_liste() -> None:
    """La liste des exercices suit les pages : chaque programme `exercice_N` y a son lien."""
    liste = (DOCS / "annexes" / "exercices.md").read_text(encoding="utf-8")
    nombre = len([*SNIPPETS.glob("module_*/exercice_*.py")])
    assert len(re.findall(r"\]\(\.\./jour-\d/\S+#exercice-\d", liste)) == nombre > 0


def test_chaque_quiz_est_dans_ma_progression() -> None:
    """« Ma progression » suit les pages : chaque quiz y est, avec son nombre de questions."""
    questions = {}
    for page in DOCS.glob("jour-*/*.md"):
        quiz = page.read_text(encoding="utf-8").partition("\n## Quiz\n")[2].partition("\n## ")[0]
        justes = [question.count("??? reponse-juste") for question in quiz.split("\n### ")[1:]]
        assert set(justes) <= {1}, f"{page.name} : une seule réponse juste par question"
        if justes:
            questions[page.relative_to(DOCS).as_posix()] = len(justes)
    texte = (DOCS / "annexes" / "ma_progression.md").read_text(encoding="utf-8")
    liens = re.findall(r"\]\(\.\./(\S+)#quiz\)\{ data-questions=(\d+) \}", texte)
    assert {page: int(nombre) for page, nombre in liens} == questions


def test_chaque_module_se_dit_fait_a_sa_fin(site: Site) -> None:
    numeros = {module.name.split("_")[1] for module in SNIPPETS.glob("module_*")}
    marque = re.compile(r' data-module="(\d+)"')
    ma_progression = marque.findall(site.lire("annexes/ma_progression.html"))
    fins = {page: marque.findall(site.lire(page)) for page in site.pages if "jour-" in page}
    assert sorted(ma_progression) == sorted(numeros)
    assert {numero for trouves in fins.values() for numero in trouves} == numeros
    assert fins["jour-1/1_comprendre_un_llm.html"] == []
    assert fins["jour-1/1_comprendre_un_llm_suite.html"] == ["1"]
    assert fins["jour-1/index.html"] == []


def test_definition_gardee_dans_le_texte_et_non_dans_le_titre() -> None:
    rag = '<abbr title="Une définition.">RAG</abbr>'
    html = allegement.definir_une_fois(f"<h2>{rag}</h2><p>{rag} et {rag}</p>")
    assert html == f"<h2>RAG</h2><p>{rag} et RAG</p>"


def test_code_allege_sans_changer_un_caractere() -> None:
    code = '<pre><span></span><code><span class="n">a</span> <span class="o">=</span> '
    code += '<span class="s2">&quot;</span><span class="s2">b</span></code></pre>'
    attendu = '<pre><code>a = <span class="s2">&quot;b</span></code></pre>'
    assert allegement.alleger_code(code) == attendu


@pytest.mark.parametrize(
    ("distant", "attendue"),
    [
        ("https://github.com/auteur/cours.git", "https://github.com/auteur/cours"),
        ("https://jeton@forge.exemple.fr:8443/a/b", "https://forge.exemple.fr:8443/a/b"),
        ("git@github.com:auteur/cours.git", "https://github.com/auteur/cours"),
        ("ssh://git@forge.exemple.fr:22/auteur/cours", "https://forge.exemple.fr/auteur/cours"),
        ("https://localhost/auteur/cours", None),
        ("https://forge.exemple.fr", None),
        ("file:///depots/cours.git", None),
        ("/depots/cours.git", None),
        ("", None),
    ],
)
def test_adresse_du_depot(distant: str, attendue: str | None) -> None:
    assert depot.adresse_du_depot(distant) == attendue
