#!/usr/bin/env bash
# Tente de donner à Ollama l'adaptateur seul, sans fusion : la version récente le refuse.
set -eu
adaptateur="$PWD/adaptateurs/json"
if [ ! -f "$adaptateur/adapter_model.safetensors" ]; then
  echo "$adaptateur manque : lancez d'abord 06_entrainer.py json." >&2
  exit 2
fi
printf 'FROM %s\nADAPTER %s\n' "${COURS_MODELE:-smollm2:135m}" "$adaptateur" > Modelfile.adapter
echo "Modelfile : FROM ${COURS_MODELE:-smollm2:135m}, ADAPTER ./adaptateurs/json"
ollama --version
ollama create essai-adapter -f Modelfile.adapter 2>&1 | grep Error || true
if ollama show essai-adapter > /dev/null 2>&1; then
  echo "Le modèle a été créé : cette version accepte encore ADAPTER."
  ollama rm essai-adapter > /dev/null 2>&1
else
  echo "Aucun modèle n'a été créé : il faut fusionner (programme 09)."
fi
