"""Ce que déclare un `phrases.toml`, lu et contrôlé sans regarder aucune sortie.

Rien n'est levé : ce qui n'a pas la bonne forme est un défaut, à côté de ce qui l'a.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from scripts.lecons import catalogue, modeles
from scripts.lecons.phrases import calcul
from scripts.lecons.phrases.calcul import AGREGATS, Calcul, CalculIllisible, Terme
from scripts.socle import chemins
from scripts.socle.erreurs import FichierInvalide

FICHIER = "phrases.toml"
# Ceux dont les phrases viennent d'une expérience, dans un autre format (publication/module_9).
D_UNE_EXPERIENCE = {"module_9_rag_ou_finetuning"}
EXACT, PAIRE, INDEPENDANT = "exact", "paire", "independant"
TESTS = (EXACT, PAIRE, INDEPENDANT)
VERSIONS = ("prouve", "non_prouve", "contraire")
TABLES = ("valeurs", "phrases")
CLES_DE_LECTURE = {"programme", "motif", "modele", "oui", "decimales"}
CLES_DE_CALCUL = {"calcul", "decimales"}
CLES_DE_COMPARAISON = {"compare", "test", *VERSIONS}
# Ce qu'une phrase qui compare donne, en plus, à écrire ; sans hasard, seulement l'écart.
CHAMPS = {EXACT: ("ecart",)} | dict.fromkeys((PAIRE, INDEPENDANT), ("ecart", "intervalle", "p"))
NOM_DE_VALEUR = re.compile(r"[a-z][a-z0-9_]*")
NOM_DE_PHRASE = re.compile(r"[a-z0-9][a-z0-9_-]*")
TROU = re.compile(r"\{\{|\}\}|\{(?P<cle>[^{}]*)\}|[{}]")
DECIMALES = 6


class Defaut(Exception):
    """Ce qui ne va pas dans une entrée, et que faire."""

    def __init__(self, constat: str, remede: str) -> None:
        super().__init__(constat)
        self.constat, self.remede = constat, remede


@dataclass(frozen=True)
class Lecture:
    """Une valeur lue dans une sortie. `programme` est relatif à snippets/."""

    programme: str
    motif: re.Pattern[str]
    modele: str = ""
    oui: str | None = None
    decimales: int | None = None


@dataclass(frozen=True)
class ValeurCalculee:
    """Une valeur calculée à partir d'autres."""

    calcul: Calcul
    decimales: int | None = None


@dataclass(frozen=True)
class Comparaison:
    """Ce qu'une phrase compare : « gauche > droite », et par quel test."""

    gauche: Calcul
    droite: Calcul
    test: str

    def __str__(self) -> str:
        return f"{self.gauche.texte} > {self.droite.texte}"


@dataclass(frozen=True)
class Phrase:
    """Une phrase et ses versions : `texte` seul, ou les trois de `VERSIONS`."""

    versions: Mapping[str, str]
    comparaison: Comparaison | None = None


@dataclass
class Declarations:
    """Les valeurs et les phrases bien déclarées d'un module, et les défauts des autres."""

    module: str
    valeurs: dict[str, Lecture | ValeurCalculee] = field(default_factory=dict)
    phrases: dict[str, Phrase] = field(default_factory=dict)
    defauts: list[FichierInvalide] = field(default_factory=list)
    # Déclarées, mais mal : ce qui les emploie n'a pas à être accusé aussi.
    refusees: set[str] = field(default_factory=set)

    @property
    def fichier(self) -> str:
        """Le chemin du fichier, relatif au dépôt."""
        return f"snippets/{self.module}/{FICHIER}"

    def valeurs_nommees(self) -> set[str]:
        """Toutes les valeurs déclarées, bien ou mal."""
        return {*self.valeurs, *self.refusees}

    def comparaisons(self) -> dict[str, Comparaison]:
        """Phrase -> ce qu'elle compare, pour celles qui comparent."""
        return {nom: p.comparaison for nom, p in self.phrases.items() if p.comparaison}

    def refuser(self, sujet: str, defaut: Defaut) -> None:
        """Retient ce défaut de « la valeur x » ou de « la phrase y »."""
        constat = f"{sujet} {defaut.constat}" if sujet else defaut.constat
        self.defauts.append(FichierInvalide(self.fichier, constat, defaut.remede))


