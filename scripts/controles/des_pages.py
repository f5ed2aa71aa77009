"""Ce que montrent les pages vient de fichiers qui ont tourné."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Sequence
from functools import cache
from pathlib import Path, PurePosixPath
from typing import NamedTuple

from scripts.controles import rendu
from scripts.controles.probleme import Probleme
from scripts.controles.rendu import BlocRendu, Rendu
from scripts.lecons import catalogue, exemptions, pages, sections
from scripts.socle import chemins
from scripts.socle.chemins import relatif

# Ce qu'une page peut inclure : du code et des données suivis, ou ce qui est calculé d'après eux.
DOSSIERS_INCLUS = ("snippets/", "genere/")


@cache
def rendus() -> dict[Path, Rendu]:
    """Ce que donne chaque page du site une fois rendue ; `verifier` vide ce cache au départ."""
    return rendu.de_toutes(pages.toutes())


def pages_rendues() -> Iterator[Probleme]:
    """Chaque page se rend, et chacune de ses inclusions est de celles que le site comprend."""
    for page, rendue in rendus().items():
        if rendue.erreur:
            yield Probleme(
                relatif(page),
                f"la page ne peut pas être rendue ({rendue.erreur})",
                "Reprenez la dernière version lisible, puis refaites vos changements pas à pas.",
            )
        if rendue.inclusions_ratees:
            yield Probleme(
                _endroit(page, "8<-"),
                "une inclusion s'affiche au lieu d'être faite",
                'Écrivez-la seule sur sa ligne, hors d\'une citation : --8<-- "fichier:section".',
            )


def snippets_montres() -> Iterator[Probleme]:
    """Chaque snippet est sur une page, et s'y voit."""
    montres = {montre.fichier for rendue in rendus().values() for montre in rendue.montres}
    for nom in catalogue.noms_des_snippets():
        if catalogue.est_carnet(chemins.SNIPPETS / nom):
            continue
        if f"snippets/{nom}" not in montres:
            yield Probleme(
                f"snippets/{nom}",
                "ce programme n'est sur aucune page",
                f'Incluez-le avec --8<-- "snippets/{nom}", ou supprimez-le.',
            )


# --- Le code et les sorties écrits dans une page ---


def code_des_pages() -> Iterator[Probleme]:
    """Aucune page ne montre du code ou une sortie qui ne vienne d'un fichier exécuté."""
    exemptes = {(page, contenu) for page, contenu, _ in _blocs_exemptes()}
    for page, rendue in rendus().items():
        testes, signales = _executes_par_les_tests(page), list[Probleme]()
        for bloc in rendue.blocs:
            texte = _a_comparer(bloc.texte)
            if bloc.genre == "bloc" and ((relatif(page), texte) in exemptes or texte in testes):
                continue
            signales.append(_bloc_non_suivi(page, bloc))
        yield from signales
        endroits = {probleme.fichier for probleme in signales}
        yield from (p for p in _clotures_ratees(page, rendue) if p.fichier not in endroits)
        yield from _inclusions_mal_placees(page, rendue)


def _clotures_ratees(page: Path, rendue: Rendu) -> Iterator[Probleme]:
    """Une clôture que le site ne lit pas comme telle : son contenu s'affiche n'importe comment."""
    montres = {_a_comparer(bloc.texte) for bloc in rendue.blocs if bloc.genre == "bloc"}
    lignes = page.read_text(encoding="utf-8").split("\n")
    for bloc in pages.blocs(page):
        avant = "\n".join(lignes[: bloc.ligne])
        commente = avant.count("<!--") > avant.count("-->")
        inclut = any(map(pages.INCLUSION.match, bloc.contenu.split("\n")))
        texte = _a_comparer(bloc.contenu)
        if texte and texte not in montres and not inclut and not commente:
            quoi = "du Python" if bloc.langage in pages.LANGAGES_PYTHON else "un bloc"
            yield Probleme(
                f"{relatif(page)}:{bloc.ligne}",
                f"{quoi} ({bloc.langage or 'sans langage'}) est sous une clôture que le site ne "
                "lit pas",
                "Annoncez le langage seul, suivi au plus d'un titre ; le contenu vient d'un "
                "fichier de snippets/.",
            )


def _executes_par_les_tests(page: Path) -> set[str]:
    """Les blocs Python que les tests exécutent et qui montrent leur résultat (`#>`, `assert`)."""
    trouves = pages.exemples_python(page.read_text(encoding="utf-8"))
    return {
        _a_comparer(_sans_retrait(code))
        for annonce, code in trouves
        if "skip" not in annonce and _montre_son_resultat(_sans_retrait(code))
    }


