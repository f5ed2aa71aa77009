import os

import ollama

MODELE = os.environ.get("COURS_MODELE", "llama3.2")


def octets_par_token(infos):
    famille = infos["general.architecture"]
    tetes = infos[f"{famille}.attention.head_count"]
    dimension = infos[f"{famille}.embedding_length"] // tetes
    tetes_cle_valeur = infos[f"{famille}.attention.head_count_kv"]
    return 2 * infos[f"{famille}.block_count"] * tetes_cle_valeur * dimension * 2


def memoire_occupee(num_ctx):
    options = {"temperature": 0, "seed": 42, "num_ctx": num_ctx, "num_predict": 64}
    flux = ollama.generate(MODELE, "Il était une fois", stream=True, options=options)
    next(flux)
    charges = ollama.ps().models
    for _ in flux:
        pass
    return next(charge.size for charge in charges if charge.context_length == num_ctx)


infos = ollama.show(MODELE).modelinfo
nom_complet = MODELE if ":" in MODELE else f"{MODELE}:latest"
fichier = next(m.size for m in ollama.list().models if m.model == nom_complet)
bits = fichier * 8 / infos["general.parameter_count"]
print(f"Fichier : {fichier / 1e6:.0f} Mo, {bits:.1f} bits par paramètre")

for num_ctx in (1024, 8192):
    contexte = octets_par_token(infos) * num_ctx
    total = memoire_occupee(num_ctx)
    print(f"num_ctx={num_ctx} : {total / 1e6:.0f} Mo en mémoire,", end=" ")
    print(f"dont {contexte / 1e6:.0f} Mo de contexte", end=" ")
    print(f"et {(total - fichier - contexte) / 1e6:.0f} Mo de calculs")
