"""Les contrôles rapides, sans modèle : rien sur le site qui ne vienne d'un fichier qui a tourné."""

from __future__ import annotations

import ast
import json
import tomllib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import jsonschema

from scripts import carnets, chemins, fichiers, fragments, pages, registre, sections

# Ce qu'une page peut inclure : du code et des données suivis, ou ce qui est calculé d'après eux.
DOSSIERS_INCLUS = ("snippets/", "genere/")


@dataclass(frozen=True)
class Probleme:
    """Un fichier (relatif au dépôt), ce qui ne va pas, et ce qu'il faut faire."""

    fichier: str
    constat: str
    remede: str

    def __str__(self) -> str:
        return f"{self.fichier} : {self.constat}. {self.remede}"


def _relatif(chemin: Path) -> str:
    return chemin.relative_to(chemins.RACINE).as_posix()


def enregistrements_a_jour() -> Iterator[Probleme]:
    """Chaque snippet est enregistré, et rien n'a changé depuis."""
    connus = registre.lire()["snippets"]
    for nom in fragments.noms_des_snippets():
        raisons = [registre.perime(nom, entree) for entree in connus.get(nom, {}).values()]
        if not raisons:
            raisons = ["il n'a jamais été enregistré"]
        for raison in filter(None, raisons):
            yield Probleme(
                f"snippets/{nom}",
                f"l'enregistrement est périmé, {raison}",
                "Lancez « make enregistrer ».",
            )


def registre_conforme() -> Iterator[Probleme]:
    """Le registre suit son schéma."""
    schema = json.loads(chemins.SCHEMA_REGISTRE.read_text(encoding="utf-8"))
    for erreur in jsonschema.Draft202012Validator(schema).iter_errors(registre.lire()):
        endroit = "/".join(map(str, erreur.absolute_path)) or "racine"
        yield Probleme(
            "snippets/registre.json",
            f"« {endroit} » ne suit pas le schéma ({erreur.message})",
            "Ne modifiez pas le registre à la main : reprenez celui de git, "
            "puis lancez « make enregistrer ».",
        )


def snippets_montres() -> Iterator[Probleme]:
    """Chaque snippet est sur une page."""
    montres = {inclusion.fichier for page in pages.toutes() for inclusion in pages.inclusions(page)}
    for nom in fragments.noms_des_snippets():
        if carnets.est_carnet(chemins.SNIPPETS / nom):
            continue
        if f"snippets/{nom}" not in montres:
            yield Probleme(
                f"snippets/{nom}",
                "ce snippet n'est sur aucune page",
                f'Incluez-le avec --8<-- "snippets/{nom}", ou supprimez-le.',
            )


def snippets_testes() -> Iterator[Probleme]:
    """Chaque snippet est dans un test, et chaque test nomme un snippet qui existe."""
    testes = {nom: test for test in _fichiers_de_test() for nom in _snippets_du_test(test)}
    existants = set(fragments.noms_des_snippets())
    for nom in sorted(existants - set(testes)):
        module = nom.split("/")[0]
        yield Probleme(
            f"snippets/{nom}",
            "ce snippet n'est dans aucun test",
            f'Ajoutez à tests/test_{module}.py un test marqué @pytest.mark.snippet("{nom}").',
        )
    for nom in sorted(set(testes) - existants):
        yield Probleme(
            _relatif(testes[nom]),
            f"ce test nomme snippets/{nom}, qui n'existe pas",
            "Corrigez le nom, ou supprimez le test.",
        )


def _fichiers_de_test() -> list[Path]:
    return sorted((chemins.RACINE / "tests").glob("test_module_*.py"))


def _snippets_du_test(test: Path) -> Iterator[str]:
    """Premier argument de chaque `pytest.mark.snippet(...)` : chaîne, ou f-chaîne de constantes."""
    arbre = ast.parse(test.read_text(encoding="utf-8"))
    constantes: dict[str, object] = {}
    for ligne in arbre.body:
        if isinstance(ligne, ast.Assign) and isinstance(ligne.value, ast.Constant | ast.JoinedStr):
            noms = [cible.id for cible in ligne.targets if isinstance(cible, ast.Name)]
            constantes |= dict.fromkeys(noms, _texte_constant(ligne.value, constantes))
    for noeud in ast.walk(arbre):
        if (
            isinstance(noeud, ast.Call)
            and isinstance(noeud.func, ast.Attribute)
            and noeud.func.attr == "snippet"
            and noeud.args
        ):
            yield _texte_constant(noeud.args[0], constantes)


