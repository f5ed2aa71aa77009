"""Le code et les sorties qu'une page montre viennent de fichiers exécutés."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Sequence
from pathlib import Path

from scripts.controles import des_pages, endroits, exemptions, inclusions, instructions
from scripts.controles.attente import normaliser
from scripts.controles.des_pages import a_comparer
from scripts.controles.lecture import BlocRendu, Rendu
from scripts.controles.probleme import Probleme
from scripts.lecons import pages
from scripts.lecons.pages import Bloc
from scripts.socle.chemins import relatif


def code_des_pages() -> Iterator[Probleme]:
    """Ni page ni carnet ne montre du code ou une sortie qui ne vienne d'un fichier exécuté."""
    exemptes = {(page, contenu) for page, contenu, _ in exemptions.blocs()}
    for page, rendue in des_pages.rendus().items():
        testes = _executes_par_les_tests(page)
        ecrits = [
            bloc
            for bloc in rendue.blocs
            if bloc.genre != "bloc"
            or not {(relatif(page), a_comparer(bloc.texte)), a_comparer(bloc.texte)}
            & {*exemptes, *testes}
        ]
        lignes = _lignes_des_blocs(page, ecrits)
        signales = [_bloc_non_suivi(page, *couple) for couple in zip(ecrits, lignes, strict=True)]
        yield from signales
        numeros = {probleme.fichier for probleme in signales}
        yield from (p for p in _clotures_ratees(page, rendue) if p.fichier not in numeros)
    for carnet, rendue in des_pages.carnets().items():
        for bloc in rendue.blocs:
            # Une ligne de texte trop longue peut y couper un nom de commande.
            if bloc.genre != "ligne" or any(map(instructions.agit, bloc.texte.split("\n"))):
                yield _dans_un_carnet(carnet, bloc)


def _dans_un_carnet(carnet: Path, bloc: BlocRendu) -> Probleme:
    debut = next(filter(None, map(str.strip, bloc.texte.split("\n"))), bloc.debut)
    return Probleme(
        relatif(carnet),
        f"une cellule de texte montre du code ou une sortie, « {debut} »",
        "Mettez-le dans une cellule de code de sa source sous snippets/, puis lancez "
        "« make enregistrer ».",
    )


def _clotures_ratees(page: Path, rendue: Rendu) -> Iterator[Probleme]:
    """Une clôture que le site ne lit pas comme telle : son contenu s'affiche n'importe comment."""
    montres = {a_comparer(bloc.texte) for bloc in rendue.blocs if bloc.genre == "bloc"}
    lignes = page.read_text(encoding="utf-8").split("\n")
    for bloc in pages.blocs(page):
        avant = "\n".join(lignes[: bloc.ligne])
        commente = avant.count("<!--") > avant.count("-->")
        inclut = any(map(pages.INCLUSION.match, bloc.contenu.split("\n")))
        texte = a_comparer(bloc.contenu)
        if texte and texte not in montres and not inclut and not commente:
            quoi = "du Python" if bloc.langage in pages.LANGAGES_PYTHON else "un bloc"
            yield Probleme(
                f"{relatif(page)}:{bloc.ligne}",
                f"{quoi} ({bloc.langage or 'sans langage'}) est sous une clôture que le site ne "
                "lit pas",
                "Annoncez le langage seul, suivi au plus d'un titre ; le contenu vient d'un "
                "fichier de snippets/.",
            )
    ouvert = pages.cloture_jamais_fermee(page)
    if ouvert and "<!--" not in "\n".join(lignes[: ouvert.ligne - 1]).rpartition("-->")[2]:
        yield Probleme(
            f"{relatif(page)}:{ouvert.ligne}",
            f"la clôture « {ouvert.cloture}{ouvert.info} » n'est jamais fermée",
            f"Fermez-la par « {ouvert.cloture} » ; le contenu vient d'un fichier de snippets/.",
        )


