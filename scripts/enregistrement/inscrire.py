"""Du résultat d'une exécution à son entrée du registre : sa clé et ses preuves."""

from __future__ import annotations

import datetime
import platform
import shutil
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from scripts.enregistrement.demande import Demande
from scripts.enregistrement.essais import EssaiEnCours
from scripts.execution import couverture, lanceur
from scripts.execution.observer import Observation
from scripts.execution.resultat import Compteur, Execution
from scripts.lecons import catalogue, cle, marqueurs, modeles, registre, syntaxe
from scripts.lecons.registre import Cle, Enregistrement, Preuve, Registre
from scripts.socle import chemins, fichiers
from scripts.socle.machine import decrire_machine


@dataclass(frozen=True)
class Provenance:
    """Le serveur qui a répondu : versions d'Ollama et de son moteur, empreintes des modèles."""

    ollama: str
    moteur: str
    digests: Mapping[str, str]

    def presents(self, noms: Iterable[str]) -> dict[str, str]:
        """Parmi ces modèles, ceux du serveur, avec leur empreinte."""
        complets = {nom: modeles.nom_complet(nom) for nom in sorted(noms)}
        return {n: self.digests[c] for n, c in complets.items() if c in self.digests}


def inscrire(
    execution: Execution,
    demande: Demande,
    provenance: Provenance,
    *,
    carnet: Path | None = None,
    constante: bool = False,
) -> None:
    """Écrit la sortie et les preuves d'une exécution réussie, puis son entrée du registre.

    `carnet` est le carnet publié, s'il y en a un ; `constante`, si une seconde exécution a donné
    les mêmes octets. Les figures, au même chemin pour tous, sont celles du modèle que la page
    montre d'abord.
    """
    connu = registre.lire()
    modele = execution.modele
    sortie = chemins.SNIPPETS / registre.fichier_de_sortie(execution.nom, modele)
    fichiers.ecrire(sortie, execution.sortie)
    compteur = execution.compteur
    entree: Enregistrement = {
        "cle": cle_de(execution, demande, provenance, connu),
        "preuve": preuve_de(execution),
        "sortie": {"fichier": chemins.relatif(sortie), "sha256": fichiers.empreinte(sortie)},
        "digests": provenance.presents(_appeles(compteur, modele)),
        "ollama": provenance.ollama,
        "python": platform.python_version(),
        "machine": decrire_machine(),
        "date": datetime.date.today().isoformat(),
        "duree_s": round(execution.duree_s, 2),
        "memoire_mio": {
            "programme": round(execution.memoire_mio),
            "serveur": round(execution.memoire_serveur_mio),
        },
    }
    if carnet is not None:
        entree["carnet"] = {
            "fichier": chemins.relatif(carnet),
            "sha256": fichiers.empreinte(carnet),
        }
    if modele == demande.modele:
        entree["impose"] = True
    if constante:
        entree["constante"] = True
    montres = (registre.AUCUN_MODELE, modeles.MODELE_D_EMBEDDING)
    if execution.figures and modele in (*montres, demande.modele or modeles.MODELE_PAR_DEFAUT):
        entree["figures"] = _ecrire_les_figures(execution)
    _garder_les_produits(execution)
    connu["snippets"].setdefault(execution.nom, {})[modele] = entree
    registre.ecrire(connu)


def cle_de(execution: Execution, demande: Demande, provenance: Provenance, connu: Registre) -> Cle:
    """La clé d'une exécution : tout ce dont elle a dépendu."""
    observation, nom = execution.observation, execution.nom
    est_carnet = catalogue.est_carnet(chemins.SNIPPETS / nom)
    a_demande = bool(execution.compteur.requetes)
    arguments = marqueurs.par_programme().get(nom, {})
    return {
        "programme": observation.programme or syntaxe.empreinte(chemins.SNIPPETS / nom),
        "codes": {autre: sha for autre, sha in observation.codes.items() if autre != nom},
        # jupytext lit la source d'un carnet : c'est son programme, pas ses données.
        "fichiers": {
            f: s for f, s in observation.fichiers.items() if not (est_carnet and f == nom)
        },
        "dossiers": observation.dossiers,
        "absents": list(observation.absents),
        "amont": cle.amont(connu, demande.apres, execution.modele),
        "marqueur": cle.du_marqueur(arguments),
        "modeles": origines(
            provenance.presents(_appeles(execution.compteur, execution.modele)), demande.atelier
        ),
        "ollama": provenance.ollama if a_demande else "",
        "moteur": provenance.moteur if a_demande else "",
        "environnement": environnement_de(demande.atelier),
        "paquets": registre.nommer_un_lot(connu, verrouilles(observation, demande.atelier)),
        "lanceur": lanceur.lire()[0],
    }


def relier(demandes: Iterable[tuple[Demande, str]], essais: Iterable[Demande] = ()) -> None:
    """Redonne à chaque (programme, modèle), à chaque essai d'un même passage, la clé de son amont.

    Un programme peut être inscrit avant celui qui le précède, dont les tests finissent plus tard.
    """
    connu = registre.lire()
    restants = [(demande, modele) for demande, modele in demandes if demande.apres]
    noms = {demande.nom for demande, _ in restants}
    while restants:
        prets = [d for d in restants if not noms & set(d[0].apres)] or restants
        for demande, modele in prets:
            entree = connu["snippets"][demande.nom][modele]
            entree["cle"]["amont"] = cle.amont(connu, demande.apres, modele)
        restants = [d for d in restants if d not in prets]
        noms = {demande.nom for demande, _ in restants}
    for essai in essais:
        amont = cle.amont(connu, essai.apres, modeles.MODELE_PAR_DEFAUT)
        connu["essais"][essai.nom]["cle"]["amont"] = amont
    registre.ecrire(connu)


