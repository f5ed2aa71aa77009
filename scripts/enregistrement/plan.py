"""Choisir ce que `make test` exécute pour de vrai, dans un budget de minutes.

La règle, écrite aussi sur la page de vérification : d'abord les programmes qui lisent l'heure ;
puis, chaque jour, un programme de deux modules, de sorte qu'en une semaine tous y passent ; un
programme au moins par modèle ; un jour sur trois, un entraînement abrégé ; enfin, tant qu'il reste
du temps, ce qui n'a pas été exécuté depuis le plus longtemps. Ce qui demanderait d'installer
l'environnement d'entraînement, ou un modèle fabriqué, n'est tiré que s'il est déjà là.
"""

from __future__ import annotations

import datetime
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace

from scripts.execution import couverture
from scripts.lecons import journal, marqueurs, modeles, syntaxe
from scripts.lecons.journal import Journal
from scripts.lecons.registre import AUCUN_MODELE, Enregistrement, Essai, Registre
from scripts.socle import chemins

MODULES_PAR_JOUR = 2
JOURS_ENTRE_ENTRAINEMENTS = 3
# Part de la durée enregistrée que prend une leçon abrégée.
PART_ABREGEE = 0.2
# Démarrer un programme et l'observer.
DUREE_MINIMALE_S = 1.0


@dataclass(frozen=True)
class Candidat:
    """Un programme avec un modèle, ou un essai : sa durée prévue et sa dernière exécution.

    `amont` : ceux qui doivent le précéder, et leur durée. `entraine` : il tourne dans
    l'environnement d'entraînement. Durées en secondes.
    """

    nom: str
    modele: str
    duree_s: float
    derniere: str
    amont: dict[str, float] = field(default_factory=dict)
    entraine: bool = False
    lit_l_heure: bool = False
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

    def cout_s(self, faits: Collection[str]) -> float:
        """Ce que coûterait de l'exécuter après ceux-là, dans le même passage."""
        restants = {self.nom: self.duree_s, **self.amont}
        return sum(duree for nom, duree in restants.items() if nom not in faits)

    def parce_que(self, raison: str) -> Candidat:
        """Le même, avec la raison de son choix."""
        return replace(self, raison=raison)


def candidats(registre: Registre, vitesse: Callable[[int], float], abreger: bool) -> list[Candidat]:
    """Tout ce que l'on peut exécuter, en abrégeant ou non les leçons longues.

    `vitesse` rend, pour le repère d'une machine, combien de fois celle-ci est plus lente.
    """
    passages = journal.lire()
    durees = _durees(registre, vitesse, abreger)
    trouves = list(_programmes(registre, passages, durees))
    for nom in marqueurs.essais():
        essai = registre["essais"].get(nom)
        if essai is not None:
            passe = passages.get(nom, {}).get(journal.SANS_MODELE)
            date = max(essai["date"], passe["date"] if passe else "")
            duree = essai["duree_s"] * vitesse(essai["machine"]["repere_ms"])
            duree = max(duree, DUREE_MINIMALE_S)
            amont = _amont(registre, [essai["cle"]["amont"]], durees)
            trouves.append(Candidat(nom, "", duree, date, amont, _entraine(essai)))
    return trouves


def _durees(registre: Registre, vitesse: Callable[[int], float], abreger: bool) -> dict[str, float]:
    """Programme -> la plus longue des durées prévues pour ses modèles (secondes)."""
    arguments = marqueurs.par_programme() if abreger else {}
    durees: dict[str, float] = {}
    for nom, par_modele in registre["snippets"].items():
        part = PART_ABREGEE if arguments.get(nom, {}).get("bref") else 1.0
        prevues = (
            part * e["duree_s"] * vitesse(e["machine"]["repere_ms"]) for e in par_modele.values()
        )
        durees[nom] = max(DUREE_MINIMALE_S, *prevues)
    return durees


