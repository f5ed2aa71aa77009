"""Dire ce qui ne va pas, et toujours quoi faire."""


class Echec(Exception):
    """Un constat, et son remède."""

    def __init__(self, constat, remede):
        super().__init__(constat)
        self.remede = remede


def refuser_si(condition, constat, remede):
    if condition:
        raise Echec(constat, remede)


def controler(nom, verifier, besoins):
    """Affiche [OK] ou [ÉCHEC] ; une panne imprévue se dit comme les autres."""
    try:
        print(f"[OK]    {nom} : {verifier(besoins)}", flush=True)
    except Exception as erreur:
        remede = getattr(erreur, "remede", "voyez le dépannage du module 2")
        constat = " ".join(str(erreur).split())[:300]
        print(f"[ÉCHEC] {nom} : {constat}\n        → {remede}", flush=True)
        return False
    return True
