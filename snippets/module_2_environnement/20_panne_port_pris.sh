ollama serve 2>&1