def _sans_retrait(code: str) -> str:
    lignes = code.split("\n")
    retrait = min((len(li) - len(li.lstrip()) for li in lignes if li.strip()), default=0)
    return "\n".join(ligne[retrait:] for ligne in lignes)


def _montre_son_resultat(code: str) -> bool:
    """Vrai si ce code se vérifie lui-même : une ligne `#>` après un `print`, ou un `assert`."""
    try:
        arbre = ast.parse(code)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return False
    affirme = any(isinstance(noeud, ast.Assert) for noeud in ast.walk(arbre))
    return affirme or re.search(r"^ *#> ?\S", code, re.MULTILINE) is not None


def _a_comparer(texte: str) -> str:
    """Le texte d'un bloc sans ce que le rendu peut changer : tabulations, fins de ligne, bords."""
    lignes = texte.expandtabs(4).split("\n")
    return "\n".join(ligne.rstrip() for ligne in lignes).strip()


def _bloc_non_suivi(page: Path, bloc: BlocRendu) -> Probleme:
    remede = (
        "Mettez-le dans un snippet et incluez le snippet ou sa sortie enregistrée ; si rien ici ne "
        "peut l'exécuter, déclarez-le avec sa raison dans snippets/exemptions.toml."
    )
    numero = _ligne_du_bloc(page, bloc)
    endroit = f"{relatif(page)}:{numero}" if numero else relatif(page)
    cloture = next((bloc for bloc in pages.blocs(page) if bloc.ligne == numero), None)
    if cloture is None and bloc.genre == "html":
        return Probleme(endroit, "du code ou une sortie est écrit en HTML", remede)
    if cloture is None and bloc.genre == "ligne":
        constat = "du code en ligne s'étend sur plusieurs lignes"
        autre = "Écrivez-le d'un seul tenant, sur une ligne de la page ; sinon, m"
        return Probleme(endroit, constat, autre + remede[1:])
    if cloture is None and numero and _en_retrait(page, numero):
        return Probleme(endroit, "du code ou une sortie est écrit par simple retrait", remede)
    langage = cloture.langage if cloture else bloc.langage
    if langage == "text" and cloture and not cloture.langage:
        langage = ""
    quoi = "du Python" if langage in pages.LANGAGES_PYTHON else "un bloc"
    complement = ""
    if langage in {"python", "py"} and bloc.genre == "bloc":
        complement = (
            " Un bloc Python que les tests exécutent se vérifie par un « #> » ou une assertion."
        )
    constat = f"{quoi} ({langage or 'sans langage'}) ne vient d'aucun fichier exécuté"
    return Probleme(endroit, constat, remede + complement)


def _ligne_du_bloc(page: Path, bloc: BlocRendu) -> int | None:
    """La ligne de la page où ce bloc commence : celle de sa clôture, sinon de son texte."""
    texte = _a_comparer(bloc.texte)
    for cloture in pages.blocs(page):
        if bloc.genre != "html" and _a_comparer(cloture.contenu) == texte and texte:
            return cloture.ligne
    lignes = [ligne.strip() for ligne in texte.split("\n") if not rendu.REPERE.search(ligne)]
    debut = next(filter(None, lignes), "")
    return _ligne(page, debut) or _ligne(page, bloc.debut)


def _en_retrait(page: Path, numero: int) -> bool:
    """Vrai si cette ligne est en retrait, sous aucune clôture, même citée."""
    lignes = page.read_text(encoding="utf-8").split("\n")
    if not re.match(r"[> ]*(?: {4}|\t)", lignes[numero - 1]):
        return False
    avant = [ligne.lstrip(" >\t-*+0123456789.)") for ligne in lignes[:numero]]
    return sum(ligne.startswith(("```", "~~~")) for ligne in avant) % 2 == 0


def _inclusions_mal_placees(page: Path, rendue: Rendu) -> Iterator[Probleme]:
    """Un fichier se montre dans un bloc de code ; un fragment de genere/, hors de tout bloc."""
    dans_un_bloc = {
        numero
        for bloc in pages.blocs(page)
        for numero in range(bloc.ligne, bloc.ligne + bloc.contenu.count("\n") + 2)
    }
    for inclusion in pages.inclusions(page):
        if inclusion.fichier.startswith("genere/") and inclusion.ligne in dans_un_bloc:
            yield Probleme(
                f"{relatif(page)}:{inclusion.ligne}",
                f"« {inclusion.fichier} » est inclus dans un bloc de code",
                "Sortez cette inclusion du bloc : le fragment contient déjà le sien.",
            )
    for montre in rendue.montres:
        if montre.fichier.startswith("snippets/") and not montre.dans_un_bloc:
            yield Probleme(
                f"{relatif(page)}:{montre.ligne}",
                f"« {montre.fichier} » est inclus hors d'un bloc de code",
                "Entourez l'inclusion d'un bloc de code, qui ne contient qu'elle.",
            )


