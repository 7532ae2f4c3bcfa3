# `make` alone lists the goals. `make figures` and `make test` need nothing but Python.

PYTHON3 ?= python3
BUILD ?= build
JOBS ?= -1
VENV := .venv
PYTHON := $(VENV)/bin/python
INSTALLED := $(VENV)/installed

# One thread for each worker: threads of several libraries that wait for one another cost more than they save.
export OMP_WAIT_POLICY := PASSIVE
# Hundreds of processes import the same modules: one compiles them, though containers often say that none may keep that.
unexport PYTHONDONTWRITEBYTECODE
.DEFAULT_GOAL := help
CAMPAIGNS := bench coverage formal fuzz matrix mutation notebooks
.PHONY: help demo setup data test lint figures smoke docs book reproduce release clean $(CAMPAIGNS)

help: ## Say what there is
	@grep -E '^[^ #]+:.*##' $(firstword $(MAKEFILE_LIST)) | sed 's/%/KIND/; s/$$(CAMPAIGNS)/CAMPAIGN/; s/:[^#]*## /\t/' | expand -t 12
	@echo "campaigns:  $(CAMPAIGNS)"
	@echo "kinds:      data elsewhere gpu slow"

setup: $(INSTALLED) ## Make the virtual environment in .venv
$(INSTALLED): pyproject.toml
	$(PYTHON3) -m venv $(VENV)
	$(PYTHON) -m pip install --quiet --no-compile --editable '.[dev]'
	@touch $@

data: ## Fetch clip-arts and stamps of Debian packages, and icons of npm, into build/data, without being root (245 MB)
	@bash tests/recipes/data.sh $(BUILD)/data

test test-%: export OMP_NUM_THREADS := 1
test: $(INSTALLED) ## Run the tests (about four minutes)
	$(PYTHON) -m pytest -n auto --dist loadfile --no-loadscope-reorder

test-%: $(INSTALLED) ## Run other tests: many examples, or on a GPU, with `make data`, as another machine
	$(if $(value test.$*),,$(error make test-$*: there is no such kind of tests))
	$(test.$*)

test.gpu = $(PYTHON) -m pytest -m gpu
test.data = $(PYTHON) -m pytest -m data
# 1,000 random graphs, large spectra, long attacks, and many examples of each property.
define test.slow
$(PYTHON) -m pytest -m slow
$(PYTHON) -m pytest -m "hypothesis and not slow and not gpu and not data" --hypothesis-profile long
endef
# The rooms that search or compare digits, as on another processor.
DIGITS := tests/fuzz tests/theory/test_attack.py $(patsubst %,tests/bounds/test_%.py,rounding theorems ties verdicts)
test.elsewhere = $(PYTHON) -m tests.reliability.elsewhere $(PYTHON) -m pytest -n auto --dist loadfile $(DIGITS)

# Variables of campaigns: ROW of the matrix; MODULE of mutation; GRAPHS, PROOFS and SEED of the fuzz.
NOW := $(shell date +%s)
SEED ?= $(NOW)
GRAPHS ?= 1000
PROOFS ?= 1000
RECORD = $(PYTHON) -m tests.reliability.record
fuzz: export SEED := $(SEED)
$(CAMPAIGNS): $(INSTALLED) ## Try to make the software wrong, or time it, and keep the record
	@mkdir -p $(BUILD)/coverage results/reliability
	$(campaign.$@)

campaign.coverage = @bash tests/recipes/coverage.sh $(PYTHON)
campaign.formal = $(PYTHON) -m tests.reliability.formal
campaign.mutation = $(PYTHON) -m tests.reliability.mutation $(addprefix --module ,$(MODULE))
campaign.notebooks = $(PYTHON) -m tests.notebooks
campaign.matrix = $(PYTHON) -m nox --noxfile tests/reliability/matrix.py --envdir $(abspath $(BUILD)/matrix) $(addprefix --session ,$(ROW))
campaign.bench = $(PYTHON) -m tests.benchmarks --out results/benchmarks.json
define campaign.fuzz
$(if $(filter-out 0,$(GRAPHS)),GRAPHS=$(GRAPHS) $(RECORD) fuzz "make fuzz GRAPHS=$(GRAPHS) SEED=$(SEED)" -- -n auto tests/fuzz -k no_false_verdict)
$(if $(filter-out 0,$(PROOFS)),PROOFS=$(PROOFS) $(RECORD) proofs "make fuzz PROOFS=$(PROOFS) SEED=$(SEED)" -- -n auto tests/fuzz -k changed_proofs)
endef

demo: $(INSTALLED) ## A first result: bounds of handwritten digits (ten seconds)
	$(PYTHON) -m pairbounds demo --out $(BUILD)/demo

figures: $(INSTALLED) ## Compute missing tables and draw the figures into build/figures (about 15 minutes)
	$(PYTHON) -m pairbounds figures --tables $(BUILD)/tables --out $(BUILD)/figures $(if $(SMALL),--preset small --format png)

docs: figures ## Build the site from pages, code and figures into build/site, without a network (half a minute); SERVE=1 shows it at localhost:8000
	$(PYTHON) docs/site $(BUILD)/pages $(BUILD)/figures
	$(PYTHON) -m sphinx -q -W -j auto -b html $(BUILD)/pages $(BUILD)/site
	@echo "the site: $(BUILD)/site/index.html"
	$(if $(SERVE),$(PYTHON) -m http.server --bind localhost --directory $(BUILD)/site 8000)

book: $(INSTALLED) ## Set notation and theorems as one PDF, build/book.pdf, without a network
	@mkdir -p $(BUILD)
	$(PYTHON) docs/site/book.py $(BUILD)/book.pdf
	@echo "the book: $(BUILD)/book.pdf"

smoke: ## Draw every figure into build/smoke from a first look at each study
	$(MAKE) figures BUILD=$(BUILD)/smoke SMALL=1

release: $(INSTALLED) ## Build sdist and wheel into build/dist, check them, and check a graph with what they install
	@bash tests/recipes/release.sh $(PYTHON) $(BUILD)/dist

lint: $(INSTALLED) ## Check format, style, types and spelling, and print lines and tokens of each room; FIX=1 formats first
	$(if $(FIX),$(PYTHON) -m ruff format . && $(PYTHON) -m ruff check --fix .)
	$(PYTHON) -m ruff format --check .
	$(PYTHON) -m ruff check .
	$(PYTHON) -m mypy
	$(PYTHON) -m codespell_lib
	$(PYTHON) -m tests.sizes

clean: ## Remove what was built, and the virtual environment
	rm -rf $(BUILD) $(VENV) *.egg-info mutants .mypy_cache .pytest_cache .ruff_cache .hypothesis
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

reproduce: $(INSTALLED) ## Compute the published tables in results anew
	@bash tests/recipes/reproduce.sh $(PYTHON) $(BUILD) $(JOBS)
