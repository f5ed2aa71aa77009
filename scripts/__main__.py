"""Les commandes des contributeurs : `python -m scripts …`, que le Makefile appelle.

Chaque commande importe elle-même ce qu'il lui faut : l'environnement du site, où tournent `site`,
`servir`, `kit` et `verifier`, n'a ni le client d'Ollama, ni pytest.
"""

from __future__ import annotations

from scripts.socle import interruption

if __name__ == "__main__":
    # Dès maintenant : les imports qui suivent durent assez pour que l'on tape Ctrl-C.
    interruption.sortir_sans_attendre()

import contextlib
import os
import socket
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, NoReturn

import typer
from rich.text import Text

from scripts.lecons import modeles as catalogue
from scripts.publication.performances import ORDRE
from scripts.socle import adresses as adresses_web
from scripts.socle import chemins, fichiers, pannes, sans_changement, usage, verrou
from scripts.socle.commandes import accompagner, accompagner_en_relisant, console, parler_utf8
from scripts.socle.erreurs import ErreurCours, MauvaisUsage
from scripts.socle.francais import compte, nombre
from scripts.socle.interruption import CODE_INTERROMPU

# Les commandes qui, relancées après Ctrl-C, ne refont pas ce qui est fait.
REPRENNENT = {"tester", "enregistrer", "experience"}

application = typer.Typer(add_completion=False, pretty_exceptions_enable=False, help=__doc__)


@application.command()
def site() -> None:
    """Construit le site et dit où il est."""
    debut = time.monotonic()
    adresses_web.verifier()
    verifier()
    if code := accompagner_en_relisant([sys.executable, "-m", "mkdocs", "build", "--strict"]):
        raise typer.Exit(code)
    duree = time.monotonic() - debut
    console.print(
        f"Site construit en {duree:.0f} s. Ouvrez-le : {chemins.RACINE / 'site' / 'index.html'}"
    )


@application.command()
def servir(
    port: Annotated[int, typer.Option(min=1, max=65_535, help="Port local.")] = 8000,
) -> None:
    """Sert le site en local, rechargé à chaque modification."""
    adresses_web.verifier()
    with socket.socket() as prise:
        prise.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            prise.bind(("127.0.0.1", port))
        except OSError as erreur:
            raise ErreurCours(
                f"Le port {port} est déjà pris. Choisissez-en un autre : "
                f"make serve PORT={port + 1}."
            ) from erreur
    commande = [sys.executable, "-m", "mkdocs", "serve", "--livereload", "--open"]
    _lancer([*commande, "--watch", "snippets", "--dev-addr", f"127.0.0.1:{port}"])


@application.command()
def verifier() -> None:
    """Contrôles rapides, sans modèle."""
    depot = sans_changement.empreinte()
    if (reussis := sans_changement.reussis("tout", depot)) is None:
        from scripts.controles.verification import CONTROLES
        from scripts.controles.verification import verifier as trouver_les_problemes

        _exiger_aucun(trouver_les_problemes())
        reussis = len(CONTROLES)
        sans_changement.retenir("tout", depot, reussis)
    console.print(f"{reussis} contrôles passés : tout ce que montre le site est à jour.")


@application.command()
def tester(
    complet: Annotated[
        bool, typer.Option("--complet", help="Tout exécuter, comme enregistré.")
    ] = False,
) -> None:
    """Contrôle, rejoue les preuves, teste le site et les outils, exécute un échantillon."""
    from scripts.enregistrement import tester as enchainement

    enchainement.tester(verifier, complet)


@application.command()
def resserrer() -> None:
    """Met à jour les exemptions de longueur et de modèle par défaut qui ont diminué."""
    from scripts.controles import longueur, premier_modele

    restent = longueur.resserrer(), premier_modele.resserrer()
    console.print("Exemptions restantes : {} de longueur, {} de modèle.".format(*restent))


@application.command("lanceur")
def attester_le_lanceur(
    meme_effet: Annotated[
        bool,
        typer.Option("--meme-effet/--autre-effet", help="Les sorties peuvent-elles en dépendre ?"),
    ],
) -> None:
    """Atteste le code du lanceur ; `--autre-effet` périme tous les enregistrements."""
    from scripts.execution import lanceur

    console.print(f"Lanceur attesté, version {lanceur.attester(meme_effet)}.")


@application.command("schema")
def ecrire_le_schema() -> None:
    """Recalcule snippets/registre.schema.json d'après les types du registre."""
    from scripts.enregistrement import schema

    fichiers.ecrire(chemins.SCHEMA_REGISTRE, schema.texte())
    console.print(chemins.relatif(chemins.SCHEMA_REGISTRE))