def _texte_constant(noeud: ast.AST, constantes: Mapping[str, object]) -> str:
    """La valeur d'une chaîne, ou d'une f-chaîne qui ne contient que des constantes du fichier."""
    if isinstance(noeud, ast.JoinedStr):
        return "".join(_texte_constant(morceau, constantes) for morceau in noeud.values)
    if isinstance(noeud, ast.FormattedValue):
        return _texte_constant(noeud.value, constantes)
    if isinstance(noeud, ast.Name):
        return str(constantes.get(noeud.id, f"{{{noeud.id}}}"))
    return str(noeud.value) if isinstance(noeud, ast.Constant) else ast.unparse(noeud)


def sorties_orphelines() -> Iterator[Probleme]:
    """Chaque sortie, figure, entrée du registre et chaque carnet publié a son snippet."""
    connus = registre.lire()["snippets"]
    sorties = {entree["sortie"]["fichier"] for par in connus.values() for entree in par.values()}
    for fichier in sorted(chemins.SNIPPETS.glob("module_*/**/sorties/*")):
        if _relatif(fichier) not in sorties:
            yield Probleme(
                _relatif(fichier),
                "cette sortie ne correspond à aucun enregistrement",
                "Supprimez-la, ou enregistrez le snippet avec « make enregistrer ».",
            )
    for carnet in sorted(chemins.DOCS.rglob("*.ipynb")):
        if _relatif(carnet) not in sorties:
            yield Probleme(
                _relatif(carnet),
                "ce carnet n'a pas été produit par un enregistrement",
                "Écrivez sa source sous snippets/ et lancez « make enregistrer ».",
            )
    figures = {f for par in connus.values() for e in par.values() for f in e.get("figures", {})}
    for figure in sorted(chemins.FIGURES.rglob("*.svg")):
        if _relatif(figure) not in figures:
            yield Probleme(
                _relatif(figure),
                "cette figure ne correspond à aucun enregistrement",
                "Supprimez-la, ou enregistrez son snippet avec « make enregistrer ».",
            )
    for nom in sorted(set(connus) - set(fragments.noms_des_snippets())):
        yield Probleme(
            f"snippets/{nom}",
            "le registre a une entrée pour ce snippet, qui n'existe plus",
            "Lancez « make enregistrer », qui la retire.",
        )


def code_des_pages() -> Iterator[Probleme]:
    """Aucune page ne montre du code ou une sortie qui ne vienne d'un fichier exécuté."""
    exemptes = {(exemption["page"], exemption["contenu"].strip()) for exemption in _exemptions()}
    for page in pages.toutes():
        for bloc in pages.blocs(page):
            exempte = (_relatif(page), bloc.contenu.strip()) in exemptes
            if not (bloc.inclut_seulement or _teste_en_ligne(bloc) or exempte):
                yield _bloc_non_suivi(bloc)
        for ligne in pages.code_en_retrait(page):
            yield Probleme(
                f"{_relatif(page)}:{ligne}",
                "du code est écrit par simple retrait",
                "Mettez-le dans un fichier de snippets/ et incluez ce fichier.",
            )
        texte = page.read_text(encoding="utf-8")
        if "<pre" in texte:
            yield Probleme(
                _relatif(page),
                "du code est écrit en HTML (<pre>)",
                "Mettez-le dans un fichier de snippets/ et incluez ce fichier.",
            )


def _teste_en_ligne(bloc: pages.Bloc) -> bool:
    """Vrai pour le Python court que pytest-examples exécute (clôture ``` et pas de saut)."""
    return bloc.langage in {"python", "py"} and bloc.cloture == "```" and "skip" not in bloc.info


