# Chaque cible crée d'abord ce qui lui manque. `make` seul affiche cette liste.
PYTHON ?= $(shell for p in python3 python3.11 python3.12 python3.13 python; do \
	$$p -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo $$p && break; done)
PYTHON := $(or $(PYTHON),python3)
OUTILS := .venv/bin/python -m scripts
export NO_MKDOCS_2_WARNING = 1

.DEFAULT_GOAL := aide
.PHONY: aide site serve test test-complet verifier enregistrer ollama modeles chez-moi experience documents kit pdf lint mots zensical bench verrous env-site env-dev

aide: ## affiche cette liste
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-13s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

env-site:
	@command -v "$(PYTHON)" >/dev/null || { echo "Échec : Python est introuvable. Installez Python 3.11 ou plus récent, puis relancez." >&2; exit 1; }
	@"$(PYTHON)" scripts/outillage/amorce.py site

env-dev:
	@command -v "$(PYTHON)" >/dev/null || { echo "Échec : Python est introuvable. Installez Python 3.11 ou plus récent, puis relancez." >&2; exit 1; }
	@"$(PYTHON)" scripts/outillage/amorce.py dev

site: env-site ## construit le site et dit où il est
	@$(OUTILS) site

serve: env-site ## ouvre le site avec rechargement automatique (PORT=8001 pour un autre port)
	@$(OUTILS) servir $(if $(PORT),--port $(PORT))

test: env-dev ## contrôle, rejoue les leçons sur leurs preuves, en exécute quelques-unes (BUDGET=5 minutes)
	@$(OUTILS) tester

test-complet: env-dev ## exécute toutes les leçons, comme enregistrées ; reprend si on l'interrompt (LIMITE=80 minutes)
	@$(OUTILS) tester --complet

verifier: env-site ## contrôles rapides, sans modèle : enregistrements, pages, carnets
	@$(OUTILS) verifier

enregistrer: env-dev ## réenregistre ce qui a changé (MODULE=2 pour un seul module, TOUT=1 même ce qui n'a pas changé)
	@$(OUTILS) enregistrer $(if $(MODULE),--module $(MODULE)) $(if $(TOUT),--tout)

ollama: env-dev ## démarre l'Ollama privé et affiche comment s'en servir
	@$(OUTILS) ollama

modeles: env-dev ## liste les modèles : nom, taille, licence, empreinte, état
	@$(OUTILS) modeles --liste

chez-moi: env-dev ## met les modèles du cours dans votre Ollama ; sans internet, ceux que le cache a déjà
	@$(OUTILS) modeles --tous --chez-moi

experience: env-dev ## refait l'expérience du module 9, avec reprise (une heure et demie avec bfloat16)
	@$(OUTILS) experience

documents: env-dev ## recompose les PDF d'Orvelune à partir de leurs sources
	@$(OUTILS) documents

kit: env-site ## le cours hors connexion, dans un seul zip (produits/)
	@$(OUTILS) kit

pdf: env-dev ## le cours en un PDF, par Chromium (produits/)
	@$(OUTILS) pdf

lint: env-dev ## style et types du code, orthographe et typographie du français
	@$(OUTILS) lint

mots: env-dev ## complète docs/mots.txt, la liste des mots du cours, à relire ensuite
	@$(OUTILS) mots

zensical: env-dev ## construit aussi le site avec Zensical et liste ce qui diffère
	@$(OUTILS) zensical

bench: env-dev ## mesure les performances et enregistre le tableau
	@$(OUTILS) bench

verrous: env-dev ## recalcule les fichiers de verrous/ à partir de pyproject.toml
	@$(OUTILS) verrous
