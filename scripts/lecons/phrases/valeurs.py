"""Les valeurs d'un module, lues dans les sorties enregistrées ou calculées à partir d'elles."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from scripts.lecons import registre
from scripts.lecons.phrases.calcul import AGREGATS, Calcul, Terme
from scripts.lecons.phrases.forme import EXACT, Comparaison, Declarations, Lecture, ValeurCalculee
from scripts.lecons.registre import Enregistrement
from scripts.socle import chemins
from scripts.socle.erreurs import FichierInvalide
from scripts.socle.francais import compte, en_chiffres, pourcentage

# Un nombre, à la française ou non : « 1 234,5 », « -3 », « 0.25 ».
NOMBRE = re.compile(
    r"(?P<signe>[+\-−]?)(?P<entier>\d{1,3}(?:[ \u00a0\u202f]\d{3})+|\d+)(?:[.,](?P<reste>\d+))?"
)
Cas = tuple[float, ...]
Enregistrements = Mapping[str, Mapping[str, Enregistrement]]


class PasEnregistree(FichierInvalide):
    """Le programme n'a pas encore de sortie : le contrôle des enregistrements le dit déjà."""


@dataclass(frozen=True)
class Valeur:
    """Les cas d'une valeur, dans l'ordre de la sortie : des nombres, ou le texte d'un seul cas.

    `decimales` : combien en écrire ; `voulues` : si c'est `phrases.toml` qui le dit.
    """

    cas: Cas
    decimales: int
    voulues: bool = False
    textes: tuple[str, ...] = ()

    @property
    def combien(self) -> int:
        """Le nombre de cas."""
        return len(self.textes or self.cas)


