#!/usr/bin/env bash
# Sert la base du programme 07 par HTTP, l'interroge de deux processus, puis l'arrête.
set -euo pipefail
dossier=$(cd "$(dirname "$0")" && pwd)
export COURS_PORT_CHROMA=${COURS_PORT_CHROMA:-8123}
signe_de_vie="http://127.0.0.1:$COURS_PORT_CHROMA/api/v2/heartbeat"

python "$dossier/07_chroma_ajouter.py" > /dev/null
chroma run --path base --host 127.0.0.1 --port "$COURS_PORT_CHROMA" > chroma.log 2>&1 &
serveur=$!
trap 'kill "$serveur" 2> /dev/null || true' EXIT
curl --silent --fail --retry 30 --retry-delay 1 --retry-connrefused "$signe_de_vie" > /dev/null
echo "Le serveur répond."

python "$dossier/09_client.py" "Quand ferme l'atelier ?" > premier.txt &
premier=$!
python "$dossier/09_client.py" "Quelle lampe pour lire au lit ?" > second.txt &
second=$!
wait "$premier"
wait "$second"
cat premier.txt second.txt

kill "$serveur"
wait "$serveur" || true
if curl --silent --fail "$signe_de_vie" > /dev/null; then
  echo "Le serveur répond encore." >&2
  exit 1
fi
echo "Le serveur est arrêté."
