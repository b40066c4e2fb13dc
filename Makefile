# Every target makes what it needs: a .venv, the packages, the browser side, a browser for the tests.
.DEFAULT_GOAL := help
.PHONY: help demo test test-ray test-ray-serve test-slurm test-mlflow streams uploads serving unit ui lint format api bench pictures states docs clean install

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PY := $(BIN)/python
STAMPS := $(VENV)/.stamps
LINKED := $(VENV)/share/jupyter/labextensions/jupyter-crispdm
NPM := PATH="$(CURDIR)/$(BIN):$$PATH" npm
CHECK_PYTHON = @$(PYTHON) -c 'import sys; sys.exit("Python 3.10 or newer is needed: make PYTHON=python3.x") if sys.version_info < (3, 10) else 0'
SAY := $(PYTHON) scripts/progress.py
export PIP_DISABLE_PIP_VERSION_CHECK := 1
export PYTHONWARNINGS :=

help:  ## Show what there is to do
	@awk -F':.*## ' '/^[a-z-]+:.*## /{printf "  make %-10s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

$(STAMPS)/venv:
	$(CHECK_PYTHON)
	@$(SAY) "Making $(VENV)" -- $(PYTHON) -m venv $(VENV)
	@$(SAY) "Updating pip" -- $(PY) -m pip install --upgrade pip
	@mkdir -p $(STAMPS) && touch $@

# The build of the package builds the browser side as well, with the Node.js that is one of its build requirements.
# What a former build linked goes first: pip, removing the old version, would reach through the link and empty its target.
$(STAMPS)/install: $(STAMPS)/venv pyproject.toml package.json package-lock.json
	rm -rf $(LINKED)
	@$(SAY) "Installing the package and building its browser side" -- $(PY) -m pip install -v --editable .
	@touch $@

$(STAMPS)/dev: $(STAMPS)/install
	rm -rf $(LINKED)
	@SKIP_JUPYTER_BUILDER=1 $(SAY) "Installing what the tests need" -- $(PY) -m pip install -v --editable '.[test,torch]'
	@touch $@

FRONTEND := $(shell find src labextension/schema labextension/style -type f 2>/dev/null) package.json tsconfig.json
$(STAMPS)/build: $(STAMPS)/dev $(FRONTEND)
	@PATH="$(CURDIR)/$(BIN):$$PATH" $(SAY) "Building the browser side" -- npm run build
	rm -rf $(LINKED) && mkdir -p $(dir $(LINKED)) && ln -s $(CURDIR)/labextension/dist $(LINKED)
	@touch $@

$(STAMPS)/browser: $(STAMPS)/dev
	@$(SAY) "Looking for a browser for the tests" -- $(PY) tests/ui/install_browser.py
	@touch $@

$(STAMPS)/brokers: $(STAMPS)/dev tests/brokers/install.py
	@$(SAY) "Looking for mosquitto, redis-server and nginx for the tests" -- $(PY) -m tests.brokers.install
	@touch $@

install: $(STAMPS)/install  ## Make the .venv with the extension in it

# The demo runs what a user installs, built from a copy of the sources in an environment of its own: so nothing that
# the tests build beside it reaches its pages.
DEMO := $(VENV)/demo
DEMO_SOURCE := $(VENV)/demo-source
PARTS := jupyter_crispdm labextension notebooks src package.json package-lock.json pyproject.toml hatch_build.py \
	setup.py tsconfig.json README.md LICENSE
$(STAMPS)/demo: $(shell find jupyter_crispdm notebooks labextension/server-config -type f -not -name '*.pyc' 2>/dev/null) \
		$(FRONTEND) pyproject.toml package-lock.json hatch_build.py
	$(CHECK_PYTHON)
	@test -x $(DEMO)/bin/python || $(SAY) "Making $(DEMO)" -- $(PYTHON) -m venv $(DEMO)
	@rm -rf $(DEMO_SOURCE) && mkdir -p $(DEMO_SOURCE) && cp -R $(PARTS) $(DEMO_SOURCE) && rm -rf $(DEMO_SOURCE)/labextension/dist
	@$(SAY) "Installing the package and building its browser side" -- $(DEMO)/bin/python -m pip install -v ./$(DEMO_SOURCE)
	@rm -rf $(DEMO_SOURCE) && mkdir -p $(STAMPS) && touch $@

demo: $(STAMPS)/demo  ## Run the whole road: train, register, deploy, predict; then open the pages
	@$(DEMO)/bin/python -m jupyter_crispdm demo $(ARGS)

lint: $(STAMPS)/dev  ## Types, style, rooms and generated files
	$(BIN)/ruff check .
	$(BIN)/mypy jupyter_crispdm tests benchmarks scripts docs/reference/generate.py
	$(BIN)/lint-imports
	$(NPM) run --silent lint

unit: $(STAMPS)/dev $(STAMPS)/brokers  ## The quick tests
	$(PY) -m pytest tests/unit -q -n 2

