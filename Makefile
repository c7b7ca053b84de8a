# Two commands on a fresh machine: `make demo` and `make test`. Everything is installed into .venv/.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.installed
# Whole files, so that what a file sets up is set up once; in the order of tests/conftest.py. A worker takes 1.5 GB.
SIDE_BY_SIDE := --numprocesses=logical --maxprocesses=4 --dist=loadfile --no-loadscope-reorder

.PHONY: help setup demo test lint bench docs wheel audit clean
help:            ## this list
	@grep -E '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed 's/:.*##/\t/'

$(STAMP): pyproject.toml .ci/install .ci/locks/tested.txt
	$(PYTHON) -c 'import sys; sys.exit("Python 3.11 or newer is needed, this is " + sys.version.split()[0]) if sys.version_info < (3, 11) else None'
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	.ci/install $(VENV)
	touch $@

setup: $(STAMP)  ## create .venv and install the package with its development tools

demo: setup      ## run the main job on data/samples and write pictures to demo-output/
	$(BIN)/fingerprint-engine demo --samples data/samples --output demo-output
	$(BIN)/fingerprint-engine demo --custody --output demo-output

test: setup      ## run the tests, side by side on up to four processors
	$(BIN)/python -m pytest -q $(SIDE_BY_SIDE)

lint: setup      ## ruff, mypy (strict), import-linter
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

bench: setup     ## quick mode of the benchmarks
	$(BIN)/python -m benchmarks --quick

docs: setup      ## build the documentation site into site/; ends at a broken link or a failing example
	NO_MKDOCS_2_WARNING=1 $(BIN)/mkdocs build

wheel: setup     ## build sdist and wheel, and run the tutorial from the wheel in a clean environment; needs the network
	$(BIN)/python -m tests.site.wheel_tour

audit: setup     ## ask the public database of vulnerabilities about the tested versions
	test -x $(VENV)-audit/bin/pip-audit || { $(PYTHON) -m venv $(VENV)-audit && $(VENV)-audit/bin/python -m pip install --quiet pip-audit; }
	$(VENV)-audit/bin/pip-audit --disable-pip --require-hashes --requirement .ci/locks/tested.txt

clean:           ## remove everything that was built
	rm -rf $(VENV) $(VENV)-audit build dist site demo-output .mypy_cache .ruff_cache .pytest_cache .hypothesis
