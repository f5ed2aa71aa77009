"""Les documents d'Orvelune : présents, cohérents entre eux, utilisables par les leçons."""

from __future__ import annotations

from collections import Counter

import pytest

from scripts.socle import chemins
from scripts.socle.fichiers import lire_jsonl
from tests.lecons import corpus

TEXTES = ["reglement_interieur.md", "faq_produits.md", "notes_rh.md"]


def lampes() -> list[dict[str, str]]:
    """Les lignes du tarif qui décrivent une lampe."""
    return [ligne for ligne in corpus.tableau("tarifs.csv") if ligne["usage"]]


def section(document: str, titre: str) -> str:
    """Le texte d'une section de second niveau."""
    return corpus.texte(document).split(f"## {titre}\n")[1].split("\n## ")[0]


@pytest.mark.parametrize("nom", TEXTES)
def test_document_vraisemblable(nom: str) -> None:
    texte = corpus.texte(nom)
    assert 600 <= len(texte.split()) <= 1200
    assert texte.startswith("# Orvelune")
    assert "\ufffd" not in texte and "\r" not in texte


@pytest.mark.parametrize("nom", TEXTES)
def test_titres_uniques_et_sections_courtes(nom: str) -> None:
    titres = [ligne for ligne in corpus.texte(nom).splitlines() if ligne.startswith("## ")]
    assert len(titres) == len(set(titres)) >= 10
    for titre in titres:
        assert 20 <= len(section(nom, titre.removeprefix("## ")).split()) <= 120, titre


def test_les_douze_premieres_questions_ont_leur_section() -> None:
    """Celles que pose le module 7 : il donne au modèle la section entière."""
    for cas in lire_jsonl(chemins.DONNEES / "questions.jsonl")[:12]:
        [fait], [passage] = cas["faits"], cas["passages"]
        texte = section(passage["document"], passage["section"])
        assert passage["extrait"] in texte and fait in passage["extrait"]


def test_references_et_produits_uniques() -> None:
    for colonne in ("reference", "produit"):
        valeurs = [ligne[colonne] for ligne in corpus.tableau("tarifs.csv")]
        assert len(valeurs) == len(set(valeurs))


def test_prix_du_tarif_repris_par_la_faq() -> None:
    faq = corpus.texte("faq_produits.md")
    for ligne in corpus.tableau("tarifs.csv"):
        prix = ligne["prix_euros"].removesuffix(",00")
        assert float(ligne["prix_euros"].replace(",", ".")) > 0
        if ligne["produit"] not in ("Galapiat", "Orbelin"):  # seulement au tarif
            assert f"{prix} euros" in faq, ligne["produit"]


@pytest.mark.parametrize("lampe", lampes(), ids=lambda lampe: str(lampe["produit"]))
def test_autonomie_du_tarif_reprise_par_la_faq(lampe: dict[str, str]) -> None:
    paragraphes = corpus.texte("faq_produits.md").split("\n## ")
    decrivent = [p for p in paragraphes if lampe["produit"] in p and "éclaire pendant" in p]
    if decrivent:
        assert any(f"{lampe['autonomie_heures']} heures" in p for p in decrivent)
    else:
        assert lampe["produit"] in ("Galapiat", "Orbelin", "Fanal Cézallier")


def test_usage_du_tarif_conforme_a_la_faq() -> None:
    dehors, dedans = section("faq_produits.md", "Quelles lampes peuvent rester dehors ?").split(
        "degrés."
    )
    for lampe in lampes():
        assert lampe["produit"] in (dehors if lampe["usage"] == "extérieur" else dedans)


def test_le_readme_donne_les_faits_des_documents() -> None:
    resume = " ".join((chemins.DONNEES / "README.md").read_text(encoding="utf-8").split())
    for lampe in lampes():
        prix = lampe["prix_euros"].removesuffix(",00")
        assert f"{lampe['produit']} ({prix} €, {lampe['autonomie_heures']} h)" in resume
    for cas in lire_jsonl(chemins.DONNEES / "questions.jsonl")[:12]:
        if not cas["faits"][0].isdigit():
            assert cas["faits"][0].removesuffix(" heures") in resume, cas["faits"]


def test_protocole_lucarne_identique_partout() -> None:
    phrase = "n'est pas arrivé quatre jours après la date annoncée"
    assert phrase in corpus.texte("reglement_interieur.md")
    assert phrase in corpus.texte("faq_produits.md")


def test_vingt_avis_uniques_et_equilibres() -> None:
    avis = lire_jsonl(chemins.DONNEES / "avis_clients.jsonl")
    assert [un_avis["id"] for un_avis in avis] == list(range(1, 21))
    assert len({un_avis["texte"] for un_avis in avis}) == 20
    assert Counter(un_avis["etiquette"] for un_avis in avis) == {"positif": 10, "négatif": 10}


def test_un_avis_nomme_son_seul_produit_sans_trahir_son_etiquette() -> None:
    catalogue = [lampe["produit"] for lampe in lampes()]
    avis = lire_jsonl(chemins.DONNEES / "avis_clients.jsonl")
    for un_avis in avis:
        cites = [produit for produit in catalogue if produit in un_avis["texte"]]
        assert cites == [un_avis["produit"]]
        for racine in ("positi", "négati", "negati"):
            assert racine not in un_avis["texte"].lower()
    assert {un_avis["produit"] for un_avis in avis} == set(catalogue)
