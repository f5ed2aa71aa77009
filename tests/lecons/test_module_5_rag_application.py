"""Module 5 : l'application `discuter.py` devant de bons et de mauvais documents.

Tous les documents sont fabriqués ici, sauf ceux de l'exécution enregistrée : l'application ne les
a jamais vus. Les passages gardés sont relus directement dans le fichier SQLite de Chroma.
"""

from __future__ import annotations

import math
import re
import shutil
import sqlite3
from collections.abc import Callable
from contextlib import closing
from email.message import EmailMessage
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from reportlab.pdfgen import canvas

from scripts.execution.resultat import Execution
from scripts.lecons import modeles
from scripts.socle import chemins
from tests.lecons.sorties import dit

MODULE = "module_5_rag"
NOM = f"{MODULE}/discuter.py"
DOCUMENTS = chemins.DONNEES / "documents"
QUESTION = "Combien d'années les lampes Orvelune sont-elles garanties ?"
LOT = 32
INTERROMPU = 130
PORT_MUET = "http://127.0.0.1:9"
Discuter = Callable[..., Execution]

pour_discuter = pytest.mark.snippet(
    NOM,
    embedding=True,
    args=("--dossier", str(DOCUMENTS), "--question", QUESTION),
)

en_vrai = pytest.mark.essai(NOM, embedding=True)

# Lance le programme donné en argument, dont le quatrième lot de vecteurs tourne mal.
ACCIDENT = """
import os, runpy, signal, sys, threading
import ollama

signal.signal(signal.SIGINT, signal.default_int_handler)
embed, appels = ollama.embed, 0


def embed_accidente(**options):
    global appels
    appels += 1
    if appels == 4 and {coupure}:
        return ollama.Client("http://127.0.0.1:9").embed(**options)
    if appels == 4:
        threading.Timer(0.01, os.kill, (os.getpid(), signal.SIGINT)).start()
    return embed(**options)


ollama.embed = embed_accidente
sys.argv = sys.argv[1:]
runpy.run_path(sys.argv[0], run_name="__main__")
"""


class Bilan(NamedTuple):
    """La ligne que l'application imprime après l'indexation."""

    fichiers: int
    passages: int
    calcules: int
    gardes: int
    retires: int


def bilan(essai: Execution) -> Bilan:
    """Le bilan de l'indexation d'un essai réussi."""
    assert essai.code == 0, f"{essai.sortie}\n{essai.erreurs}"
    motif = r"(\d+) fichiers, (\d+) passages : (\d+) calculés, (\d+) déjà là, (\d+) retirés"
    trouve = re.search(motif, dit(essai))
    assert trouve, essai.sortie
    return Bilan(*map(int, trouve.groups()))


def refuse(essai: Execution, *mots: str) -> None:
    """Vérifie un refus : code non nul, une phrase avec ces mots, aucune trace d'appels."""
    assert essai.code not in (0, INTERROMPU), essai.sortie
    assert "Traceback" not in essai.erreurs
    assert len(essai.erreurs.strip().splitlines()) == 1, essai.erreurs
    assert all(mot in dit(essai) for mot in mots), essai.erreurs


def sources(essai: Execution) -> list[str]:
    """Les sources imprimées sous les réponses, dans l'ordre."""
    return re.findall(r"^  [* ] doc-\d+  (.+)$", essai.sortie, re.MULTILINE)


def textes(dossier: Path) -> str:
    """Le texte de tous les passages que garde la base de `dossier`."""
    requete = "select string_value from embedding_metadata where key = 'chroma:document'"
    with closing(sqlite3.connect(dossier / "base" / "chroma.sqlite3")) as base:
        return "\n".join(texte for (texte,) in base.execute(requete))


def pdf(chemin: Path, *pages: str, **options: Any) -> None:
    """Écrit un PDF ; une page vide reçoit un rectangle noir, comme un scan sans texte."""
    toile = canvas.Canvas(str(chemin), **options)
    for page in pages:
        if page:
            toile.drawString(72, 720, page)
        else:
            toile.rect(72, 300, 300, 400, fill=1)
        toile.showPage()
    toile.save()


