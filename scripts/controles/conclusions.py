"""Les phrases d'une page qui concluent sur une sortie sans venir d'une phrase calculée.

Une heuristique, pour l'œil de qui relit : elle ne comprend rien, et n'interdit aucun mot.

- **Où** : sous un titre, après une sortie incluse (un fragment de genere/), et jusqu'au titre
  suivant ; sous « À retenir » aussi, si la page a montré une sortie. Paragraphes, listes, encadrés
  et tableaux ; ni code, ni image, ni légende, ni quiz, ni exercice. Une phrase calculée est une
  inclusion : elle n'y paraît pas.
- **Quoi** : une phrase qui a deux points. Un mot de `FORTS` en vaut deux : un nombre (en chiffres
  ou à partir de quatre en lettres, hors d'un renvoi comme « module 4 »), un comparatif avec son
  « que », un verbe de conclusion (gagne, bat, suffit…). Un mot de `FAIBLES` en vaut un : « deux »,
  « plus », « jamais », « aucun », « ce modèle », un passé composé… Le code en ligne ne compte pas.

Une phrase relue que l'on garde (définition, mécanisme, fait sourcé, conseil) se déclare dans
snippets/exemptions.toml, sous [[conclusion]], avec sa page, son texte exact et sa raison.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from scripts.controles import prose
from scripts.controles.attente import normaliser
from scripts.controles.probleme import Probleme
from scripts.lecons import exemptions, pages
from scripts.socle import chemins
from scripts.socle.chemins import relatif

# Un fragment qui n'est pas ce qu'un programme a imprimé.
PAS_UNE_SORTIE = re.compile(r"genere/(?:[^/]+/(?:phrases/.*|verifie)|abreviations)\.md")
TITRE = re.compile(r"^(?P<niveau>#{1,6}) +(?P<texte>.*)$")
HORS_LECON = re.compile(r"(?:Quiz|Exercices?|Solutions?)\b")
ENCADRE = re.compile(r"^(?P<retrait> *)(?:!!!|\?\?\?\+?|===[+!]?) *(?P<genre>[\w-]*)")
PUCE = re.compile(r"^ *(?:[-*+]|\d+[.)]) +")
# Ce qui, dans un paragraphe, n'en est pas la prose : image, attributs, filet de tableau, renvoi.
HORS_PROSE = re.compile(r"^ *(?:!\[.*|\{[:.# ].*|\|?[ :|-]*-{2,}[ :|-]*|\[[^\]]+\]: .*|<[^>]*>) *$")
FIN_DE_PHRASE = re.compile(r"(?<=[.!?…])[*_»)\u00a0]*\s+(?=[*_«“(\[]*[A-ZÀ-Ý\d\ufffc])")
RENVOI = re.compile(
    r"""
    \b(?:modules? | exercices? | jours? | étapes? | pages? | leçons? | figures? | tableaux?
       | températures?(?:[ ](?:de|à))? | graines? | ports? | versions? | http | python | ollama
       | erreurs?)
    [\s\u00a0]+\d+(?:[.,]\d+)*(?:(?:,|[ ]et|[ ]à)[ ]\d+(?:[.,]\d+)*)*
    | \b\d+[\s\u00a0-]bits\b
    | \b(?:à[ ]la|une|cette|chaque|autre)[ ]fois\b
    | \b(?:le[ ]plus[ ]souvent | plus[ ](?:tard|haut|bas|loin|simple) | de[ ]plus[ ]en[ ]plus
         | (?:au|du)[ ]moins | même[ ]si | de[ ]même | elle-même | lui-même | tous[ ]les[ ]jours)\b
    """,
    re.IGNORECASE | re.VERBOSE,
)

# Deux points chacun : à lui seul, il fait lire la phrase.
FORTS = r"""
    \d+(?:[.,\u00a0]\d+)* | zéro | quatre | cinq | six | sept | huit | dix | onze | douze | treize
    | quatorze | quinze | seize | dix-\w+ | vingt\w* | trente | quarante | cinquante | soixante
    | cents? | mille | millions? | (?:diz|douz|quinz|vingt|trent|cinquant|cent)aines?
    | moitié | tiers | doubl(?:e|ent) | tripl(?:e|ent)
    | (?:plus|moins|meilleure?s?|pires?|davantage|autant)\b[^.,;:]{0,40}?[ ]qu(?:e\b|’)
    | (?<!vaut[ ])(?<!valent[ ])mieux(?![ ]v[ae]) | (?:pas|ni)[ ](?:le|la|les)[ ]mêmes?
    | suffi(?:t|sent) | gains? | gagn\w+ | perd(?:ent)? | bat | battent | l’emporte\w* | domine\w*
    | dépass(?:e|ent) | amélior\w+ | dégrad\w+ | augment(?:e|ent) | diminu(?:e|ent) | baiss\w+
    | monte | montent | chut(?:e|ent) | croît | croissent | grandi\w* | rattrap(?:e|ent)
    | réussi\w* | échou\w+ | se[ ]valent | départag\w+ | prouv\w+ | confirm(?:e|ent|ée?s?)
    | sépare(?:nt)? | obéi\w* | disparu\w*
