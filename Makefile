# `make demo` and `make test` set up what they need in .venv and run; nothing else is needed but Python 3.11.
PYTHON ?= python3
VENV   := .venv
BIN    := $(VENV)/bin
PIP    := $(BIN)/python -m pip --disable-pip-version-check
# For the build backend too, which pip installs apart.
export PIP_CONSTRAINT := $(CURDIR)/constraints.txt

.PHONY: demo test attack lint bench world fuzz docs grammars clean

demo: $(VENV)/.installed
	@$(BIN)/lostwrite check samples/first-route-never-written/deploy/eventlog.json \
	  --trail samples/first-route-never-written/trail --exit-zero

test: lint
	$(BIN)/pytest -q

# The tests that attack the program, against a wheel in an environment of its own and from another folder.
ATTACKED := $(CURDIR)/build/attack
attack: $(VENV)/.developed
	rm -rf $(ATTACKED)
	$(BIN)/python -m build --wheel --no-isolation --outdir $(ATTACKED)/wheel .
	$(PYTHON) -m venv $(ATTACKED)/venv
	$(ATTACKED)/venv/bin/python -m pip --disable-pip-version-check install -q $(ATTACKED)/wheel/*.whl
	mkdir $(ATTACKED)/elsewhere && cd $(ATTACKED)/elsewhere && \
	  LOSTWRITE_COMMAND=$(ATTACKED)/venv/bin/lostwrite $(CURDIR)/$(BIN)/pytest -q -m attack $(CURDIR)/tests

lint: $(VENV)/.developed
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

bench: $(VENV)/.developed
	$(PIP) install -q -e '.[dev,bench]'
	$(BIN)/python -m benchmarks

world: $(VENV)/.developed
	$(BIN)/python -m tests.world $(or $(N),500)

fuzz: $(VENV)/.developed
	$(BIN)/python -m tests.fuzz --seconds $(or $(SECONDS),60) --seed $(or $(SEED),0)

docs: $(VENV)/.installed
	$(BIN)/python -m analyzer.rules.pages docs/rules

grammars: $(VENV)/.installed
	$(BIN)/python -m analyzer.grammar.compiled grammars/compiled

clean:
	rm -rf $(VENV) build dist *.egg-info

$(VENV)/bin/python:
	$(PYTHON) -m venv $(VENV)

$(VENV)/.installed: pyproject.toml constraints.txt | $(VENV)/bin/python
	$(PIP) install -q -e .
	@touch $@

$(VENV)/.developed: pyproject.toml constraints.txt | $(VENV)/bin/python
	$(PIP) install -q -e '.[dev]'
	@touch $@ $(VENV)/.installed
