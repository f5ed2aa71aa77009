"""L'expérience du module 9 : la mener, lire ses résultats."""
