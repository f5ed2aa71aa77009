#!/usr/bin/env bash
# Soumet au contrôleur un jeu plein de défauts, à côté du vrai jeu de test.
set -euo pipefail
dossier=$(cd "$(dirname "$0")" && pwd)

mkdir -p donnees/mauvais
cp "$dossier/donnees/mauvais.jsonl" donnees/mauvais/entrainement.jsonl
cp donnees/json/test.jsonl donnees/mauvais/test.jsonl

python "$dossier/02_controler_donnees.py" donnees/mauvais && code=0 || code=$?
echo "Code de sortie : $code"
