# Every target sets up what it needs: a virtual environment in .venv, nothing outside the checkout but ~/.cache/akashpy.
SHELL := /bin/bash
.DEFAULT_GOAL := help
PYTHON ?= $(shell command -v python3.11 || command -v python3)
VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.installed
export PYTHONPATH := $(CURDIR)
export PIP_DISABLE_PIP_VERSION_CHECK := 1

.PHONY: help setup demo test fast soak check proto bench docs clean

help: ## this list
	@echo "akashpy: a compute marketplace that speaks Akash"; echo
	@awk -F ':.*## ' '/^[a-z]+:.*## / {printf "  make %-8s %s\n", $$1, $$2}' $(MAKEFILE_LIST); echo
	@echo "  make test PART=sdl|chain|stories|cometbft|kubernetes|docker|gateway|people"

setup: $(STAMP) ## the virtual environment with everything the other targets use

$(STAMP): setup.cfg pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
	  || { echo "make: Python 3.11 or newer is needed; set PYTHON=/path/to/python3.11" >&2; exit 1; }
	@test -x $(BIN)/python || { echo "setting up $(VENV) ..."; $(PYTHON) -m venv $(VENV); }
	@echo "installing akashpy and its tools into $(VENV) ..."
	@$(BIN)/python -m pip install --quiet --editable '.[dev]'
	@touch $@

demo: $(STAMP) ## the whole life of a deployment: chain, three providers, bids, a served page, payment, close (CONSENSUS=cometbft: under CometBFT)
	@CONSENSUS=$(CONSENSUS) $(BIN)/python examples/00-demo/demo.py $(ARGS)

test: $(STAMP) ## every test this machine can run (PART=name for one part)
	@$(BIN)/python tests/run.py $(PART)

fast: $(STAMP) ## the tests for every commit: under five minutes, no Go, no root
	@$(BIN)/python tests/run.py --fast

soak: $(STAMP) ## the long runs
	@$(BIN)/python tests/run.py --soak

check: $(STAMP) ## ruff, mypy --strict, import arrows, generated code
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check --quiet . || { echo "run: $(BIN)/ruff format ." >&2; exit 1; }
	@$(BIN)/mypy
	@$(BIN)/lint-imports --no-cache
	@$(BIN)/python proto/generate.py --check

proto: $(STAMP) ## regenerate akashpy/proto from proto/
	@$(BIN)/python proto/generate.py

bench: $(STAMP) ## measure, print a table, write docs/benchmarks.md
	@$(BIN)/python tests/bench/run.py $(ARGS)

docs: $(STAMP) ## regenerate the tables in docs/ that come from the code
	@$(BIN)/python tests/tables.py

clean: ## remove what the other targets made in the checkout
	@rm -rf $(VENV) build dist *.egg-info .mypy_cache .ruff_cache .pytest_cache .hypothesis
	@find . -name __pycache__ -type d -prune -exec rm -rf {} +