ui: $(STAMPS)/build $(STAMPS)/browser  ## The tests that drive real pages
	$(PY) -m pytest tests/ui -q

# Tools change their ways on a CI machine: so they do the same here.
test: export CI := true
test: $(STAMPS)/build $(STAMPS)/browser $(STAMPS)/brokers lint  ## Everything
	$(NPM) run --silent test
	$(PY) -m pytest tests -q --ignore=tests/ui -n 2 --dist loadfile
	$(PY) -m pytest tests/ui -q

# Ray needs no place in our own environment. The machines of its cluster, and the tests with them, live in namespaces
# of their own, for which no root is needed; whatever was started in there ends with it.
RAY := $(VENV)/ray
$(STAMPS)/ray: $(STAMPS)/dev
	$(PYTHON) -m venv $(RAY)
	$(RAY)/bin/python -m pip install --quiet 'ray[default,serve]>=2.52'
	@touch $@

test-ray: $(STAMPS)/ray  ## The executor tests on a real Ray of two machines, which is started for them
	CRISPDM_TEST_EXECUTOR=ray CRISPDM_TEST_RAY=$(CURDIR)/$(RAY)/bin/ray \
	unshare --user --map-root-user --net --pid --mount --fork --kill-child --mount-proc \
		$(PY) -m pytest tests/executors -q

test-ray-serve: $(STAMPS)/ray  ## A model on a real Ray Serve of two machines, while replicas and machines are killed
	CRISPDM_TEST_RAY_SERVE=$(CURDIR)/$(RAY)/bin/ray \
	unshare --user --map-root-user --net --pid --mount --fork --kill-child --mount-proc \
		$(PY) -m pytest tests/clusters -q

test-slurm: $(STAMPS)/dev  ## The executor tests on a real SLURM of one node, which is started for them
	$(PY) -m tests.executors.install_slurm
	CRISPDM_TEST_EXECUTOR=slurm $(PY) -m pytest tests/executors -q

# Our server needs no MLflow to push runs to one, and MLflow asks for packages that we do not: it has a place of its own.
MLFLOW := $(VENV)/mlflow
$(STAMPS)/mlflow: $(STAMPS)/dev
	$(PYTHON) -m venv $(MLFLOW)
	$(MLFLOW)/bin/python -m pip install --quiet 'mlflow>=3'
	@touch $@

test-mlflow: $(STAMPS)/mlflow  ## Runs pushed to a real MLflow server, which is started for them
	CRISPDM_TEST_MLFLOW=$(CURDIR)/$(MLFLOW)/bin/python $(PY) -m pytest tests/trackers -q

uploads: $(STAMPS)/build  ## 300 MiB by three clients through cut lines and a killed server; then 300 MiB and 2 GB measured
	CRISPDM_TEST_UPLOAD_MIB=300 $(PY) -m pytest tests/server/uploads/test_clients.py -q
	$(PY) -m benchmarks.bench_uploads

streams: $(STAMPS)/build $(STAMPS)/brokers  ## 5,000 samples a second for five minutes while collector, broker and server are killed
	$(PY) -m tests.streams.endurance

serving: $(STAMPS)/dev  ## Ten minutes of predictions while workers, front and server are killed and an alias is switched
	CRISPDM_TEST_SERVING_SECONDS=600 $(PY) -m pytest tests/server/serving/test_no_answer_lost.py -q -s

fuzz: $(STAMPS)/dev  ## Many new examples for every property and route; what is found becomes a test of its own
	CRISPDM_TEST_EXAMPLES=fuzz $(PY) -m pytest tests/unit -m hypothesis -q -n 2
	CRISPDM_TEST_EXAMPLES=fuzz $(PY) -m pytest tests/server/contract -q -n 2

api: $(STAMPS)/dev  ## Write the OpenAPI document and the browser's types anew
	$(PY) docs/reference/generate.py
	$(NPM) run --silent api

format: $(STAMPS)/dev  ## Put Python and TypeScript into shape
	$(BIN)/ruff check --fix-only .
	$(NPM) run --silent format

bench: $(STAMPS)/dev  ## Measure against floors and peers
	@for file in benchmarks/bench_*.py; do echo "== $$file"; $(PY) -m benchmarks.$$(basename $$file .py) || exit 1; done

pictures: $(STAMPS)/build $(STAMPS)/browser  ## Take the pictures of README and docs anew, from the real demo
	@$(PY) -m scripts.pictures

states: $(STAMPS)/dev $(STAMPS)/browser  ## Take a picture of every view in every state; VIEWS="log curves" takes some
	@$(PY) -m scripts.states $(VIEWS)

docs: $(STAMPS)/install  ## Write the reference pages
	$(PY) docs/reference/generate.py

clean:  ## Remove all that was made
	rm -rf $(VENV) node_modules lib labextension/dist build dist *.tsbuildinfo
