from commandes import lancer

lancer("ollama", "serve", delai=5)
