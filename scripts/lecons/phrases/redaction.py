"""Les phrases d'un module, écrites : la version que décide le verdict, ses trous comblés."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from scripts.lecons.phrases import forme, verdicts
from scripts.lecons.phrases.forme import Comparaison, Phrase
from scripts.lecons.phrases.valeurs import (
    Enregistrements,
    PasEnregistree,
    Releve,
    Valeur,
    decimales_de,
)
from scripts.lecons.phrases.verdicts import Verdict
from scripts.socle import chemins
from scripts.socle.erreurs import FichierInvalide
from scripts.socle.francais import INSECABLE, en_chiffres

# « (écart {x.ecart} points) » : l'unité est déjà écrite.
UNITE_ECRITE = re.compile(r"\{\s*([\w-]+)\.ecart\s*\}(?=[\s\u00a0]points?\b)")


@dataclass
class Etat:
    """Ce que donnent les phrases d'un module : leurs textes, et ce qui empêche les autres.

    `verdicts` : ceux des phrases qui comparent, quand ils valent encore.
    """

    module: str
    textes: dict[str, str] = field(default_factory=dict)
    verdicts: dict[str, Verdict] = field(default_factory=dict)
    empechees: dict[str, FichierInvalide] = field(default_factory=dict)
    defauts: list[FichierInvalide] = field(default_factory=list)


def rediger(module: str, enregistrements: Enregistrements) -> Etat:
    """Toutes les phrases du module, avec les verdicts gardés."""
    declarations = forme.lire(module)
    releve = Releve(declarations, enregistrements)
    etat = Etat(module)
    trouves: list[FichierInvalide] = []
    for nom in declarations.valeurs:
        try:
            releve.valeur(nom)
        except FichierInvalide as erreur:
            trouves.append(erreur)
    for nom, comparaison in declarations.comparaisons().items():
        try:
            cotes = releve.cotes(nom, comparaison)
            etat.verdicts[nom] = verdicts.relire(module, nom, comparaison, cotes)
        except FichierInvalide as erreur:
            trouves.append(erreur)
            etat.empechees[nom] = erreur
    for nom, phrase in declarations.phrases.items():
        try:
            if nom not in etat.empechees:
                etat.textes[nom] = _texte(nom, phrase, releve, etat.verdicts)
        except FichierInvalide as erreur:
            trouves.append(erreur)
            etat.empechees[nom] = erreur
    trouves += _de_trop(module, set(declarations.comparaisons()))
    # Une même cause est dite une fois ; une sortie absente, par le contrôle des enregistrements.
    dits = {str(defaut): defaut for defaut in trouves if not isinstance(defaut, PasEnregistree)}
    etat.defauts = list(dits.values())
    return etat


def _de_trop(module: str, comparent: set[str]) -> list[FichierInvalide]:
    try:
        gardes = verdicts.lire(module)
    except FichierInvalide as erreur:
        return [erreur]
    fichier = chemins.relatif(verdicts.fichier_de(module))
    return [
        FichierInvalide(
            fichier, f"le verdict de « {nom} » n'est celui d'aucune phrase", verdicts.RELANCER
        )
        for nom in sorted(set(gardes) - comparent)
    ]


def _texte(nom: str, phrase: Phrase, releve: Releve, connus: dict[str, Verdict]) -> str:
    """La phrase. Toutes ses versions sont écrites : celle de demain doit pouvoir l'être aussi."""
    ecrites = {
        version: _combler(texte, releve, connus) for version, texte in phrase.versions.items()
    }
    return ecrites[connus[nom].verdict if phrase.comparaison else "texte"]


def _combler(texte: str, releve: Releve, connus: dict[str, Verdict]) -> str:
    comparaisons = releve.declarations.comparaisons()

    def valeur_de(cle: str) -> str:
        nom, point, champ = cle.partition(".")
        if not point:
            return releve.ecrire(forme.terme_du_trou(cle))
        if nom not in connus:
            raise PasEnregistree(releve.declarations.fichier, f"« {nom} » n'a pas de verdict", "")
        return ecrire_champ(champ, connus[nom], *_grandeur(releve, comparaisons[nom]))

    sans_unite = UNITE_ECRITE.sub(lambda t: f"{{{t[1]}.ecart_nu}}", texte)
    return forme.combler(sans_unite, valeur_de)


def _grandeur(releve: Releve, comparaison: Comparaison) -> tuple[bool, int]:
    """Si l'écart est une différence de parts, et combien de décimales écrire sinon."""
    cotes = (comparaison.gauche, comparaison.droite)
    valeurs = [releve.valeur(nom) for nom in (cote.valeur_seule() for cote in cotes) if nom]
    if comparaison.test == forme.EXACT:
        return False, max((valeur.decimales for valeur in valeurs), default=0)
    return all(map(_en_oui_ou_non, valeurs)), max(valeur.decimales for valeur in valeurs)


def _en_oui_ou_non(valeur: Valeur) -> bool:
    return set(valeur.cas) <= {0.0, 1.0}


def ecrire_champ(champ: str, verdict: Verdict, en_points: bool, decimales: int) -> str:
    """L'écart, l'intervalle ou p d'un verdict, à la française.

    Une différence de parts s'écrit en points : « 17 points », « [−4 ; 38] ».
    """
    if champ == "p":
        return _ecrire_p(verdict.p)
    if champ == "intervalle":
        if verdict.intervalle is None:
            return "inconnu"
        bornes = (_ecrire_ecart(borne, en_points, decimales) for borne in verdict.intervalle)
        return f"[{f'{INSECABLE};{INSECABLE}'.join(bornes)}]"
    ecrit = _ecrire_ecart(verdict.ecart, en_points, decimales)
    if not en_points or champ == "ecart_nu":
        return ecrit
    return f"{ecrit}{INSECABLE}point{'s' if abs(100 * verdict.ecart) >= 2 else ''}"


def _ecrire_ecart(ecart: float, en_points: bool, decimales: int) -> str:
    """Arrondi, mais jamais à zéro s'il ne l'est pas : le signe est tout le verdict."""
    valeur = 100 * ecart if en_points else ecart
    voulues = 0 if en_points else max(decimales, decimales_de(valeur))
    while valeur and round(valeur, voulues) == 0 and voulues < 6:
        voulues += 1
    return en_chiffres(valeur, voulues)


def _ecrire_p(p: float | None) -> str:
    if p is None:
        return "inconnu"
    if p < 0.001:
        return "moins de 0,001"
    return en_chiffres(p, 3 if p < 0.1 else 2)
