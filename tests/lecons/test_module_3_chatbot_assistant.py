"""Module 3 : l'assistant, enregistré, puis devant de bonnes et de mauvaises saisies.

Les pannes viennent d'un faux Ollama local.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from scripts.execution.resultat import Execution
from scripts.socle import chemins
from tests.lecons.faux_ollama import FauxOllama
from tests.lecons.sorties import dit, entiers

MODULE = "module_3_chatbot"
ASSISTANT = f"{MODULE}/assistant.py"
INTERROMPU = 130
PORT_MUET = "http://127.0.0.1:9"
Executer = Callable[..., Execution]


# --- L'assistant ---

# Lance l'assistant, à qui il arrive un accident : Ctrl+C ou un disque plein.
ACCIDENTS = {
    "reponse": """
def chat(self, *args, **options):
    yield next(vrai_chat(self, *args, **options))
    raise KeyboardInterrupt
ollama.Client.chat = chat
""",
    "clavier": """
def saisir(*args):
    try:
        return vraie_saisie(*args)
    except EOFError:
        raise KeyboardInterrupt from None
builtins.input = saisir
""",
    "disque": """
def fsync(descripteur):
    raise OSError(28, "plus de place")
os.fsync = fsync
""",
    "defaut": """
def chat(self, *args, **options):
    return 1 / 0 if options.get("format") else vrai_chat(self, *args, **options)
ollama.Client.chat = chat
""",
    "ouverture": """
def montrer(self, nom):
    raise KeyboardInterrupt
ollama.Client.show = montrer
""",
}


LANCEUR = """
import builtins, os, runpy, sys
import ollama

vrai_chat, vraie_saisie = ollama.Client.chat, builtins.input
{accidents}
sys.argv = sys.argv[1:]
sys.path.insert(0, os.path.dirname(sys.argv[0]))
runpy.run_path(sys.argv[0], run_name="__main__")
"""


Discuter = Callable[..., Execution]
pour_l_assistant = pytest.mark.snippet(
    ASSISTANT,
    args=(
        "Bonjour, je m'appelle Oriane.",
        "Quel est mon prénom ?",
        "/json Mon rendez-vous chez le dentiste est mardi à 15 h.",
        "/json Déjeuner avec Paul vendredi midi",
        "À quelle heure est mon dentiste ?",
        "/systeme",
        "/sauver essai",
        "/aide",
    ),
)


en_vrai = pytest.mark.essai(ASSISTANT)


@pytest.fixture
def discuter(executer: Executer, faux: FauxOllama, tmp_path: Path) -> Discuter:
    """`discuter(*saisies, args=…, accidents=…)` : l'assistant au clavier, avec le faux Ollama."""

    def lancer(
        *saisies: str, args: tuple[str, ...] = (), accidents: tuple[str, ...] = (), **options: Any
    ) -> Execution:
        arguments = list(args)
        if accidents:
            options["source"] = tmp_path.parent / f"{tmp_path.name}_accident.py"
            corps = "".join(ACCIDENTS[nom] for nom in accidents)
            options["source"].write_text(LANCEUR.format(accidents=corps), "utf-8")
            arguments = [str(chemins.SNIPPETS / ASSISTANT), *arguments]
        env = {**faux.env, **options.pop("env", {})}
        entree = "".join(f"{saisie}\n" for saisie in saisies)
        return executer(
            ASSISTANT, args=arguments, env=env, dossier=tmp_path, entree=entree, **options
        )

    return lancer


def refuse(essai: Execution, *mots: str) -> None:
    """Vérifie un arrêt : code non nul, une phrase avec ces mots, aucune trace d'appels."""
    assert essai.code not in (0, INTERROMPU), essai.sortie
    assert len(essai.erreurs.strip().splitlines()) == 1, essai.erreurs
    assert all(mot in essai.erreurs for mot in mots), essai.erreurs


def sauvegardes(dossier: Path) -> list[dict[str, Any]]:
    """Les conversations du dossier, lues ; aucun autre fichier n'y est permis."""
    fichiers = sorted(dossier.iterdir())
    assert all(fichier.suffix == ".json" for fichier in fichiers), fichiers
    return [json.loads(fichier.read_text("utf-8")) for fichier in fichiers]


def conversation(dossier: Path, tours: int, nom: str = "longue.json") -> Path:
    """Une conversation sauvée de `tours` échanges."""
    paire = [{"role": "user", "content": "Où ?" * 20}, {"role": "assistant", "content": "Là." * 20}]
    contenu = {"modele": "faux", "systeme": "Sois bref.", "messages": paire * tours}
    (dossier / nom).write_text(json.dumps(contenu), "utf-8")
    return dossier / nom


