# `make demo` and `make test` set up what they need in .venv and run; nothing else is needed but Python 3.11.
PYTHON ?= python3
VENV   := .venv
BIN    := $(VENV)/bin
PIP    := $(BIN)/python -m pip --disable-pip-version-check
# Only files with the hashes of a lock are installed, the build backend among them; modules are compiled when first used.
LOCKED := $(PIP) install -q --no-compile --require-hashes -r
OURS   := $(PIP) install -q --no-deps --no-build-isolation -e .

.PHONY: demo test suite axe attack lint bench world fuzz sweep properties docs grammars lock clean

demo: $(VENV)/.installed
	@$(BIN)/lostwrite check samples/first-route-never-written/deploy/eventlog.json \
	  --trail samples/first-route-never-written/trail --exit-zero

test: lint suite

suite: $(VENV)/.developed
	$(BIN)/pytest -q -n $(or $(JOBS),auto) --dist worksteal --durations=25

# axe-core from the npm registry, one version with its hash, into build/: the pages are tested with it in a browser.
axe:
	$(PYTHON) tests/reports/page/fetch_axe.py

# The tests that attack the program, against a wheel in an environment of its own and from another folder.
ATTACKED := $(CURDIR)/build/attack
attack: $(VENV)/.developed
	rm -rf $(ATTACKED)
	$(BIN)/python -m build --wheel --no-isolation --outdir $(ATTACKED)/wheel .
	$(PYTHON) -m venv $(ATTACKED)/venv
	$(ATTACKED)/venv/bin/python -m pip --disable-pip-version-check install -q --require-hashes -r requirements/run.lock
	$(ATTACKED)/venv/bin/python -m pip --disable-pip-version-check install -q --no-deps $(ATTACKED)/wheel/*.whl
	mkdir $(ATTACKED)/elsewhere && cd $(ATTACKED)/elsewhere && \
	  LOSTWRITE_COMMAND=$(ATTACKED)/venv/bin/lostwrite $(CURDIR)/$(BIN)/pytest -q -m attack -n $(or $(JOBS),auto) $(CURDIR)/tests

lint: $(VENV)/.developed
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

bench: $(VENV)/.developed
	$(BIN)/python -m benchmarks

world: $(VENV)/.developed
	$(BIN)/python -m tests.world $(or $(N),500) --jobs $(or $(JOBS),1)

sweep: $(VENV)/.developed
	$(BIN)/python -m tests.sweep

fuzz: $(VENV)/.developed
	$(BIN)/python -m tests.fuzz --seconds $(or $(SECONDS),60) --seed $(or $(SEED),0)

# The property tests, at random: the seed is printed, and SEED=N runs the same examples again.
properties: SEED ?= $(shell shuf -i 1-999999 -n 1)
properties: $(VENV)/.developed
	@echo "seed $(SEED)"
	LOSTWRITE_PROPERTIES=search $(BIN)/pytest -q -n 2 --hypothesis-seed=$(SEED) \
	  -p no:randomly tests/grammar tests/logs tests/verdicts tests/trail tests/samples tests/store tests/world \
	  tests/audit tests/reports tests/sources tests/attack

docs: $(VENV)/.installed
	$(BIN)/python -m analyzer.rules.pages docs/rules
	$(BIN)/python -m analyzer.cli.pages docs/cli.md

# Writes the locks anew from pyproject.toml and constraints.txt, which has the versions.
lock: $(VENV)/bin/python
	$(PIP) install -q uv
	for lock in run aws dev; do \
	  case $$lock in aws) extras="--extra aws" ;; dev) extras="--extra dev --extra aws --extra digest --extra bench --extra s3 --extra cluster" ;; *) extras= ;; esac; \
	  UV_CUSTOM_COMPILE_COMMAND='make lock' $(BIN)/uv pip compile -q pyproject.toml requirements/build.in $$extras -c constraints.txt \
	    --generate-hashes --universal --python-version 3.11 --no-annotate -o requirements/$$lock.lock || exit 1; \
	done

grammars: $(VENV)/.installed
	$(BIN)/python -m analyzer.grammar.compiled grammars/compiled

clean:
	rm -rf $(VENV) build dist *.egg-info

$(VENV)/bin/python:
	$(PYTHON) -m venv $(VENV)

$(VENV)/.installed: pyproject.toml requirements/run.lock | $(VENV)/bin/python
	$(LOCKED) requirements/run.lock
	$(OURS)
	@touch $@

# After it, and not beside it (make -j demo test): both write to one environment.
$(VENV)/.developed: pyproject.toml requirements/dev.lock | $(VENV)/.installed
	$(LOCKED) requirements/dev.lock
	@touch $@
