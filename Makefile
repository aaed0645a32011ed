# make demo: everything on this machine. make test: all tests that need no browser. What they install stays in .venv and var.
PYTHON ?= python3
VENV ?= .venv
BIN = $(VENV)/bin
PORT ?= 8000
UV = uv==0.13.9

.PHONY: demo test e2e check bench css texts lock prove nightly clean

$(VENV)/.ready: requirements-dev.lock pyproject.toml
	$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Plusone needs Python 3.11 or later")'
	$(PYTHON) -m venv $(VENV)
	$(BIN)/pip install -q --disable-pip-version-check $(UV)
	$(BIN)/uv pip sync -q --python $(BIN)/python requirements-dev.lock
	$(BIN)/uv pip install -q --python $(BIN)/python --no-deps --no-build-isolation -e .
	touch $@

demo: $(VENV)/.ready
	PORT=$(PORT) $(BIN)/plusone demo

test: $(VENV)/.ready
	$(BIN)/pytest -m "not e2e and not nightly" -n 2 --dist loadfile

e2e: $(VENV)/.ready
	$(BIN)/pytest -m e2e

check: $(VENV)/.ready
	$(BIN)/ruff check --output-format concise .
	$(BIN)/ruff format --check --output-format concise .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/python tools/messages.py check
	$(BIN)/python tools/migrations.py
	$(BIN)/python tools/locks.py

bench: $(VENV)/.ready
	$(BIN)/python -m benchmarks

prove: $(VENV)/.ready
	$(BIN)/plusone prove

nightly: $(VENV)/.ready
	$(BIN)/pytest -m nightly
	$(BIN)/plusone prove --events 20000

css:
	cd assets && npm install --no-save --no-audit --no-fund && npm run build

texts: $(VENV)/.ready
	$(BIN)/python tools/messages.py extract

lock: $(VENV)/.ready
	$(BIN)/uv pip compile -q --universal --generate-hashes --no-header --no-annotate --python-version 3.11 --extra embedded pyproject.toml -o requirements.lock
	$(BIN)/uv pip compile -q --universal --generate-hashes --no-header --no-annotate --python-version 3.11 --extra embedded --group dev pyproject.toml -o requirements-dev.lock

clean:
	rm -rf $(VENV) var