"""
# Un point chacun : il en faut deux différents.
FAIBLES = r"""
    deux | trois | fois | plus | moins | pires? | meilleure?s? | davantage | autant | vaut[ ]mieux
    | (?:le|la|les)[ ]mêmes? | égal\w* | identiques? | supérieure?s? | inférieure?s? | contre
    | jamais | toujours | aucune? | seule?s? | seulement | rien | tous | toutes | partout
    | presque | souvent | chaque | ici
    | (?:ce|le|notre)[ ](?:petit[ ])?modèle
    | (?:n’)?(?:a|ont)[ ](?:\w+[ ])?\w+(?:é|ée|és|ées|i|u|is|it)
    | aid(?:e|ent) | apport(?:e|ent) | suit | suivent | suivie? | ignor(?:e|ent) | invent(?:e|ent)
    | oubli(?:e|ent) | trouv(?:e|ent) | retrouv\w+ | obtien(?:t|nent) | arrêt(?:e|ent)
    | attrap(?:e|ent) | répèt(?:e|ent) | refus(?:e|ent) | sai(?:t|vent) | tromp(?:e|ent) | répond
    | choisit | change(?:nt)? | montre(?:nt)?
"""


def _mots(motif: str) -> re.Pattern[str]:
    return re.compile(rf"(?<![\w-])(?:{motif})(?![\w-])", re.VERBOSE | re.IGNORECASE)


MOTS = {_mots(FORTS): 2, _mots(FAIBLES): 1}
SEUIL = 2
A_RETENIR = re.compile(r"À retenir")


@dataclass(frozen=True)
class Conclusion:
    """Une phrase à relire : sa page (relative au dépôt), sa ligne, son texte, ce qui l'y met."""

    page: str
    ligne: int
    texte: str
    mots: tuple[str, ...]

    def __str__(self) -> str:
        return f"{self.page}:{self.ligne} : {self.texte}"


def des_pages(choisies: Iterable[Path] = ()) -> list[Conclusion]:
    """Les phrases à relire de ces pages, ou de toutes, sans celles que les exemptions gardent."""
    gardees = {(e["page"], normaliser(e["texte"])) for e in exemptions.de("conclusion")}
    trouvees = (c for page in choisies or pages.toutes() for c in de_la_page(page))
    return [c for c in trouvees if (c.page, normaliser(c.texte)) not in gardees]


def de_la_page(page: Path) -> list[Conclusion]:
    """Les phrases à relire d'une page, exemptées ou non, dans l'ordre."""
    return [
        Conclusion(relatif(page), numero, texte, mots)
        for debut, paragraphe in _paragraphes(page)
        for numero, texte, masque in _phrases(debut, paragraphe)
        if (mots := _declencheurs(masque))
    ]


def exemptions_de_conclusion_utiles() -> Iterator[Probleme]:
    """Chaque phrase gardée est encore sur sa page, et y serait encore à relire."""
    connues: dict[str, set[str]] = {}
    for exemption in exemptions.de("conclusion"):
        nom = exemption["page"]
        page = chemins.RACINE / nom
        if nom not in connues:
            lues = de_la_page(page) if page.is_file() else []
            connues[nom] = {normaliser(conclusion.texte) for conclusion in lues}
        if normaliser(exemption["texte"]) not in connues[nom]:
            debut = " ".join(exemption["texte"].split()[:8])
            yield Probleme(
                relatif(chemins.EXEMPTIONS),
                f"l'exemption [[conclusion]] « {debut}… » de {nom} ne sert plus",
                "Retirez-la de la liste, ou corrigez son texte.",
            )


