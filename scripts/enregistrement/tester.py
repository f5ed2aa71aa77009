"""`make test` : contrôler, rejouer les preuves, tester le site et les outils, exécuter un peu."""

from __future__ import annotations

import datetime
import hashlib
import json
import os
import time
from collections.abc import Callable
from dataclasses import asdict
from functools import partial
from pathlib import Path

from scripts.enregistrement import lancer
from scripts.enregistrement.greffon_pytest import CODE_SERVEUR_ARRETE
from scripts.enregistrement.plan import Candidat, candidats, cout_total_s, tirer
from scripts.execution import couverture
from scripts.lecons import journal, modeles, registre
from scripts.lecons.journal import Journal
from scripts.lecons.registre import Registre
from scripts.ollama_prive import ouvrir
from scripts.outillage import entrainement, frontal, navigateur
from scripts.socle import chemins, fichiers, sans_changement, verrou
from scripts.socle.commandes import accompagner, console
from scripts.socle.erreurs import ErreurCours, MauvaisUsage
from scripts.socle.machine import repere_ms

# Un modèle nommé dans le terminal, pour essayer une leçon, ne change pas ce que l'on teste.
SANS_MODELE_NOMME = {"COURS_MODELE": "", "COURS_COMPLET": ""}
BUDGET_MIN = 5.0
SITE_ET_OUTILS = "site_et_outils"
LIMITE_MIN = 80.0
# Un plan interrompu se reprend tant que le registre n'a pas changé, et dans la demi-journée.
AGE_DU_PLAN = datetime.timedelta(hours=12)


def tester(verifier: Callable[[], None], complet: bool) -> None:
    """Tout ce que fait `make test` ; avec `complet`, tout s'exécute comme enregistré.

    `verifier` : les contrôles sans modèle, qui lèvent `ErreurCours`. Lève `ErreurCours` si quelque
    chose échoue ou reste à faire.
    """
    debut = time.monotonic()
    fin, budget_s = debut + _secondes("LIMITE", LIMITE_MIN), _secondes("BUDGET", BUDGET_MIN)
    verifier()
    with verrou.un_seul_passage():
        lancer.reporter_les_verdicts()
        if os.environ.get("OLLAMA_HOST"):  # autant le savoir avant des minutes de tests
            ouvrir.preparer(ouvrir.USAGE_DES_TESTS)
        connu = registre.lire()
        plan, faits = _plan(complet, connu, budget_s)
        _annoncer(plan, faits, connu)
        echecs = [*_rejouer(connu), *_site_et_outils(complet)]
        echecs += _executer([c for c in plan if _cle(c) not in faits], complet, fin)
    if echecs:
        raise ErreurCours(f"À revoir : {' ; '.join(echecs)}.")
    _fichier_du_plan(complet).unlink(missing_ok=True)
    minutes = (time.monotonic() - debut) / 60
    console.print(f"Tout passe, en {minutes:.0f} min. Exécuté pour de vrai : {len(plan)}.")


def _secondes(variable: str, defaut: float) -> float:
    """Une durée que l'environnement donne en minutes. Lève `MauvaisUsage` si elle ne se lit pas."""
    valeur = os.environ.get(variable) or str(defaut)
    try:
        minutes = float(valeur.replace(",", "."))
    except ValueError:
        minutes = -1
    if not 0 <= minutes < 10_000:
        raise MauvaisUsage(
            f"{variable} vaut « {valeur} » : donnez un nombre de minutes, par exemple {variable}=5."
        )
    return 60 * minutes


# --- Le plan ---


def _plan(complet: bool, connu: Registre, budget_s: float) -> tuple[list[Candidat], set[str]]:
    """Ce qu'il faut exécuter, et ce qu'un passage interrompu a déjà exécuté."""
    if repris := _reprendre(complet):
        return repris
    tous = candidats(connu, lambda repere: max(1.0, repere_ms() / repere), abreger=not complet)
    if complet:
        tous = lancer.ecarter_les_modeles_absents(tous)
        choisis = sorted(tous, key=lambda c: (c.module, c.est_un_essai, c.modele, c.nom))
    else:
        a_torch = entrainement.est_installe()
        pret = partial(_pret, connu=connu, a_torch=a_torch)
        choisis = tirer(tous, budget_s, datetime.date.today(), pret)
    _garder(complet, choisis)
    return choisis, set()