def _endroit(page: Path, texte: str) -> str:
    numero = _ligne(page, texte)
    return f"{relatif(page)}:{numero}" if numero else relatif(page)


def _ligne(page: Path, texte: str) -> int | None:
    """La première ligne de la page qui contient ce texte, à la casse près."""
    if not texte:
        return None
    lignes = page.read_text(encoding="utf-8").lower().split("\n")
    return next((n for n, ligne in enumerate(lignes, 1) if texte.lower() in ligne), None)


# --- Les sorties sous leurs programmes ---


class Etape(NamedTuple):
    """Un programme que la page montre, ou une sortie : laquelle, de quel programme, où."""

    est_une_sortie: bool
    nom: str
    ligne: int


def sorties_sous_leur_programme() -> Iterator[Probleme]:
    """Sous chaque programme montré, sa propre sortie ; sous aucun, celle d'un autre.

    La règle suit la lecture de la page. Un programme montré en plusieurs extraits a sa sortie après
    le dernier ; une page peut aussi commencer par la sortie, si son programme est le suivant.
    """
    noms = catalogue.noms_des_snippets()
    # Un programme jamais enregistré est déjà signalé : il n'a encore aucune sortie à montrer.
    sans_sortie = set(_sans_sortie()) | set(filter(_jamais_enregistre, noms))
    for page, rendue in rendus().items():
        # Un fichier qui manque est déjà signalé, et fausserait l'ordre.
        if all((chemins.RACINE / i.fichier).is_file() for i in pages.inclusions(page)):
            yield from _ordre(page, _etapes(rendue, noms), sans_sortie)


def _jamais_enregistre(nom: str) -> bool:
    fragment = chemins.GENERE / PurePosixPath(nom).with_suffix(".md")
    return fragment.is_file() and fragment.read_text(encoding="utf-8").startswith("!!! failure")


def _etapes(rendue: Rendu, noms: list[str]) -> list[Etape]:
    """Ce que la page montre, dans l'ordre ; des extraits ou des onglets voisins n'en font qu'un."""
    programmes = {f"snippets/{nom}": nom for nom in noms}
    fragments = {f"genere/{PurePosixPath(nom).with_suffix('.md')}": nom for nom in noms}
    etapes: list[Etape] = []
    for montre in rendue.montres:
        programme = programmes.get(montre.fichier)
        nom = (
            programme or fragments.get(montre.fragment) or _programme_de(montre.fichier, programmes)
        )
        if nom is None:
            continue
        etape = Etape(programme is None, nom, montre.ligne)
        if etapes and etapes[-1][:2] == etape[:2]:
            etapes.pop()
        etapes.append(etape)
    return etapes


def _ordre(page: Path, etapes: Sequence[Etape], sans_sortie: set[str]) -> Iterator[Probleme]:
    precedente: Etape | None = None
    en_tete = ""  # le programme dont la sortie a été montrée avant lui
    for etape, suivante in zip(etapes, [*etapes, None][1:], strict=True):
        if etape.est_une_sortie:
            sous_le_sien = precedente is not None and precedente.nom == etape.nom
            avant_le_sien = suivante is not None and suivante[:2] == (False, etape.nom)
            attendu = precedente.nom if precedente and not precedente.est_une_sortie else ""
            if not sous_le_sien and (attendu or not avant_le_sien):
                yield _sortie_mal_placee(page, etape.nom, attendu, etape.ligne)
            en_tete = etape.nom if avant_le_sien and not sous_le_sien else ""
        else:
            suivie = suivante is not None and suivante.est_une_sortie
            if not suivie and etape.nom not in {en_tete, *sans_sortie}:
                yield _sortie_absente(page, etape.nom, etape.ligne)
        precedente = etape


def _programme_de(fichier: str, programmes: dict[str, str]) -> str | None:
    """Le programme dont ce fichier est une sortie enregistrée, incluse sans son fragment."""
    chemin = PurePosixPath(fichier)
    if chemin.parent.name != "sorties":
        return None
    dossier = chemin.parents[1]
    for extension in catalogue.EXTENSIONS:
        for radical in (chemin.stem, chemin.name.split(".")[0]):
            if nom := programmes.get(f"{dossier}/{radical}{extension}"):
                return nom
    return None


