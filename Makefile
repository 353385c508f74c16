# Every verb explains itself: `make help`. All that is needed is Python 3.10 or newer and Rust 1.89 or newer; the rest is
# set up in the tree, and nothing outside it is touched.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
# One interpreter for every build, so that no step builds the bindings anew for another step's Python.
export PYO3_PYTHON := $(CURDIR)/$(BIN)/python
export VIRTUAL_ENV := $(CURDIR)/$(VENV)
CARGO_TARGET_DIR ?= $(CURDIR)/target
export CARGO_TARGET_DIR
# pip says what fails, and nothing else.
export PIP_QUIET := 1
export PIP_DISABLE_PIP_VERSION_CHECK := 1

ENVIRONMENT := $(VENV)/.environment
BUILT := $(VENV)/.built
BENCH_READY := $(VENV)/.benches
RUST := $(shell find rust/core rust/wire rust/host rust/config rust/python Cargo.toml Cargo.lock -type f \( -name '*.rs' -o -name '*.toml' -o -name '*.lock' -o -name '*.bin' \) 2>/dev/null)

.DEFAULT_GOAL := help
.PHONY: soak proxy proxy-demo help tools build demo test test-rust test-python lint format bench quality chaos docs stub golden clean

help: ## Show what can be made
	@awk 'BEGIN {FS = ":.*## "} /^[a-z-]+:.*## / {printf "  \033[1m%-12s\033[0m %s\n", $$1, $$2}' $(MAKEFILE_LIST)

# Each missing tool is said in one line, with how to get it, before anything is built.
tools:
	@command -v $(PYTHON) >/dev/null || { echo "$(PYTHON) is missing: install Python 3.10 or newer, or name yours: make PYTHON=python3.12 …"; exit 2; }
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 10))' || { echo "$$($(PYTHON) --version) is too old: Python 3.10 or newer is needed; name one: make PYTHON=python3.12 …"; exit 2; }
	@$(PYTHON) -c 'import venv, ensurepip' 2>/dev/null || { echo "$(PYTHON) has no venv: on Debian and Ubuntu, apt install python3-venv"; exit 2; }
	@command -v cargo >/dev/null || { echo "cargo is missing: install Rust 1.89 or newer from https://rustup.rs"; exit 2; }
	@command -v cc >/dev/null || command -v clang >/dev/null || { echo "a C linker is missing: on Debian and Ubuntu, apt install gcc; on macOS, xcode-select --install"; exit 2; }

$(ENVIRONMENT): pyproject.toml lab/pyproject.toml | tools
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@$(BIN)/python -m pip install --upgrade 'pip>=25.1'
	@$(BIN)/python -m pip install --group dev numpy 'rich>=13'
	@$(BIN)/python -m pip install --no-deps --editable lab
	@touch $@

# The stamp has the time at which the build began: sources that change meanwhile are newer.
$(BUILT): $(ENVIRONMENT) $(RUST)
	@touch $@.begun
	$(BIN)/maturin develop --release --features abi3,stub
	@mv $@.begun $@

build: $(BUILT) ## Set up .venv and build the extension into it, optimised
	@$(BIN)/python -c 'import rheostat as rh; print(rh.build_info())'

demo: $(BUILT) ## Plan real prompts, watch streams ramp and stop, then govern real models on questions
	@$(BIN)/python examples/demo.py
	@$(BIN)/rheostat report examples/prompts.jsonl --ladder examples/ladder.toml
	@$(BIN)/rheostat lab run --questions 400 --train 1500

proxy: ## Build the proxy, optimised: target/release/rheostat-proxy
	cargo build --release --package rheostat-proxy

proxy-demo: $(BUILT) proxy ## The lab's models behind the proxy, asked by OpenAI's client
	@$(BIN)/python examples/proxy_demo.py

test: test-rust test-python ## Every test: the core's and Python's

# Property tests draw the same cases in every run, so that a verdict is about the change; `make soak` draws others.
test-rust: $(ENVIRONMENT) ## The core's tests alone
	PROPTEST_RNG_SEED=1 cargo test --workspace --quiet

test-python: $(BUILT) ## Python's tests alone
	cargo build --quiet --package rheostat-proxy
	$(BIN)/python -m pytest -q

SEEDS ?= 20
soak: $(BUILT) ## Property tests with SEEDS fresh seeds, each case drawn anew
	for run in $$(seq $(SEEDS)); do cargo test --workspace --quiet || exit 1; done
	for run in $$(seq $(SEEDS)); do $(BIN)/python -m pytest -q -m hypothesis --hypothesis-profile=fresh || exit 1; done

lint: $(BUILT) ## Formatting, clippy, ruff, types, stubs, the links of the docs, and the prose
	cargo fmt --all --check
	cargo clippy --workspace --all-targets --quiet -- -D warnings
	$(BIN)/ruff check --quiet .
	$(BIN)/ruff format --check --quiet .
	$(BIN)/mypy
	$(BIN)/python tools/make_stub.py --check
	$(BIN)/stubtest rheostat._native --mypy-config-file pyproject.toml
	$(BIN)/python tools/check_docs.py
	$(BIN)/python tools/check_prose.py

format: $(ENVIRONMENT) ## Format everything, and mend what ruff can mend
	cargo fmt --all
	$(BIN)/ruff check --fix --quiet . || true
	$(BIN)/ruff format --quiet .

$(BENCH_READY): $(BUILT) benches/requirements.txt benches/competitors.txt
	$(BIN)/python -m pip install -r benches/requirements.txt
	$(BIN)/python -m pip install --no-deps -r benches/competitors.txt || echo "not every competitor could be installed; the record will say which"
	@touch $@

bench: $(BENCH_READY) ## Measure side by side with what users have today; writes benches/record/. QUICK=1: under two minutes, no record
	$(BIN)/python benches/run.py $(if $(QUICK),--quick) $(ARGS)

quality: $(BUILT) ## How good the decisions are, on the data in RHEOSTAT_DATA and RHEOSTAT_TRACES; NAME=votes for another bench
	$(BIN)/python -m benches.quality $(or $(NAME),estimate) $(ARGS)

chaos: $(BUILT) ## One ledger while processes are killed, servers vanish and clocks jump
	$(BIN)/python -m benches.chaos $(ARGS)

docs: $(BUILT) ## Build the Rust API's pages, and check the documents against the program
	RUSTDOCFLAGS="-D warnings" cargo doc --no-deps -p rheostat -p rheostat-wire -p rheostat-host -p rheostat-config
	$(BIN)/python tools/check_docs.py
	$(BIN)/python -m pytest -q tests/test_docs.py

stub: $(BUILT) ## Write python/rheostat/_native.pyi anew from the bindings
	$(BIN)/python tools/make_stub.py

golden: $(BUILT) ## Write tests/golden anew, after a change of decisions that is meant
	$(BIN)/python tests/golden/regenerate.py

clean: ## Remove what was built, and the environment
	rm -rf $(VENV) target .mypy_cache .ruff_cache .pytest_cache .hypothesis python/rheostat/*.so
