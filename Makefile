# `make help` says what each target does.
SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
bin := .venv/bin

.PHONY: help demo test lint format docs e2e fuzz bench lock clean venv

help: ## List the targets
	@sed -n 's/^\([a-z0-9]*\):.*## /\1\t/p' $(MAKEFILE_LIST) | expand -t 10

demo: venv ## Run a report end to end against an emulated Entra and Exchange, on tokens that live 15 s
	@PWSH="$$(tools/pwsh)" && export PWSH && exec $(bin)/python -m demo

test: venv ## Run every test but the end-to-end ones, with a real pwsh
	@PWSH="$$(tools/pwsh)" && export PWSH && exec $(bin)/pytest -m 'not e2e and not bench' -n auto --cov --cov-report=term $(ARGS)

lint: venv ## Check format, lint, types and layers; changes nothing
	$(bin)/ruff format --check .
	$(bin)/ruff check .
	$(bin)/mypy
	$(bin)/lint-imports

format: venv ## Put the source in its format and fix what the linter can fix
	$(bin)/ruff format .
	$(bin)/ruff check --fix .

docs: venv ## Write the pages that are made from the code
	$(bin)/python tools/reference.py

e2e: venv ## Run the end-to-end tests: whole programs, as a newcomer starts them, and other people's clients
	@tools/clients
	@PWSH="$$(tools/pwsh)" && export PWSH && exec $(bin)/pytest -m e2e --timeout=600 $(ARGS)

fuzz: venv ## Send emulator and sidecar far more nonsense than `make test` does, and more months
	@$(bin)/pytest --hypothesis-profile=long --timeout=3600 tests/emulator/test_fuzzing.py tests/sidecar/test_fuzzing.py tests/sidecar/test_month.py $(ARGS)
	@tools/fuzz

bench: venv ## Measure; prints the figures that docs/benchmarks.md explains
	@PWSH="$$(tools/pwsh)" && export PWSH && exec $(bin)/pytest -m bench -s --timeout=600 $(ARGS)

lock: ## Pin every dependency anew in requirements/ (needs uv)
	tools/lock

clean: ## Remove what a checkout made for itself
	rm -rf .venv .tools .coverage* .mypy_cache .pytest_cache .ruff_cache .hypothesis .import_linter_cache demo-output

venv:
	@tools/venv
