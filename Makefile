# `make` alone lists the goals. `make figures` and `make test` need nothing but Python.

PYTHON3 ?= python3
BUILD ?= build
JOBS ?= -1
VENV := .venv
PYTHON := $(VENV)/bin/python
INSTALLED := $(VENV)/installed
FIGURES := $(BUILD)/figures

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

# Modules are compiled when they are first imported: that is a small part of what pip would compile.
$(INSTALLED): pyproject.toml
	$(PYTHON3) -m venv $(VENV)
	$(PYTHON) -m pip install --quiet --no-compile --editable '.[dev]'
	@touch $@

DATA := $(BUILD)/data
DEBIAN := openclipart-png openclipart-svg tuxpaint-stamps-default
NPM := @tabler/icons@3.52.0
data: ## Fetch clip-arts and stamps of Debian packages, and icons of npm, into build/data, without being root (245 MB)
	@command -v apt-get >/dev/null && command -v dpkg >/dev/null || \
	{ echo "make data: no apt-get here: unpack Debian's $(DEBIAN) into $(DATA)" >&2; exit 2; }
	@command -v npm >/dev/null || { echo "make data: no npm here, which fetches $(NPM)" >&2; exit 2; }
	@rm -rf $(DATA) && mkdir -p $(DATA)/packages
	cd $(DATA)/packages && apt-get download $(DEBIAN)
	for package in $(DATA)/packages/*.deb; do dpkg -x $$package $(DATA) || exit; done
	mkdir -p $(DATA)/npm/tabler && file=$$(cd $(DATA)/packages && npm pack --silent $(NPM)) && \
	tar -xzf $(DATA)/packages/$$file -C $(DATA)/npm/tabler --strip-components=1
	@rm -r $(DATA)/packages

test test-%: export OMP_NUM_THREADS := 1

# In the order of the folders, whose last are docstrings: in that of xdist, a file of one long test comes last.
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
DIGITS := tests/fuzz tests/theory/test_attack.py \
	$(patsubst %,tests/bounds/test_%.py,rounding theorems ties verdicts)
test.elsewhere = $(PYTHON) -m tests.reliability.elsewhere $(PYTHON) -m pytest -n auto --dist loadfile $(DIGITS)

# Campaigns count failures or times; most keep a record. Their variables: ROW of the matrix, MODULE of mutation,
# GRAPHS, PROOFS and SEED of the fuzz.
ROW ?=
MODULE ?=
NOW := $(shell date +%s)
SEED ?= $(NOW)
GRAPHS ?= 1000
PROOFS ?= 1000
RECORD = $(PYTHON) -m tests.reliability.record
fuzz: export SEED := $(SEED)
$(CAMPAIGNS): $(INSTALLED) ## Try to make the software wrong, or time it, and keep the record
	@mkdir -p $(BUILD)/coverage results/reliability
	$(campaign.$@)

define campaign.coverage
$(PYTHON) -m coverage erase
$(PYTHON) -m coverage run -m pytest -n auto --dist loadfile -p no:cacheprovider
$(PYTHON) -m coverage combine --quiet
$(PYTHON) -m coverage report --skip-covered --sort cover --show-missing
endef
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
	$(PYTHON) -m pairbounds figures --tables $(BUILD)/tables --out $(FIGURES) $(if $(SMALL),--preset small --format png)

docs: figures ## Build the site from pages, code and figures into build/site, without a network (half a minute); SERVE=1 shows it at localhost:8000
	$(PYTHON) docs/site $(BUILD)/pages $(FIGURES)
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
	rm -rf $(BUILD)/dist
	$(VENV)/bin/uv build --quiet --out-dir $(BUILD)/dist
	$(PYTHON) -m twine check --strict $(BUILD)/dist/*.whl $(BUILD)/dist/*.tar.gz
	$(VENV)/bin/uv venv --quiet --python $(PYTHON) $(BUILD)/dist/venv
	$(VENV)/bin/uv pip install --quiet --python $(BUILD)/dist/venv $(BUILD)/dist/*.whl
	cd $(BUILD)/dist && venv/bin/python -c "import pairbounds as pb; pb.LatentWorld(seed=0).caption_graph(noise=0.05, detail=0.3).save('graph.npz')"
	cd $(BUILD)/dist && venv/bin/pairbounds --version && venv/bin/pairbounds check graph.npz --k 4 --out checked.csv
	@echo "to release: $(BUILD)/dist"

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

STANDING := bound_holds captions_help near_optimal multihop other_families few_labels resampled_worlds \
	emoji_captions from_pairs pairings resampled_views \
	$(patsubst %,"% --preset results --set runs=$(BUILD)/runs/%",resampled_training resampled_tuned)
# Trained encoders and finished cells stay: after a kill, it goes on.
reproduce: $(INSTALLED) ## Compute the published tables in results anew
	@for each in $(STANDING); do $(PYTHON) -m pairbounds study $$each --out results/$${each%% *} --jobs $(JOBS) || exit; done
	$(PYTHON) -m pairbounds sweep examples/training.toml --out $(BUILD)/reproduced --jobs $(JOBS)
	cp $(BUILD)/reproduced/table.parquet.json results/training/training.parquet.json
	cp $(BUILD)/reproduced/table.parquet results/training/training.parquet
