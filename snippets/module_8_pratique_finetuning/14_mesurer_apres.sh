#!/usr/bin/env bash
# Refait, sur les modèles affinés, la mesure du programme 04.
python "$(dirname "$0")/04_mesurer.py" apres "$@"
