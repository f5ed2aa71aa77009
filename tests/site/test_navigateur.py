"""Le site tel qu'un lecteur le voit, dans un vrai navigateur : aucune erreur, aucun tiers."""

from __future__ import annotations

import json
import re
import zipfile
from collections import Counter
from collections.abc import Callable, Iterator
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import (
    Browser,
    BrowserContext,
    ConsoleMessage,
    Page,
    Request,
    ViewportSize,
    sync_playwright,
)
from pypdf import PdfReader

from scripts.outillage.navigateur import OPTIONS, installer, trouver
from scripts.socle.chemins import DOCS, RACINE
from scripts.socle.erreurs import ErreurCours
from tests.site.site_local import Site

pytestmark = pytest.mark.navigateur

TAILLES = {
    "telephone": ViewportSize(width=390, height=844),
    "ordinateur": ViewportSize(width=1280, height=800),
}
MODULE_7 = "jour-3/7_introduction_finetuning"
MA_PROGRESSION = "annexes/ma_progression"
MAUVAISE_REPONSE = (
    "xpath=preceding-sibling::h3[1]/following-sibling::details[contains(@class, 'fausse')][1]"
)
SANS_STOCKAGE = """Object.defineProperty(window, "localStorage", {
    configurable: true,
    get() { throw new DOMException("refusé", "SecurityError") },
})"""
STOCKAGE_PLEIN = "Storage.prototype.setItem = () => { throw new DOMException('plein') }"
FEUILLE = re.compile(r'<link rel="stylesheet" href="[^"]*?([^"/]+\.css)"')
# Les pages à éprouver avec axe sont partagées entre les processus des tests.
PARTS = 4
THEMES = ("default", "slate")
THEMER = "theme => (document.body.dataset.mdColorScheme = theme)"
DES_COULEURS = ["color-contrast", "link-in-text-block"]
# `preload` ferait relire à axe, page après page, un mégaoctet de styles toujours les mêmes.
COULEURS: dict[str, Any] = {
    "resultTypes": ["violations"],
    "preload": False,
    "runOnly": DES_COULEURS,
}
LE_RESTE: dict[str, Any] = {
    "resultTypes": ["violations"],
    "preload": False,
    "rules": {regle: {"enabled": False} for regle in DES_COULEURS},
}
SANS_JUMEAUX = {"exclude": [["[data-jumeau]"]]}
# Une page montre des milliers de mots, en une trentaine de couleurs sur quelques fonds, et axe les
# mesure un par un. On ne lui laisse que deux textes visibles de chaque aspect, l'un et l'autre
# thème comptés, tous volets ouverts et sans transition ; le code, mot par mot, est le plus long.
PREPARER = """themes => {
    const style = document.createElement("style")
    style.textContent = "* { transition: none !important }"
    document.head.append(style)
    for (const volet of document.querySelectorAll("details")) volet.open = true
    const aspects = new Map()
    for (const element of document.body.querySelectorAll("*")) {
        const textes = [...element.childNodes].filter(noeud => noeud.nodeType === Node.TEXT_NODE)
        const ecrit = textes.some(texte => texte.data.trim())
        if (ecrit && element.checkVisibility()) aspects.set(element, [])
    }
    for (const theme of themes) {
        document.body.dataset.mdColorScheme = theme
        const fonds = new Map()
        const fond = element => {
            if (!element) return ""
            if (!fonds.has(element)) {
                const { backgroundColor, backgroundImage, opacity } = getComputedStyle(element)
                const ici = [backgroundColor, backgroundImage, opacity].join()
                fonds.set(element, ici + fond(element.parentElement))
            }
            return fonds.get(element)
        }
        for (const [element, aspect] of aspects) {
            const { color, fontSize, fontWeight } = getComputedStyle(element)
            const autour = getComputedStyle(element.parentElement).color
            aspect.push(color, fontSize, fontWeight, autour, fond(element))
        }
    }
    const vus = new Map(), jumeaux = new Set()
    for (const [element, aspect] of [...aspects].reverse()) {  // les plus intérieurs d'abord
        const nombre = vus.get(aspect.join()) ?? 0
        const garde = [...element.children].some(enfant => {
            return [enfant, ...enfant.querySelectorAll("*")].some(
                texte => aspects.has(texte) && !jumeaux.has(texte)
            )
        })
        if (nombre < 2 || garde) vus.set(aspect.join(), nombre + 1)
        else jumeaux.add(element)
    }
    for (const jumeau of jumeaux) {
        if (jumeau.matches("pre span") && !jumeau.childElementCount) {
            jumeau.replaceWith(...jumeau.childNodes)
        } else jumeau.dataset.jumeau = ""
    }
}"""
AXE = RACINE / "node_modules" / "axe-core" / "axe.min.js"
INCLUSION = re.compile(r'^--8<-- "(snippets/[^":]+\.py)"$', re.MULTILINE)
REPONSE = re.compile("documents? trouvé")
DEBORDEMENT = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
DELAI_MS = 30_000
MARQUE_DE_SECTION = re.compile(r"^.*--8<-- \[(?:start|end):.*\n", re.MULTILINE)

