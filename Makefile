# Builds, checks and tests Driftline. Nothing needs activating: `make test` in a fresh clone sets up all it needs.
#
# Each virtual environment holds a stamp per stage, so that a second run starts at once. A stage is made again when
# what it is made from changes; the environment itself when it was moved or its Python is gone.

SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
MAKEFLAGS += --no-builtin-rules --no-print-directory
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:

PYTHON ?= python3
# Processes that run tests; words passed on to pytest, as in `make unit ARGS="tests/text -k utf16"`.
WORKERS ?= 2
ARGS ?=
# The tool that writes requirements/*.txt. Nothing else needs it.
PIP_TOOLS := pip-tools==7.6.2

VENV := .venv
BIN := $(VENV)/bin
NEOVIM_VENV := .venv-neovim
LOCK_VENV := .venv-lock

export PIP_DISABLE_PIP_VERSION_CHECK := 1
export PIP_ROOT_USER_ACTION := ignore
INSTALL := -m pip install --quiet --require-virtualenv

# ---------------------------------------------------------------------------------------------------------------------
# What a user asks for

.PHONY: help
help:  ## Says what there is
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "make %-9s %s\n", $$1, $$2 }' Makefile

.PHONY: audit
audit: $(VENV)/.runtime  ## Prints the audit of fixtures/kitsu
	@$(BIN)/driftline audit fixtures/kitsu

.PHONY: test
test: lint types unit  ## Lints, checks types and runs all tests

.PHONY: unit
unit: $(VENV)/.dev  ## Runs the tests alone (ARGS="…" for pytest)
	@$(BIN)/python -P -m pytest -n $(WORKERS) $(ARGS)

.PHONY: lint
lint: $(VENV)/.dev  ## Checks style and format
	@$(BIN)/ruff check
	@$(BIN)/ruff format --check

.PHONY: types
types: $(VENV)/.dev  ## Checks types
	@$(BIN)/mypy

.PHONY: format
format: $(VENV)/.dev  ## Formats the code, and mends what ruff can
	@$(BIN)/ruff check --fix-only
	@$(BIN)/ruff format

.PHONY: lock
lock: $(LOCK_VENV)/.made  ## Writes requirements/*.txt (UPGRADE=1: with the newest versions)
	@$(call pip-compile,runtime,pyproject.toml)
	@$(call pip-compile,build,build.in)
	@$(call pip-compile,dev,dev.in)
	@$(call pip-compile,neovim,neovim.in)

.PHONY: neovim
neovim: $(NEOVIM_VENV)/.made  ## Gets the Neovim that its tests use

.PHONY: clean
clean:  ## Removes all that make and the tools made, the environments too
	@rm -rf $(VENV) $(NEOVIM_VENV) $(LOCK_VENV) build dist .hypothesis .mypy_cache .pytest_cache .ruff_cache
	@find server tests -name __pycache__ -type d -prune -exec rm -rf {} +

# ---------------------------------------------------------------------------------------------------------------------
# The environments. Their chatter goes to stderr: stdout belongs to what was asked for.

# $(call make-venv,FOLDER): an empty virtual environment, by a Python that is new enough.
define make-venv
	command -v "$(PYTHON)" >/dev/null || { echo "driftline: there is no '$(PYTHON)' here; name a Python 3.11 or newer: make PYTHON=…" >&2; exit 1; }
	"$(PYTHON)" -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "driftline needs Python 3.11 or newer, and '$(PYTHON)' is $$("$(PYTHON)" -c 'import platform; print(platform.python_version())'); name another: make PYTHON=…" >&2; exit 1; }
	"$(PYTHON)" -c 'import ensurepip, venv' 2>/dev/null || { echo "driftline: '$(PYTHON)' cannot make virtual environments (on Debian and Ubuntu the package python3-venv is missing)" >&2; exit 1; }
	echo "driftline: making $(1)" >&2
	"$(PYTHON)" -m venv --clear $(1) >&2
endef

# $(call belongs-here,FOLDER): "yes" where that environment was made in this folder and its Python still runs.
# A console script holds the absolute path of its interpreter, so a moved environment does not work.
belongs-here = $(shell $(1)/bin/python -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && grep -qsF '$(CURDIR)/$(1)' $(1)/bin/activate && echo yes)

ifneq ($(call belongs-here,$(VENV)),yes)
.PHONY: $(VENV)/.made
endif
ifneq ($(call belongs-here,$(NEOVIM_VENV)),yes)
.PHONY: $(NEOVIM_VENV)/.made
endif
ifneq ($(call belongs-here,$(LOCK_VENV)),yes)
.PHONY: $(LOCK_VENV)/.made
endif

$(VENV)/.made:
	@$(if $(filter yes,$(call belongs-here,$(VENV))),,$(call make-venv,$(VENV)))
	@touch $@

# Driftline as its users have it, from this folder. Without build isolation: the build tools are locked, too.
$(VENV)/.runtime: $(VENV)/.made pyproject.toml requirements/runtime.txt requirements/build.txt
	@echo "driftline: installing the locked runtime requirements" >&2
	@$(BIN)/python $(INSTALL) --require-hashes -r requirements/runtime.txt -r requirements/build.txt >&2
	@$(BIN)/python $(INSTALL) --no-deps --no-build-isolation --editable . >&2
	@touch $@

$(VENV)/.dev: $(VENV)/.runtime requirements/dev.txt
	@echo "driftline: installing the locked development tools" >&2
	@$(BIN)/python $(INSTALL) --require-hashes -r requirements/dev.txt >&2
	@touch $@

$(NEOVIM_VENV)/.made: requirements/neovim.txt
	@$(if $(filter yes,$(call belongs-here,$(NEOVIM_VENV))),,$(call make-venv,$(NEOVIM_VENV)))
	@$(NEOVIM_VENV)/bin/python $(INSTALL) --require-hashes -r requirements/neovim.txt >&2
	@touch $@

$(LOCK_VENV)/.made:
	@$(if $(filter yes,$(call belongs-here,$(LOCK_VENV))),,$(call make-venv,$(LOCK_VENV)))
	@$(LOCK_VENV)/bin/python $(INSTALL) $(PIP_TOOLS) >&2
	@touch $@

# $(call pip-compile,NAME,SOURCE): writes requirements/NAME.txt. Nothing about where packages came from goes into it.
define pip-compile
	cd requirements && CUSTOM_COMPILE_COMMAND="make lock" ../$(LOCK_VENV)/bin/python -m piptools compile --quiet \
		--generate-hashes --strip-extras $(if $(UPGRADE),--upgrade) --output-file $(1).txt \
		--no-emit-index-url --no-emit-find-links --no-emit-trusted-host --no-emit-options \
		$(if $(filter pyproject.toml,$(2)),../)$(2)
endef