@pour_l_assistant
def test_l_assistant_retient_et_sauve(execution: Execution) -> None:
    texte = dit(execution)
    assert "10 messages sauvés dans essai.json" in texte
    assert texte.startswith(f"{execution.modele}, 0 messages") and "Consigne : Tu" in texte
    assert all(commande in texte for commande in ("/modele", "/json", "/oublier", "/quitter"))
    _, _, prenom, rendez_vous, _, heure, *_ = execution.sortie.split("Vous >")
    assert "Oriane" in prenom
    forme = json.loads(rendez_vous[rendez_vous.index("{") :])
    assert (forme["jour"], forme["heure"]) == ("mardi", "15:00") and "15" in heure


@en_vrai
def test_les_commandes_d_un_dialogue(discuter: Discuter, faux: FauxOllama, tmp_path: Path) -> None:
    faux.reponses = ["Bonjour.", "Encore bonjour."]
    essai = discuter(
        *("/modele", "/systeme", "/systeme Sois bref.", "Salut", "/modele autre:1b", "Re"),
        *("/sauver essai", "/oublier", "Seul", "/sauver", "/quitter", "jamais lu"),
    )
    assert essai.code == 0, essai.erreurs
    texte = dit(essai)
    for attendu in (
        *("Modèle : faux", "Installés : autre:1b, faux:latest", "Modèle : autre:1b"),
        *("Consigne : Tu aides", "Consigne : Sois bref.", "Encore bonjour."),
        *("4 messages sauvés dans essai.json", "4 messages oubliés", "2 messages sauvés dans"),
    ):
        assert attendu in texte
    roles = [[m["role"] for m in requete["messages"]] for requete in faux.requetes]
    assert roles[0] == ["system", "user"]
    assert roles[1] == ["system", "user", "assistant", "user"]
    assert roles[2] == ["system", "user"], "oublier vide l'historique, pas la consigne"
    assert [requete["model"] for requete in faux.requetes] == ["faux", "autre:1b", "autre:1b"]
    assert sorted(len(c["messages"]) for c in sauvegardes(tmp_path)) == [2, 4]


@en_vrai
def test_reprendre_puis_sauver_au_meme_endroit(
    discuter: Discuter, faux: FauxOllama, tmp_path: Path
) -> None:
    fichier = conversation(tmp_path, 1)
    essai = discuter("Et toi ?", args=("--reprendre", fichier.name))
    assert essai.code == 0 and "2 messages repris" in dit(essai)
    roles = [m["role"] for m in faux.requetes[0]["messages"]]
    assert roles == ["system", "user", "assistant", "user"]
    [lue] = sauvegardes(tmp_path)
    assert len(lue["messages"]) == 4, "quitter sans /sauver ne perd rien"
    assert discuter(args=("--reprendre", fichier.name, "--modele", "autre:1b")).code == 0


@en_vrai
def test_ce_qui_n_est_pas_sauve_l_est_en_partant(discuter: Discuter, tmp_path: Path) -> None:
    assert discuter("/quitter").code == 0
    assert not sauvegardes(tmp_path), "une conversation vide n'écrit rien"
    assert discuter("Salut", "/oublier", "/systeme Bref.").code == 0
    assert not sauvegardes(tmp_path), "ce que l'on oublie n'est pas écrit"
    assert discuter("Salut").code == 0
    [lue] = sauvegardes(tmp_path)
    assert [m["content"] for m in lue["messages"]] == ["Salut", "Bien."]


@en_vrai
def test_une_mauvaise_saisie_ne_coute_rien(discuter: Discuter, faux: FauxOllama) -> None:
    essai = discuter(
        "", "/danser", "/sauver", "/modele absent", "/systeme " + "a" * 2001, "é" * 9000
    )
    assert essai.code == 0 and not faux.requetes
    for mots in (
        *("Message vide", "Commande inconnue : /danser", "Rien à sauver", "ollama pull absent"),
        *("Consigne trop longue", "Message trop long"),
    ):
        assert mots in dit(essai)