def modules() -> list[str]:
    """Les modules qui ont des phrases calculées."""
    return [
        module
        for module in catalogue.noms_des_modules()
        if module not in D_UNE_EXPERIENCE and (chemins.SNIPPETS / module / FICHIER).is_file()
    ]


def lire(module: str) -> Declarations:
    """Les déclarations de ce module."""
    declarations = Declarations(module)
    fichier = chemins.SNIPPETS / module / FICHIER
    try:
        contenu = tomllib.loads(fichier.read_text(encoding="utf-8"))
    except (ValueError, RecursionError):
        defaut = Defaut("n'est pas du TOML lisible", "Corrigez-le, ou reprenez la version de git.")
        declarations.refuser("", defaut)
        return declarations
    for table in sorted(set(contenu) - set(TABLES)):
        remede = "Écrivez [valeurs.nom] ou [phrases.nom]."
        declarations.refuser("", Defaut(f"la table « {table} » est inconnue", remede))
    _lire_les_valeurs(declarations, contenu.get("valeurs", {}))
    _lire_les_phrases(declarations, contenu.get("phrases", {}))
    return declarations


def _entrees(declarations: Declarations, table: str, contenu: object) -> Iterator[tuple[str, Any]]:
    if isinstance(contenu, dict):
        yield from contenu.items()
        return
    defaut = Defaut(f"« {table} » n'est pas une table", f"Écrivez [{table}.nom].")
    declarations.refuser("", defaut)


def _lire_les_valeurs(declarations: Declarations, contenu: object) -> None:
    for nom, table in _entrees(declarations, "valeurs", contenu):
        try:
            declarations.valeurs[nom] = _valeur(declarations.module, nom, table)
        except Defaut as defaut:
            declarations.refusees.add(nom)
            declarations.refuser(f"la valeur « {nom} »", defaut)
    connues = declarations.valeurs_nommees()
    for nom, valeur in list(declarations.valeurs.items()):
        if isinstance(valeur, ValeurCalculee):
            try:
                _termes_connus(valeur.calcul, connues)
            except Defaut as defaut:
                del declarations.valeurs[nom]
                declarations.refusees.add(nom)
                declarations.refuser(f"la valeur « {nom} »", defaut)


def _lire_les_phrases(declarations: Declarations, contenu: object) -> None:
    declarees = dict(_entrees(declarations, "phrases", contenu))
    champs = {nom: CHAMPS.get(t.get("test"), ()) for nom, t in declarees.items() if _est_table(t)}
    valeurs = declarations.valeurs_nommees()
    for nom, table in declarees.items():
        try:
            phrase = _phrase(nom, table, valeurs)
            for texte in phrase.versions.values():
                for trou in trous(texte):
                    _trou_connu(trou, valeurs, champs)
            declarations.phrases[nom] = phrase
        except Defaut as defaut:
            declarations.refuser(f"la phrase « {nom} »", defaut)


def _est_table(objet: object) -> bool:
    return isinstance(objet, dict) and isinstance(objet.get("test", ""), str)


def _valeur(module: str, nom: str, table: object) -> Lecture | ValeurCalculee:
    if not NOM_DE_VALEUR.fullmatch(nom):
        remede = "Nommez-la en minuscules sans accents, chiffres et « _ »."
        raise Defaut("a un nom qu'un calcul ne lirait pas", remede)
    if not isinstance(table, dict):
        raise Defaut("n'est pas une table", f"Écrivez [valeurs.{nom}], puis ses clés.")
    calculee = "calcul" in table
    _cles(table, CLES_DE_CALCUL if calculee else CLES_DE_LECTURE)
    decimales = table.get("decimales")
    if not (decimales is None or (type(decimales) is int and 0 <= decimales <= DECIMALES)):
        remede = f"Écrivez un entier de 0 à {DECIMALES}."
        raise Defaut("a un « decimales » qui n'est pas un nombre de chiffres", remede)
    _textes(table, set(table) - {"decimales"})
    if calculee:
        return ValeurCalculee(_calcul(table["calcul"]), decimales)
    return _lecture(module, table, decimales)