def _programmes(
    registre: Registre, passages: Journal, durees: Mapping[str, float]
) -> Iterator[Candidat]:
    for nom, par_modele in registre["snippets"].items():
        for modele, entree in par_modele.items():
            passage = journal.derniere(nom, modele, entree, passages)
            amont = _amont(registre, [entree["cle"]["amont"]], durees)
            yield Candidat(
                nom,
                modele,
                durees[nom],
                passage["date"],
                amont,
                _entraine(entree),
                _a_lu_l_heure(nom, entree),
            )


def _a_lu_l_heure(nom: str, entree: Enregistrement) -> bool:
    """Cette exécution a-t-elle demandé la date ou l'heure ?

    Un fichier réuni peut le faire pour une leçon, et pas pour une autre : on regarde les
    instructions exécutées, quand elles ont été mesurées.
    """
    mesurees = entree["preuve"]["lignes"]
    return any(
        _y_passe(programme, mesurees.get(programme)) for programme in [nom, *entree["cle"]["codes"]]
    )


def _y_passe(programme: str, executees: str | None) -> bool:
    lignes = syntaxe.lignes_de_l_heure(programme)
    if not lignes or executees is None:
        return bool(lignes)
    texte = (chemins.SNIPPETS / programme).read_text(encoding="utf-8")
    demandes = couverture.lire_les_rangs(couverture.rangs(texte, lignes))
    return bool(demandes & couverture.lire_les_rangs(executees))


def _entraine(connu: Enregistrement | Essai) -> bool:
    return connu["cle"]["environnement"] == "entrainement"


def _amont(
    registre: Registre, directs: Iterable[Iterable[str]], durees: Mapping[str, float]
) -> dict[str, float]:
    """Tous les programmes qui doivent précéder, de proche en proche, et leur durée prévue."""
    trouves: dict[str, float] = {}
    for avant in (nom for noms in directs for nom in noms):
        entrees = registre["snippets"].get(avant, {}).values()
        trouves |= _amont(registre, (e["cle"]["amont"] for e in entrees), durees)
        trouves[avant] = durees.get(avant, DUREE_MINIMALE_S)
    return trouves


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
    faits: set[str] = set()
    reste = budget_s

    def prendre(candidat: Candidat | None, raison: str, quoi_qu_il_en_coute: bool = False) -> None:
        nonlocal reste
        if candidat is None or (candidat.nom, candidat.modele) in choisis:
            return
        cout = candidat.cout_s(faits)
        if quoi_qu_il_en_coute or cout <= reste:
            choisis[candidat.nom, candidat.modele] = candidat.parce_que(raison)
            faits.update((candidat.nom, *candidat.amont))
            reste -= cout

    for candidat in possibles:
        if candidat.lit_l_heure and not candidat.entraine:
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


def cout_total_s(choisis: Iterable[Candidat]) -> float:
    """Ce que coûte un plan, chaque programme exécuté une fois par modèle (secondes)."""
    faits: dict[str, set[str]] = {}
    total = 0.0
    for candidat in choisis:
        joues = faits.setdefault(candidat.modele, set())
        total += candidat.cout_s(joues)
        joues.update((candidat.nom, *candidat.amont))
    return total


def _premier(possibles: list[Candidat], reste: float) -> Candidat | None:
    """Le plus ancien qui tient dans ce qui reste, en secondes."""
    return next((candidat for candidat in possibles if candidat.cout_s(()) <= reste), None)


def modules_du_jour(modules: list[str], jour: datetime.date) -> list[str]:
    """Deux modules, à tour de rôle : en une semaine, tous y passent."""
    premier = jour.toordinal() * MODULES_PAR_JOUR
    return [modules[(premier + rang) % len(modules)] for rang in range(MODULES_PAR_JOUR) if modules]


def modele_de_session(nom: str, modele: str) -> str:
    """La valeur de `COURS_MODELE` qui fait jouer ce modèle ; vide si c'est celui par défaut."""
    defaut = str(marqueurs.par_programme().get(nom, {}).get("modele") or "")
    communs = ("", AUCUN_MODELE, modeles.MODELE_D_EMBEDDING, defaut or modeles.MODELE_PAR_DEFAUT)
    return "" if modele in communs else modele
