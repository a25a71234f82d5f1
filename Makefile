# Every target explains itself: make help
PYTHON ?= python3
VENV   ?= .venv
BIN    := $(VENV)/bin
HOST   ?= 127.0.0.1
PORT   ?= 8000
PIP    := $(BIN)/python -m pip install --quiet --disable-pip-version-check --constraint constraints.txt

.DEFAULT_GOAL := help
.PHONY: help run test thorough lint bench browser screenshots translations train clean

help: ## list the targets
	@awk -F':.*## ' '/^[a-z-]+:.*## /{printf "  make %-13s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

run: $(VENV)/.run ## make .venv, install, and start feedhub on http://127.0.0.1:8000
	$(BIN)/feedhub serve --host $(HOST) --port $(PORT)

test: $(VENV)/.dev ## run the default tests; say what was left out and why
	$(BIN)/python -m pytest -n auto --dist worksteal

lint: $(VENV)/.dev ## ruff and mypy --strict
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

browser: $(VENV)/.dev ## drive Chromium through the pages (the default tests do it too where Chromium is installed)
	$(BIN)/python -m pytest -m browser

thorough: $(VENV)/.dev ## the long forms of tests that the default run does in short
	$(BIN)/python -m pytest -n auto --dist worksteal -m thorough

bench: $(VENV)/.dev ## measure side by side; prints ratios
	$(BIN)/python -m benchmarks

screenshots: $(VENV)/.dev ## photograph every kind of page, full and empty, into screenshots/
	$(BIN)/python -m tools.screenshots screenshots

translations: $(VENV)/.dev ## collect the words of the interface into feedhub/web/translations; then translate what is empty
	$(BIN)/python tools/translations.py

train: $(VENV)/.dev ## learn the detector's weights from tests/corpus again; the same corpus gives the same file
	$(BIN)/python tools/train_roles.py
	$(BIN)/python tools/train_detector.py

clean: ## remove what these targets made
	rm -rf $(VENV) .pytest_cache .mypy_cache .ruff_cache dist build

$(VENV)/bin/python:
	$(PYTHON) -m venv $(VENV)

$(VENV)/.run: pyproject.toml constraints.txt | $(VENV)/bin/python
	@echo "Installing feedhub into $(VENV) (about a minute the first time) …"
	@$(PIP) --editable .
	@touch $@

$(VENV)/.dev: pyproject.toml constraints.txt | $(VENV)/bin/python
	@echo "Installing feedhub and its tests into $(VENV) (a minute or two the first time) …"
	@$(PIP) --editable '.[dev]'
	@touch $@ $(VENV)/.run