Ouvrir = Callable[..., Page]


@pytest.fixture(scope="module")
def navigateur(chromium: Path) -> Iterator[Browser]:
    """Un Chromium pour tout le module."""
    with sync_playwright() as playwright:
        lance = playwright.chromium.launch(executable_path=chromium, args=OPTIONS)
        yield lance
        lance.close()


@pytest.fixture
def ouvrir(navigateur: Browser) -> Iterator[Ouvrir]:
    """Ouvre un onglet ; à la fin du test, ni erreur de console ni requête hors du site."""
    reproches: list[str] = []
    contextes: list[BrowserContext] = []

    def noter_message(message: ConsoleMessage) -> None:
        # Une page inconnue répond 404 : c'est le sujet d'un test, pas une erreur du site.
        page_inconnue = message.page and message.location["url"] == message.page.url
        if message.type == "error" and not page_inconnue:
            reproches.append(f"{message.location['url']} : {message.text}")

    def noter_requete(requete: Request) -> None:
        if not requete.url.startswith(("http://127.0.0.1:", "file:", "data:", "blob:")):
            reproches.append(f"requête vers {requete.url}")

    def nouvel_onglet(taille: str = "ordinateur", sombre: bool = False) -> Page:
        contexte = navigateur.new_context(
            viewport=TAILLES[taille],
            color_scheme="dark" if sombre else "light",
            locale="fr-FR",
            permissions=["clipboard-read", "clipboard-write"],
        )
        contexte.set_default_timeout(DELAI_MS)
        contexte.on("console", noter_message)
        contexte.on("request", noter_requete)
        contexte.on("weberror", lambda erreur: reproches.append(str(erreur.error)))
        contextes.append(contexte)
        return contexte.new_page()

    yield nouvel_onglet
    for contexte in contextes:
        contexte.close()
    assert not reproches


def _chercher(page: Page, mots: str) -> list[str]:
    """Tape une recherche et rend le texte de ses résultats, une fois qu'elle a répondu."""
    champ, reponse = page.locator(".md-search__input"), page.locator(".md-search-result__meta")
    if not champ.is_visible():
        page.locator("label.md-header__button[for=__search]").click()
    for texte, attendue in (("", "Taper pour démarrer"), (mots, REPONSE)):
        champ.fill(texte)
        champ.press("End")  # le thème cherche quand une touche est relâchée
        reponse.filter(has_text=attendue).wait_for()
    return page.locator(".md-search-result__item").all_inner_texts()


def _titres(resultats: list[str]) -> set[str]:
    """La première ligne de chaque résultat : le titre de la page."""
    return {resultat.splitlines()[0] for resultat in resultats}


