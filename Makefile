# Targets: demo cases test check docs bench slow sbom constraints clean. All work in .venv, made on first use.

PYTHON ?= $(shell for p in python3.11 python3.12 python3.13 python3; do \
	$$p -c 'import sys, venv; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1 && { echo $$p; break; }; done)
BIN := .venv/bin
READY := .venv/.ready

export DO_NOT_TRACK := 1
export DVC_NO_ANALYTICS := 1
export NO_MKDOCS_2_WARNING := 1
export PREFECT_SERVER_ANALYTICS_ENABLED := false
export PYBAMM_DISABLE_TELEMETRY := true

.PHONY: demo cases test check docs bench slow sbom constraints clean

demo: $(READY)
	$(BIN)/ragone demo

cases: $(READY)
	$(BIN)/ragone cases --lake cases/lake

# One thread for each process: two workers on two cores whose linear algebra waits for two threads each lose time.
# The tests start hundreds of processes; what one has compiled is kept for all.
test slow: export OMP_NUM_THREADS := 1
test slow: export PYTHONDONTWRITEBYTECODE :=

# A worker keeps the tests of a module, whose fixtures are made once, until another worker has nothing left to do.
test: $(READY)
	$(BIN)/python -m pytest -q -n 2 --dist worksteal

slow: $(READY)
	$(BIN)/python -m pytest -q -m slow

check: $(READY)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/python .ci/packages.py pins
	$(BIN)/python -m mkdocs build --strict

# The site of the documentation: open build/site/index.html.
docs: $(READY)
	$(BIN)/python -m mkdocs build

# The bill of materials of .venv, in CycloneDX.
sbom: $(READY)
	$(BIN)/python .ci/packages.py sbom > sbom.json

bench: $(READY)
	$(BIN)/python -m benchmarks

$(READY): pyproject.toml setup.py constraints.txt
	@test -n "$(PYTHON)" || { echo "Python 3.11 or newer was not found. Install it, or name one: make $(MAKECMDGOALS) PYTHON=/path/to/python" >&2; exit 1; }
	$(PYTHON) -m venv --clear .venv
	$(BIN)/python -m pip install --quiet --constraint constraints.txt --editable '.[dev]'
	@echo "Compiling the transport kernel (once, about a minute) ..."
	$(BIN)/python -m ragone.pipelines.characterise.kernel
	touch $@

# Pins what .venv holds now. torch is pinned without its local build tag, so that the file resolves anywhere.
constraints: $(READY)
	{ head -n 1 constraints.txt; $(BIN)/python -m pip freeze --exclude-editable | sed -e 's/^torch==\([0-9.]*\).*/torch==\1/' -e '/ @ /d'; } > constraints.new
	mv constraints.new constraints.txt

clean:
	rm -rf .venv build *.egg-info .mypy_cache .pytest_cache .ruff_cache .hypothesis .import_linter_cache
