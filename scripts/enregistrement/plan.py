"""Choisir ce que `make test` exécute pour de vrai, dans un budget de minutes.

La règle, écrite aussi sur la page de vérification : d'abord les programmes qui lisent l'heure ;
puis, chaque jour, un programme de deux modules, de sorte qu'en une semaine tous y passent ; un
programme au moins par modèle ; un jour sur trois, un entraînement abrégé ; enfin, tant qu'il reste
du temps, ce qui n'a pas été exécuté depuis le plus longtemps. Ce qui demanderait d'installer
l'environnement d'entraînement, ou un modèle fabriqué, n'est tiré que s'il est déjà là.
"""

from __future__ import annotations

import ast
import datetime
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from scripts.lecons import journal, marqueurs, modeles
from scripts.lecons.journal import Journal
from scripts.lecons.registre import AUCUN_MODELE, Registre
from scripts.socle import chemins

MODULES_PAR_JOUR = 2
JOURS_ENTRE_ENTRAINEMENTS = 3
# Part de la durée enregistrée que prend une leçon abrégée que l'on n'a pas encore chronométrée.
PART_ABREGEE = 0.2
# Démarrer un programme et l'observer.
DUREE_MINIMALE_S = 1.0
HEURE = {"today", "now", "utcnow", "localtime", "gmtime", "ctime"}


@dataclass(frozen=True)
class Candidat:
    """Un programme avec un modèle, ou un essai : sa durée prévue et sa dernière exécution."""

    nom: str
    modele: str
    duree_s: float
    derniere: str
    entraine: bool = False
    raison: str = ""

    @property
    def module(self) -> str:
        """Le module du programme, ou celui du fichier de test."""
        if "::" not in self.nom:
            return self.nom.split("/")[0]
        return self.nom.split("/")[-1].split("::")[0].removeprefix("test_").removesuffix(".py")

    @property
    def est_un_essai(self) -> bool:
        """Vrai pour un test qui exécute lui-même."""
        return "::" in self.nom

    def parce_que(self, raison: str) -> Candidat:
        """Le même, avec la raison de son choix."""
        return Candidat(self.nom, self.modele, self.duree_s, self.derniere, self.entraine, raison)


def candidats(registre: Registre, vitesse: Callable[[int], float], abreger: bool) -> list[Candidat]:
    """Tout ce que l'on peut exécuter, en abrégeant ou non les leçons longues.

    `vitesse` rend, pour le repère d'une machine, combien de fois celle-ci est plus lente.
    """
    passages = journal.lire()
    trouves = list(_programmes(registre, passages, vitesse, abreger))
    for nom in marqueurs.essais():
        essai = registre["essais"].get(nom)
        if essai is not None:
            passe = passages.get(nom, {}).get(journal.SANS_MODELE)
            date = max(essai["date"], passe["date"] if passe else "")
            entraine = essai["cle"]["environnement"] == "entrainement"
            duree = max(essai["duree_s"], DUREE_MINIMALE_S)
            trouves.append(Candidat(nom, "", duree, date, entraine))
    return trouves


def _programmes(
    registre: Registre, passages: Journal, vitesse: Callable[[int], float], abreger: bool
) -> Iterator[Candidat]:
    arguments = marqueurs.par_programme() if abreger else {}
    for nom, par_modele in registre["snippets"].items():
        for modele, entree in par_modele.items():
            duree = entree["duree_s"] * vitesse(entree["machine"]["repere_ms"])
            if arguments.get(nom, {}).get("bref"):
                duree *= PART_ABREGEE
            passage = journal.derniere(nom, modele, entree, passages)
            amont = sum(_cout(registre, avant) for avant in _lignee(registre, nom))
            entraine = entree["cle"]["environnement"] == "entrainement"
            yield Candidat(
                nom, modele, max(duree + amont, DUREE_MINIMALE_S), passage["date"], entraine
            )


def _lignee(registre: Registre, nom: str) -> set[str]:
    """Tous les programmes qui doivent précéder `nom`, de proche en proche."""
    entrees = registre["snippets"].get(nom, {})
    directs = {avant for entree in entrees.values() for avant in entree["cle"]["amont"]}
    return directs.union(*(_lignee(registre, avant) for avant in directs))