def _lecture(module: str, table: Mapping[str, str], decimales: int | None) -> Lecture:
    for cle in ("programme", "motif"):
        if cle not in table:
            raise Defaut(f"n'a pas de clé « {cle} »", "Ajoutez-la, ou écrivez un « calcul ».")
    programme = f"{module}/{table['programme']}"
    if not _est_un_programme(programme):
        constat = f"nomme un programme qui n'existe pas, {table['programme']}"
        raise Defaut(constat, f"Nommez un programme de snippets/{module}/.")
    modele = table.get("modele", "")
    if modele and modele not in modeles.declares():
        connus = ", ".join(sorted(modeles.declares()))
        raise Defaut(f"nomme un modèle inconnu, {modele}", f"Nommez l'un de ceux-ci : {connus}.")
    return Lecture(programme, _motif(table["motif"]), modele, table.get("oui"), decimales)


def _est_un_programme(nom: str) -> bool:
    """Vrai pour un programme que l'on lance : un fichier réuni n'a pas de sortie."""
    fichier = chemins.SNIPPETS / nom
    if not fichier.is_file() or fichier.suffix not in catalogue.EXTENSIONS:
        return False
    # Distinguer un fichier réuni demande de lire tous les imports du cours.
    return bool(catalogue.NUMEROTE.match(fichier.name)) or nom in catalogue.noms_des_programmes()


def _motif(texte: str) -> re.Pattern[str]:
    try:
        motif = re.compile(texte, re.MULTILINE)
    except (re.error, OverflowError, RecursionError) as erreur:
        raise Defaut(
            "a un motif illisible", "Corrigez cette expression régulière, en syntaxe de Python."
        ) from erreur
    if motif.groups != 1:
        combien = motif.groups or "aucune"
        raise Defaut(
            f"a un motif à {combien} capture{'s' if motif.groups > 1 else ''}",
            "Entourez de parenthèses ce qu'il faut lire, et rien d'autre : (?:…) groupe sans lire.",
        )
    return motif


def _calcul(texte: str) -> Calcul:
    try:
        return calcul.lire(texte)
    except CalculIllisible as erreur:
        raise Defaut(
            f"a un calcul illisible, « {texte} »",
            "Écrivez des valeurs, des nombres, + - * / et des parenthèses : "
            "`regle|somme / regle|cas`.",
        ) from erreur


def _termes_connus(lu: Calcul, valeurs: set[str]) -> None:
    for terme in lu.termes.values():
        _terme_connu(terme, valeurs)


def _terme_connu(terme: Terme, valeurs: set[str]) -> None:
    if terme.nom not in valeurs:
        raise Defaut(
            f"emploie une valeur inconnue, « {terme.nom} »", f"Déclarez [valeurs.{terme.nom}]."
        )
    if terme.agregat and terme.agregat not in AGREGATS:
        raise Defaut(
            f"emploie un agrégat inconnu, « {terme} »",
            f"Écrivez l'un de ceux-ci : {', '.join(AGREGATS)}.",
        )


