"""Ce que sont les leçons : pages, programmes, sections, modèles déclarés, registre."""
