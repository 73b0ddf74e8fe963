# Every target works from a fresh clone: it makes .venv first if there is none.
# Names are relative throughout, so that a path with spaces does no harm.

PYTHON := .venv/bin/python
READY := .venv/.ready
ONE_THREAD := OMP_NUM_THREADS=1 OPENBLAS_NUM_THREADS=1 MKL_NUM_THREADS=1

.DEFAULT_GOAL := help
.PHONY: help demo test lint types stress bench docs check clean

help: ## say what can be made (this text)
	@echo "thalweg: optimization for machine learning that proves its answers"
	@echo
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  make %-8s %s\n", $$1, $$2 }' Makefile
	@echo
	@echo "Needed beforehand: Python 3.11 or newer, git, make. Everything else goes into .venv."

demo: $(READY) ## fit and solve real data, and print what is proved (under 30 s)
	@$(PYTHON) examples/demo.py

test: $(READY) ## run the tests (without the stress tests)
	@$(ONE_THREAD) $(PYTHON) -m pytest -n auto

lint: $(READY) ## check style, docstrings and complexity
	@$(PYTHON) -m ruff check .
	@$(PYTHON) -m ruff format --check .

types: $(READY) ## check the types of the rooms that carry the proof
	@$(PYTHON) -m basedpyright

stress: $(READY) ## judge 20,000 false and honest claims per kind of problem
	@$(ONE_THREAD) $(PYTHON) -m pytest -n auto -m stress

bench: $(READY) ## measure start-up time, overhead, what judging costs, fits, programs and models against peers
	@$(ONE_THREAD) $(PYTHON) benchmarks/core.py
	@$(ONE_THREAD) $(PYTHON) benchmarks/fit.py
	@$(ONE_THREAD) $(PYTHON) benchmarks/programs.py
	@$(ONE_THREAD) $(PYTHON) benchmarks/modelling.py
	@$(ONE_THREAD) $(PYTHON) benchmarks/sequences.py

docs: $(READY) ## build the documentation into build/site; warnings are errors
	@$(PYTHON) -c "import furo, myst_parser, sphinx" 2> /dev/null || $(PYTHON) -m pip install --quiet --disable-pip-version-check --group docs
	@$(PYTHON) -m sphinx -b html -W --keep-going --nitpicky --fresh-env --quiet -d build/doctrees docs build/site
	@echo "built: build/site/index.html"

check: ## all that continuous integration checks
	@.ci/run

clean: ## remove .venv and all caches
	rm -rf .venv .pytest_cache .ruff_cache .hypothesis build dist
	find src tests examples benchmarks -name __pycache__ -type d -prune -exec rm -rf {} +

# Installed again only when pyproject.toml is newer than the last complete installation, or the folder was moved.
ifneq "$(shell cat $(READY) 2> /dev/null)" "$(CURDIR)"
.PHONY: $(READY)
endif
$(READY): pyproject.toml
	@$(PYTHON) -m pip --version > /dev/null 2>&1 || { python="$$(.ci/python)" && "$$python" -m venv --clear .venv; }
	@echo "installing thalweg into .venv ..."
	@$(PYTHON) -m pip install --quiet --disable-pip-version-check --upgrade "pip>=25.1"
	@$(PYTHON) -m pip install --quiet --disable-pip-version-check --editable ".[all]" --group dev
	@pwd -P > $(READY)