def _executes_par_les_tests(page: Path) -> set[str]:
    """Les blocs Python que les tests exécutent et qui montrent leur résultat (`#>`, `assert`)."""
    trouves = pages.exemples_python(page.read_text(encoding="utf-8"))
    return {
        a_comparer(_sans_retrait(code))
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


REMEDE = (
    "Mettez-le dans un snippet et incluez le snippet ou sa sortie enregistrée ; si rien ici ne "
    "peut l'exécuter, déclarez-le avec sa raison dans snippets/exemptions.toml."
)
CONSTATS = {
    "html": "du code ou une sortie est écrit en HTML",
    "ligne": "du code en ligne s'étend sur plusieurs lignes",
    "python": "du Python est écrit dans un code en ligne",
    "provenance": "la légende d'une sortie enregistrée est écrite dans la page",
}
AUTREMENT = {
    "ligne": "Écrivez-le d'un seul tenant, dans une phrase ; sinon, m" + REMEDE[1:],
    "provenance": "Incluez le fragment de genere/ qui la contient, avec sa sortie.",
}


def _bloc_non_suivi(page: Path, bloc: BlocRendu, numero: int | None) -> Probleme:
    endroit = endroits.endroit(page, numero)
    ratee = next((ligne for ligne in bloc.texte.split("\n") if "-8<-" in ligne), "")
    if ratee:
        return inclusions.mal_ecrite(endroit, ratee)
    cloture = next((cloture for cloture in pages.blocs(page) if cloture.ligne == numero), None)
    if bloc.genre in CONSTATS and cloture is None:
        return Probleme(endroit, CONSTATS[bloc.genre], AUTREMENT.get(bloc.genre, REMEDE))
    if cloture is None and numero and _en_retrait(page, numero):
        return Probleme(endroit, "du code ou une sortie est écrit par simple retrait", REMEDE)
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
    return Probleme(endroit, constat, REMEDE + complement)


def _lignes_des_blocs(page: Path, blocs: Sequence[BlocRendu]) -> list[int | None]:
    """La ligne de la page où commence chaque bloc : sa clôture, sinon son texte ; None au doute."""
    lignes = page.read_text(encoding="utf-8").split("\n")
    clotures = pages.blocs(page)
    candidats = [_candidates(page, bloc, lignes, clotures) for bloc in blocs]
    return endroits.choisir(candidats, blocs)


def _candidates(
    page: Path, bloc: BlocRendu, lignes: Sequence[str], clotures: Sequence[Bloc]
) -> list[int]:
    texte = a_comparer(bloc.texte)
    debut = texte.split("\n")[0].strip()
    if bloc.ligne:
        return [bloc.ligne]
    if bloc.genre == "bloc":
        trouvees = [c.ligne for c in clotures if texte and a_comparer(c.contenu) == texte]
        return trouvees or _passages(texte, lignes)
    if bloc.genre != "html":
        return endroits.lignes_de(page, debut or bloc.debut) or endroits.lignes_de(page, bloc.debut)
    balises = endroits.lignes_de(page, bloc.debut)
    voisines = (normaliser(" ".join(lignes[n - 1 : n + 1])) for n in balises)
    suivies = [
        n for n, vues in zip(balises, voisines, strict=True) if debut and normaliser(debut) in vues
    ]
    return suivies or balises


def _passages(texte: str, lignes: Sequence[str]) -> list[int]:
    """Les lignes où commence ce texte, ses retraits et ses chevrons de citation mis à part."""
    nues = [ligne.strip().lstrip("> \t") for ligne in lignes]
    cherche = [ligne.strip().lstrip("> \t") for ligne in texte.split("\n")]
    trouves = [
        rang + 1
        for rang in range(len(nues) - len(cherche) + 1)
        if nues[rang : rang + len(cherche)] == cherche
    ]
    return [n - 1 if n > 1 and nues[n - 2].startswith(("```", "~~~")) else n for n in trouves]


def _en_retrait(page: Path, numero: int) -> bool:
    """Vrai si cette ligne est en retrait, sous aucune clôture, même citée."""
    lignes = page.read_text(encoding="utf-8").split("\n")
    if not re.match(r"[> ]*(?: {4}|\t)", lignes[numero - 1]):
        return False
    avant = [ligne.lstrip(" >\t-*+0123456789.)") for ligne in lignes[:numero]]
    return sum(ligne.startswith(("```", "~~~")) for ligne in avant) % 2 == 0