def environnement_de(atelier: bool) -> str:
    """Le nom du verrou de l'environnement qui a exécuté."""
    return "entrainement" if atelier else "dev"


def verrouilles(observation: Observation, atelier: bool) -> dict[str, str]:
    """Les paquets chargés que tient un verrou : pip et ses pareils viennent avec Python."""
    connus = cle.versions_verrouillees(environnement_de(atelier))
    return {nom: version for nom, version in observation.paquets.items() if nom in connus}


def origines(appeles: Iterable[str], atelier: bool) -> dict[str, str]:
    """Ce qui fait chaque modèle appelé et, dans l'atelier, la base que l'on y entraîne."""
    noms = [*appeles, *([modeles.BASE_DE_L_ATELIER] if atelier else [])]
    return {nom: modeles.origine(nom) for nom in noms}


def _appeles(compteur: Compteur, modele: str) -> set[str]:
    """Les modèles qui ont calculé, et celui de la session si le cours n'en déclare pas un.

    Le programme l'a alors fait lui-même, à partir de celui-là. De même s'il n'a demandé que la
    fiche d'un modèle.
    """
    if not compteur.requetes:
        return set()
    faits_ici = compteur.modeles - modeles.declares().keys()
    return compteur.modeles | ({modele} if faits_ici or not compteur.modeles else set())


def preuve_de(execution: Execution) -> Preuve:
    """Tout ce qu'un test peut regarder d'une exécution, hors sortie et figures."""
    compteur = execution.compteur
    return {
        "code": execution.code,
        # Un avertissement nomme le fichier d'un paquet : son dossier n'est qu'à cette machine.
        "erreurs": execution.erreurs.replace(str(chemins.RACINE_DU_CODE), "…"),
        "compte": {
            "requetes": compteur.requetes,
            "tokens_entree": compteur.tokens_entree,
            "tokens_sortie": compteur.tokens_sortie,
            "duree_s": round(compteur.duree_s, 2),
            "modeles": sorted(compteur.modeles),
        },
        "lignes": en_rangs(execution.lignes),
        "produits": {
            nom: {"sha256": fichiers.empreinte(fichier), "taille": fichier.stat().st_size}
            for nom, fichier in sorted(execution.produits.items())
            if fichier.is_file()
        },
    }


def en_rangs(lignes: Mapping[str, frozenset[int]]) -> dict[str, str]:
    """Programme -> rangs des instructions exécutées, pour ceux qui existent encore."""
    textes = {nom: chemins.SNIPPETS / nom for nom in lignes}
    return {
        nom: couverture.rangs(fichier.read_text(encoding="utf-8"), lignes[nom])
        for nom, fichier in textes.items()
        if fichier.is_file()
    }


def _ecrire_les_figures(execution: Execution) -> dict[str, str]:
    """Copie les figures d'une exécution sous docs/assets/figures/ ; chemin -> empreinte."""
    empreintes = {}
    for figure, contenu in sorted(execution.figures.items()):
        chemin = chemins.FIGURES / Path(execution.nom).parts[0] / figure
        fichiers.ecrire(chemin, contenu)
        empreintes[chemins.relatif(chemin)] = fichiers.empreinte(chemin)
    return empreintes


def _garder_les_produits(execution: Execution) -> None:
    """Copie à côté des sorties les petits fichiers que le programme a laissés dans l'atelier."""
    dossier = registre.dossier_des_produits(execution.nom, execution.modele)
    shutil.rmtree(dossier, ignore_errors=True)
    for nom, fichier in execution.produits.items():
        if fichier.is_file() and registre.garde(nom, fichier.stat().st_size):
            fichiers.ecrire(dossier / nom, fichier.read_bytes())


def inscrire_l_essai(nom: str, essai: EssaiEnCours, provenance: Provenance | None) -> None:
    """Garde le verdict favorable d'un essai ; `nom` est celui de sa fonction de test.

    `provenance` est None s'il n'a rien demandé au serveur.
    """
    connu, observation, atelier = registre.lire(), essai.observation(), essai.demande.atelier
    appeles = provenance.presents(essai.modeles_appeles()) if provenance else {}
    connu["essais"][nom] = {
        "cle": {
            "programme": marqueurs.empreinte_de_l_essai(nom),
            "codes": observation.codes,
            "fichiers": observation.fichiers,
            "dossiers": observation.dossiers,
            "absents": list(observation.absents),
            "amont": cle.amont(connu, essai.demande.apres, modeles.MODELE_PAR_DEFAUT),
            "marqueur": {},
            "modeles": origines(appeles, atelier),
            "ollama": provenance.ollama if provenance else "",
            "moteur": provenance.moteur if provenance else "",
            "environnement": environnement_de(atelier),
            "paquets": registre.nommer_un_lot(connu, verrouilles(observation, atelier)),
            "lanceur": lanceur.lire()[0],
        },
        "lignes": en_rangs(essai.lignes()),
        "python": platform.python_version(),
        "machine": decrire_machine(),
        "date": datetime.date.today().isoformat(),
        "duree_s": round(essai.duree_s, 2),
    }
    registre.ecrire(connu)
