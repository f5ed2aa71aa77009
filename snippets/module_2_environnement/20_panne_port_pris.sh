ollama serve 2>&1 >/dev/null
