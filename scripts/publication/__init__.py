"""Ce que le site montre : fragments, téléchargements, crochets de mkdocs."""
