from connexion import importer_ollama

ollama = importer_ollama()
try:
    ollama.generate("modele-jamais-telecharge", "Bonjour", options={"num_predict": 1})
except ollama.ResponseError as erreur:
    print(f"{type(erreur).__name__} {erreur.status_code} : {erreur.error}")
