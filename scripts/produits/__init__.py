"""Ce que l'on emporte : le kit, le PDF, les documents d'Orvelune."""