def courriel(corps: str, sous_type: str) -> bytes:
    """Un courriel au format .eml."""
    message = EmailMessage()
    message["From"] = "Bérengère <berengere@exemple.fr>"
    message["Subject"] = "La poulie du puits"
    message["Date"] = "Tue, 03 Feb 2026 09:00:00 +0100"
    message.set_content(corps, subtype=sous_type)
    return bytes(message)


def tableau(chemin: Path, lignes: int) -> None:
    """Un tableau dont chaque ligne est un passage."""
    rangees = [f"M-{i:04};{i % 17} g;tiroir {i % 23}" for i in range(lignes)]
    chemin.write_text("\n".join(["cote;masse;place", *rangees]), "utf-8")


@pytest.fixture
def docs(tmp_path: Path) -> Path:
    """Le dossier du lecteur, avec deux documents : deux passages, puis un."""
    dossier = tmp_path / "docs"
    dossier.mkdir()
    potager = "# Potager\n\nLe portillon ouvre à 9 h 20.\n\n## Outils\n\nLa binette est verte.\n"
    (dossier / "potager.md").write_text(potager, "utf-8")
    (dossier / "refuge.txt").write_text("Le refuge compte quatorze couchettes.", "utf-8")
    return dossier


@pytest.fixture
def discuter(executer: Callable[..., Execution], tmp_path: Path) -> Discuter:
    """`discuter(*args, env=…, entree=…)` : l'application, sur `docs`, dans le dossier du test."""

    def lancer(
        *args: str, env: dict[str, str] | None = None, accident: str = "", **options: Any
    ) -> Execution:
        arguments = [*(() if "--dossier" in args else ("--dossier", "docs")), *args]
        if accident:
            options["source"] = tmp_path / "accident.py"
            code = ACCIDENT.format(coupure=accident == "coupure")
            options["source"].write_text(code, "utf-8")
            arguments = [str(chemins.SNIPPETS / NOM), *arguments]
        variables = {"COURS_MODELE": modeles.MODELE_PAR_DEFAUT, **(env or {})}
        return executer(NOM, args=arguments, env=variables, dossier=tmp_path, **options)

    return lancer


# --- L'exécution enregistrée ---


@pour_discuter
def test_une_question_sur_tout_le_corpus(execution: Execution) -> None:
    fait = bilan(execution)
    assert fait.fichiers == len([f for f in DOCUMENTS.iterdir() if f.is_file()])
    assert fait.passages == fait.calcules > 200
    assert (fait.gardes, fait.retires) == (0, 0)
    documents = [source.split(",")[0] for source in sources(execution)]
    assert len(documents) == 2
    assert all((DOCUMENTS / document).is_file() for document in documents)
    reponse = execution.sortie.split("retirés.")[1].split("Sources")[0]
    assert reponse.strip()


# --- Lire ---


@en_vrai
def test_six_formats_et_les_sous_dossiers(discuter: Discuter, docs: Path, tmp_path: Path) -> None:
    page = "<html><body><nav>Menu</nav><main><h2>Ruche</h2><p>La reine est née en mai.</p></main>"
    (docs / "ruche.HTML").write_text(page, "utf-8")
    (docs / "semis.csv").write_text("plante,mois\nPanais,mars\nCardon,avril,tardif\n", "utf-8")
    (docs / "puits").mkdir()
    (docs / "puits" / "poulie.eml").write_bytes(courriel("La poulie pèse six kilos.", "plain"))
    (docs / "puits" / "corde.eml").write_bytes(courriel("<p>La corde a <b>lâché</b>.", "html"))
    pdf(docs / "bail.pdf", "Le bail court sur onze ans.")
    (docs / ".brouillons").mkdir()
    (docs / ".brouillons" / "secret.md").write_text("Mot de passe : tournesol", "utf-8")
    (docs / "photo.png").write_bytes(b"\x89PNG")
    assert bilan(discuter()) == Bilan(7, 9, 9, 0, 0)
    gardes = textes(tmp_path)
    for attendu in (
        *("9 h 20", "binette", "quatorze couchettes", "née en mai", "plante : Panais, mois"),
        *("mois : avril, : tardif", "six kilos", "onze ans", "De Bérengère", "lâché"),
    ):
        assert attendu in gardes
    assert "tournesol" not in gardes and "Menu" not in gardes and "<b>" not in gardes


