"""Produit `genere/` : les morceaux de pages qui viennent du registre et du glossaire.

Les pages les incluent avec `pymdownx.snippets`. Rien n'y est écrit à la main, rien n'en est suivi
par git : ils sont recalculés à chaque construction du site.
"""

from __future__ import annotations

import datetime
import re
from pathlib import Path
from typing import Any

from scripts import carnets, chemins, croisement, fichiers, module_9, registre
from scripts.bench import tableau as tableau_des_performances
from scripts.cours_fr import resultats as resultats_de_cours_fr
from scripts.francais import INSECABLE, date_longue, nombre

TERME = re.compile(
    r"^(?P<terme>[^\s:#].*)\n(?:\n)?:\s+(?P<definition>.+(?:\n[ \t]+\S.*)*)", re.MULTILINE
)
EXTENSIONS = (".py", ".sh")


def generer() -> None:
    """Écrit tous les fragments et supprime ceux qui n'ont plus lieu d'être.

    Un fichier dont le contenu est inchangé n'est pas retouché : `make serve` ne tourne pas en rond.
    """
    enregistrements = registre.lire()["snippets"]
    attendus = {
        **{
            chemins.GENERE / Path(nom).with_suffix(".md"): sortie(nom, enregistrements.get(nom, {}))
            for nom in noms_des_snippets()
        },
        **{
            chemins.GENERE / module / "verifie.md": verifie(module, enregistrements)
            for module in noms_des_modules()
        },
        chemins.GENERE / "verification.md": tableau(enregistrements),
        chemins.GENERE / "modeles.md": croisement.tableau(enregistrements),
        chemins.GENERE / "abreviations.md": abreviations(),
        chemins.GENERE / "performances.md": tableau_des_performances.fragment(),
        chemins.GENERE / "cours_fr" / "resultats.md": resultats_de_cours_fr.tableau(),
        chemins.GENERE / "cours_fr" / "essais.md": resultats_de_cours_fr.essais(),
        **module_9.fragments(),
    }
    for chemin, contenu in attendus.items():
        fichiers.ecrire(chemin, contenu)
    for chemin in chemins.GENERE.rglob("*.md"):
        if chemin not in attendus:
            chemin.unlink()


def noms_des_modules() -> list[str]:
    """Les dossiers `module_N_…` de snippets/."""
    return sorted(dossier.name for dossier in chemins.SNIPPETS.glob("module_*") if dossier.is_dir())


def noms_des_snippets() -> list[str]:
    """Chaque programme de snippets/ (relatif à ce dossier), sous-dossiers compris."""
    fichiers_trouves = chemins.SNIPPETS.glob("module_*/**/*")
    return sorted(
        fichier.relative_to(chemins.SNIPPETS).as_posix()
        for fichier in fichiers_trouves
        if fichier.suffix in EXTENSIONS and "__pycache__" not in fichier.parts
    )


def legende(modele: str, entree: dict[str, Any]) -> str:
    """La provenance d'une sortie : modèle, empreinte, version d'Ollama, date, durée."""
    date = f"le {date_longue(entree['date'])}"
    duree = f"{nombre(entree['duree_s'], 2 if entree['duree_s'] < 1 else 1)}{INSECABLE}s"
    if modele == registre.AUCUN_MODELE:
        return f"Sortie enregistrée {date}, sans modèle, avec Python {entree['python']} ({duree})."
    digests = {modele: entree["digest"], **entree.get("embedding", {})}
    modeles = ", ".join(f"{nom} (`{digest[:12]}`)" for nom, digest in digests.items())
    return f"Sortie enregistrée {date} avec {modeles} et Ollama {entree['ollama']} ({duree})."


def sortie(nom: str, entrees: dict[str, Any]) -> str:
    """Le bloc de sortie d'un snippet et sa provenance ; s'il y a plusieurs modèles, en onglets.

    L'onglet ouvert est celui du modèle que commente la page : celui que le test a choisi, sinon
    celui de référence.
    """
    if not entrees:
        return '!!! failure "Sortie pas encore enregistrée"\n    Lancez `make enregistrer`.\n'
    choisi = next((m for m in entrees if entrees[m].get("impose")), registre.MODELE_DE_REFERENCE)
    ordre = sorted(entrees, key=lambda modele: (modele != choisi, modele))
    blocs = {modele: _bloc(modele, entrees[modele]) for modele in ordre}
    if len(blocs) == 1:
        return next(iter(blocs.values()))
    return "\n".join(f'=== "{modele}"\n\n{_indenter(bloc)}' for modele, bloc in blocs.items())


def _bloc(modele: str, entree: dict[str, Any]) -> str:
    lignes = [legende(modele, entree), "{ .provenance }", ""]
    fichier = entree["sortie"]["fichier"]
    if not fichier.endswith(".ipynb"):
        lignes = ["```text", f'--8<-- "{fichier}"', "```", "", *lignes]
    return "\n".join(lignes)