@pytest.mark.parametrize("depuis", ["serveur", "disque"])
def test_recherche(site: Site, adresse: str, ouvrir: Ouvrir, depuis: str) -> None:
    racine = adresse if depuis == "serveur" else site.dossier.as_uri()
    page = ouvrir()
    page.goto(f"{racine}/index.html")
    assert _chercher(page, "xyzzyx") == []
    for mots in ("embeddings", "évaluer", "evaluer", "temperature", "l’entraînement"):
        assert _chercher(page, mots), mots
    assert _chercher(page, "prenom") == _chercher(page, "prénom")
    # Sans accents, on trouve aussi les fonctions des programmes, qui n'en ont pas.
    avec, sans = (_titres(_chercher(page, mots)) for mots in ("évaluer", "evaluer"))
    assert avec <= sans


@pytest.mark.parametrize("taille", TAILLES)
def test_trouver_le_module_7(adresse: str, ouvrir: Ouvrir, taille: str) -> None:
    page = ouvrir(taille)
    page.goto(adresse)
    _chercher(page, "introduction au fine-tuning")
    page.locator(f'.md-search-result__link[href*="{MODULE_7}"]').first.click()
    page.wait_for_url(f"**/{MODULE_7}.html*")


@pytest.mark.parametrize("taille", TAILLES)
def test_d_une_page_a_l_autre(site: Site, adresse: str, ouvrir: Ouvrir, taille: str) -> None:
    """Au pied des pages. Que ce chemin passe par toutes, `test_site` le lit dans leurs liens."""
    page, vues = ouvrir(taille), ["index.html"]
    page.goto(f"{adresse}/{vues[0]}")
    for _ in range(3):
        suivante = site.voisine(vues[-1], "next")
        page.locator("a.md-footer__link--next").click()
        page.wait_for_url(f"{adresse}/{suivante}")
        vues.append(str(suivante))
    page.locator("a.md-footer__link--prev").click()
    page.wait_for_url(f"{adresse}/{vues[-2]}")


@pytest.mark.parametrize("taille", TAILLES)
def test_copier_rend_le_fichier(adresse: str, ouvrir: Ouvrir, taille: str) -> None:
    fichiers = INCLUSION.findall((DOCS / f"{MODULE_7}.md").read_text(encoding="utf-8"))
    assert fichiers, "aucun programme inclus en entier dans le module 7"
    page = ouvrir(taille)
    page.goto(f"{adresse}/{MODULE_7}.html")
    blocs = page.locator(".highlight:visible", has=page.locator("pre > code"))
    affiches = [texte.strip() for texte in blocs.locator("pre > code").all_text_contents()]
    for fichier in dict.fromkeys(fichiers):
        source = (RACINE / fichier).read_text(encoding="utf-8")
        attendu = MARQUE_DE_SECTION.sub("", source).strip()
        assert attendu in affiches, f"{fichier} n'est pas affiché tel quel"
        bloc = blocs.nth(affiches.index(attendu))
        bloc.hover()
        bloc.locator("[data-md-type=copy]").click()
        assert page.evaluate("navigator.clipboard.readText()").strip() == attendu, fichier


@pytest.mark.parametrize("taille", TAILLES)
def test_mode_sombre(adresse: str, ouvrir: Ouvrir, taille: str) -> None:
    page = ouvrir(taille)
    page.goto(f"{adresse}/index.html")
    fond = "getComputedStyle(document.body).backgroundColor"
    clair = page.evaluate(fond)
    page.get_by_title("Passer en mode sombre").click()
    page.wait_for_function(f"{fond} !== '{clair}'")
    page.goto(f"{adresse}/annexes/glossaire.html")
    assert page.evaluate("document.body.dataset.mdColorScheme") == "slate"
    page.get_by_title("Passer en mode clair").click()
    page.wait_for_function(f"{fond} === '{clair}'")


def test_quiz_au_clavier(adresse: str, ouvrir: Ouvrir) -> None:
    page = ouvrir()
    page.goto(f"{adresse}/{MODULE_7}.html")
    choix = page.locator("details.reponse-juste, details.reponse-fausse")
    assert choix.count() >= 2
    choix.first.locator("summary").focus()
    for rang in range(choix.count()):
        bloc = choix.nth(rang)
        for _ in range(12):
            if bloc.locator("summary").evaluate("e => e === document.activeElement"):
                break
            page.keyboard.press("Tab")
        assert bloc.get_attribute("open") is None
        page.keyboard.press("Enter")
        assert bloc.get_attribute("open") is not None
        attendu = "Juste" if "reponse-juste" in (bloc.get_attribute("class") or "") else "Faux"
        mot = bloc.locator("summary").evaluate("e => getComputedStyle(e, '::after').content")
        assert mot == f'"{attendu}"'


