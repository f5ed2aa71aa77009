"""Les contrôles sans modèle : pages, registre, tests, français."""