def _fragment(nom: str) -> str:
    return f'--8<-- "genere/{PurePosixPath(nom).with_suffix(".md")}"'


def _sortie_mal_placee(page: Path, nom: str, attendu: str, ligne: int) -> Probleme:
    endroit = f"{relatif(page)}:{ligne}"
    if attendu:
        return Probleme(
            endroit,
            f"sous le programme {attendu} se trouve la sortie d'un autre, {nom}",
            f"Incluez sous ce programme sa propre sortie : {_fragment(attendu)}.",
        )
    return Probleme(
        endroit,
        f"la sortie de {nom} n'est pas sous son programme",
        f'Placez-la après --8<-- "snippets/{nom}", ou retirez-la.',
    )


def _sortie_absente(page: Path, nom: str, ligne: int) -> Probleme:
    return Probleme(
        f"{relatif(page)}:{ligne}",
        f"le programme {nom} est montré sans sa sortie",
        f"Incluez-la après son dernier extrait : {_fragment(nom)} ; s'il n'y a rien à montrer, "
        "déclarez-le avec sa raison dans snippets/exemptions.toml, sous [[sans_sortie]].",
    )


# --- Les exemptions ---


def _blocs_exemptes() -> list[tuple[str, str, str]]:
    """(page, contenu à comparer, première ligne) de chaque bloc exempté."""
    return [
        (bloc["page"], _a_comparer(bloc["contenu"]), bloc["contenu"].strip().split("\n")[0])
        for bloc in exemptions.de("bloc")
    ]


def _sans_sortie() -> list[str]:
    """Les programmes dont une exemption dit qu'ils se montrent sans sortie."""
    return [exemption["programme"] for exemption in exemptions.de("sans_sortie")]


def exemptions_utiles() -> Iterator[Probleme]:
    """Chaque exemption correspond encore à un bloc de sa page : la liste ne peut que rétrécir."""
    montres = {
        (relatif(page), _a_comparer(bloc.texte))
        for page, rendue in rendus().items()
        for bloc in rendue.blocs
        if bloc.genre == "bloc"
    }
    for page, contenu, debut in _blocs_exemptes():
        if (page, contenu) not in montres:
            yield Probleme(
                "snippets/exemptions.toml",
                f"l'exemption « {debut} » de {page} ne sert plus",
                "Retirez-la de la liste.",
            )
    yield from _sans_sortie_utiles()


def _sans_sortie_utiles() -> Iterator[Probleme]:
    inclus = {inclusion.fichier for page in pages.toutes() for inclusion in pages.inclusions(page)}
    for nom in _sans_sortie():
        sortie = f"genere/{PurePosixPath(nom).with_suffix('.md')}"
        if f"snippets/{nom}" not in inclus or sortie in inclus:
            yield Probleme(
                "snippets/exemptions.toml",
                f"l'exemption sans_sortie de {nom} ne sert plus",
                "Retirez-la de la liste.",
            )


def inclusions_valides() -> Iterator[Probleme]:
    """Chaque inclusion désigne un fichier suivi et une section qui existent."""
    generes = {relatif(chemin) for chemin in chemins.GENERE.rglob("*.md")}
    for page in pages.toutes():
        for inclusion in pages.inclusions(page):
            endroit = f"{relatif(page)}:{inclusion.ligne}"
            fichier = chemins.RACINE / inclusion.fichier
            if not inclusion.fichier.startswith(DOSSIERS_INCLUS) or ".." in fichier.parts:
                yield Probleme(
                    endroit,
                    f"« {inclusion.fichier} » n'est pas sous snippets/",
                    "Une page n'inclut que des fichiers de snippets/ ou de genere/.",
                )
            elif not fichier.is_file() and inclusion.fichier not in generes:
                yield Probleme(
                    endroit,
                    f"le fichier « {inclusion.fichier} » n'existe pas",
                    "Corrigez le nom ; les sorties sont sous genere/, au nom du snippet.",
                )
            elif inclusion.section and not _a_la_section(fichier, inclusion.section):
                yield Probleme(
                    endroit,
                    f"la section « {inclusion.section} » n'existe pas dans {inclusion.fichier}",
                    f"Ajoutez la balise « --8<-- [start:{inclusion.section}] » ou corrigez le nom.",
                )


def _a_la_section(fichier: Path, section: str) -> bool:
    return section in sections.sections(fichier.read_text(encoding="utf-8", errors="replace"))
