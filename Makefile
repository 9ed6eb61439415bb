# From a fresh clone: `make run`. Needs Python 3.11 or newer and make; nothing else.
PYTHON ?= $(firstword $(foreach p,python3 python3.13 python3.12 python3.11,$(if $(shell $(p) -c 'import sys; print(sys.version_info >= (3, 11) or "")' 2>/dev/null),$(p))))
BIN := .venv/bin
BOTH := -n 2 --dist loadfile
CSS := src/apothecary/workbench/static/workbench/apothecary.css
CSS_INPUTS := $(shell find src/apothecary/workbench/assets src/apothecary/*/jinja2 -type f 2>/dev/null) $(wildcard src/apothecary/workbench/charts.py)
export PORT DATA
.DEFAULT_GOAL := run
.PHONY: run setup develop tables test test-database check bench docs requirements

run: setup
	@exec $(BIN)/apothecary demo

setup: .venv/installed $(CSS)

# What tests, checks and benchmarks need on top.
develop: .venv/developing $(CSS)

# The tables that every test starts from; who skips this makes them with the first test.
tables: develop
	@$(BIN)/python -m apothecary.config.tests.pattern

# Both cores; a file of tests is one worker's, and a worker that needs a house runs one of its own.
# In parts, since the crash tests want a database server that keeps its word and the others a
# fast one. Of `src` the last takes the browser's files alone: to collect all takes its time again.
# What lives in whole houses goes out in this order: the storm lasts longest, beside all others.
BROWSED = $(shell grep -rlwE --include='test_*.py' 'BROWSER|mark\.browser' src)
LIVED = tests/concurrency/test_storm.py tests/concurrency/test_supply_storm.py tests/concurrency/test_vault_storm.py tests/browser tests/journeys tests/concurrency/test_one_of_many.py
test: develop
	@$(BIN)/pytest $(BOTH) -m "not browser" $(PYTEST) src tests/house
	@$(BIN)/pytest $(BOTH) --no-loadscope-reorder $(PYTEST) $(LIVED)
	@$(BIN)/pytest $(BOTH) -m browser $(PYTEST) $(BROWSED)

# Only what runs SQL of our own, to repeat it on another version: triggers, functions, walls and
# constraints (journal, stock, wires, config), searching and loading drugs, signing on, what only
# one of many may do. What Django writes itself is Django's to prove on each version.
OWN_SQL = $(patsubst %,src/apothecary/%/tests,journal stock wires drugs staff) \
	$(patsubst %,src/apothecary/config/tests/test_%.py,archive binaries health pattern policy postgres session workload) \
	src/apothecary/claims/tests/test_at_once.py \
	src/apothecary/claims/money/tests \
	tests/house/test_walls.py tests/house/test_indexes.py
test-database: develop
	@$(BIN)/pytest $(BOTH) -m "not browser" --needs-database $(OWN_SQL)
	@$(BIN)/pytest --needs-database tests/concurrency/test_one_of_many.py

check: develop
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy
	@MYPYPATH=src:tests $(BIN)/mypy --explicit-package-bases tests benchmarks
	@$(BIN)/lint-imports
	@APOTHECARY_LOG=WARNING $(BIN)/python -W ignore::RuntimeWarning -m django makemigrations --check --dry-run -v0 --settings apothecary.config.settings
	@$(BIN)/python -m apothecary.config.papers --check
	@$(BIN)/pytest tests/house/test_ceilings.py

bench: develop
	@exec $(BIN)/apothecary bench

docs: develop
	@$(BIN)/python -m apothecary.config.papers

.venv/bin/python:
	@test -n "$(PYTHON)" || { echo "Apothecary needs Python 3.11 or newer; set PYTHON=/path/to/it." >&2; exit 2; }
	@if command -v uv >/dev/null; then uv venv -q --allow-existing --no-python-downloads --python "$(PYTHON)" .venv; \
	else "$(PYTHON)" -m venv .venv; fi

define install
	@if command -v uv >/dev/null; then uv pip install -q --python $(BIN)/python --require-hashes -r $(1); \
	else $(BIN)/python -m pip install -q --disable-pip-version-check --require-hashes -r $(1); fi
endef

.venv/installed: requirements/run.txt pyproject.toml | .venv/bin/python
	$(call install,requirements/run.txt)
	@if command -v uv >/dev/null; then uv pip install -q --python $(BIN)/python --no-deps --no-build-isolation -e .; \
	else $(BIN)/python -m pip install -q --disable-pip-version-check --no-deps --no-build-isolation -e .; fi
	@touch $@

.venv/developing: requirements/dev.txt .venv/installed
	$(call install,requirements/dev.txt)
	@touch $@

$(CSS): $(CSS_INPUTS) .venv/installed
	@mkdir -p $(dir $@)
	@$(BIN)/tailwindcss -i src/apothecary/workbench/assets/apothecary.css -o $@ --minify >.venv/css.log 2>&1 || { cat .venv/css.log >&2; exit 1; }
	@touch $@

# Pin anew after a change of requirements/*.in: nothing younger than a week, no registry's address.
requirements:
	@for set in run dev; do uv pip compile -q --universal --python-version 3.11 --generate-hashes \
		--no-emit-index-url --no-header --no-annotate \
		--exclude-newer "$$(date -d '7 days ago' +%F)" requirements/$$set.in -o requirements/$$set.txt; done