@en_vrai
def test_un_nom_de_fichier_ne_sort_pas_du_dossier(discuter: Discuter, tmp_path: Path) -> None:
    conversation(tmp_path, 1, "deja.json")
    avant = (tmp_path / "deja.json").read_bytes()
    essai = discuter("Salut", "/sauver ../ailleurs", "/sauver deja", "/sauver neuf", "/sauver neuf")
    assert essai.code == 0
    assert "lettres, chiffres et tirets" in dit(essai) and "existe déjà" in dit(essai)
    assert dit(essai).count("2 messages sauvés dans neuf.json") == 2
    assert (tmp_path / "deja.json").read_bytes() == avant
    assert not (tmp_path.parent / "ailleurs.json").exists()


@en_vrai
@pytest.mark.parametrize(
    ("panne", "phrase"),
    [
        ("<coupe>", "La connexion s'est coupée"),
        ("<muet>", "délai dépassé"),
        ("<inacheve>", "inachevée, pas gardée"),
        ("<vide>", "Réponse vide"),
        ("<rien>", "inachevée, pas gardée"),
        ("<erreur>", "choisissez un modèle plus petit"),
        ("<pense>", "réfléchi sans répondre"),
        ({"content": "", "thinking": "Voyons"}, "réfléchi sans répondre"),
        ("<charabia>", "Ce n'est pas Ollama"),
        (404, "ollama pull"),
        (500, "refus du faux serveur"),
    ],
)
def test_apres_une_panne_la_conversation_continue(
    discuter: Discuter, faux: FauxOllama, tmp_path: Path, panne: object, phrase: str
) -> None:
    faux.reponses = ["Un.", panne, "Trois."]
    essai = discuter("Premier", "Deuxième", "Troisième", args=("--delai", "1"))
    assert essai.code == 0, essai.erreurs
    assert phrase in dit(essai) and "Traceback" not in essai.erreurs
    envoyes = [m["content"] for m in faux.requetes[-1]["messages"]][1:]
    assert envoyes == ["Premier", "Un.", "Troisième"], "la panne n'a rien laissé"
    [lue] = sauvegardes(tmp_path)
    assert [m["content"] for m in lue["messages"]] == ["Premier", "Un.", "Troisième", "Trois."]


@en_vrai
def test_une_reponse_coupee_est_signalee(discuter: Discuter, faux: FauxOllama) -> None:
    faux.reponses = ["<long>"]
    essai = discuter("Salut", args=("--reponse", "8"))
    assert "Trop […] (réponse coupée" in dit(essai) and essai.code == 0
    assert faux.requetes[0]["options"]["num_predict"] == 8


@en_vrai
def test_ctrl_c_pendant_une_reponse(discuter: Discuter, tmp_path: Path) -> None:
    essai = discuter("Salut", "/sauver", accidents=("reponse",))
    assert essai.code == 0 and "Traceback" not in essai.erreurs
    assert "Réponse interrompue" in dit(essai) and "Rien à sauver" in dit(essai)
    assert not sauvegardes(tmp_path)


@en_vrai
def test_ctrl_c_au_clavier_ne_perd_rien(discuter: Discuter, tmp_path: Path) -> None:
    essai = discuter("Salut", accidents=("clavier",))
    assert essai.code == INTERROMPU and "Traceback" not in essai.erreurs
    [lue] = sauvegardes(tmp_path)
    assert len(lue["messages"]) == 2
    assert discuter(accidents=("ouverture",)).code == INTERROMPU


@en_vrai
def test_un_disque_plein_ne_laisse_aucun_morceau(discuter: Discuter, tmp_path: Path) -> None:
    fichier = conversation(tmp_path, 1)
    avant = fichier.read_bytes()
    essai = discuter("Salut", args=("--reprendre", fichier.name), accidents=("disque",))
    assert essai.code == 1 and "Traceback" not in essai.erreurs
    assert "écriture impossible (plus de place)" in dit(essai)
    assert fichier.read_bytes() == avant and len(sauvegardes(tmp_path)) == 1
    assert discuter("Salut", accidents=("disque", "clavier")).code == 1


@en_vrai
def test_une_longue_conversation_est_elaguee(
    discuter: Discuter, faux: FauxOllama, tmp_path: Path
) -> None:
    fichier = conversation(tmp_path, 60)
    essai = discuter("Et maintenant ?", args=("--reprendre", fichier.name))
    assert essai.code == 0
    envoyes = faux.requetes[0]["messages"]
    assert 4 < len(envoyes) < 120
    assert [m["role"] for m in envoyes[:2]] == ["system", "user"]
    [oublies] = entiers(r"les (\d+) premiers échanges", dit(essai))
    assert oublies == 60 - (len(envoyes) - 2) // 2
    assert len(sauvegardes(tmp_path)[0]["messages"]) == 122, "le fichier garde tout"


