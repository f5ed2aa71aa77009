MODELE="${COURS_MODELE:-llama3.2}"

ollama cp "$MODELE" copie-du-modele
ollama list copie
ollama rm copie-du-modele
ollama list copie
