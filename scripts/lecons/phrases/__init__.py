"""Les phrases calculées : ce que déclare `phrases.toml`, lu dans les sorties enregistrées."""
