# Zhike. `make help` lists what can be done here; every target sets itself up.

SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help
MAKEFLAGS += --no-builtin-rules

# The interpreter that builds the environment; `make env PYTHON=/path/to/python3.12` chooses another.
PYTHON ?= $(firstword $(shell for p in python3 python3.14 python3.13 python3.12 python3.11; do \
	"$$p" -c 'import sys; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1 && echo "$$p"; done))
VENV := .venv
PY := $(VENV)/bin/python
export UV_PYTHON_DOWNLOADS := never
export PYTHONDONTWRITEBYTECODE :=
# Extra arguments: `make test ARGS="-k lifecycle"`, `make bench ARGS=rfm`.
ARGS ?=

.PHONY: help
help: ## Show this list
	@grep -hE '^[a-z][a-z-]*:.*## ' $(MAKEFILE_LIST) | sed -E 's/:[^#]*## /\t/' | awk -F'\t' '{printf "  make %-14s %s\n", $$1, $$2}'

# --- environment -----------------------------------------------------------------------------------

.PHONY: env
env: $(VENV)/.stamp-dev assets ## Build .venv and the front-end assets (a second call is instant)

$(VENV)/.stamp-dev: requirements/bootstrap.txt requirements/dev.txt requirements/node.txt tools/environment.sh
	@PYTHON="$(PYTHON)" bash tools/environment.sh dev

# `make demo` needs no linters or test tools, so it installs the shorter list.
$(VENV)/.stamp-runtime: requirements/bootstrap.txt requirements/runtime.txt requirements/node.txt tools/environment.sh
	@PYTHON="$(PYTHON)" bash tools/environment.sh runtime

.PHONY: lock
lock: $(VENV)/.stamp-dev ## Recompute requirements/*.txt from requirements/*.in
	@bash tools/lock.sh

# --- assets ----------------------------------------------------------------------------------------

.PHONY: assets
assets: $(VENV)/.stamp-runtime ## Build CSS, JavaScript, icons, fonts and compiled translations where inputs changed
	@$(PY) tools/assets.py
	@$(PY) tools/messages.py compile

# --- running ---------------------------------------------------------------------------------------

.PHONY: demo
demo: $(VENV)/.stamp-runtime assets ## Start the sample company; prints the address and one login per post
	@exec $(VENV)/bin/zhike demo $(ARGS)

# --- checking --------------------------------------------------------------------------------------

.PHONY: test
test: $(VENV)/.stamp-dev assets ## Fast tests on SQLite and PostgreSQL, and browser tests where Chromium is
	@$(PY) tools/run_tests.py fast $(ARGS)

.PHONY: test-slow
test-slow: $(VENV)/.stamp-dev assets ## The tests that `make test` leaves out for their length
	@$(PY) tools/run_tests.py slow $(ARGS)

.PHONY: lint
lint: $(VENV)/.stamp-dev assets ## Style, types, import contracts, translations, licences, missing migrations
	@$(PY) tools/lint.py $(ARGS)

.PHONY: bars
bars: $(VENV)/.stamp-dev assets ## The long proofs: large kills, many examples, big simulations (by hand)
	@ZHIKE_BARS=1 $(PY) tools/run_tests.py bars $(ARGS)

.PHONY: bench
bench: $(VENV)/.stamp-dev assets ## Run the benchmarks behind the figures in the documentation
	@$(PY) tools/run_bench.py $(ARGS)

.PHONY: docs
docs: $(VENV)/.stamp-dev assets ## Write the reference pages that are made from the code
	@$(PY) tools/docs.py

.PHONY: screenshots
screenshots: $(VENV)/.stamp-dev assets ## Photograph the screens of the sample company
	@$(PY) tools/screenshots.py $(ARGS)

# --- packaging and tidying -------------------------------------------------------------------------

.PHONY: wheel
wheel: $(VENV)/.stamp-dev assets ## Build the wheel and the source archive into dist/
	@rm -rf dist
	@.uv/bin/uv build --quiet --out-dir dist .
	@ls -l dist

.PHONY: clean
clean: ## Remove what the build made (not .venv, not var/)
	@[ ! -x $(PY) ] || $(PY) tools/pg.py stop
	@rm -rf build dist .artifacts test-results .pytest_cache .mypy_cache .ruff_cache .import_linter_cache .hypothesis
	@rm -rf frontend/node_modules src/zhike/interfaces/web/static/vendor src/zhike/static_root src/zhike/insight/assets/fonts
	@find src tests tools bench -name __pycache__ -type d -prune -exec rm -rf {} +
	@find src -name '*.mo' -delete

.PHONY: distclean
distclean: clean ## Remove the environment too
	@rm -rf $(VENV) .uv