def _phrase(nom: str, table: object, valeurs: set[str]) -> Phrase:
    if not NOM_DE_PHRASE.fullmatch(nom):
        remede = "Nommez-la en minuscules sans accents, chiffres, « _ » et « - »."
        raise Defaut("a un nom dont on ne fait pas un fichier", remede)
    if not isinstance(table, dict):
        raise Defaut("n'est pas une table", f"Écrivez [phrases.{nom}], puis ses clés.")
    compare = bool(set(table) & CLES_DE_COMPARAISON)
    _cles(table, CLES_DE_COMPARAISON if compare else {"texte"})
    for cle in ("compare", "test", *VERSIONS) if compare else ("texte",):
        if cle not in table:
            quoi = "de version" if cle in VERSIONS else "de clé"
            remede = "Une phrase qui compare a « compare », « test » et ses trois versions."
            if not compare:
                remede = "Écrivez « texte », ou « compare », « test » et trois versions."
            raise Defaut(f"n'a pas {quoi} « {cle} »", remede)
    _textes(table, set(table))
    for cle in (*VERSIONS, "texte"):
        if "\n" in table.get(cle, ""):
            raise Defaut(f"a un « {cle} » de plusieurs lignes", "Écrivez-le sur une seule.")
    if not compare:
        return Phrase({"texte": table["texte"]})
    versions = {version: table[version] for version in VERSIONS}
    return Phrase(versions, _comparaison(table["compare"], table["test"], valeurs))


def _comparaison(texte: str, test: str, valeurs: set[str]) -> Comparaison:
    if test not in TESTS:
        raise Defaut(f"a un test inconnu, « {test} »", f"Écrivez {', '.join(TESTS)}.")
    cotes = texte.split(">")
    if len(cotes) != 2:
        raise Defaut(f"a un « compare » illisible, « {texte} »", "Écrivez « a > b ».")
    gauche, droite = (_calcul(cote.strip()) for cote in cotes)
    for cote in (gauche, droite):
        _termes_connus(cote, valeurs)
        if test != EXACT and cote.valeur_seule() is None:
            raise Defaut(
                f"compare par « {test} » un calcul, « {cote.texte} »",
                "Nommez de chaque côté une valeur, lue cas par cas.",
            )
    return Comparaison(gauche, droite, test)


def _cles(table: Mapping[str, object], connues: set[str]) -> None:
    if inconnues := set(table) - connues:
        remede = f"Les clés permises ici : {', '.join(sorted(connues))}."
        raise Defaut(f"a une clé inconnue, « {min(inconnues)} »", remede)


def _textes(table: Mapping[str, object], cles: set[str]) -> None:
    for cle in sorted(cles):
        valeur = table[cle]
        if not isinstance(valeur, str) or not valeur.strip():
            raise Defaut(f"a un « {cle} » qui n'est pas un texte, ou est vide", "Écrivez-le.")


def trous(texte: str) -> list[str]:
    """Ce que les trous d'un texte demandent. Lève `Defaut` sur une accolade seule."""
    trouves = list(TROU.finditer(texte))
    if any(trouve[0] in ("{", "}") for trouve in trouves):
        raise Defaut("a une accolade seule", "Doublez-la, {{ ou }}, pour qu'elle s'affiche.")
    return [trouve["cle"].strip() for trouve in trouves if trouve["cle"] is not None]


def combler(texte: str, valeur_de: Callable[[str], str]) -> str:
    """Le texte, chaque trou comblé ; une accolade doublée s'y écrit une fois."""
    return TROU.sub(lambda t: t[0][0] if t["cle"] is None else valeur_de(t["cle"].strip()), texte)


def terme_du_trou(cle: str) -> Terme:
    """`regle|somme` ou `regle` : la valeur, et ce qu'on en écrit."""
    nom, _, agregat = (morceau.strip() for morceau in cle.partition("|"))
    return Terme(nom, agregat)


def _trou_connu(cle: str, valeurs: set[str], champs: Mapping[str, tuple[str, ...]]) -> None:
    nom, point, champ = cle.partition(".")
    if point and nom in champs:
        if champ not in champs[nom]:
            permis = ", ".join(champs[nom]) or "aucun, car elle ne compare rien"
            raise Defaut(f"a un trou inconnu, « {{{cle}}} »", f"Champs de « {nom} » : {permis}.")
        return
    terme = terme_du_trou(cle)
    if terme.nom not in valeurs or (terme.agregat or "somme") not in AGREGATS:
        raise Defaut(
            f"a un trou inconnu, « {{{cle}}} »",
            f"Écrivez une valeur déclarée, seule ou suivie de : |{', |'.join(AGREGATS)}. "
            "Une accolade à afficher se double.",
        )