class Releve:
    """Les valeurs d'un module ; chacune n'est lue ou calculée qu'une fois."""

    def __init__(self, declarations: Declarations, enregistrements: Enregistrements) -> None:
        self.declarations = declarations
        self._enregistrements = enregistrements
        self._lues: dict[str, Valeur | FichierInvalide] = {}
        self._sorties: dict[str, str] = {}
        self._en_cours: list[str] = []

    def valeur(self, nom: str) -> Valeur:
        """La valeur de ce nom. Lève `FichierInvalide`, toujours la même, si elle n'en a pas."""
        if nom not in self._lues:
            try:
                self._lues[nom] = self._relever(nom)
            except FichierInvalide as erreur:
                self._lues[nom] = erreur
        lue = self._lues[nom]
        if isinstance(lue, FichierInvalide):
            raise lue
        return lue

    def defaut(self, constat: str, remede: str) -> FichierInvalide:
        """Un défaut de `phrases.toml`."""
        return FichierInvalide(self.declarations.fichier, constat, remede)

    def _relever(self, nom: str) -> Valeur:
        declaree = self.declarations.valeurs.get(nom)
        if declaree is None:  # mal déclarée : c'est déjà dit
            raise PasEnregistree(self.declarations.fichier, f"la valeur « {nom} » n'existe pas", "")
        if isinstance(declaree, ValeurCalculee):
            return self._calculer(nom, declaree)
        captures = self._captures(nom, declaree)
        if declaree.oui is not None:
            cas = tuple(float(capture == declaree.oui) for capture in captures)
            return Valeur(cas, declaree.decimales or 0, declaree.decimales is not None)
        return en_nombres(captures, declaree.decimales)

    def _captures(self, nom: str, lecture: Lecture) -> list[str]:
        trouvees = [t[1] for t in lecture.motif.finditer(self._sortie(lecture))]
        if not trouvees:
            raise self.defaut(
                f"le motif de « {nom} » ne trouve rien dans la sortie de {lecture.programme}",
                "Corrigez-le d'après cette sortie, ou faites-la dire par le programme.",
            )
        if None in trouvees:
            raise self.defaut(
                f"la capture du motif de « {nom} » est parfois vide", "Rendez-la obligatoire."
            )
        return [" ".join(capture.split()) for capture in trouvees]

    def _sortie(self, lecture: Lecture) -> str:
        entrees = self._enregistrements.get(lecture.programme, {})
        modele = lecture.modele or next(iter(registre.onglets(entrees)), "")
        if modele not in entrees:
            constat = f"{lecture.programme} n'a pas de sortie enregistrée"
            if not entrees:
                raise PasEnregistree(
                    self.declarations.fichier, constat, "Lancez « make enregistrer »."
                )
            numero = self.declarations.module.split("_")[1]
            remede = f"Lancez « COURS_MODELE={modele} make enregistrer MODULE={numero} »."
            raise self.defaut(f"{constat} avec {modele}", remede)
        fichier = entrees[modele]["sortie"]["fichier"]
        if fichier not in self._sorties:
            try:
                self._sorties[fichier] = Path(chemins.RACINE, fichier).read_text(encoding="utf-8")
            except (OSError, ValueError) as erreur:
                raise PasEnregistree(
                    fichier, "cette sortie ne se lit pas", "Lancez « make enregistrer »."
                ) from erreur
        return self._sorties[fichier]

    def _calculer(self, nom: str, declaree: ValeurCalculee) -> Valeur:
        if nom in self._en_cours:
            constat = f"la valeur « {nom} » dépend d'elle-même"
            raise self.defaut(constat, "Retirez-la de son propre calcul.")
        self._en_cours.append(nom)
        try:
            resultat = self.resultat(declaree.calcul)
        finally:
            self._en_cours.pop()
        voulues = declaree.decimales is not None
        decimales = declaree.decimales if voulues else decimales_de(resultat)
        return Valeur((resultat,), decimales or 0, voulues)

    def resultat(self, calcul: Calcul) -> float:
        """Le résultat d'un calcul. Lève `FichierInvalide` s'il n'en a pas."""
        try:
            return calcul.evaluer(self.nombre)
        except (ZeroDivisionError, OverflowError) as erreur:
            raise self.defaut(
                f"le calcul « {calcul.texte} » n'a pas de résultat",
                "Une division par zéro, ou un nombre démesuré : changez de calcul.",
            ) from erreur

    def nombre(self, terme: Terme) -> float:
        """Le nombre que désigne ce terme. Lève `FichierInvalide` si ce n'en est pas un."""
        valeur = self.valeur(terme.nom)
        if terme.agregat == "cas":
            return valeur.combien
        if valeur.textes:
            raise self.defaut(
                f"« {terme} » n'est pas un nombre, mais « {valeur.textes[0]} »",
                "Resserrez son motif, ou dites par « oui » le mot qui vaut 1.",
            )
        if not terme.agregat and valeur.combien > 1:
            raise self.defaut(
                f"« {terme.nom} » a {compte(valeur.combien, 'valeur')}, et il en faut une",
                f"Resserrez son motif, ou prenez-en un agrégat : {terme.nom}|somme.",
            )
        if terme.agregat == "part" and not all(0 <= cas <= 1 for cas in valeur.cas):
            raise self.defaut(
                f"« {terme} » n'est pas une part : ses valeurs ne vont pas de 0 à 1",
                "Écrivez « |moyenne », ou dites par « oui » le mot qui vaut 1.",
            )
        return AGREGATS[terme.agregat or "somme"](valeur.cas)

    def ecrire(self, terme: Terme) -> str:
        """Ce terme, à la française ; un texte capturé s'écrit tel quel."""
        valeur = self.valeur(terme.nom)
        if valeur.textes and not terme.agregat and valeur.combien == 1:
            return valeur.textes[0]
        nombre = self.nombre(terme)
        if terme.agregat == "cas":
            return en_chiffres(nombre, 0)
        if terme.agregat == "part":
            return pourcentage(nombre, valeur.decimales if valeur.voulues else 0)
        if terme.agregat in {"moyenne", "mediane"} and not valeur.voulues:
            return en_chiffres(nombre, max(valeur.decimales, decimales_de(nombre)))
        return en_chiffres(nombre, valeur.decimales)

    def cotes(self, nom: str, comparaison: Comparaison) -> tuple[Cas, Cas]:
        """Les valeurs que cette phrase compare. Lève `FichierInvalide` si elle ne le peut pas."""
        if comparaison.test == EXACT:
            gauche, droite = (self.resultat(c) for c in (comparaison.gauche, comparaison.droite))
            return (gauche,), (droite,)
        a, b = (self._liste(c) for c in (comparaison.gauche, comparaison.droite))
        if comparaison.test == "paire" and len(a) != len(b):
            raise self.defaut(
                f"la phrase « {nom} » apparie {len(a)} et {compte(len(b), 'valeur')}",
                "Il faut les mêmes cas, dans le même ordre ; sinon, écrivez « independant ».",
            )
        return a, b

    def _liste(self, calcul: Calcul) -> Cas:
        terme = Terme(calcul.valeur_seule() or "")
        self.nombre(Terme(terme.nom, "somme"))  # refuse un texte
        return self.valeur(terme.nom).cas


def en_nombres(captures: list[str], decimales: int | None = None) -> Valeur:
    """Ces captures, en nombres si elles en sont toutes ; sinon, leurs textes."""
    lus = [NOMBRE.fullmatch(capture) for capture in captures]
    cas = tuple(_nombre(lu) for lu in lus if lu)
    if len(cas) != len(captures) or not all(map(math.isfinite, cas)):
        return Valeur((), 0, textes=tuple(captures))
    lues = max(len(lu["reste"] or "") for lu in lus if lu)
    return Valeur(cas, lues if decimales is None else decimales, decimales is not None)


def _nombre(lu: re.Match[str]) -> float:
    entier = re.sub(r"\D", "", lu["entier"])
    valeur = float(f"{entier}.{lu['reste'] or 0}")
    return -valeur if lu["signe"] in ("-", "−") else valeur


def decimales_de(nombre: float) -> int:
    """Combien écrire de chiffres après la virgule d'un nombre calculé."""
    if math.isclose(nombre, round(nombre), abs_tol=1e-9):
        return 0
    return 1 if abs(nombre) >= 0.1 else 2