def test_impression_deplie_tout(adresse: str, ouvrir: Ouvrir) -> None:
    page = ouvrir()
    page.goto(f"{adresse}/{MODULE_7}.html")
    replies = page.locator("details:not([open])")
    avant = replies.count()
    assert avant
    page.emulate_media(media="print")
    page.wait_for_function("!document.querySelector('details:not([open])')")
    assert not page.locator(".md-header").is_visible()
    page.emulate_media(media="screen")
    page.wait_for_function("document.querySelector('details:not([open])')")
    assert replies.count() == avant


@pytest.mark.parametrize("part", range(PARTS))
def test_lisible_par_tous(site: Site, adresse: str, ouvrir: Ouvrir, part: int) -> None:
    """Chaque page tient dans l'écran ; axe n'y trouve rien, volets ouverts, en clair et en sombre.

    Le thème sombre ne change que les couleurs. Le bouton qui le met a son propre test.
    """
    page, fautes = ouvrir(), []
    # Préparer l'index de la recherche, qui a ses propres tests, prendrait une seconde par page.
    index = json.loads(site.lire("search/search_index.json"))
    del index["docs"][1:]
    page.route("**/search_index.json", lambda route: route.fulfill(json=index))
    for chemin in [*site.pages, "404.html"][part::PARTS]:
        page.goto(f"{adresse}/{chemin}")
        for nom, taille in TAILLES.items():
            page.set_viewport_size(taille)
            if page.evaluate(DEBORDEMENT) > 0:
                fautes.append(f"{chemin} est plus large que l'écran d'un {nom}")
        page.evaluate(AXE.read_text(encoding="utf-8"))
        page.evaluate(PREPARER, THEMES)
        for theme in THEMES:
            page.evaluate(THEMER, theme)
            trouvees = _fautes(page, COULEURS, SANS_JUMEAUX)
            trouvees += _fautes(page, LE_RESTE) if theme == THEMES[0] else []
            fautes += [f"{chemin}, {theme} : {faute}" for faute in trouvees]
    assert not fautes, "\n".join(fautes)


def _fautes(page: Page, regles: dict[str, Any], ou: dict[str, Any] | None = None) -> list[str]:
    """Ce qu'axe trouve de sérieux sur cette page, où il est déjà chargé."""
    lancer = "([ou, options]) => axe.run(ou ?? document, options)"
    resultat = page.evaluate(lancer, [ou, regles])
    return [
        f"{faute['id']} sur {noeud['html']}"
        for faute in resultat["violations"]
        if faute["impact"] in {"serious", "critical"}
        for noeud in faute["nodes"]
    ]


def test_aucune_feuille_de_style_n_impose_une_orientation(
    site: Site, adresse: str, ouvrir: Ouvrir
) -> None:
    """La seule règle d'axe qui relit les feuilles de style : deux pages les ont toutes."""
    pages = ("index.html", "jour-3/7_carnet_mesures.html")
    feuilles = {nom: set(FEUILLE.findall(site.lire(nom))) for nom in site.pages}
    assert set().union(*feuilles.values()) == set().union(*(feuilles[nom] for nom in pages))
    page = ouvrir()
    for nom in pages:
        page.goto(f"{adresse}/{nom}")
        page.evaluate(AXE.read_text(encoding="utf-8"))
        assert not _fautes(page, {"runOnly": ["css-orientation-lock"]})


