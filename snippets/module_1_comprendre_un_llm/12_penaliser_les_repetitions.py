"""Pénalise les répétitions : ce que la liste y gagne, ce que la copie y perd."""

from serveur import demander

LISTE = "Liste de courses : pommes, poires, pommes, poires, pommes, poires,"
CODES = ["LM-1010-0101", "LM-2323-3232", "LM-4004-0440", "LM-7171-1717"]
CODES += ["LM-8888-0880", "LM-5656-6565", "LM-9119-1991", "LM-3303-0330"]
PENALITES = (1.0, 1.3, 2.0)


def reglage(penalite: float, combien: int) -> dict:
    fixes = {"temperature": 0, "seed": 7, "num_ctx": 2048, "num_predict": combien}
    return fixes | {"repeat_penalty": penalite, "repeat_last_n": 64}


def continuer(penalite: float) -> str:
    options = reglage(penalite, 16)
    reponse = demander("/api/generate", prompt=LISTE, raw=True, options=options)
    return reponse["response"]


def copier(code: str, penalite: float) -> str:
    prompt = f"Recopie exactement ce numéro, sans rien ajouter : {code}"
    reponse = demander("/api/generate", prompt=prompt, options=reglage(penalite, 20))
    return reponse["response"].strip()


print(LISTE)
for penalite in PENALITES:
    print(f"  pénalité {penalite} :".replace(".", ","), repr(continuer(penalite)))

print("\nRecopier un numéro")
for penalite in PENALITES:
    for code in CODES:
        copie = copier(code, penalite)
        verdict = f"pénalité {penalite}, {'juste' if copie == code else 'faux '}"
        print(f"  {verdict.replace('.', ',')} : {code} -> {copie!r}")
