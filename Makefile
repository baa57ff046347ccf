# One word per job; CI calls the same words. `make` alone lists them.
PYTHON ?= python3.11
VENV   := .venv
BIN    := $(VENV)/bin
READY  := $(VENV)/.ready
TOOLS  := build/hosts
ARGS   ?=

# Nothing but the registries is asked for anything while setting up.
export PIP_DISABLE_PIP_VERSION_CHECK := 1

.DEFAULT_GOAL := help
.PHONY: help setup demo test hosts check fix format lint types layers bundle drift wheel bench picture lock clean

help: ## show this list
	@awk -F ':.*## ' '/^[a-z]+:.*## / {printf "  make %-8s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

setup: $(READY) ## virtual environment with locked dependencies

$(READY): requirements/dev.lock pyproject.toml
	@command -v $(PYTHON) >/dev/null || { echo "Python 3.11 is needed: $(PYTHON) was not found. Set PYTHON=…"; exit 1; }
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --require-hashes -r requirements/dev.lock
	$(BIN)/python -m pip install --quiet --no-deps --no-build-isolation --editable .
	@touch $@

demo: setup ## the first journey: practice marketplace, saved configuration, List Customers, mapping, buying safely
	@$(BIN)/im-cloud demo

test: setup ## every test but those in real hosts (ARGS='-k name' narrows)
	@$(BIN)/python -m pytest -n 2 $(ARGS)

hosts: setup $(TOOLS)/.ready ## the tests in real hosts: Node-RED in a browser, inspector, linters; needs Node.js 20, Chromium, nginx
	@IM_CLOUD_TEST_HOSTS=needed $(BIN)/python -m pytest -n 2 tests/hosts $(ARGS)

# Other people's programs, by exact version and hash; none of their install scripts runs.
$(TOOLS)/.ready: tests/hosts/package-lock.json
	@command -v npm >/dev/null || { echo "Node.js 20 with npm is needed for the host tests."; exit 1; }
	@mkdir -p $(TOOLS)
	cp tests/hosts/package.json tests/hosts/package-lock.json tests/hosts/.npmrc $(TOOLS)/
	cd $(TOOLS) && npm ci --ignore-scripts --no-audit --no-fund --loglevel=error
	@touch $@

# What only a full run must have: ten times the killed processes, all examples of properties, a PostgreSQL server.
check: export IM_CLOUD_TEST_CRASHES ?= 500
check: export IM_CLOUD_TEST_POSTGRESQL ?= needed
check: export IM_CLOUD_TEST_EXAMPLES ?= all
check: format lint types layers bundle drift test hosts wheel ## everything CI runs; needs PostgreSQL's server programs and what hosts needs

format: setup
	$(BIN)/ruff format --check .

lint: setup
	$(BIN)/ruff check .

types: setup
	$(BIN)/mypy

layers: setup
	$(BIN)/lint-imports

bundle: setup ## check integration.yaml, actions/ and mapping/
	$(BIN)/python -m ingram_micro_cloud.handlers

drift: setup
	$(BIN)/python -m ingram_micro_cloud.manifest drift

fix: setup ## format, safe fixes, generate schema/ and docs/ again
	$(BIN)/ruff check --fix --quiet . || true
	$(BIN)/ruff format --quiet .
	$(BIN)/python -m ingram_micro_cloud.manifest generate

wheel: setup ## build dist/*.whl, from the sdist, and run the contract tests on it in a clean environment
	$(BIN)/python tests/support/wheel_check.py

bench: setup ## measure the ratios of docs/performance.md (ARGS='calls' picks one)
	@$(BIN)/python -m benchmarks $(ARGS)

picture: setup ## draw docs/demo.svg again
	$(BIN)/python docs/record_demo.py

lock: setup ## resolve requirements/*.lock again (needs uv: pip install uv)
	$(BIN)/python -m uv pip compile pyproject.toml --group dev --python-version 3.11 --universal --generate-hashes \
	  --no-emit-index-url --no-header --quiet --output-file requirements/dev.lock
	$(BIN)/python -m uv pip compile pyproject.toml --group test --constraint requirements/dev.lock --python-version 3.11 \
	  --universal --generate-hashes --no-emit-index-url --no-header --quiet --output-file requirements/wheel.lock
	$(BIN)/python -m uv pip compile pyproject.toml --constraint requirements/dev.lock --python-version 3.11 \
	  --universal --generate-hashes --no-emit-index-url --no-header --quiet --output-file requirements/run.lock

clean: ## remove everything that was made here
	rm -rf $(VENV) dist build .pytest_cache .mypy_cache .ruff_cache .hypothesis .import_linter_cache