def _bloc_non_suivi(bloc: pages.Bloc) -> Probleme:
    quoi = "du Python" if bloc.langage in pages.LANGAGES_PYTHON else "un bloc"
    return Probleme(
        f"{_relatif(bloc.page)}:{bloc.ligne}",
        f"{quoi} ({bloc.langage or 'sans langage'}) ne vient d'aucun fichier exécuté",
        "Mettez-le dans un snippet et incluez le snippet ou sa sortie enregistrée ; si rien ici ne "
        "peut l'exécuter, déclarez-le avec sa raison dans snippets/exemptions.toml.",
    )


def _exemptions() -> list[dict[str, str]]:
    if not chemins.EXEMPTIONS.is_file():
        return []
    declarees = tomllib.loads(chemins.EXEMPTIONS.read_text(encoding="utf-8"))
    blocs: list[dict[str, str]] = declarees.get("bloc", [])
    return blocs


def exemptions_utiles() -> Iterator[Probleme]:
    """Chaque exemption correspond encore à un bloc de sa page : la liste ne peut que rétrécir."""
    montres = {
        (_relatif(page), bloc.contenu.strip())
        for page in pages.toutes()
        for bloc in pages.blocs(page)
    }
    for exemption in _exemptions():
        if (exemption["page"], exemption["contenu"].strip()) not in montres:
            debut = exemption["contenu"].strip().splitlines()[0]
            yield Probleme(
                "snippets/exemptions.toml",
                f"l'exemption « {debut} » de {exemption['page']} ne sert plus",
                "Retirez-la de la liste.",
            )


def inclusions_valides() -> Iterator[Probleme]:
    """Chaque inclusion désigne un fichier suivi et une section qui existent."""
    generes = {_relatif(chemin) for chemin in chemins.GENERE.rglob("*.md")}
    for page in pages.toutes():
        for inclusion in pages.inclusions(page):
            endroit = f"{_relatif(page)}:{inclusion.ligne}"
            fichier = chemins.RACINE / inclusion.fichier
            if not inclusion.fichier.startswith(DOSSIERS_INCLUS):
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
    return section in sections.sections(fichier.read_text(encoding="utf-8"))


def carnets_a_jour() -> Iterator[Probleme]:
    """Chaque carnet publié correspond à sa source."""
    for nom in fragments.carnets_du_cours():
        if raison := carnets.desaccord(nom):
            yield Probleme(
                _relatif(carnets.destination(nom)),
                f"{raison} (snippets/{nom})",
                "Modifiez la source, jamais le carnet, puis lancez « make enregistrer ».",
            )


def diagrammes_a_jour() -> Iterator[Probleme]:
    """Chaque diagramme dessiné correspond à sa source Mermaid."""
    connus = registre.lire()["diagrammes"]
    for source in sorted(chemins.SNIPPETS.glob("module_*/diagrammes/*.mmd")):
        nom = source.relative_to(chemins.SNIPPETS).as_posix()
        entree = connus.get(nom)
        if entree is None or entree["source"] != fichiers.empreinte(source):
            constat = "ce diagramme a changé depuis qu'il a été dessiné"
        elif any(
            not (chemins.RACINE / image).is_file()
            or fichiers.empreinte(chemins.RACINE / image) != empreinte
            for image, empreinte in entree["images"].items()
        ):
            constat = "une image de ce diagramme a été modifiée ou supprimée"
        else:
            continue
        yield Probleme(_relatif(source), constat, "Lancez « make enregistrer ».")


CONTROLES: tuple[Callable[[], Iterator[Probleme]], ...] = (
    registre_conforme,
    enregistrements_a_jour,
    snippets_montres,
    snippets_testes,
    sorties_orphelines,
    inclusions_valides,
    code_des_pages,
    exemptions_utiles,
    carnets_a_jour,
    diagrammes_a_jour,
)


def verifier() -> list[Probleme]:
    """Tous les problèmes trouvés, contrôle par contrôle. Un registre hors schéma arrête tout."""
    if hors_schema := list(registre_conforme()):
        return hors_schema
    fragments.generer()
    return [probleme for controle in CONTROLES for probleme in controle()]