@application.command()
def enregistrer(
    module: Annotated[str | None, typer.Option(help="Numéro d'un module : 2.")] = None,
    tout: Annotated[bool, typer.Option(help="Même ce qui n'a pas changé.")] = False,
) -> None:
    """Réenregistre les sorties de ce qui a changé, et rien d'autre."""
    from scripts.enregistrement import reenregistrer as enregistrement

    enregistrement.enregistrer(module, tout)


@application.command("phrases")
def calculer_les_phrases() -> None:
    """Calcule les verdicts des phrases d'après les sorties enregistrées, et montre les phrases."""
    from scripts.enregistrement import verdicts
    from scripts.lecons import registre
    from scripts.lecons.phrases import forme, redaction

    verdicts.recalculer()
    problemes: list[ErreurCours] = []
    for module in forme.modules():
        etat = redaction.rediger(module, registre.lire()["snippets"])
        problemes += [*forme.lire(module).defauts, *etat.defauts]
        for nom, texte in etat.textes.items():
            verdict = f" ({etat.verdicts[nom].verdict})" if nom in etat.verdicts else ""
            titre = Text.assemble((f"{module}/{nom}", "bold"), verdict)
            console.print(titre, Text(texte), sep="\n", soft_wrap=True)
        for nom, erreur in etat.empechees.items():
            titre = Text.assemble((f"{module}/{nom}", "bold"), f" attend : {erreur.constat}.")
            console.print(titre, soft_wrap=True)
    _exiger_aucun(problemes)


@application.command("conclusions")
def lister_les_conclusions(
    pages: Annotated[list[Path] | None, typer.Argument(help="Des pages ; sinon, toutes.")] = None,
) -> None:
    """Liste les phrases qui concluent sur une sortie sans être calculées, pour qui relit."""
    from scripts.controles import conclusions

    choisies = [page.resolve() for page in pages or ()]
    for page in choisies:
        if page.suffix != ".md" or not page.is_relative_to(chemins.DOCS) or not page.is_file():
            raise MauvaisUsage(f"{page} n'est pas une page du cours. Donnez un fichier de docs/.")
    trouvees = conclusions.des_pages(choisies)
    for conclusion in trouvees:
        mots = f"  ({', '.join(conclusion.mots)})"
        console.print(Text.assemble(str(conclusion), (mots, "dim")), soft_wrap=True)
    if trouvees:
        raise ErreurCours(
            f"{compte(len(trouvees), 'phrase')} à relire. Faites-en une phrase calculée "
            "(phrases.toml), ou gardez-la avec sa raison : [[conclusion]], dans "
            "snippets/exemptions.toml."
        )
    console.print("Aucune phrase ne conclut sans être calculée ou relue.")


@application.command()
def ollama() -> None:
    """Démarre le serveur privé et dit comment l'utiliser, jusqu'à Ctrl-C."""
    from scripts.ollama_prive.ouvrir import ouvrir

    if os.environ.get("OLLAMA_HOST"):
        raise ErreurCours(
            "OLLAMA_HOST est déjà réglée : ce serveur-là sert déjà. "
            "Retirez la variable pour démarrer un serveur privé."
        )
    with ouvrir() as serveur, contextlib.suppress(KeyboardInterrupt):
        print(f"export OLLAMA_HOST={serveur.adresse.removeprefix('http://')}")
        print(f"export COURS_MODELE={serveur.modele}")
        print(f'export PATH="{serveur.executable.parent if serveur.executable else ""}:$PATH"')
        sys.stdout.flush()
        console.print("Collez ces lignes dans un autre terminal. Ctrl-C arrête le serveur.")
        while serveur.vivant():
            time.sleep(0.5)
        serveur.verifier_vivant()
    console.print("Serveur arrêté.")


