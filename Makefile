# Two commands on a fresh machine: `make study` and `make test`. Nothing else needs to be set up.

PYTHON ?= python3
BIN := .venv/bin
NATIVE := $(wildcard study/train/native/*.[ch])
PIP := $(BIN)/python -m pip --disable-pip-version-check install --quiet

.PHONY: study test quick test-long test-keras check docs dist lock bench calibration native fuzz-native clean

study: .venv/installed  ## run the default study, or go on with it, and write its report
	$(BIN)/depthgauge run depth

test: .venv/installed-test  ## the whole test suite
	$(BIN)/python -m pytest

# What needs neither Keras nor other processes, servers and browsers, and is not long.
QUICK := $(addprefix tests/,analysis data design documents reports search) $(wildcard tests/test_*.py) \
	$(addprefix tests/,contracts/test_store.py store/test_database.py train/test_draws.py train/test_native_functions.py)
NOT_QUICK := $(addprefix tests/,analysis/test_calibration_short.py analysis/test_imported_importance.py \
	analysis/test_unpaired.py data/test_columns.py design/test_own_presets.py design/test_study_file.py \
	reports/test_imported_page.py reports/test_large_study.py reports/test_live_page.py)

quick: .venv/installed-test  ## the tests that need no TensorFlow and no other process, in less than a minute
	$(BIN)/python -m pytest --without-tensorflow $(filter-out tests/test_cli.py tests/test_streams.py,$(QUICK)) $(NOT_QUICK:%=--ignore=%)

test-long: .venv/installed-test test-keras  ## the tests that take minutes each: engines compared, other processors, kills
	$(BIN)/python -m pytest -m long

test-keras: .venv/installed-test  ## a part of it: the suite as on a machine without a compiler, Keras trains everything
	PYTHONPATH="$(CURDIR)/tests/without_native" $(BIN)/python -m pytest

check: .venv/installed-dev docs  ## lint, format, types, and a guide without broken links
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

docs: .venv/installed-dev  ## the guide, into site/; search needs a server: python -m http.server -d site
	NO_MKDOCS_2_WARNING=1 $(BIN)/mkdocs build --strict

dist: .venv/installed-dev  ## sdist and wheel, into dist/
	$(BIN)/uv build --quiet --no-build-isolation --python $(BIN)/python

bench: .venv/installed  ## side by side with plain Keras, KerasTuner and Optuna
	$(BIN)/python benchmarks/compare.py

calibration: .venv/installed  ## the verdict's operating characteristics on simulated studies
	$(BIN)/python benchmarks/calibration.py
	$(BIN)/python benchmarks/simulated_spikes.py
	$(BIN)/python benchmarks/simulated_items.py
	$(BIN)/python benchmarks/simulated_searches.py
	$(BIN)/python benchmarks/simulated_picks.py
	$(BIN)/python benchmarks/simulated_thresholds.py

lock: .venv/installed-dev  ## renew the pins; they hold hashes and no address
	$(BIN)/uv pip compile --quiet $(LOCK) pyproject.toml --output-file requirements.lock
	$(BIN)/uv pip compile --quiet $(LOCK) pyproject.toml --extra test --constraint requirements.lock --output-file requirements-test.lock
	$(BIN)/uv pip compile --quiet $(LOCK) pyproject.toml --extra dev --constraint requirements.lock --output-file requirements-dev.lock

native: .venv/installed  ## compile the native engine in place, after a change of its sources
	$(BIN)/python setup.py --quiet build_ext --inplace

fuzz-native:  ## 2,000 shapes through the native engine under the address and undefined-behaviour sanitizers
	$(CC) -O1 -g -std=gnu11 -ffp-contract=off -Wno-unknown-pragmas -fsanitize=address,undefined \
		-fno-sanitize-recover=all -Istudy/train/native tests/train/native_driver.c \
		$(filter-out %/module.c,$(filter %.c,$(NATIVE))) -o build-fuzz -lm
	./build-fuzz fuzz 2000 1; status=$$?; rm -f build-fuzz; exit $$status

LOCK := --universal --python-version 3.11 --generate-hashes --no-header --no-annotate --no-emit-index-url \
	--no-emit-find-links --upgrade

.venv/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(not (3, 11) <= sys.version_info < (3, 14))' || \
		{ echo "depthgauge needs Python 3.11, 3.12 or 3.13, but $(PYTHON) is another version: make PYTHON=python3.12"; exit 2; }
	$(PYTHON) -m venv .venv

.venv/installed: .venv/bin/python requirements.lock pyproject.toml setup.py $(NATIVE)
	@echo "installing the pinned requirements into .venv (a minute or two, once)"
	$(PIP) --require-hashes -r requirements.lock
	$(PIP) --no-deps --no-build-isolation -e .
	@touch $@

.venv/installed-test: .venv/installed requirements-test.lock
	$(PIP) --require-hashes -r requirements-test.lock
	@touch $@

.venv/installed-dev: .venv/installed requirements-dev.lock
	$(PIP) --require-hashes -r requirements-dev.lock
	@touch $@

clean:  ## remove what make has made, but no studies
	rm -rf .venv build dist site *.egg-info
