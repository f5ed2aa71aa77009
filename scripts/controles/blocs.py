"""Le code et les sorties qu'une page montre viennent de fichiers exécutés."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

from scripts.controles import des_pages, exemptions, rendu
from scripts.controles.probleme import Probleme
from scripts.controles.rendu import BlocRendu, Rendu
from scripts.lecons import pages
from scripts.socle.chemins import relatif


def code_des_pages() -> Iterator[Probleme]:
    """Aucune page ne montre du code ou une sortie qui ne vienne d'un fichier exécuté."""
    exemptes = {(page, contenu) for page, contenu, _ in exemptions.blocs()}
    for page, rendue in des_pages.rendus().items():
        testes, signales = _executes_par_les_tests(page), list[Probleme]()
        for bloc in rendue.blocs:
            texte = des_pages.a_comparer(bloc.texte)
            if bloc.genre == "bloc" and ((relatif(page), texte) in exemptes or texte in testes):
                continue
            signales.append(_bloc_non_suivi(page, bloc))
        yield from signales
        endroits = {probleme.fichier for probleme in signales}
        yield from (p for p in _clotures_ratees(page, rendue) if p.fichier not in endroits)


def _clotures_ratees(page: Path, rendue: Rendu) -> Iterator[Probleme]:
    """Une clôture que le site ne lit pas comme telle : son contenu s'affiche n'importe comment."""
    montres = {des_pages.a_comparer(bloc.texte) for bloc in rendue.blocs if bloc.genre == "bloc"}
    lignes = page.read_text(encoding="utf-8").split("\n")
    for bloc in pages.blocs(page):
        avant = "\n".join(lignes[: bloc.ligne])
        commente = avant.count("<!--") > avant.count("-->")
        inclut = any(map(pages.INCLUSION.match, bloc.contenu.split("\n")))
        texte = des_pages.a_comparer(bloc.contenu)
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
        des_pages.a_comparer(_sans_retrait(code))
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
    texte = des_pages.a_comparer(bloc.texte)
    for cloture in pages.blocs(page):
        if bloc.genre != "html" and des_pages.a_comparer(cloture.contenu) == texte and texte:
            return cloture.ligne
    lignes = [ligne.strip() for ligne in texte.split("\n") if not rendu.REPERE.search(ligne)]
    debut = next(filter(None, lignes), "")
    return des_pages.ligne_de(page, debut) or des_pages.ligne_de(page, bloc.debut)


def _en_retrait(page: Path, numero: int) -> bool:
    """Vrai si cette ligne est en retrait, sous aucune clôture, même citée."""
    lignes = page.read_text(encoding="utf-8").split("\n")
    if not re.match(r"[> ]*(?: {4}|\t)", lignes[numero - 1]):
        return False
    avant = [ligne.lstrip(" >\t-*+0123456789.)") for ligne in lignes[:numero]]
    return sum(ligne.startswith(("```", "~~~")) for ligne in avant) % 2 == 0