def _fichier_du_plan(complet: bool) -> Path:
    nom = "passage-complet.json" if complet else "passage.json"
    return chemins.RACINE / ".cache" / nom


def _etat(complet: bool) -> str:
    """Ce qui fait qu'un plan interrompu vaut encore : le registre et le budget."""
    texte = chemins.REGISTRE.read_text(encoding="utf-8") if chemins.REGISTRE.is_file() else ""
    budget = os.environ.get("BUDGET", "")
    return hashlib.sha256(f"{texte}{budget}{complet}".encode()).hexdigest()


def _garder(complet: bool, plan: list[Candidat]) -> None:
    contenu = {
        "etat": _etat(complet),
        "debut": lancer.maintenant(),
        "plan": [asdict(candidat) for candidat in plan],
    }
    fichiers.ecrire(_fichier_du_plan(complet), json.dumps(contenu, ensure_ascii=False))


def _reprendre(complet: bool) -> tuple[list[Candidat], set[str]] | None:
    """Le plan d'un passage interrompu et ce qu'il a exécuté, d'après le journal.

    None s'il n'y en a pas, s'il ne vaut plus, ou s'il n'avait rien exécuté.
    """
    try:
        contenu = json.loads(_fichier_du_plan(complet).read_text(encoding="utf-8"))
        plan = [Candidat(**candidat) for candidat in contenu["plan"]]
        debut = datetime.datetime.fromisoformat(contenu["debut"])
        age = datetime.datetime.now() - debut
        if contenu["etat"] != _etat(complet) or age > AGE_DU_PLAN:
            return None
    except (OSError, ValueError, KeyError, TypeError):
        return None
    passages = journal.lire()
    faits = {_cle(c) for c in plan if _date(c, passages) >= contenu["debut"]}
    return (plan, faits) if faits else None


def _date(candidat: Candidat, passages: Journal) -> str:
    """Quand ce candidat a été exécuté pour la dernière fois ; vide s'il n'est pas au journal."""
    siens = passages.get(candidat.nom, {})
    modele = candidat.modele or journal.SANS_MODELE
    return siens[modele]["date"] if modele in siens else ""


def _cle(candidat: Candidat) -> str:
    return f"{candidat.nom} {candidat.modele}"


def _annoncer(plan: list[Candidat], faits: set[str], connu: Registre) -> None:
    """Dit ce qui sera exécuté, combien de temps, pourquoi ; et ce qui est rejoué."""
    rejoues = sum(map(len, connu["snippets"].values()))
    restants = [c for c in plan if _cle(c) not in faits]
    minutes = cout_total_s(restants) / 60
    if faits:
        console.print(f"Reprise du passage interrompu : {len(faits)} déjà exécutés.")
    console.print(
        f"{len(restants)} à exécuter, environ {minutes:.0f} min ; {rejoues} enregistrements "
        f"rejoués ; {len(connu['essais'])} essais dont le verdict vaut encore."
    )
    for candidat in restants:
        avec = f" ({candidat.modele})" if candidat.modele else ""
        console.print(
            f"  {candidat.nom}{avec} : {candidat.raison or 'passage entier'}", soft_wrap=True
        )


def _pret(candidat: Candidat, connu: Registre, a_torch: bool) -> bool:
    """Ce candidat peut-il s'exécuter sans installer torch, ni fabriquer ou tirer un modèle ?"""
    if candidat.entraine and not a_torch:
        return False
    declares = modeles.declares()
    appeles = _modeles_appeles(candidat, connu) | {candidat.modele}
    if not registre.est_du_cours(candidat.modele):
        return False
    fabriques = [nom for nom in appeles if nom in declares and declares[nom].fabrique]
    return a_torch or all(map(_deja_fabrique, fabriques))


def _deja_fabrique(nom: str) -> bool:
    """Le fichier de ce modèle fabriqué ici est-il déjà dans le cache ?"""
    return any((chemins.cache() / "fichiers" / modeles.origine(nom)).glob("*.gguf"))


