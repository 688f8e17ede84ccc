# A virtual environment in .venv; `make demo` runs the main job, `make test` the tests.
PYTHON ?= python3
# The release that this project is measured with. On a machine without CUDA the CPU build is enough:
#   make demo TORCH="torch==2.13.0 --index-url https://download.pytorch.org/whl/cpu"
TORCH ?= torch==2.13.0
VENV := .venv
BIN := $(VENV)/bin
# The training data (dsacli/training/data.py says what it looks like): make evaluate DATA=…
DATA ?=

.PHONY: demo lint docs test test-slow test-models fuzz evaluate bench bench-pdf bench-pipelines bench-deepseek clean

demo: $(VENV)/installed
	$(BIN)/dsacli ask sample_docs/annual-report.pdf "When did the Carrow Narrows array begin to deliver electricity?"
	$(BIN)/dsacli summarize sample_docs/board-meeting.txt --sentences 5
	$(BIN)/dsacli extract sample_docs/services-agreement.md --field "effective date:date" --field "governing law"

lint: $(VENV)/installed-lint
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy

# The pages that are made from the program itself.
docs: $(VENV)/installed
	$(BIN)/python docs/make_reference.py

# Two at a time: each loads the reader, and a test file stays with one of them; in their order, for those of few tests are the longest.
test: $(VENV)/installed-test
	$(BIN)/python -m pytest -q -n 2 --dist loadfile --no-loadscope-reorder

# Ten thousand mutated inputs through the real ingestion: about ten minutes.
fuzz: $(VENV)/installed-test
	$(BIN)/python tests/fuzz.py

test-slow: $(VENV)/installed-test
	$(BIN)/python -m pytest -q -m slow

# Real language models, 1.7 GB, outside the repository: make test-models MODELS=~/models
MODELS ?=
test-models: $(VENV)/installed-test
	@test -n "$(MODELS)" || { echo "make test-models MODELS=… : the folder to keep them in" >&2; exit 2; }
	$(BIN)/python tests/fetch_models.py "$(MODELS)"
	DSACLI_TEST_MODELS="$(abspath $(MODELS))" $(BIN)/python -m pytest -q tests/models

evaluate: $(VENV)/installed-test
	@test -n "$(DATA)" || { echo "make evaluate DATA=… : the folder of the training data" >&2; exit 2; }
	$(BIN)/python -m dsacli.training evaluate --data $(DATA)

# 16,000 to a million tokens, dense attention beside them: about ten minutes on two cores.
bench: $(VENV)/installed-test
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable ".[train]"
	$(BIN)/python tests/benchmarks/bench.py --plot tests/benchmarks/bench.svg

bench-pdf: $(VENV)/installed-test
	$(BIN)/python tests/benchmarks/pdf.py

# BM25 and embedding pipelines on the same questions.
bench-pipelines: $(VENV)/installed-test
	@test -n "$(DATA)" || { echo "make bench-pipelines DATA=… : the folder of the training data" >&2; exit 2; }
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable ".[train]"
	$(BIN)/python tests/benchmarks/pipelines.py --data $(DATA)

# Ours beside transformers', on two cores in about five minutes.
bench-deepseek: $(VENV)/installed-test
	$(BIN)/python tests/benchmarks/deepseek.py
	$(BIN)/python tests/benchmarks/deepseek.py --long 65536

clean:
	rm -rf $(VENV) build *.egg-info

$(VENV)/installed: pyproject.toml
	$(BIN)/python -m pip --version > /dev/null 2>&1 || $(PYTHON) -m venv --clear $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check $(TORCH)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable .
	touch $@

$(VENV)/installed-test: $(VENV)/installed
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable ".[test]"
	touch $@

$(VENV)/installed-lint: $(VENV)/installed-test
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable ".[lint]"
	touch $@
