"""L'erreur que l'on montre telle quelle : une phrase en français qui dit quoi faire."""


class ErreurCours(Exception):
    """Échec attendu. Son texte est affiché seul, sans trace Python, avec le code de sortie 1."""


class ServeurArrete(ErreurCours):
    """Le serveur Ollama est mort en cours de route : inutile de continuer."""