def _cout(registre: Registre, nom: str) -> float:
    """La durée prévue, abrégée, d'un programme exécuté pour ceux qui le suivent (secondes)."""
    entrees = registre["snippets"].get(nom, {}).values()
    return max((PART_ABREGEE * entree["duree_s"] for entree in entrees), default=0.0)


def tirer(
    tous: Iterable[Candidat],
    budget_s: float,
    jour: datetime.date,
    pret: Callable[[Candidat], bool],
) -> list[Candidat]:
    """Les candidats à exécuter, dans l'ordre des modules, avec la raison de chaque choix.

    `pret` dit si un candidat peut s'exécuter sans rien installer de lourd.
    """
    if budget_s <= 0:
        return []
    possibles = sorted(
        (c for c in tous if pret(c)), key=lambda c: (c.derniere, c.module, c.nom, c.modele)
    )
    choisis: dict[tuple[str, str], Candidat] = {}
    reste = budget_s

    def prendre(candidat: Candidat | None, raison: str, quoi_qu_il_en_coute: bool = False) -> None:
        nonlocal reste
        if candidat is None or (candidat.nom, candidat.modele) in choisis:
            return
        if quoi_qu_il_en_coute or candidat.duree_s <= reste:
            choisis[candidat.nom, candidat.modele] = candidat.parce_que(raison)
            reste -= candidat.duree_s

    for candidat in possibles:
        if not candidat.est_un_essai and not candidat.entraine and lit_l_heure(candidat.nom):
            prendre(candidat, "il lit l'heure", quoi_qu_il_en_coute=True)
    programmes = [candidat for candidat in possibles if not candidat.est_un_essai]
    for module in modules_du_jour(sorted({c.module for c in programmes}), jour):
        prendre(_premier([c for c in programmes if c.module == module], reste), "module du jour")
    for modele in sorted({c.modele for c in programmes} - {AUCUN_MODELE}):
        if not any(choisi.modele == modele for choisi in choisis.values()):
            avec = [c for c in programmes if c.modele == modele]
            prendre(_premier(avec, reste), f"un programme avec {modele}")
    if jour.toordinal() % JOURS_ENTRE_ENTRAINEMENTS == 0:
        entrainements = [c for c in programmes if c.entraine]
        prendre(_premier(entrainements, reste), "un entraînement, un jour sur trois")
    for candidat in possibles:
        prendre(candidat, f"pas exécuté depuis le {candidat.derniere[:10]}")
    return sorted(choisis.values(), key=lambda c: (c.module, c.est_un_essai, c.modele, c.nom))


def _premier(possibles: list[Candidat], reste: float) -> Candidat | None:
    """Le plus ancien qui tient dans ce qui reste, en secondes."""
    return next((candidat for candidat in possibles if candidat.duree_s <= reste), None)


def modules_du_jour(modules: list[str], jour: datetime.date) -> list[str]:
    """Deux modules, à tour de rôle : en une semaine, tous y passent."""
    premier = jour.toordinal() * MODULES_PAR_JOUR
    return [modules[(premier + rang) % len(modules)] for rang in range(MODULES_PAR_JOUR) if modules]


def lit_l_heure(nom: str) -> bool:
    """Ce programme demande-t-il la date ou l'heure ?"""
    fichier = chemins.SNIPPETS / nom
    if fichier.suffix != ".py" or not fichier.is_file():
        return False
    arbre = ast.parse(fichier.read_text(encoding="utf-8"))
    return any(
        isinstance(noeud, ast.Attribute) and noeud.attr in HEURE for noeud in ast.walk(arbre)
    )


def modele_de_session(nom: str, modele: str) -> str:
    """La valeur de `COURS_MODELE` qui fait jouer ce modèle ; vide si c'est celui par défaut."""
    defaut = str(marqueurs.par_programme().get(nom, {}).get("modele") or "")
    communs = ("", AUCUN_MODELE, modeles.MODELE_D_EMBEDDING, defaut or modeles.MODELE_DE_REFERENCE)
    return "" if modele in communs else modele