@en_vrai
def test_un_fichier_en_cp1252_est_reconnu_et_dit(
    discuter: Discuter, docs: Path, tmp_path: Path
) -> None:
    (docs / "gouter.txt").write_bytes("Le goûter est servi à la véranda.".encode("cp1252"))
    essai = discuter()
    assert bilan(essai).fichiers == 3
    assert "gouter.txt : pas en UTF-8, lu en cp1252." in dit(essai)
    assert "Le goûter est servi à la véranda." in textes(tmp_path)


@en_vrai
def test_ce_qui_ne_se_lit_pas_est_nomme_et_le_reste_est_indexe(
    discuter: Discuter, docs: Path, tmp_path: Path
) -> None:
    pdf(docs / "scan.pdf", "", "", "")
    pdf(docs / "mixte.pdf", "La page une parle du moulin.", "")
    pdf(docs / "secret.pdf", "Sous clé", encrypt="sesame")
    (docs / "casse.pdf").write_bytes(b"%PDF-1.7\n" + b"\x00\xff" * 300)
    (docs / "binaire.txt").write_bytes(bytes(range(256)) * 8)
    (docs / "nul.md").write_bytes(b"a\0b\0c\0")
    (docs / "pas_un_courriel.eml").write_bytes(b"\x00\x01\x02\x03")
    (docs / "vide.csv").write_bytes(b"")
    essai = discuter()
    texte = dit(essai)
    assert "scan.pdf : 3 page(s) sur 3 sans texte" in texte
    assert "mixte.pdf : 1 page(s) sur 2 sans texte" in texte
    assert "vide.csv : aucun texte" in texte
    for nom in ("secret.pdf", "casse.pdf", "binaire.txt", "nul.md", "pas_un_courriel.eml"):
        assert f"{nom} : abîmé ou protégé" in texte
    assert "Traceback" not in texte
    assert bilan(essai) == Bilan(10, 4, 4, 0, 0)
    assert "parle du moulin" in textes(tmp_path)


@en_vrai
def test_un_document_ne_commande_ni_le_style_ni_le_terminal(discuter: Discuter, docs: Path) -> None:
    (docs / "[red]liste[bold].txt").write_text("Les [/bold] truites \x1b[2J mordent.", "utf-8")
    essai = discuter("--passages", "4", entree="Qui mord ?\n/sources\n")
    assert bilan(essai).passages == 4
    assert "[red]liste[bold].txt" in sources(essai)
    assert "Les [/bold] truites [2J mordent." in dit(essai)
    assert "\x1b" not in essai.sortie


# --- Relancer ---


@en_vrai
def test_au_deuxieme_lancement_seul_ce_qui_a_change_est_calcule(
    discuter: Discuter, docs: Path, tmp_path: Path
) -> None:
    assert bilan(discuter()) == Bilan(2, 3, 3, 0, 0)
    encore = discuter()
    assert bilan(encore) == Bilan(2, 3, 0, 3, 0)
    assert modeles.MODELE_D_EMBEDDING not in encore.compteur.modeles
    (docs / "refuge.txt").write_text("Le refuge compte quinze couchettes.", "utf-8")
    (docs / "verger.md").write_text("Le verger a deux cognassiers.", "utf-8")
    assert bilan(discuter()) == Bilan(3, 4, 2, 2, 1)
    assert "quinze" in textes(tmp_path) and "quatorze" not in textes(tmp_path)
    (docs / "potager.md").unlink()
    assert bilan(discuter()) == Bilan(2, 2, 0, 2, 2)
    assert "portillon" not in textes(tmp_path)


