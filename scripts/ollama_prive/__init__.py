"""L'Ollama du cours : l'installer, le démarrer, y mettre les modèles."""
