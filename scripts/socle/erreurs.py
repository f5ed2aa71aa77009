"""L'erreur que l'on montre telle quelle : une phrase en français qui dit quoi faire."""


class ErreurCours(Exception):
    """Échec attendu. Son texte est affiché seul, sans trace Python, avec `code` pour sortie."""

    code = 1


class MauvaisUsage(ErreurCours):
    """La commande, ou une variable qui la règle, est mal écrite : rien n'a été fait."""

    code = 2


class FichierInvalide(ErreurCours):
    """Un fichier du dépôt ne dit pas ce que les outils y lisent."""

    def __init__(self, fichier: str, constat: str, remede: str) -> None:
        super().__init__(f"{fichier} : {constat}. {remede}")
        self.fichier, self.constat, self.remede = fichier, constat, remede


class ServeurArrete(ErreurCours):
    """Le serveur Ollama est mort en cours de route : inutile de continuer."""
