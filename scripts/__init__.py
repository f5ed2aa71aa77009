"""Les outils des contributeurs : Ollama privé, modèles, enregistrement, contrôles, site."""
