"""Exécuter un programme de leçon comme un lecteur, et observer ce qu'il fait."""
