"""`python -m scripts conclusions` : ce qui conclut sans être calculé, et rien que cela."""

from __future__ import annotations

import pytest

from scripts import __main__ as commandes
from scripts.controles import conclusions
from scripts.controles.verification import verifier
from scripts.socle import chemins
from scripts.socle.erreurs import ErreurCours, MauvaisUsage
from tests.outils.depot_essai import MODULE, Depot

PAGE = "docs/jour-2/4_essai.md"
EXEMPTIONS = "snippets/exemptions.toml"
SORTIE = f'--8<-- "genere/{MODULE}/01_bonjour.md"'

# Des phrases que le cours a publiées, et que la sortie placée au-dessus d'elles démentait.
DEMENTIES = (
    "Un modèle qui n’obéit pas aujourd’hui n’est pas une protection.",
    "Leur intervalle est si large que la cible de 80 % n’est ni confirmée ni écartée de peu.",
    "Entre les deux, deux questions seulement changent de camp : McNemar ne conclut rien.",
    "**Le plus gros gain est le premier** : changer de modèle d’embedding.",
    "Une ligne de code, et l’intervalle de l’écart est loin de zéro.",
    "Les deux autres gains viennent de l’analyse française et de la fusion.",
    "Le titre en tête fait **baisser** la mesure ici, alors qu’on le recommande partout.",
    "**Une meilleure recherche n’a rien amélioré.**",
    "Elle a même allongé le prompt, et le modèle répond moins bien.",
    "Les morceaux de 50 et de 200 mots perdent, et le recouvrement n’apporte rien à ces questions.",
    "Les délimiteurs aident le modèle à retrouver le numéro : quinze messages contre dix.",
    "Aucune des quatre consignes n’obtient la forme demandée, pas une fois sur dix-huit.",
    "Mais la règle d’une ligne fait mieux que tous.",
    "Les deux plages de distances **se recouvrent** : aucun seuil ne sépare les deux lots.",
    "Seuil et aveu n’attrapent pas les mêmes questions ; comptez aussi les refus à tort.",
    "Ici, aucune des deux versions n’obtient un mot de la liste.",
    "Le contrôle, lui, n’a laissé passer aucun numéro faux.",
    "Un modèle qui se trompe recommencera, et la facture double à chaque essai.",
    "Chaque barrière en arrête une que la précédente ne voit pas.",
    "Sur le texte, la part de mots différents monte, et le sens se perd quand on force.",
    "Le modèle n’a aucun plan : il ne sait pas comment finira sa phrase.",
    "D répond bien à 80 questions sur 230, E à 90 et F à 92.",
    "Pour la forme, l’affinage fait mieux que tout le reste.",
    "La fiche les garde tous, pour deux tiers des tokens.",
    "Sur neuf questions, il choisit sept fois le bon outil et obtient cinq bons résultats.",
    "**La place compte plus que le rôle.**",
    "Le numéro de commande a disparu, cette fois parce que nous l’avons décidé.",
    "Une règle simple garde mieux un numéro.",
)
# Des définitions, des mécanismes et des conseils, publiés eux aussi.
SANS_CONCLUSION = (
    "Le protocole est **sans état**.",
    "Vous pouvez retirer, corriger, résumer, ou changer de modèle au milieu de la conversation.",
    "Une erreur du modèle entre elle aussi dans l’historique.",
    "Avec `generate`, au module 2, la coupure tombait au milieu du texte.",
    "Comparez ses faits à ceux de la conversation avant de jeter l’original.",
    "Notez l’empreinte à côté de chaque réponse gardée : vous saurez quel prompt l’a produite.",
    "Un ton n’est pas une connaissance.",
    "Pour mesurer ou extraire : température 0.",
    "Le [module 7](../jour-3/7_introduction_finetuning.md) montre ce que devient une consigne.",
    "`done_reason` distingue une réponse finie (`stop`) d’une réponse coupée (`length`).",
    "La **forme** viendra plus bas, d’un schéma.",
    "Voyez les modules 4, 5 et 6, puis l’exercice 2 de la page 3.",
    "Le paquet `ollama` n’a **aucun délai** : devant un serveur muet, il attend sans fin.",
    "Le code `assert 3 > 2` et l’option `num_ctx=4096` ne comptent pas.",
)


def trouvees(depot: Depot, texte: str) -> list[str]:
    """Les phrases à relire d'une page faite de ce texte."""
    depot.ecrire(PAGE, f"# Essai\n\n{texte}\n")
    return [conclusion.texte for conclusion in conclusions.des_pages()]


@pytest.mark.parametrize("phrase", DEMENTIES)
def test_une_conclusion_dementie_est_a_relire(depot: Depot, phrase: str) -> None:
    assert trouvees(depot, f"{SORTIE}\n\n- {phrase}") == [phrase]


@pytest.mark.parametrize("phrase", SANS_CONCLUSION)
def test_ce_qui_ne_conclut_pas(depot: Depot, phrase: str) -> None:
    assert trouvees(depot, f"{SORTIE}\n\n{phrase}") == []