def _modeles_appeles(candidat: Candidat, connu: Registre) -> set[str]:
    """Les modèles qu'appelle un programme ou un essai, d'après sa clé."""
    if candidat.est_un_essai:
        return set(connu["essais"][candidat.nom]["cle"]["modeles"])
    return set(connu["snippets"][candidat.nom][candidat.modele]["cle"]["modeles"])


# --- Les étapes ---


def _rejouer(connu: Registre) -> list[str]:
    """Les tests de leçons sur leurs preuves, puis la couverture qu'elles montrent."""
    console.rule("Les leçons, rejouées sur leurs preuves")
    commande = [*lancer.PYTEST, "-q", *limite_par_test(120), "--rejouer", "tests/lecons"]
    echecs = ["des leçons rejouées échouent"] if accompagner(commande, SANS_MODELE_NOMME) else []
    manquantes = couverture.lignes_manquantes(connu)
    phrases = couverture.comparer(manquantes, couverture.exemptions())
    for phrase in phrases:
        console.print(f"✗ {phrase}", soft_wrap=True)
    return [*echecs, *(["des lignes ne sont exécutées par aucun test"] if phrases else [])]


def limite_par_test(secondes: int) -> list[str]:
    """L'option de pytest qui arrête tout, pile d'appels à l'appui, si un test dure davantage."""
    return ["-o", f"faulthandler_timeout={secondes}"]


def _site_et_outils(complet: bool) -> list[str]:
    """Leurs tests, sauf si aucun fichier n'a changé depuis qu'ils ont réussi.

    Ni le journal des exécutions, où chaque passage écrit, ni ce qui s'en calcule ne comptent. Un
    passage entier et l'intégration continue les jouent toujours.
    """
    console.rule("Le site et les outils")
    toujours = complet or os.environ.get("CI") == "true"
    depot = sans_changement.empreinte(sauf=[journal.fichier(), chemins.GENERE])
    if not toujours and sans_changement.reussis(SITE_ET_OUTILS, depot):
        console.print("Rien n'a changé dans le dépôt depuis qu'ils ont réussi.")
        return []
    frontal.installer("tests", "lint", "diagrammes")
    navigateur.preparer()
    ouvrir.preparer(ouvrir.USAGE_DES_TESTS)
    a_deux = ["--numprocesses=2", "--dist=worksteal", "tests/site", "tests/outils"]
    if accompagner([*lancer.PYTEST, "-q", *limite_par_test(600), *a_deux], SANS_MODELE_NOMME):
        return ["des tests du site ou des outils échouent"]
    sans_changement.retenir(SITE_ET_OUTILS, depot)
    return []


def _executer(restants: list[Candidat], complet: bool, fin: float) -> list[str]:
    """Exécute pour de vrai, module par module ; ne commence rien qui ne puisse finir."""
    if not restants:
        return []
    console.rule("Exécutions réelles")
    ouvrir.preparer(ouvrir.USAGE_DES_TESTS)
    echecs: list[str] = []
    laisses: list[Candidat] = []
    for module, modele, lot in lancer.lots(restants):
        tient, trop = _qui_tiennent(lot, fin - time.monotonic())
        laisses += trop
        if not tient:
            continue
        code = lancer.executer([c.nom for c in tient], modele, complet=complet)
        if code == CODE_SERVEUR_ARRETE:
            return [*echecs, "le serveur Ollama s'est arrêté"]
        if code:
            avec = f" ({modele})" if modele else ""
            echecs.append(f"des exécutions de {module}{avec} échouent")
    if laisses:
        noms = ", ".join(c.nom for c in laisses)
        echecs.append(f"{len(laisses)} à exécuter encore, faute de temps ({noms})")
    return echecs


def _qui_tiennent(lot: list[Candidat], reste_s: float) -> tuple[list[Candidat], list[Candidat]]:
    """Ceux du lot qui peuvent finir dans le temps qui reste, et les autres."""
    tiennent: list[Candidat] = []
    joues: set[str] = set()
    for candidat in lot:
        cout = candidat.cout_s(joues)
        if cout <= reste_s:
            tiennent.append(candidat)
            joues.update((candidat.nom, *candidat.amont))
            reste_s -= cout
    return tiennent, [c for c in lot if c not in tiennent]