@application.command()
def modeles(
    liste: Annotated[bool, typer.Option("--liste", help="Affiche les modèles du cours.")] = False,
    installer: Annotated[str | None, typer.Option(help="Installe ce modèle.")] = None,
    tous: Annotated[bool, typer.Option("--tous", help="Les installe tous.")] = False,
    pull: Annotated[bool, typer.Option("--pull", help="Le prend par « ollama pull ».")] = False,
    pour_les_tests: Annotated[
        bool, typer.Option("--pour-les-tests", help="Chez les tests, pas chez « make ollama ».")
    ] = False,
    chez_moi: Annotated[
        bool, typer.Option("--chez-moi", help="Dans votre Ollama (OLLAMA_HOST).")
    ] = False,
) -> None:
    """Liste les modèles du cours, ou en installe un sur le serveur privé ou sur le vôtre."""
    from rich.console import Console
    from rich.table import Table

    from scripts.ollama_prive import adresse as adresses
    from scripts.ollama_prive import mise_en_place
    from scripts.ollama_prive.ouvrir import USAGE, USAGE_DES_TESTS, ouvrir_sans_modele

    with contextlib.ExitStack() as pile:
        if chez_moi:
            adresse = adresses.celle_de_l_utilisateur()
        else:
            usage = USAGE_DES_TESTS if pour_les_tests else USAGE
            if pour_les_tests:
                pile.enter_context(verrou.un_seul_passage())
            adresse = pile.enter_context(ouvrir_sans_modele(usage)).adresse
        voulus = list(catalogue.declares()) if tous else [installer] if installer else []
        for nom in voulus:
            mise_en_place.installer(adresse, nom, par_pull=pull)
        if voulus:
            console.print(f"En place : {', '.join(voulus)}.")
        presents = adresses.empreintes_des_modeles(adresse)
    if liste or not (installer or tous):
        table = Table("Nom", "Taille", "Licence", "Empreinte", "État")
        for modele in catalogue.declares().values():
            empreinte, etat = mise_en_place.etat(modele, presents)
            taille = f"{modele.taille_mo} Mo"
            table.add_row(modele.nom, taille, modele.licence, empreinte, etat)
        Console().print(table)


@application.command()
def documents() -> None:
    """Recompose les PDF d'Orvelune à partir de leurs sources."""
    from scripts.produits.documents_pdf import fabriquer

    for pdf in fabriquer():
        console.print(chemins.relatif(pdf))


@application.command()
def kit() -> None:
    """Le cours hors connexion : site, programmes, carnets et données dans un seul zip."""
    from scripts.produits import kit as fabrique

    site()
    archive = fabrique.fabriquer(chemins.RACINE / "site", chemins.PRODUITS)
    poids = nombre(archive.stat().st_size / 1e6, 1)
    console.print(f"Kit de {poids} Mo, et sa somme SHA-256 à côté : {archive}", soft_wrap=True)


@application.command()
def pdf() -> None:
    """Le cours en un seul PDF, imprimé par Chromium."""
    from scripts.outillage import navigateur
    from scripts.produits import pdf as imprimeur

    chromium = navigateur.installer()
    site()
    livre = chemins.PRODUITS / "cours-llm-fr.pdf"
    pages = imprimeur.fabriquer(chemins.RACINE / "site", chromium, livre)
    console.print(f"PDF de {pages} pages : {livre}", soft_wrap=True)


@application.command("experience")
def mener_l_experience(
    modele: Annotated[
        list[str] | None, typer.Option(help="Un modèle du cours ; se répète.")
    ] = None,
    graine: Annotated[list[int] | None, typer.Option(help="Une graine ; se répète.")] = None,
) -> None:
    """Mène l'expérience du module 9 et garde ses résultats ; reprend où elle s'est arrêtée."""
    from scripts.experience import mener, resultats

    noms, graines = modele or resultats.MODELES, graine or resultats.GRAINES
    if inconnus := set(noms) - set(catalogue.declares()):
        raise MauvaisUsage(
            f"Modèle inconnu du cours : {', '.join(sorted(inconnus))}. Pour en voir la liste : "
            "make modeles"
        )
    # D'autres programmes ou d'autres données, une autre expérience : on ne reprend que la même.
    travail = chemins.cache() / "module-9" / resultats.empreinte()
    tableaux = mener.lancer(noms, graines, travail)
    if mener.est_entiere(noms, graines):
        console.print("Résultats gardés. Ensuite : make enregistrer MODULE=9.")
    else:
        console.print("Expérience partielle, les résultats du dépôt n'ont pas changé :", *tableaux)


@application.command()
def lint() -> None:
    """Style et types du code, orthographe et typographie du français."""
    from scripts.controles import orthographe, typographie
    from scripts.lecons import catalogue
    from scripts.outillage import frontal

    outils = Path(sys.executable).parent
    # Les programmes d'un module importent ses fichiers réunis, qu'aucun paquet ne fournit.
    a_nous = {"scripts", "tests", *(Path(nom).stem for nom in catalogue.fichiers_reunis())}
    _lancer([sys.executable, "-m", "ruff", "check", "."])
    _lancer([sys.executable, "-m", "ruff", "format", "--check", "."])
    _lancer([sys.executable, "-m", "mypy"])
    _lancer([str(outils / "lint-imports"), "--no-cache", "--no-logo"])
    options = [option for nom in sorted(a_nous) for option in ("--known-first-party", nom)]
    _lancer([str(outils / "deptry"), *options, "scripts", "tests", "snippets"])
    frontal.installer("lint")
    _exiger_aucun([*typographie.controler(), *orthographe.controler()])
    console.print("Orthographe et typographie : rien à redire.")