def _indenter(bloc: str) -> str:
    return "".join(f"    {ligne}" if ligne.strip() else ligne for ligne in bloc.splitlines(True))


def verifie(module: str, enregistrements: dict[str, Any]) -> str:
    """La ligne « Vérifié le … avec … » d'un module ; la date est celle du plus ancien."""
    entrees = [
        (modele, entree)
        for nom, par_modele in enregistrements.items()
        if nom.startswith(f"{module}/")
        for modele, entree in par_modele.items()
    ]
    if not entrees:
        return "Pas encore vérifié.\n{ .verifie }\n"
    date = date_longue(min(entree["date"] for _, entree in entrees))
    modeles = sorted({modele for modele, _ in entrees} - {registre.AUCUN_MODELE})
    versions = sorted({entree["ollama"] for _, entree in entrees})
    avec = " et ".join([", ".join(modeles), f"Ollama {', '.join(versions)}"])
    lien = "[comment](../annexes/verification.md)"
    return f"Vérifié le {date} avec {avec} ({lien}).\n{{ .verifie }}\n"


def tableau(enregistrements: dict[str, Any]) -> str:
    """L'état de vérification du cours : une table par module, une ligne par enregistrement."""
    morceaux = []
    for module in noms_des_modules():
        lignes = [
            _ligne(nom, modele, entree)
            for nom, par_modele in sorted(enregistrements.items())
            if nom.startswith(f"{module}/")
            for modele, entree in sorted(par_modele.items())
        ]
        if lignes:
            titre = f"### {croisement.lien_de_la_lecon(module)}"
            morceaux += [titre, "", *ENTETE, *lignes, ""]
    entrees = [entree for par in enregistrements.values() for entree in par.values()]
    modeles = {
        f"{modele} (`{entree['digest'][:12]}`)"
        for par in enregistrements.values()
        for modele, entree in par.items()
        if entree["digest"]
    }
    machines = {_machine(entree) for entree in entrees}
    morceaux += [_liste("Modèles", modeles), "", _liste("Machine", machines)]
    return "\n".join(morceaux) + "\n"


def _liste(titre: str, elements: set[str]) -> str:
    return f"{titre}{INSECABLE}: {' ; '.join(sorted(elements)) or 'aucun enregistrement'}."


ENTETE = (
    "| Programme | Modèle | Ollama | Date | Durée (s) | Mémoire (Mio) | Tokens lus, produits |",
    "|:--|:--|:--|:--|--:|--:|--:|",
)


def _ligne(nom: str, modele: str, entree: dict[str, Any]) -> str:
    version = entree["ollama"] if entree["digest"] else "—"
    memoire = entree["memoire_mio"]
    total = memoire["programme"] + (memoire["serveur"] if entree["digest"] else 0)
    date = datetime.date.fromisoformat(entree["date"]).strftime("%d/%m/%Y")
    tokens = f"{entree['tokens']['entree']}, {entree['tokens']['sortie']}"
    return (
        f"| `{Path(nom).name}` | {modele} | {version} | {date} "
        f"| {nombre(entree['duree_s'], 2)} | {total} | {tokens} |"
    )


def _machine(entree: dict[str, Any]) -> str:
    machine = entree["machine"]
    memoire = f"{machine['memoire_gio']}{INSECABLE}Gio de mémoire"
    return f"{machine['coeurs']} cœurs, {memoire}, {machine['systeme']}"


def abreviations() -> str:
    """Une infobulle par terme du glossaire : sa première phrase."""
    glossaire = chemins.DOCS / "annexes" / "glossaire.md"
    if not glossaire.is_file():
        return ""
    termes = TERME.finditer(glossaire.read_text(encoding="utf-8"))
    return "".join(
        f"*[{_sans_balises(terme['terme'])}]: {_premiere_phrase(terme['definition'])}\n"
        for terme in termes
    )


def _premiere_phrase(definition: str) -> str:
    texte = _sans_balises(" ".join(definition.split(" ")).replace("\n", " "))
    texte = re.sub(r"\s{2,}", " ", texte)
    return re.split(r"(?<=[.!?])\s", texte, maxsplit=1)[0]


def _sans_balises(texte: str) -> str:
    """Retire liens, emphases, code et attributs Markdown d'un texte court."""
    texte = re.sub(r"\[([^\]]+)\]\([^)]*\)", r"\1", texte)
    texte = re.sub(r"\{[^}]*\}", "", texte)
    return re.sub(r"[*_`]", "", texte).strip()


def carnets_du_cours() -> list[str]:
    """Les snippets qui sont des sources de carnets."""
    return [nom for nom in noms_des_snippets() if carnets.est_carnet(chemins.SNIPPETS / nom)]
