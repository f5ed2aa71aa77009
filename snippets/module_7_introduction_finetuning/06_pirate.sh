#!/usr/bin/env bash
# Crée un modèle « pirate » avec un Modelfile, lui parle, regarde ses poids, puis l'efface.
set -euo pipefail
modele=${COURS_MODELE:-smollm2:135m}
dossier=$(cd "$(dirname "$0")" && pwd)

sed "s/^FROM .*/FROM $modele/" "$dossier/Modelfile" > Modelfile
ollama create pirate -f Modelfile > /dev/null 2>&1

echo "Sa consigne : $(ollama show pirate --system)"
echo "Moi    : What did you do this morning?"
echo "Pirate : $(ollama run --nowordwrap pirate 'What did you do this morning?' 2> /dev/null)"

for nom in "$modele" pirate; do
  poids=$(ollama show "$nom" --modelfile | grep '^FROM' | grep -o 'sha256-.\{12\}')
  echo "Poids de $nom : $poids"
done

ollama rm pirate > /dev/null 2>&1