def test_un_texte_illisible_est_vu_sous_chacun_de_ses_aspects(ouvrir: Ouvrir) -> None:
    """Ce que `PREPARER` retire à axe ne lui aurait rien appris de plus."""
    page = ouvrir()
    style = "pre { background: #fff } [data-md-color-scheme=slate] .n { color: #eee }"
    mots = [("k", "#ccc")] * 4 + [("k", "#ddd")] * 3 + [("n", "")] * 3 + [("o", "")]
    code = "".join(f'<span class="{c}" style="color: {couleur}">mot</span>' for c, couleur in mots)
    cache = '<p hidden style="color: #bbb">caché</p>' * 2
    phrase = '<p style="color: #bbb">clair <b style="color: #000">lisible</b></p>'
    page.set_content(
        f"<style>{style}</style><main><pre><code>{code}</code></pre>{cache}{phrase * 3}</main>"
    )
    page.evaluate(AXE.read_text(encoding="utf-8"))
    page.evaluate(PREPARER, THEMES)
    vues = []
    for theme in THEMES:
        page.evaluate(THEMER, theme)
        fautes = "".join(_fautes(page, COULEURS, SANS_JUMEAUX))
        vues.append(Counter(re.findall('#ccc|#ddd|#bbb|class="n"', fautes)))
    assert vues[0] == {"#ccc": 2, "#ddd": 2, "#bbb": 2}
    assert vues[1]['class="n"'] == 2, "illisible en sombre seulement"
    assert page.locator("pre").inner_text() == "mot" * len(mots)


def test_telecharger_un_programme(adresse: str, ouvrir: Ouvrir) -> None:
    page = ouvrir()
    page.goto(f"{adresse}/{MODULE_7}.html")
    lien = page.locator(".filename a").first
    with page.expect_download() as telechargement:
        lien.click()
    assert telechargement.value.suggested_filename == lien.inner_text()


def test_le_kit_s_ouvre_depuis_une_cle(archive: Path, ouvrir: Ouvrir, tmp_path: Path) -> None:
    cle = tmp_path / "Clé USB n° 2"
    with zipfile.ZipFile(archive) as contenu:
        contenu.extractall(cle)
    page = ouvrir()
    page.goto((cle / "cours-llm-fr" / "site" / "index.html").as_uri())
    _chercher(page, "introduction au fine-tuning")
    page.locator(f'.md-search-result__link[href*="{MODULE_7}"]').first.click()
    page.wait_for_url(f"**/{MODULE_7}.html*")


def test_page_inconnue(adresse: str, ouvrir: Ouvrir) -> None:
    page = ouvrir()
    page.goto(f"{adresse}/jour-9/rien.html")
    assert page.get_by_role("heading", name="Page introuvable").is_visible()
    page.get_by_role("link", name="le glossaire").click()
    glossaire = page.get_by_role("heading", name="Glossaire")
    glossaire.wait_for()  # le clic n'attend pas que la page soit chargée
    assert glossaire.is_visible()


