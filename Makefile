# Everything here works on a machine that has Python 3.11+ and make; all that is installed goes into $(VENV).
PYTHON ?= python3
VENV ?= .venv
BIN := $(VENV)/bin
WITH_TOOLS := PATH="$(abspath $(BIN)):$$PATH"
# Images of Docker often say that Python is not to keep its bytecode; the tests start archcheck hundreds of times.
unexport PYTHONDONTWRITEBYTECODE

# Percent of lines and branches that the whole suite reaches (pyproject.toml says why); 0 only measures.
GATE ?= 97

.PHONY: demo test lint types unit pages chromium mutants live fixtures arm64 advisories bench build man docs changelog clean

demo: $(VENV)/installed ## audit a set of 2020's pins, live, on AWS Lambda's python3.8
	$(BIN)/archcheck fixtures/sets/legacy.txt --target lambda:python3.8 --exit-zero

test: lint types unit ## what CI runs; no network once the tools are installed

lint: $(VENV)/dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types: $(VENV)/dev
	$(BIN)/mypy

unit: $(VENV)/dev
	$(WITH_TOOLS) $(BIN)/python -m pytest -n auto --cov --cov-report=term:skip-covered --cov-fail-under=$(GATE)

mutants: $(VENV)/dev ## break each line of the core that is other than in BASE (origin/main); some test has to notice
	$(WITH_TOOLS) $(BIN)/python -m tests.mutation --base "$${BASE:-origin/main}"

chromium: ## a browser for `make pages`, where there is none (Debian, Ubuntu)
	command -v chromium || command -v google-chrome || { sudo apt-get update && sudo apt-get install --yes chromium; }

pages: $(VENV)/dev ## the HTML report in a browser (Chromium, npm): axe-core, windows, paper
	npm install --no-save --no-audit --no-fund --silent axe-core@4.14.1
	$(WITH_TOOLS) PAGES=required $(BIN)/python -m pytest tests/browser

live: $(VENV)/dev ## a few tests against the real index
	$(BIN)/python -m pytest -m live

fixtures: $(VENV)/dev ## record the pages under fixtures/ again
	$(WITH_TOOLS) $(BIN)/python -m tests.record
	$(WITH_TOOLS) $(BIN)/python -m tests.oracle.record_fits

arm64: $(VENV)/dev ## record what emulated aarch64 says (root, Linux 6.7+, debootstrap, binutils, qemu 10 as ARM64_QEMU; 30 minutes)
	$(WITH_TOOLS) $(BIN)/python -m tests.oracle.arm64 $(ARM64_HOME)

advisories: $(VENV)/dev ## do the versions that the advisories name exist, and what is newer (asks the index)
	$(BIN)/python -m tests.advisories

bench: $(VENV)/dev ## beside uv and pip, on one replayed index (BENCH=--quick: two minutes)
	$(BIN)/python -m pip install --quiet uv
	$(WITH_TOOLS) $(BIN)/python -m benchmarks $(BENCH)

build: $(VENV)/dev ## sdist and wheel into dist/; the wheel must run by itself (TAG=v1.2.3: as that version)
	rm -rf dist build
	test -z "$$SOURCE" || printf '\n[project.urls]\nSource = "%s"\n' "$$SOURCE" >> pyproject.toml
	$(BIN)/uv build --quiet
	$(PYTHON) -m venv build/venv
	build/venv/bin/python -m pip install --quiet --disable-pip-version-check dist/*.whl
	build/venv/bin/archcheck --version
	test -z "$$TAG" || test "$$(build/venv/bin/archcheck --version)" = "archcheck $${TAG#v}"
	test -z "$$TAG" || grep "^## $${TAG#v} " CHANGELOG.md

docs: $(VENV)/docs ## the site, into build/site/; no page may ask another host for anything
	NO_MKDOCS_2_WARNING=1 $(BIN)/mkdocs build --quiet --strict
	! grep -rnoE '<(script|link|img|iframe)[^>]+(src|href)="?(https?:)?//[^">]+' build/site --include='*.html'

man: $(VENV)/dev ## the manual page and the made parts of docs/ anew, from the program; shows the page
	$(BIN)/python -m tests.documents
	man ./archcheck/data/archcheck.1

changelog: $(VENV)/dev ## the fragments of changes/ become a section of CHANGELOG.md, under archcheck's version
	$(BIN)/towncrier build --yes --version "$$($(BIN)/archcheck --version | cut -d ' ' -f 2)"

$(VENV)/installed: pyproject.toml
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --upgrade pip
	$(BIN)/python -m pip install --quiet --editable .
	touch $@

$(VENV)/docs: pyproject.toml
	test -d $(VENV) || $(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --upgrade pip
	$(BIN)/python -m pip install --quiet --group docs
	touch $@

$(VENV)/dev: $(VENV)/installed
	$(BIN)/python -m pip install --quiet --group dev
	touch $@

clean:
	rm -rf $(VENV) .mypy_cache .ruff_cache .pytest_cache .hypothesis .coverage* build dist
