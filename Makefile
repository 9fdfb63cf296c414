# Everything you do with Baton while working on it. `make` alone explains itself.
# Needs Python 3.11 or newer and make; all else goes into .venv.

PYTHON ?=            # the Python to build .venv with; empty: the newest one found
ARGS ?=              # passed on to the tool: make test ARGS="-k reject"
WORKERS ?= 2         # how many processes run the tests

VENV := .venv
BIN := $(VENV)/bin
PIP_INSTALL := $(BIN)/python -m pip install -qq --disable-pip-version-check --no-input
PIP_COMPILE := CUSTOM_COMPILE_COMMAND="make requirements" $(BIN)/pip-compile --quiet \
	--strip-extras --no-annotate --no-emit-index-url --no-emit-trusted-host \
	--no-emit-find-links --no-emit-options

.DEFAULT_GOAL := help
.NOTPARALLEL:
.DELETE_ON_ERROR:

.PHONY: help
help: ## Show this list
	@printf 'Baton passes qualified leads from marketing to sales in chat.\n\n'
	@awk -F ':[^#]*## ' '/^[a-z][a-z-]*:.*## / { printf "  make %-14s%s\n", $$1, $$2 }' $(firstword $(MAKEFILE_LIST))
	@printf '\nPass options on with ARGS, as in: make test ARGS="-k reject"\n'

.PHONY: demo
demo: $(VENV)/run.stamp ## Try Baton with made-up leads in your browser; needs no account
	@$(BIN)/python app.py demo $(ARGS)

.PHONY: demo-teams
demo-teams: $(VENV)/run.stamp ## The same in a Teams-like page; needs Node.js, and no account
	@$(BIN)/python app.py demo-teams $(ARGS)

.PHONY: run
run: $(VENV)/run.stamp ## Serve the chats and incoming leads, as set in .env
	@$(BIN)/python app.py serve $(ARGS)

.PHONY: test
test: $(VENV)/dev.stamp ## Run the tests; ARGS="-k reject" picks some
	$(BIN)/pytest -n $(strip $(WORKERS)) $(ARGS)

.PHONY: lint
lint: $(VENV)/dev.stamp ## Check style, types and who imports whom
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy
	$(BIN)/lint-imports --no-logo

.PHONY: format
format: $(VENV)/dev.stamp ## Put the code into the house style
	$(BIN)/ruff check --fix
	$(BIN)/ruff format

.PHONY: bench
bench: $(VENV)/dev.stamp ## Measure speed and memory
	@$(BIN)/python -m bench $(ARGS)

.PHONY: requirements
requirements: $(VENV)/dev.stamp ## Pin the dependencies again; ARGS=--upgrade takes newer ones
	$(PIP_COMPILE) $(ARGS) --output-file requirements.txt requirements.in
	$(PIP_COMPILE) $(ARGS) --output-file requirements-dev.txt requirements-dev.in

.PHONY: clean
clean: ## Remove caches and leftovers, but neither .venv nor your data
	rm -rf .pytest_cache .mypy_cache .ruff_cache .hypothesis .import_linter_cache test-results
	find . -path ./$(VENV) -prune -o -type d -name __pycache__ -exec rm -rf {} +

# Each stamp says which pinned file .venv was last filled from, so that nothing is
# installed twice. What developers need includes what running needs.
$(VENV)/run.stamp: requirements.txt | $(BIN)/python
	@[ ! -e $(VENV)/run.stamp ] || echo "Updating Baton's own Python environment…"
	@$(PIP_INSTALL) -r $<
	@touch $@

$(VENV)/dev.stamp: requirements-dev.txt requirements.txt | $(BIN)/python
	@[ ! -e $(VENV)/run.stamp ] || echo "Updating Baton's own Python environment…"
	@$(PIP_INSTALL) -r $<
	@touch $(VENV)/run.stamp $@

# Debian splits venv from Python, so a Python counts only if it can make one.
$(BIN)/python:
	@recent=; for python in $(or $(strip $(PYTHON)),python3.13 python3.12 python3.11 python3); do \
	  "$$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || continue; \
	  recent="$$python"; \
	  "$$python" -c 'import ensurepip, venv' 2>/dev/null || continue; \
	  echo "Setting up Baton's own Python environment (once, about a minute)…"; \
	  "$$python" -m venv --clear $(VENV) && exit 0; \
	  rm -rf $(VENV); exit 1; \
	done; \
	if [ -n "$$recent" ]; then \
	  echo "$$recent cannot make virtual environments. On Debian or Ubuntu: apt install python3-venv" >&2; \
	else \
	  echo "Baton needs Python 3.11 or newer; none was found. Name one with: make PYTHON=/path/to/python3" >&2; \
	fi; \
	exit 1
