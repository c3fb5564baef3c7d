# Everything from a bare clone: each target makes .venv and installs what is missing, then says what it does.
# A stamp file remembers what was installed, so a second run starts at once.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
export PIP_DISABLE_PIP_VERSION_CHECK := 1

.DEFAULT_GOAL := help
.PHONY: help install run test clean

help:
	@echo "make run      set up and start her: http://127.0.0.1:8080 (and Discord, Telegram when .env has their tokens)"
	@echo "make test     set up and run every check and test"
	@echo "make install  set up .venv only"
	@echo "make clean    remove .venv and caches (your data stays)"

$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
		{ echo "Python 3.11 or newer is needed; set PYTHON=/path/to/python3.11"; exit 1; }
	@echo "==> Making a virtual environment in $(VENV)"
	@$(PYTHON) -m venv $(VENV)

$(VENV)/.installed: requirements.txt constraints.txt | $(BIN)/python
	@echo "==> Installing what she needs (requirements.txt); the first time takes a few minutes"
	@$(BIN)/python -m pip install --quiet -r requirements.txt
	@touch $@

$(VENV)/.installed-dev: requirements-dev.txt $(VENV)/.installed
	@echo "==> Installing what the tests need (requirements-dev.txt)"
	@$(BIN)/python -m pip install --quiet -r requirements-dev.txt
	@touch $@

install: $(VENV)/.installed
	@echo "==> Ready: $(BIN)/python run_bot.py --help"

run: $(VENV)/.installed
	@echo "==> Starting Oh-LoRA (Ctrl+C stops her)"
	@$(BIN)/python run_bot.py serve

test: $(VENV)/.installed-dev
	@echo "==> ruff: lint and format"
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@echo "==> mypy (strict)"
	@$(BIN)/mypy
	@echo "==> import-linter: which room may import which"
	@$(BIN)/lint-imports
	@echo "==> pytest"
	@$(BIN)/python -m pytest

clean:
	rm -rf $(VENV) .mypy_cache .ruff_cache .pytest_cache .import_linter_cache