@en_vrai
def test_un_fichier_devenu_illisible_garde_sa_version_indexee(
    discuter: Discuter, docs: Path, tmp_path: Path
) -> None:
    bilan(discuter())
    (docs / "potager.md").write_bytes(b"\0\0\0")
    essai = discuter()
    assert bilan(essai) == Bilan(2, 3, 0, 3, 0)
    assert "potager.md : abîmé" in dit(essai)
    assert "portillon" in textes(tmp_path)


@en_vrai
def test_un_dossier_vide_apres_coup_n_efface_rien(
    discuter: Discuter, docs: Path, tmp_path: Path
) -> None:
    bilan(discuter())
    for document in docs.iterdir():
        document.unlink()
    refuse(discuter(), "Aucun document", "docs")
    pdf(docs / "scan.pdf", "")
    essai = discuter()
    refuse(essai, "Aucun texte dans ces 1 fichiers")
    assert "scan.pdf : 1 page(s) sur 1 sans texte" in dit(essai)
    assert "portillon" in textes(tmp_path)


@en_vrai
def test_deux_dossiers_dans_une_meme_base_ne_s_effacent_pas(
    discuter: Discuter, docs: Path, tmp_path: Path
) -> None:
    bilan(discuter())
    shutil.copytree(docs, tmp_path / "copie")
    assert bilan(discuter("--dossier", "copie")) == Bilan(2, 3, 3, 0, 0)
    assert bilan(discuter()) == Bilan(2, 3, 0, 3, 0)


@en_vrai
@pytest.mark.parametrize("accident", ["interruption", "coupure"])
def test_apres_un_arret_la_reprise_ne_recalcule_rien(
    discuter: Discuter, docs: Path, tmp_path: Path, accident: str
) -> None:
    tableau(docs / "meteorites.csv", 300)
    arret = discuter(accident=accident)
    assert "Traceback" not in arret.erreurs
    if accident == "interruption":
        assert arret.code == INTERROMPU
        assert "Interrompu. Ce qui est déjà indexé est gardé" in dit(arret)
    else:
        refuse(arret, "Ollama ne répond pas", "Ce qui est déjà indexé est gardé")
    reprise = discuter()
    fait = bilan(reprise)
    assert fait.passages == fait.calcules + fait.gardes == 303
    assert 2 * LOT <= fait.gardes <= 6 * LOT
    assert fait.gardes % LOT == 0, "un lot est écrit en entier, ou pas du tout"
    # Le relais compte les requêtes : la liste des modèles, puis une par lot calculé.
    assert reprise.compteur.requetes == 1 + math.ceil(fait.calcules / LOT)
    assert bilan(discuter()) == Bilan(3, 303, 0, 303, 0)
    assert len(set(re.findall(r"M-\d{4}", textes(tmp_path)))) == 300


@en_vrai
def test_la_progression_est_visible_dans_un_terminal(discuter: Discuter, docs: Path) -> None:
    tableau(docs / "meteorites.csv", 40)
    essai = discuter(env={"TTY_COMPATIBLE": "1", "TERM": "xterm"})
    assert bilan(essai).passages == 43
    assert "Fichiers lus" in essai.sortie and "43/43" in essai.sortie


# --- Dialoguer ---


@en_vrai
def test_un_dialogue_et_ses_commandes(discuter: Discuter, docs: Path) -> None:
    saisies = ["", "/sources", "/aide", "À quelle heure ouvre le portillon ?", "/sources"]
    suite = "\n".join([*saisies, "/quitter", "jamais lu"])
    essai = discuter("--passages", "4", entree=suite)
    assert bilan(essai).passages == 3
    texte = dit(essai)
    assert "Question vide" in texte
    assert "posez d'abord une question" in texte
    assert "Commande inconnue" in texte
    apres = texte.split("celles que la réponse cite")[1]
    assert "Le portillon ouvre à 9 h 20." in apres, "/sources montre le passage"
    assert sorted(sources(essai)) == ["potager.md, Outils", "potager.md, Potager", "refuge.txt"]
    reponse = essai.sortie.split("et /quitter.")[1].split("Sources,")[0]
    assert reponse.strip("> \n")
    assert essai.sortie.count("> ") >= 6