C = "Il gagne 12 points."
OU = {
    "avant la sortie": (f"{C}\n\n{SORTIE}", 0),
    "après la sortie": (f"{SORTIE}\n\n{C}", 1),
    "sous le titre suivant": (f"{SORTIE}\n\n## Suite\n\n{C}", 0),
    "sous le sous-titre suivant": (f"{SORTIE}\n\n### Suite\n\n{C}", 0),
    "dans une liste": (f"{SORTIE}\n\n- Une idée.\n- {C}", 1),
    "dans un encadré": (f'{SORTIE}\n\n!!! tip "Voyez"\n    - {C}\n    - {C}', 2),
    "dans un tableau": (f"{SORTIE}\n\n| a | b |\n| --- | --- |\n| x | {C} |", 1),
    "sortie en retrait": (f'??? note "Voir"\n    {SORTIE}\n\n    {C}', 1),
    "phrase calculée": (f'{SORTIE}\n\n--8<-- "genere/{MODULE}/phrases/x.md"', 0),
    "après une phrase calculée seule": (f'--8<-- "genere/{MODULE}/phrases/x.md"\n\n{C}', 0),
    "après la ligne Vérifié": (f'--8<-- "genere/{MODULE}/verifie.md"\n\n{C}', 0),
    "sortie brute": (f'```text\n--8<-- "snippets/{MODULE}/sorties/x.txt"\n```\n\n{C}', 1),
    "dans du code": (f"{SORTIE}\n\n```text\n{C}\n```", 0),
    "code qui ressemble à un titre": (f"{SORTIE}\n\n```bash\n# {C}\n```\n\n{C}", 1),
    "dans un commentaire": (f"{SORTIE}\n\n<!-- {C} -->", 0),
    "dans une image": (f"{SORTIE}\n\n![{C}](x.svg)", 0),
    "dans un quiz": (f"## Quiz\n\n### 1. Combien ?\n\n{SORTIE}\n\n{C}", 0),
    "réponse d'un quiz": (f'{SORTIE}\n\n??? reponse-juste "Oui"\n    {C}\n\n{C}', 1),
    "dans un exercice": (f"## Exercice 1 : compter\n\n{SORTIE}\n\n{C}\n\n### Aide\n\n{C}", 0),
    "après un exercice": (f"## Exercice 1\n\n{SORTIE}\n\n## Suite\n\n{SORTIE}\n\n{C}", 1),
    "à retenir": (f"{SORTIE}\n\n## À retenir\n\n- {C}", 1),
    "à retenir sans sortie": (f"## À retenir\n\n- {C}", 0),
}


@pytest.mark.parametrize(("texte", "combien"), OU.values(), ids=OU)
def test_ou_l_on_cherche(depot: Depot, texte: str, combien: int) -> None:
    lues = trouvees(depot, texte)
    assert len(lues) == combien and all(C in lue for lue in lues)


def test_la_ligne_et_le_texte_d_une_phrase(depot: Depot) -> None:
    depot.ecrire(
        PAGE,
        f"# Essai\n\n{SORTIE}\n\n- Une idée. Ici, **aucune** des\n  quatre ne [suffit](x.md).\n"
        "- Une autre idée.\n",
    )
    [conclusion] = conclusions.des_pages([chemins.RACINE / PAGE])
    assert str(conclusion) == f"{PAGE}:5 : Ici, **aucune** des quatre ne [suffit](x.md)."


def garder(depot: Depot, texte: str) -> None:
    """Déclare cette phrase relue."""
    exemption = f"\n[[conclusion]]\npage = '{PAGE}'\ntexte = '''{texte}'''\nraison = 'relue'\n"
    depot.ecrire(EXEMPTIONS, depot.lire(EXEMPTIONS) + exemption)


def test_une_phrase_relue_est_gardee(depot: Depot) -> None:
    depot.remplacer(PAGE, f"{SORTIE}\n", f"{SORTIE}\n\n- Ici, il gagne\n  12 points.\n")
    garder(depot, "Ici, il gagne 12 points.")
    assert verifier() == []
    assert conclusions.des_pages() == []


@pytest.mark.parametrize("texte", ["Il perd.", "Bonjour."])
def test_une_declaration_qui_ne_sert_plus(depot: Depot, texte: str) -> None:
    depot.remplacer(PAGE, f"{SORTIE}\n", f"{SORTIE}\n\nIl gagne. Bonjour.\n")
    garder(depot, texte)
    [probleme] = verifier()
    assert probleme.fichier == EXEMPTIONS
    assert "ne sert plus" in probleme.constat and texte in probleme.constat


def test_une_page_qui_n_existe_pas(depot: Depot) -> None:
    garder(depot, C)
    depot.remplacer(EXEMPTIONS, f"page = '{PAGE}'\ntexte = '''", "page = 'docs/x.md'\ntexte = '''")
    [probleme] = verifier()
    assert "docs/x.md ne sert plus" in probleme.constat


def test_la_commande_echoue_tant_qu_il_y_a_a_relire(
    depot: Depot, capsys: pytest.CaptureFixture[str]
) -> None:
    commandes.lister_les_conclusions([depot.racine / PAGE])
    depot.remplacer(PAGE, f"{SORTIE}\n", f"{SORTIE}\n\n{C}\n")
    with pytest.raises(ErreurCours, match="1 phrase à relire"):
        commandes.lister_les_conclusions(None)
    assert f"{PAGE}:9 : {C}  (gagne, 12)" in capsys.readouterr().err
    with pytest.raises(MauvaisUsage, match="n'est pas une page du cours"):
        commandes.lister_les_conclusions([depot.racine / "snippets"])
