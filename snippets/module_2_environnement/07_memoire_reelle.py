import os

from connexion import ouvrir

MODELE = os.environ.get("COURS_MODELE", "qwen2.5-coder:1.5b")
client = ouvrir(MODELE)


def octets_par_token(infos):
    famille = infos["general.architecture"]
    tetes = infos[f"{famille}.attention.head_count"]
    largeur = infos[f"{famille}.embedding_length"] // tetes
    dimension = infos.get(f"{famille}.attention.key_length", largeur)
    couches = infos[f"{famille}.block_count"]
    return 2 * couches * infos[f"{famille}.attention.head_count_kv"] * dimension * 2


def en_memoire(num_ctx):
    options = {"temperature": 0, "seed": 42, "num_ctx": num_ctx, "num_predict": 32}
    flux = client.generate(MODELE, "Il était une fois", stream=True, options=options)
    next(flux)
    charges = client.ps().models
    for _ in flux:
        pass
    return next(charge for charge in charges if charge.context_length == num_ctx)


infos = client.show(MODELE).modelinfo
print(f"Contexte : {octets_par_token(infos)} octets par token")
for num_ctx in (1024, 8192):
    charge = en_memoire(num_ctx)
    poids = next(m.size for m in client.list().models if m.digest == charge.digest)
    contexte = octets_par_token(infos) * num_ctx
    print(f"num_ctx={num_ctx} : {charge.size / 1e6:.0f} Mo en mémoire", end=" = ")
    print(f"poids {poids / 1e6:.0f} + contexte {contexte / 1e6:.0f}", end=" ")
    print(f"+ calculs {(charge.size - poids - contexte) / 1e6:.0f}")
bits = poids * 8 / infos["general.parameter_count"]
print(f"Fichier : {bits:.1f} bits par paramètre")
