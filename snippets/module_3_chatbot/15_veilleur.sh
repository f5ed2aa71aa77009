#!/usr/bin/env bash
# Crée deux fois le même personnage, sans puis avec ses exemples, et compte les « Bonsoir ».
set -euo pipefail
modele=${COURS_MODELE:-llama3.2}
dossier=$(cd "$(dirname "$0")" && pwd)
trap 'ollama rm veilleur-sans veilleur > /dev/null 2>&1 || true' EXIT

sed "s/^FROM .*/FROM $modele/" "$dossier/Modelfile" > Modelfile
grep -v '^MESSAGE' Modelfile > Modelfile.sans
ollama create veilleur -f Modelfile > /dev/null 2>&1
ollama create veilleur-sans -f Modelfile.sans > /dev/null 2>&1

echo "Ses réglages :"
ollama show veilleur --parameters | sort
for nom in veilleur-sans veilleur; do
  saluts=0
  for question in "Livrez-vous en Belgique ?" "Qui fabrique vos lampes ?" \
    "Que faire d'une lampe cassée ?" "Quels sont vos horaires ?"; do
    reponse=$(ollama run --nowordwrap "$nom" "$question" 2> /dev/null)
    case $reponse in Bonsoir*) saluts=$((saluts + 1)) ;; esac
  done
  echo "$nom : $saluts/4 réponses commencent par Bonsoir"
  echo "  ${reponse%%$'\n'*}"
done
