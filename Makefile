# `make run` and `make test` do all the set-up on a fresh machine. CI runs `make check` and `make test`.

PYTHON ?= python3
VENV ?= .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check --quiet

# A stamp is newer than what it was installed from, so that nothing is installed twice.
INSTALLED := $(VENV)/.installed
INSTALLED_DEV := $(VENV)/.installed-dev
SOURCES := pyproject.toml constraints.txt

.DEFAULT_GOAL := help
.PHONY: help run test backends check format bench pictures translations clean

help:
	@echo "make run     install, then open the demo project in the window (without a display: run the loop headless)"
	@echo "make test    install what tests need, then run them"
	@echo "make backends  run the tests of what computes under each other backend that is installed"
	@echo "make check   ruff, format, mypy --strict, import-linter"
	@echo "make format  let ruff format and mend what it can"
	@echo "make bench   run the benchmarks"
	@echo "make pictures  make the pictures of docs/images anew (needs Xvfb)"
	@echo "make translations  bring the languages up to the code; ADD=de begins another one"

$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
		|| { echo "HistoViewer needs Python 3.11 or newer: make PYTHON=/path/to/python3.11"; exit 1; }
	$(PYTHON) -m venv $(VENV) || { rm -rf $(VENV); exit 1; }

$(INSTALLED): $(SOURCES) | $(BIN)/python
	@echo "Installing HistoViewer and its libraries: about 2 GB, some minutes the first time."
	$(PIP) install --constraint constraints.txt --editable .
	@touch $@

$(INSTALLED_DEV): $(SOURCES) | $(BIN)/python
	@echo "Installing HistoViewer, its libraries and tools: about 2 GB, some minutes the first time."
	$(PIP) install --constraint constraints.txt --editable '.[dev]'
	@touch $(INSTALLED) $@

run: $(INSTALLED)
	@if [ "$$(uname -s)" = Linux ] && [ -z "$$DISPLAY$$WAYLAND_DISPLAY" ]; then \
		echo "No display: running the loop of the demo without a window."; \
		exec $(BIN)/histoviewer demo --no-window; \
	else \
		exec $(BIN)/histoviewer demo; \
	fi

# A file's tests stay in one process: they share what is dear to make, such as a trained model. In the
# order of their names: pytest-xdist would leave files of few tests to the end, whose tests are long.
test: $(INSTALLED_DEV)
	$(BIN)/python -m pytest --numprocesses auto --dist loadfile --no-loadscope-reorder -m "not backend"

# Some minutes for each: CI leaves it at the tests that compute on several devices under jax.
backends: $(INSTALLED_DEV)
	$(BIN)/python -m pytest -m backend

check: $(INSTALLED_DEV)
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy --strict
	$(BIN)/lint-imports

format: $(INSTALLED_DEV)
	$(BIN)/ruff check --fix
	$(BIN)/ruff format

bench: $(INSTALLED_DEV)
	$(BIN)/python -m benchmarks

pictures: $(INSTALLED_DEV)
	xvfb-run --auto-servernum --server-args "-screen 0 1600x1000x24" \
		env PYTHONPATH=. $(BIN)/python docs/images/make.py

TEXTS := resources/translations/histoviewer_
LANGUAGES = $(sort $(wildcard $(TEXTS)*.ts) $(ADD:%=$(TEXTS)%.ts))

translations: $(INSTALLED_DEV)
	$(if $(LANGUAGES),,$(error There is no language yet: begin one with `make translations ADD=de`))
	$(BIN)/pyside6-lupdate -extensions py -locations none -source-language en histoviewer -ts $(LANGUAGES)
	$(BIN)/pyside6-lrelease $(LANGUAGES)

clean:
	rm -rf build dist .mypy_cache .pytest_cache .ruff_cache .hypothesis .import_linter_cache
