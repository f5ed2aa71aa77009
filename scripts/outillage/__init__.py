"""Ce que le dépôt installe pour lui-même : environnements, verrous, paquets npm, navigateur."""
