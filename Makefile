# What a newcomer needs is `make serve` and `make test`; `make help` lists the rest.
PYTHON ?= python3
STORE ?= postgres
PORT ?= 8000
VENV := .venv
BIN := $(VENV)/bin

.DEFAULT_GOAL := help
.PHONY: help serve test check proof format bench data docs pins installed-serve installed-dev

help: ## Show what can be made
	@grep -E '^[a-z]+:.*##' Makefile | sed -E 's/^([a-z]+):.*## /  \1\t/' | expand -t 12

serve: installed-serve ## Start the exchange on 127.0.0.1:8000, with a demo the first time
	@exec $(BIN)/ece serve --store $(STORE) --port $(PORT) --demo --stop-with-parent

test: installed-dev ## Run the whole suite, on memory and on a real PostgreSQL
	$(BIN)/pytest -n auto --dist worksteal

check: installed-dev ## Format, lint, types, imports, dependencies, docs
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/mypy tests/architecture/typing_ports.py
	$(BIN)/lint-imports --no-cache
	$(BIN)/slotscheck -m ece_domain
	$(BIN)/deptry .
	$(BIN)/zensical build --clean --strict

proof: installed-dev ## Try for an hour to break it, and write docs/proof/latest.md
	$(BIN)/python -m tests.proof

format: installed-dev ## Put the code into shape
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

bench: installed-dev ## Measure the speed goals, as ratios within one run
	$(BIN)/python -m benchmarks

data: ## Fetch the real card packages into data/
	@mkdir -p data
	cd data && npm pack --silent @flesh-and-blood/cards@3.8.6 pokemon-tcg-pocket-database@2.6.1

docs: installed-dev ## Build the documentation into site/
	$(BIN)/zensical build --clean --strict

pins: installed-dev ## Choose new versions of all that is installed
	$(BIN)/uv pip compile -q --universal --python-version 3.11 --upgrade --generate-hashes --no-emit-index-url --no-header --no-annotate pyproject.toml --extra cli --extra embedded --extra build -o requirements/serve.txt
	$(BIN)/uv pip compile -q --universal --python-version 3.11 --upgrade --generate-hashes --no-emit-index-url --no-header --no-annotate pyproject.toml --extra dev --extra build -c requirements/serve.txt -o requirements/dev.txt

# One environment serves both: the second set only adds to the first. "given" says that somebody chose PYTHON.
installed-serve installed-dev: installed-%:
	@sh requirements/install.sh $* "$(PYTHON)" $(if $(filter file,$(origin PYTHON)),,given)