def test_sans_navigateur_ni_apt(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    assert trouver() is None
    with pytest.raises(ErreurCours, match="sudo apt-get install --yes chromium"):
        installer()


def test_navigateur_deja_present(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    chromium = tmp_path / "chromium-browser"
    chromium.touch(mode=0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    assert installer() == chromium


def test_l_aide_memoire_tient_sur_deux_pages(adresse: str, ouvrir: Ouvrir) -> None:
    page = ouvrir()
    page.goto(f"{adresse}/annexes/aide_memoire.html")
    imprime = PdfReader(BytesIO(page.pdf(prefer_css_page_size=True)))
    assert len(imprime.pages) == 2


@pytest.mark.parametrize("depuis", ["serveur", "disque"])
def test_progression(site: Site, adresse: str, ouvrir: Ouvrir, depuis: str) -> None:
    racine = adresse if depuis == "serveur" else site.dossier.as_uri()
    page = ouvrir()
    page.goto(f"{racine}/{MODULE_7}.html")
    score, fait = page.locator(".score-du-quiz"), page.get_by_label("Module 7 fait")
    justes = page.locator("details.reponse-juste")
    nombre = justes.count()
    assert score.inner_text() == "" and not fait.is_checked()

    justes.nth(0).locator("summary").click()
    assert f": 1 sur {nombre}, {nombre - 1} sans réponse." in score.inner_text()
    for reponse in (justes.nth(1).locator(MAUVAISE_REPONSE), justes.nth(1)):
        reponse.locator("summary").click()
        assert f": 1 sur {nombre}, {nombre - 2} sans réponse." in score.inner_text()
    fait.check()
    note = score.inner_text()
    page.reload()
    assert score.inner_text() == note and fait.is_checked()

    page.locator(".module-fait a").click()
    page.wait_for_url(f"{racine}/{MA_PROGRESSION}.html")
    assert page.get_by_label("Module 7 fait").is_checked()
    ligne = page.get_by_role("row").filter(has=page.get_by_label("Module 7 fait"))
    assert f": 1 sur {nombre}, {nombre - 2} sans réponse" in ligne.inner_text()
    bilan = page.locator("#bilan").inner_text()
    assert "faits\xa0: 1 sur" in bilan and "coup\xa0: 1 sur" in bilan


def test_tout_effacer(adresse: str, ouvrir: Ouvrir) -> None:
    page = ouvrir()
    page.goto(f"{adresse}/{MA_PROGRESSION}.html")
    page.evaluate("localStorage.setItem('autre', 'à garder')")
    bouton, fait = page.get_by_role("button", name="Tout effacer"), page.get_by_label("Module 3")
    fait.check()
    page.once("dialog", lambda dialogue: dialogue.dismiss())
    bouton.click()
    assert fait.is_checked()
    page.once("dialog", lambda dialogue: dialogue.accept())
    bouton.click()
    assert not fait.is_checked()
    assert page.evaluate("localStorage.getItem('cours.progression')") is None
    assert page.evaluate("localStorage.getItem('autre')") == "à garder"


def test_progression_suivie_d_un_onglet_a_l_autre(adresse: str, ouvrir: Ouvrir) -> None:
    page = ouvrir()
    page.goto(f"{adresse}/{MA_PROGRESSION}.html")
    page.evaluate("localStorage.setItem('cours.progression', 'abîmé')")
    autre = page.context.new_page()
    autre.goto(f"{adresse}/{MODULE_7}.html")
    autre.get_by_label("Module 7 fait").check()
    page.locator("#bilan").filter(has_text="faits\xa0: 1 sur").wait_for()
    assert page.get_by_label("Module 7 fait").is_checked()


def test_sans_stockage_le_site_marche_et_le_dit(adresse: str, ouvrir: Ouvrir) -> None:
    page = ouvrir()
    page.add_init_script(SANS_STOCKAGE)
    page.goto(f"{adresse}/{MODULE_7}.html")
    assert "refuse de garder" in page.locator(".module-fait").inner_text()
    juste = page.locator("details.reponse-juste").first
    juste.locator("summary").click()
    assert juste.get_attribute("open") is not None
    page.goto(f"{adresse}/{MA_PROGRESSION}.html")
    assert "refuse de garder" in page.locator("#bilan").inner_text()
    assert not page.locator("#tout-effacer").is_visible()
    assert _chercher(page, "embeddings")


def test_stockage_plein(adresse: str, ouvrir: Ouvrir) -> None:
    page = ouvrir()
    page.add_init_script(STOCKAGE_PLEIN)
    page.goto(f"{adresse}/{MODULE_7}.html")
    page.get_by_label("Module 7 fait").click()
    assert "refuse de garder" in page.locator(".module-fait").inner_text()


def test_progression_sans_javascript(adresse: str, navigateur: Browser) -> None:
    with navigateur.new_context(java_script_enabled=False) as contexte:
        page = contexte.new_page()
        page.goto(f"{adresse}/{MODULE_7}.html")
        assert not page.locator(".module-fait").is_visible()
        page.goto(f"{adresse}/{MA_PROGRESSION}.html")
        assert "JavaScript" in page.locator("#bilan").inner_text()
        assert not page.locator("#tout-effacer").is_visible()
        assert page.get_by_role("link", name="Quiz", exact=True).first.is_visible()