@en_vrai
def test_la_question_de_la_ligne_de_commande(discuter: Discuter, docs: Path) -> None:
    essai = discuter("--base", "autre", "--question", "De quelle couleur est la binette ?")
    assert bilan(essai).passages == 3
    assert len(sources(essai)) == 2, "deux passages, si l'on ne dit rien"
    assert (docs.parent / "autre" / "chroma.sqlite3").is_file()
    assert not (docs.parent / "base").exists()
    assert "/quitter" not in essai.sortie, "une seule question, sans dialogue"


# --- Refuser ---


@en_vrai
def test_un_dossier_absent_ou_vide(discuter: Discuter, docs: Path, tmp_path: Path) -> None:
    refuse(discuter("--dossier", "nulle_part"), "nulle_part", "n'existe pas")
    refuse(discuter("--dossier", "docs/refuge.txt"), "n'est pas un dossier")
    (tmp_path / "vide").mkdir()
    refuse(discuter("--dossier", "vide"), "Aucun document", "vide")
    assert not (tmp_path / "base").exists(), "un refus n'écrit rien"


@en_vrai
@pytest.mark.parametrize(
    "args", [("--question",), ("--vitesse", "3"), ("--dossier",), ("--passages", "0")]
)
def test_une_commande_incomprise(discuter: Discuter, docs: Path, args: tuple[str, ...]) -> None:
    refuse(discuter(*args), "Commande incomprise", "python discuter.py --dossier")


@en_vrai
@pytest.mark.parametrize("question", ["", "  \t "])
def test_une_question_vide(discuter: Discuter, docs: Path, tmp_path: Path, question: str) -> None:
    refuse(discuter("--question", question), "La question est vide")
    assert not (tmp_path / "base").exists()


@en_vrai
def test_ollama_arrete(discuter: Discuter, docs: Path, tmp_path: Path) -> None:
    refuse(discuter(env={"OLLAMA_HOST": PORT_MUET}), "Ollama ne répond pas", "ollama serve")
    assert not (tmp_path / "base").exists()
    bilan(discuter())
    refuse(discuter(env={"OLLAMA_HOST": PORT_MUET}), "Ce qui est déjà indexé est gardé")
    assert bilan(discuter()) == Bilan(2, 3, 0, 3, 0)


@en_vrai
@pytest.mark.parametrize("variable", ["COURS_MODELE", "COURS_MODELE_EMBEDDING"])
def test_un_modele_absent(discuter: Discuter, docs: Path, tmp_path: Path, variable: str) -> None:
    refuse(discuter(env={variable: "introuvable"}), "ollama pull introuvable")
    assert not (tmp_path / "base").exists()


@en_vrai
def test_un_modele_qui_ne_sait_pas_repondre(discuter: Discuter, docs: Path) -> None:
    env = {"COURS_MODELE": modeles.MODELE_D_EMBEDDING}
    refuse(discuter("--question", "Où ?", env=env), "Ollama ou la base refuse")
    assert bilan(discuter()) == Bilan(2, 3, 0, 3, 0)


@en_vrai
def test_une_base_qui_n_en_est_pas_une(discuter: Discuter, docs: Path, tmp_path: Path) -> None:
    refuse(discuter("--base", "docs/refuge.txt"), "est un fichier", "--base")
    abimee = tmp_path / "base" / "chroma.sqlite3"
    abimee.parent.mkdir()
    abimee.write_bytes(b"ceci n'est pas une base " * 100)
    avant = abimee.read_bytes()
    essai = discuter()
    assert essai.code not in (0, INTERROMPU)
    assert "ne s'ouvre pas" in dit(essai) and "Traceback" not in essai.erreurs
    assert abimee.read_bytes() == avant, "une base abîmée n'est ni réparée ni effacée"