@en_vrai
def test_la_reponse_ne_commande_pas_le_terminal(discuter: Discuter, faux: FauxOllama) -> None:
    faux.reponses = ["[red]Alerte[/] \x1b[2J fin"]
    essai = discuter("Salut \x07 toi")
    assert "[red]Alerte[/] [2J fin" in dit(essai)
    assert "\x1b" not in essai.sortie
    assert faux.requetes[0]["messages"][-1]["content"] == "Salut toi"


@en_vrai
def test_l_assistant_dans_un_script(discuter: Discuter, faux: FauxOllama) -> None:
    reussi = discuter(args=("Salut", "/sauver a"))
    assert reussi.code == 0 and "2 messages sauvés dans a.json" in dit(reussi)
    faux.reponses = [500]
    rate = discuter(args=("Salut", "/aide"))
    assert rate.code == 1 and "/quitter" in dit(rate), "la suite est jouée, l'échec est rendu"


@en_vrai
@pytest.mark.parametrize(
    ("env", "mots"),
    [
        ({"OLLAMA_HOST": PORT_MUET}, ("Ollama ne répond pas", "ollama serve")),
        ({"COURS_MODELE": "introuvable"}, ("ollama pull introuvable", "autre:1b, faux")),
        ({"COURS_MODELE": ""}, ("donnez-en le nom",)),
        ({"OLLAMA_HOST": "127.0.0.1:11434 "}, ("OLLAMA_HOST", "espace")),
    ],
)
def test_un_mauvais_depart(
    discuter: Discuter, tmp_path: Path, env: dict[str, str], mots: tuple[str, ...]
) -> None:
    refuse(discuter("Salut", env=env), *mots)
    assert not sauvegardes(tmp_path)


@en_vrai
@pytest.mark.parametrize(
    "contenu", ["", '{"modele": "faux"', '{"modele": "faux", "messages": [{"role": "user"}]}']
)
def test_un_fichier_qui_n_est_pas_une_conversation(
    discuter: Discuter, tmp_path: Path, contenu: str
) -> None:
    fichier = tmp_path / "abime.json"
    fichier.write_text(contenu, "utf-8")
    refuse(discuter(args=("--reprendre", fichier.name)), fichier.name, "intact")
    assert fichier.read_text("utf-8") == contenu


@en_vrai
def test_un_echange_sans_reponse_n_est_pas_repris(discuter: Discuter, tmp_path: Path) -> None:
    contenu = {"modele": "faux", "messages": [{"role": "user", "content": "Seule"}]}
    (tmp_path / "boiteuse.json").write_text(json.dumps(contenu), "utf-8")
    refuse(discuter(args=("--reprendre", "boiteuse.json")), "n'est pas une conversation")


@en_vrai
def test_un_fichier_absent_et_une_commande_incomprise(discuter: Discuter) -> None:
    refuse(discuter(args=("--reprendre", "nulle_part.json")), "nulle_part.json", "ne se lit pas")
    refuse(discuter(args=("--vitesse",)), "Commande incomprise", "python assistant.py")
    for delai in ("0", "-3", "vite"):
        refuse(discuter(args=("--delai", delai)), "Commande incomprise", "--delai")


@en_vrai
@pytest.mark.parametrize("nom", ["FAUX", "library/faux", "faux:latest", " faux "])
def test_le_serveur_seul_reconnait_un_nom(discuter: Discuter, faux: FauxOllama, nom: str) -> None:
    essai = discuter(args=("Salut", f"/modele {nom}", "Re"), env={"COURS_MODELE": nom})
    assert essai.code == 0, dit(essai)
    assert len(faux.requetes) == 2 and "Bien." in dit(essai)


RENDEZ_VOUS = '{"titre": "Dentiste", "jour": "mardi", "heure": "15:00"}'


@en_vrai
def test_une_reponse_en_json_est_validee(discuter: Discuter, faux: FauxOllama) -> None:
    faux.reponses = [RENDEZ_VOUS]
    essai = discuter(args=("/json Dentiste mardi à 15 h", "/sauver a"))
    assert essai.code == 0 and "2 messages sauvés" in dit(essai)
    lu = essai.sortie[essai.sortie.index("{") : essai.sortie.index("}") + 1]
    assert json.loads(lu) == json.loads(RENDEZ_VOUS)
    assert set(faux.requetes[0]["format"]["required"]) == {"titre", "jour", "heure"}


