# The front door. `make` alone says what there is; `make figures` and `make test` need nothing but Python.
#
# Compute, cache, draw: a study writes a table, a figure reads it. Both are real files with real prerequisites,
# so that a changed figure script redraws one figure, and a changed theorem recomputes what depends on it.

PYTHON3 ?= python3
BUILD ?= build
SMALL ?=
ifeq ($(MAKECMDGOALS)$(SMALL),figures) # two studies at once, each on half of the cores: some parts take one core alone
MAKEFLAGS += --jobs=2
JOBS ?= $(shell expr \( $$(getconf _NPROCESSORS_ONLN) + 1 \) / 2)
endif
JOBS ?= -1

VENV := .venv
PYTHON := $(VENV)/bin/python
INSTALLED := $(VENV)/installed
TABLES := $(BUILD)/tables
FIGURES := $(BUILD)/figures
RULES := $(BUILD)/rules.mk

# A study of several tables has its rule in RULES, with this as its recipe.
STUDY = mkdir -p $(TABLES) && $(PYTHON) -m pairbounds study --jobs $(JOBS) $(if $(SMALL),--preset small)

# What tables and figures are made of, by their imports: it defines STUDIES, SWEEPS, MEASURED, FINISHED, ALL_FIGURES and FINDINGS.
# They are needed for these goals alone, and for files in build.
ifneq (,$(filter figures claimed findings docs reproduce $(BUILD)/%,$(MAKECMDGOALS)))
include $(RULES)
endif
$(RULES): $(wildcard $(foreach depth,*.py */*.py */*/*.py,$(addsuffix /$(depth),pairbounds theory simulations real_data figures))) | $(INSTALLED)
	@mkdir -p $(@D)
	@$(PYTHON) -m pairbounds.figures.prerequisites > $@

# One thread for each worker: threads of several libraries that wait for one another cost more than they save.
export OMP_WAIT_POLICY := PASSIVE

# Hundreds of processes import the same modules: one compiles them, though containers often say that none may keep that.
unexport PYTHONDONTWRITEBYTECODE

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
CAMPAIGNS := bench coverage formal fuzz matrix mutation notebooks
.PHONY: help demo setup data test lint figures claimed findings smoke docs book reproduce release clean $(CAMPAIGNS)

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

DRAW = $(PYTHON) -m pairbounds draw $(1) --tables $(TABLES) --out $(FIGURES) --jobs -1 $(if $(SMALL),--format png)
# The longest studies begin first, or one core waits for the last of them. The first and the last see all pictures of the
# emoji through the same encoders: on two cores the last finds what the first has kept.
LONGEST := pairings_frontier bound_holds emoji_bounds resampled_views
figures: $(LONGEST:%=$(TABLES)/%.parquet) $(ALL_FIGURES) ## Compute the tables and draw the figures into build/figures (about 15 minutes)
	$(if $(DUE),$(call DRAW,$(DUE)))
	@echo "figures, with their captions: $(FIGURES)"

PUBLISHED := results/published
SHOWN := frontier real_images multihop ladder text_or_teacher guides prediction
claimed: $(FINDINGS) figures # findings read tables that no figure draws, too
findings: claimed ## Write docs/findings.md from the tables; keep these in results/published, and README's figures in docs
	$(PYTHON) -m pairbounds.figures.findings page --tables $(TABLES) --out docs/findings.md
	rm -rf $(PUBLISHED) && mkdir -p $(PUBLISHED)
	cp $(foreach table,$(filter-out $(patsubst %,$(TABLES)/%.parquet,$(MEASURED)),$(FINDINGS)),$(table) $(table).json) $(PUBLISHED)
	cp $(SHOWN:%=$(FIGURES)/%.png) docs/

docs: figures ## Build the site from pages, code and figures into build/site, without a network (half a minute); SERVE=1 shows it at localhost:8000
	$(PYTHON) docs/site $(BUILD)/pages $(FIGURES)
	$(PYTHON) -m sphinx -q -W -j auto -b html $(BUILD)/pages $(BUILD)/site
	@echo "the site: $(BUILD)/site/index.html"
	$(if $(SERVE),$(PYTHON) -m http.server --bind localhost --directory $(BUILD)/site 8000)

book: $(INSTALLED) ## Set notation and theorems as one PDF, build/book.pdf, without a network
	@mkdir -p $(BUILD)
	$(PYTHON) docs/site/book.py $(BUILD)/book.pdf
	@echo "the book: $(BUILD)/book.pdf"

# A first look takes few seeds: studies go side by side, and not seeds, of which each worker would first load everything.
smoke: ## Draw every figure from a first look at each study; say which key numbers have changed, or take them: ACCEPT=1
	+$(MAKE) --jobs=$(shell getconf _NPROCESSORS_ONLN) claimed BUILD=$(BUILD)/smoke SMALL=1 JOBS=1
	$(PYTHON) -m pairbounds study prediction --preset small --out $(BUILD)/smoke/prediction.parquet
	$(PYTHON) -m pairbounds.figures.findings compare --tables $(BUILD)/smoke/tables $(if $(ACCEPT),--accept)

release: $(INSTALLED) ## Build sdist and wheel into build/dist, check them, and check a graph with what they install
	$(PYTHON) -m tests.reliability.stale --strict
	rm -rf $(BUILD)/dist
	$(VENV)/bin/uv build --quiet --out-dir $(BUILD)/dist
	$(PYTHON) -m twine check --strict $(BUILD)/dist/*.whl $(BUILD)/dist/*.tar.gz
	$(VENV)/bin/uv venv --quiet --python $(PYTHON) $(BUILD)/dist/venv
	$(VENV)/bin/uv pip install --quiet --python $(BUILD)/dist/venv $(BUILD)/dist/*.whl
	cd $(BUILD)/dist && venv/bin/python -c "import pairbounds as pb; pb.LatentWorld(seed=0).caption_graph(noise=0.05, detail=0.3).save('graph.npz')"
	cd $(BUILD)/dist && venv/bin/pairbounds --version && venv/bin/pairbounds check graph.npz --k 4 --out checked.csv
	@echo "to release: $(BUILD)/dist"

lint: $(INSTALLED) ## Check format, style, types and spelling, and count lines, words and dependencies; FIX=1 formats first
	$(if $(FIX),$(PYTHON) -m ruff format . && $(PYTHON) -m ruff check --fix .)
	$(PYTHON) -m ruff format --check .
	$(PYTHON) -m ruff check .
	$(PYTHON) -m mypy
	$(PYTHON) -m codespell_lib
	$(PYTHON) -m tests.budgets
	$(PYTHON) -m tests.reliability.stale

clean: ## Remove what was built, and the virtual environment
	rm -rf $(BUILD) $(VENV) *.egg-info mutants .mypy_cache .pytest_cache .ruff_cache .hypothesis
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

# Tables.

$(patsubst %,$(TABLES)/%.parquet,$(STUDIES)): | $(INSTALLED)
	$(STUDY) $(basename $(@F)) --out $@

# A sweep keeps its finished cells: interrupted, or after a change of its file alone, it measures what is missing.
$(patsubst %,$(TABLES)/%.parquet,$(SWEEPS)): $(TABLES)/%.parquet: examples/%.toml | $(INSTALLED)
	@mkdir -p $(TABLES)
	$(PYTHON) -m pairbounds sweep $< --out $(BUILD)/sweeps/$* --jobs $(JOBS) $(if $(SMALL),--seeds 2)
	cp $(BUILD)/sweeps/$*/table.parquet.json $@.json
	cp $(BUILD)/sweeps/$*/table.parquet $@

# Networks take too long to train in `make figures`: measured tables are kept in results/, with their sidecars. Those
# that are FINISHED are of experiments whose code is gone: `git checkout` of the commit in a sidecar brings it back.
$(patsubst %,$(TABLES)/%.parquet,$(MEASURED)): $(TABLES)/%.parquet: results/%.parquet
	@mkdir -p $(TABLES)
	cp $<.json $@.json
	cp $< $@

RUNS := $(BUILD)/runs
REPRODUCED := natural_captions natural_pairings \
	icons_from_pairs encoder_few_labels choosing choosing_checkpoints label_order \
	$(patsubst %,"% --preset results",resampled_training resampled_tuned pretraining training_controls)
# Encoders that are trained stay: killed, it goes on.
reproduce: $(INSTALLED) ## Measure the tables in results/ anew: training from pixels, and what `make data` fetches
	@mkdir -p $(RUNS)
	@for each in $(REPRODUCED); do $(PYTHON) -m pairbounds study $$each --out $(RUNS) --jobs $(JOBS) || exit; done
	$(PYTHON) -m pairbounds sweep examples/prediction.toml --out $(RUNS)/sweep --jobs $(JOBS)
	cp $(RUNS)/sweep/table.parquet $(RUNS)/prediction.parquet
	cp $(RUNS)/sweep/table.parquet.json $(RUNS)/prediction.parquet.json
	cp $(foreach name,$(filter-out $(FINISHED),$(MEASURED)),$(RUNS)/$(name).parquet $(RUNS)/$(name).parquet.json) results/

# Figures: each from its script and its tables; the PNG is written after the PDF and the caption. To load what draws
# takes longer than to draw: a figure whose turn it is joins those that are DUE, which one process of `figures` draws.
# One that is asked for by its file is drawn at once.
$(ALL_FIGURES): | $(INSTALLED)
	$(if $(filter $@,$(MAKECMDGOALS)),$(call DRAW,$(basename $(@F))),@:$(eval DUE += $(basename $(@F))))
