MODELE="${COURS_MODELE:-llama3.2}"

ollama list "$MODELE"
ollama show "$MODELE"
