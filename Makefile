# Everything a newcomer and CI need. Each target makes .venv itself where it is absent.
PYTHON ?= python3
BIN := .venv/bin
PIP := $(BIN)/python -m pip install --quiet --disable-pip-version-check --constraint constraints.txt

.PHONY: demo test check bench clean

demo: .venv/core.done  ## Install the core, simulate a small study, check it, say where the report is
	$(BIN)/myoqc demo --out myoqc-demo

test: .venv/all.done  ## Install everything and run all tests
	$(BIN)/python -m pytest --numprocesses 2 --cov --cov-report=term:skip-covered

check: .venv/all.done  ## Style, types and import directions
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

bench: .venv/bench.done  ## Speed of the fit against its rivals
	$(BIN)/python benchmarks/fit.py

.venv/python.done:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	  { echo 'myoqc needs Python 3.11 or later; name one: make $(MAKECMDGOALS) PYTHON=python3.11'; exit 1; }
	$(PYTHON) -m venv .venv
	@touch $@

.venv/core.done: .venv/python.done pyproject.toml constraints.txt
	@echo 'Installing the core ...'
	@$(PIP) --editable .
	@touch $@

.venv/all.done: .venv/core.done
	@echo 'Installing all optional parts ...'
	@$(PIP) --editable '.[all]'
	@touch $@

.venv/bench.done: .venv/all.done
	@$(PIP) --editable '.[bench]'
	@touch $@

clean:  ## Remove the virtual environment and everything that was made
	rm -rf .venv myoqc-demo
