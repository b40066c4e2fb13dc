# Every target makes what it needs: a .venv, the packages, the browser side, a browser for the tests.
.DEFAULT_GOAL := help
.PHONY: help demo test unit ui lint format api bench docs clean install

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PY := $(BIN)/python
STAMPS := $(VENV)/.stamps
NPM := PATH="$(CURDIR)/$(BIN):$$PATH" npm
export PIP_DISABLE_PIP_VERSION_CHECK := 1
export PYTHONWARNINGS :=

help:  ## Show what there is to do
	@awk -F':.*## ' '/^[a-z]+:.*## /{printf "  make %-9s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

$(STAMPS)/venv:
	$(PYTHON) -c 'import sys; sys.exit("Python 3.10 or newer is needed: make PYTHON=python3.x") if sys.version_info < (3, 10) else 0'
	$(PYTHON) -m venv $(VENV)
	$(PY) -m pip install --quiet --upgrade pip
	@mkdir -p $(STAMPS) && touch $@

# An editable install builds the browser side too, with the Node.js that comes as a build requirement.
$(STAMPS)/install: $(STAMPS)/venv pyproject.toml package.json package-lock.json
	$(PY) -m pip install --quiet --editable '.[test]'
	@touch $@

# torch is asked for by version range, apart: the demo and the serving tests need it, the server never imports it.
$(STAMPS)/torch: $(STAMPS)/install
	$(PY) -m pip install --quiet --editable '.[torch]'
	@touch $@

$(STAMPS)/node: $(STAMPS)/install
	$(NPM) ci --no-audit --no-fund --loglevel=error
	@touch $@

FRONTEND := $(shell find src labextension/schema labextension/style -type f 2>/dev/null) package.json tsconfig.json
$(STAMPS)/build: $(STAMPS)/node $(FRONTEND)
	$(NPM) run --silent build
	$(BIN)/jupyter-builder develop --overwrite . >/dev/null
	@touch $@

$(STAMPS)/browser: $(STAMPS)/install
	$(PY) tests/ui/install_browser.py
	@touch $@

install: $(STAMPS)/install  ## Make the .venv with the extension in it

demo: $(STAMPS)/install  ## Run the whole road: train, register, deploy, predict; then open the pages
	$(PY) -m jupyter_crispdm demo $(ARGS)

lint: $(STAMPS)/node  ## Types, style, rooms and generated files
	$(BIN)/ruff check .
	$(BIN)/mypy jupyter_crispdm tests benchmarks
	$(BIN)/lint-imports
	$(NPM) run --silent lint

unit: $(STAMPS)/torch  ## The quick tests
	$(PY) -m pytest tests/unit -q -n 2

ui: $(STAMPS)/torch $(STAMPS)/build $(STAMPS)/browser  ## The tests that drive real pages
	$(PY) -m pytest tests/ui -q

test: $(STAMPS)/torch $(STAMPS)/build $(STAMPS)/browser lint  ## Everything
	$(NPM) run --silent test
	$(PY) -m pytest tests -q

api: $(STAMPS)/node  ## Write the OpenAPI document and the browser's types anew
	$(PY) docs/reference/generate.py
	$(NPM) run --silent api

format: $(STAMPS)/node  ## Put Python and TypeScript into shape
	$(BIN)/ruff check --fix-only .
	$(NPM) run --silent format

bench: $(STAMPS)/torch  ## Measure against floors and peers
	@for file in benchmarks/bench_*.py; do echo "== $$file"; $(PY) $$file || exit 1; done

docs: $(STAMPS)/install  ## Write the reference pages
	$(PY) docs/reference/generate.py

clean:  ## Remove all that was made
	rm -rf $(VENV) node_modules lib labextension/dist build dist *.tsbuildinfo