def _declencheurs(phrase: str) -> tuple[str, ...]:
    """Les mots qui font d'une phrase, masquée, une conclusion possible ; aucun sous le seuil."""
    reste = RENVOI.sub(" ", re.sub(r"[*_]", "", phrase))
    points: dict[str, int] = {}
    for motif, poids in MOTS.items():
        points |= {trouve[0].strip().lower(): poids for trouve in motif.finditer(reste)}
        reste = motif.sub(" ", reste)
    return tuple(points) if sum(points.values()) >= SEUIL else ()


def _paragraphes(page: Path) -> Iterator[tuple[int, list[str]]]:
    """(ligne, lignes) de chaque paragraphe, élément de liste ou rangée de tableau à relire."""
    lignes = _lignes_nues(page)
    apres_une_sortie, une_sortie, hors_lecon, encadre_exclu = False, False, 7, -1
    courant: list[str] = []
    debut = 0
    for numero, ligne in enumerate([*lignes, ""], 1):
        retrait = len(ligne) - len(ligne.lstrip())
        titre, inclusion = TITRE.match(ligne), pages.INCLUSION.match(ligne)
        encadre = ENCADRE.match(ligne)
        if encadre_exclu >= 0 and ligne.strip() and retrait <= encadre_exclu:
            encadre_exclu = -1
        coupe = not ligne.strip() or titre or inclusion or encadre or HORS_PROSE.match(ligne)
        if courant and (coupe or PUCE.match(ligne) or ligne.lstrip().startswith("|")):
            yield debut, courant
            courant = []
        if titre:
            niveau = len(titre["niveau"])
            if niveau <= hors_lecon:
                hors_lecon = niveau if HORS_LECON.match(titre["texte"]) else 7
            resume = A_RETENIR.match(titre["texte"]) is not None
            apres_une_sortie = resume and une_sortie
        elif inclusion:
            apres_une_sortie |= _est_une_sortie(inclusion["fichier"])
            une_sortie |= apres_une_sortie
        elif encadre:
            if encadre["genre"].startswith("reponse"):
                encadre_exclu = retrait
        elif not coupe and apres_une_sortie and hors_lecon == 7 and encadre_exclu < 0:
            debut = debut if courant else numero
            courant.append(ligne)


def _lignes_nues(page: Path) -> list[str]:
    """Les lignes de la page, l'en-tête, les commentaires et les blocs de code vidés."""
    texte = page.read_text(encoding="utf-8")
    vider = re.compile(r"<!--[\s\S]*?-->")
    for motif in (pages.EN_TETE, vider):
        texte = motif.sub(lambda t: "\n" * t[0].count("\n"), texte)
    lignes = texte.split("\n")
    for bloc in pages.blocs(page):
        for rang in range(bloc.ligne - 1, bloc.ligne + bloc.contenu.count("\n") + 2):
            if rang < len(lignes) and not pages.INCLUSION.match(lignes[rang]):
                lignes[rang] = ""
    return lignes


def _est_une_sortie(fichier: str) -> bool:
    if "/sorties/" in fichier:
        return True
    return fichier.startswith("genere/") and not PAS_UNE_SORTIE.fullmatch(fichier)


def _phrases(debut: int, lignes: list[str]) -> Iterator[tuple[int, str, str]]:
    """(ligne, texte, texte masqué) de chaque phrase d'un paragraphe."""
    texte = "\n".join([PUCE.sub(lambda t: " " * len(t[0]), lignes[0]), *lignes[1:]])
    masque = prose.masquer(texte)
    bornes = [0, *(fin.end() for fin in FIN_DE_PHRASE.finditer(masque)), len(texte)]
    for gauche, droite in itertools.pairwise(bornes):
        nu = texte[gauche:droite]
        if nu.strip():
            depart = gauche + len(nu) - len(nu.lstrip())
            numero = debut + texte.count("\n", 0, depart)
            yield numero, " ".join(nu.split()), masque[gauche:droite]