@application.command()
def mots() -> None:
    """Ajoute à docs/mots.txt les mots inconnus, à relire ; retire ceux qui ne servent pas."""
    from scripts.controles import orthographe
    from scripts.outillage import frontal

    frontal.installer("lint")
    ajoutes, retires = orthographe.completer()
    for titre, liste in (("Ajoutés", ajoutes), ("Retirés", retires)):
        console.print(f"{titre} : {', '.join(liste) or 'aucun'}", soft_wrap=True)
    if ajoutes:
        console.print("Relisez chaque mot ajouté : une faute y deviendrait un mot du cours.")


@application.command()
def zensical() -> None:
    """Construit aussi le site avec Zensical et liste ce qui diffère."""
    from scripts.veille import zensical as comparaison

    print(comparaison.comparer_et_rendre())


@application.command()
def derive(
    dossier: Annotated[Path, typer.Argument(help="Ce qu'a laissé le passage hebdomadaire.")],
    code: Annotated[int, typer.Option(help="Le code de sortie de make test-complet.")],
) -> None:
    """Compose le rapport de dérive du passage hebdomadaire."""
    from scripts.veille.derive import depuis_les_fichiers

    print(depuis_les_fichiers(dossier, code))


@application.command()
def moisson(
    dossiers: Annotated[list[Path], typer.Argument(help="Des dossiers snippets/ d'ailleurs.")],
) -> None:
    """Ajoute au registre les enregistrements faits ailleurs avec d'autres modèles."""
    from scripts.enregistrement.moisson import recolter

    comptes = recolter(dossiers)
    for modele, combien in sorted(comptes.items()):
        console.print(f"{modele} : {compte(combien, 'programme')} en plus.")
    if not comptes:
        console.print("Rien à ajouter : ces dossiers n'ont aucun autre modèle que ceux du cours.")


@application.command()
def bench(
    seulement: Annotated[
        list[str] | None, typer.Option(help=f"Une de celles-ci : {', '.join(ORDRE)} ; se répète.")
    ] = None,
) -> None:
    """Mesure les performances et enregistre le tableau."""
    from scripts.bench import tableau

    tableau.mesurer(seulement or [])


@application.command()
def verrous() -> None:
    """Recalcule verrous/ d'après pyproject.toml."""
    from scripts.outillage import verrous as calcul

    calcul.recalculer()


def _exiger_aucun(problemes: Sequence[object]) -> None:
    """Montre les problèmes, un par ligne. Lève `ErreurCours` s'il y en a."""
    for probleme in problemes:
        console.print(Text.assemble(("✗ ", "red"), str(probleme)), soft_wrap=True)
    if problemes:
        combien = compte(len(problemes), "problème")
        raise ErreurCours(f"{combien}, remède à la fin de chaque ligne.")


def _lancer(commande: list[str], env: dict[str, str] | None = None) -> None:
    """Lance un outil dans le terminal ; son échec devient le nôtre, avec son code de sortie."""
    if code := accompagner(commande, env):
        raise typer.Exit(code)


def principal() -> None:
    """Point d'entrée : toute erreur attendue tient en une phrase, avec un code non nul."""
    parler_utf8()
    try:
        interruption.lever()
        # Typer rend le code de `typer.Exit`, et 130 après une interruption.
        code = application(sys.argv[1:] or ["--help"], standalone_mode=False) or 0
    except typer.TyperException as erreur:
        _echouer(usage.traduire(erreur))
    except ErreurCours as erreur:
        _echouer(erreur)
    except OSError as erreur:
        if not (phrase := pannes.de(erreur) or pannes.du_depot(erreur)):
            raise
        _echouer(ErreurCours(phrase))
    except KeyboardInterrupt:
        code = CODE_INTERROMPU
    if code == CODE_INTERROMPU:
        reprend = bool(REPRENNENT & set(sys.argv))
        suite = " Relancez la même commande : elle reprendra." if reprend else ""
        console.print(f"Interrompu.{suite}")
    sys.exit(code)


def _echouer(erreur: ErreurCours) -> NoReturn:
    console.print(Text.assemble(("Échec : ", "red"), str(erreur)), soft_wrap=True)
    sys.exit(erreur.code)


if __name__ == "__main__":
    principal()
