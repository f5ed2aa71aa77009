"""Ce dont tout dépend : chemins, erreurs, fichiers, processus, machine, français."""