@en_vrai
@pytest.mark.parametrize(
    ("reponse", "mot"),
    [
        ("Mardi à 15 h.", "tout le texte"),
        (RENDEZ_VOUS.replace("15:00", "25:00"), "heure"),
        (RENDEZ_VOUS.replace("mardi", "demain"), "jour"),
        (RENDEZ_VOUS.replace("}", ', "lieu": "Lyon"}'), "lieu"),
        (RENDEZ_VOUS[:-9], "tout le texte"),
        ("<vide>", "Réponse vide"),
        ("<inacheve>", "inachevée"),
    ],
)
def test_un_json_sans_la_forme_n_est_ni_montre_ni_garde(
    discuter: Discuter, faux: FauxOllama, tmp_path: Path, reponse: str, mot: str
) -> None:
    faux.reponses = [reponse]
    essai = discuter(args=("/json Dentiste mardi à 15 h", "/json"))
    assert essai.code == 1 and "Traceback" not in essai.erreurs
    assert mot in essai.sortie and "{" not in essai.sortie
    assert "/json Dentiste" in essai.sortie.split("Vous >")[2], "vide, il rappelle l'usage"
    assert not sauvegardes(tmp_path)


@en_vrai
def test_la_trace_compte_chaque_requete(
    discuter: Discuter, faux: FauxOllama, tmp_path: Path
) -> None:
    faux.reponses = ["Un.", 500, RENDEZ_VOUS.replace("15", "25")]
    args = ("Salut", "Encore", "/json x", "/oublier", "--trace", "t.jsonl")
    assert discuter(args=args).code == 1
    lignes = [json.loads(ligne) for ligne in (tmp_path / "t.jsonl").read_text("utf-8").splitlines()]
    assert [ligne["fin"] for ligne in lignes] == ["stop", "panne", "stop"]
    assert [ligne["messages"] for ligne in lignes] == [2, 4, 4]
    assert "Salut" not in (tmp_path / "t.jsonl").read_text("utf-8")
    impossible = discuter(args=("Salut", "/oublier", "--trace", "nulle/part.jsonl"))
    assert impossible.code == 1 and "écriture impossible" in dit(impossible)


@en_vrai
def test_la_reflexion_se_coupe(discuter: Discuter, faux: FauxOllama) -> None:
    assert discuter(args=("Salut", "/oublier", "--sans-reflexion")).code == 0
    assert faux.requetes[0]["think"] is False
    assert discuter(args=("Salut", "/oublier")).code == 0
    assert "think" not in faux.requetes[1], "sans l'option, le modèle décide"


@en_vrai
@pytest.mark.parametrize("encodage", ["ascii", "cp1252"])
def test_aucune_console_ne_le_fait_planter(
    discuter: Discuter, faux: FauxOllama, tmp_path: Path, encodage: str
) -> None:
    faux.reponses = ["Là → « œuvre » ☂ 🙂"]
    env = {"PYTHONIOENCODING": encodage, "PYTHONUTF8": "0"}
    essai = discuter(args=("Où → ?", "/aide", "/sauver a"), env=env)
    assert essai.code == 0, essai.erreurs
    assert "->" in essai.sortie
    [lue] = sauvegardes(tmp_path)
    assert lue["messages"][1]["content"] == "Là → « œuvre » ☂ 🙂", "le fichier garde tout"


@en_vrai
def test_un_defaut_du_programme_se_voit_et_ne_perd_rien(discuter: Discuter, tmp_path: Path) -> None:
    essai = discuter("Salut", "/json Dentiste", accidents=("defaut",))
    assert essai.code == 1 and "ZeroDivisionError" in essai.erreurs
    [lue] = sauvegardes(tmp_path)
    assert len(lue["messages"]) == 2


FERMEE = """
import os, sys
lue, ecrite = os.pipe()
os.dup2(ecrite, 1)
os.close(lue)
os.execv(sys.executable, [sys.executable, *sys.argv[1:]])
"""


@en_vrai
def test_une_sortie_fermee_ne_fait_pas_de_trace(
    executer: Executer, faux: FauxOllama, tmp_path: Path
) -> None:
    source = tmp_path / "fermee.py"
    source.write_text(FERMEE, "utf-8")
    chemin = str(chemins.SNIPPETS / ASSISTANT)
    essai = executer(ASSISTANT, source=source, args=(chemin, "Salut"), env=faux.env)
    assert essai.code == 1 and "Traceback" not in essai.erreurs, essai.erreurs
