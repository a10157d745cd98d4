# kacenv: `make demo` plays a session in three minutes; `make test` checks everything.

# Debian's own, for which python3-venv is, comes before others in the search path.
PYTHON  ?= $(firstword $(wildcard /usr/bin/python3) python3)
VENV    := .venv
ROOT    := $(if $(filter 0,$(shell id -u)),,sudo)
BIN     := $(VENV)/bin
TOOLS   := build/tools
WHEELS  := build/wheels
LOCK    := build/lock

RUNTIME_PACKAGES := python3-venv libvlc5 vlc-plugin-base libasound2t64|libasound2
# jack_lsp is in a package of its own from Debian 13 on.
TEST_PACKAGES    := systemd mosquitto mosquitto-clients pulseaudio pulseaudio-utils pipewire \
                    pipewire-pulse wireplumber dbus-daemon ffmpeg wesnoth-music chromium-headless-shell jackd2 \
                    jack-example-tools|jackd2 fluidsynth timgm6mb-soundfont curl libatomic1
BENCH_PACKAGES   := liquidsoap mpd mpc
PEER_PACKAGES    := $(if $(shell command -v npm),,nodejs npm) mosquitto
VM_PACKAGES      := debootstrap qemu-system-x86 qemu-utils e2fsprogs
MUSIC_PACKAGES   := fluidsynth fluid-soundfont-gm ffmpeg
# What renews the locks; it is never part of an environment that runs kacenv.
LOCK_TOOLS       := uv==0.13.9 pip-audit==2.10.1

install = @scripts/debian-packages $(foreach name,$(1),'$(name)')
# A stamp bears what it was made from in its name, so that a changed lock is always noticed.
stamp   = $(VENV)/$(1)-$(shell cat pyproject.toml $(2) | sha256sum | cut -c1-16)
RUNTIME := $(call stamp,runtime,requirements.txt)
DEV     := $(call stamp,dev,requirements-dev.txt)

.PHONY: help
help:
	@echo "make setup   install what kacenv needs; afterwards $(BIN)/kacenv runs"
	@echo "make demo    play the demo session (three minutes)"
	@echo "make test    lint, types, contracts and tests"
	@echo "make check   the same without programs, browser and devices, in less than a minute"
	@echo "make upgrade fetch the newest version, and check that your house suits it"
	@echo "make wheel   build kacenv as one file that pip, pipx and uv install: build/dist"
	@echo "make lock    renew the locked versions, and look for known weaknesses in them"
	@echo "make bench   measure speed, beside Liquidsoap and MPD"
	@echo "make docs    build the documentation as a site that can be read offline"
	@echo "make soak    every fault there is, for hours; make soak RUNS='kills live' for some"
	@echo "make matrix  every kind of sound file and playlist, tried in every way: docs/files.md"
	@echo "make peers   try it beside Zigbee2MQTT's converters and Home Assistant; RUNS=quirks for one"
	@echo "make vm      install and try kacenv on virtual machines with Debian 12 and 13; RUNS=12 for one"
	@echo "make help-text  write again what kacenv --help prints at once"
	@echo "make music   render the house music again (needs a 120 MB soundfont)"

# --- installing -----------------------------------------------------------------------------

.PHONY: setup setup-dev packages
setup: packages $(RUNTIME)
	@$(BIN)/python -m compileall -q kacenv

setup-dev: setup $(DEV)

packages:
	$(call install,$(RUNTIME_PACKAGES))
	@scripts/debian-packages $$(scripts/missing-wheels $(PYTHON))
	@test -x $(BIN)/python || rm -f $(VENV)/runtime-* $(VENV)/dev-*  # its Python was upgraded away

$(RUNTIME): requirements.txt requirements-build.txt pyproject.toml | packages
	@echo "Installing what kacenv needs"
	@scripts/install-locked $(PYTHON) $(VENV) requirements.txt
	@rm -f $(VENV)/runtime-* $(VENV)/dev-*
	@touch $@

$(DEV): $(RUNTIME) requirements-dev.txt
	@echo "Installing what the tests need"
	@scripts/install-locked $(PYTHON) $(VENV) requirements-dev.txt
	@rm -f $(VENV)/dev-*
	@touch $@

.PHONY: upgrade
upgrade:
	@scripts/upgrade $(BIN)/kacenv

.PHONY: demo
demo: setup
	@$(BIN)/kacenv demo

# --- checking -------------------------------------------------------------------------------

.PHONY: lint check quick-tests test compiled-tests bench soak matrix peers vm
lint: setup-dev
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy
	$(BIN)/lint-imports

# Programs that tests start keep their modules compiled; without, most of the time goes there.
unexport PYTHONDONTWRITEBYTECODE

# Types are one program's work, whose words come at once at its end; tests tell as they go.
beside_lint = @$(MAKE) --no-print-directory --jobs 2 --output-sync lint

check: setup-dev
	$(beside_lint) quick-tests

quick-tests: setup-dev
	+@$(BIN)/pytest -q -n 2 --dist worksteal -m 'not real'

# Tests wait for more than half of their time: two cores have time for five.
test: setup-dev wheel
	$(call install,$(TEST_PACKAGES))
	$(beside_lint) compiled-tests
	$(BIN)/pytest -n 5 --dist worksteal

# Each worker reads the tests' compiled modules, which each would make for itself otherwise.
compiled-tests: setup-dev
	@$(BIN)/pytest -q --collect-only > build/tests.txt

bench: setup-dev
	$(call install,$(TEST_PACKAGES) $(BENCH_PACKAGES))
	PYTHONPATH=tests $(BIN)/python -m benchmarks $(RUNS)

soak: setup-dev
	$(call install,$(TEST_PACKAGES))
	PYTHONPATH=tests $(BIN)/python -m soak $(RUNS)

matrix: setup-dev
	$(call install,ffmpeg)
	PYTHONPATH=tests $(BIN)/python -m matrix

peers: setup-dev
	$(call install,$(PEER_PACKAGES))
	PYTHONPATH=tests $(BIN)/python -m peers $(RUNS)

vm: setup-dev
	$(call install,$(VM_PACKAGES))
	$(ROOT) env PYTHONPATH=tests $(BIN)/python -m vm $(RUNS)

# --- building -------------------------------------------------------------------------------

.PHONY: wheel docs generated help-text music lock clean
wheel: setup-dev
	@rm -rf build/dist && mkdir -p build/dist
	@$(BIN)/hatchling build -t wheel -d build/dist

docs: setup-dev
	@NO_MKDOCS_2_WARNING=1 $(BIN)/mkdocs build --strict --quiet
	@echo "The documentation is at build/site/index.html"

# Everything in the repository that is made from the code: help, pages, schemas, the API.
generated: setup-dev help-text
	$(BIN)/python -m docs.made_parts
	$(BIN)/kacenv schema --all docs/schema
	PYTHONPATH=tests $(BIN)/python tests/server/http/test_openapi.py

# What `kacenv --help` prints at once, without loading any command.
help-text: setup-dev
	@COLUMNS=80 $(BIN)/python -c "from kacenv.cli.app import app; app(prog_name='kacenv')" --help \
		> $(VENV)/help.txt && mv $(VENV)/help.txt kacenv/cli/help.txt

music: setup-dev
	$(call install,$(MUSIC_PACKAGES))
	$(BIN)/python playlists/house/render.py

lock: packages
	@test -x $(LOCK)/bin/python || $(PYTHON) -m venv $(LOCK)
	@$(LOCK)/bin/pip install --quiet --disable-pip-version-check $(LOCK_TOOLS)
	@scripts/lock $(LOCK)/bin

clean:
	rm -rf $(VENV) build .pytest_cache .mypy_cache .ruff_cache .hypothesis .import_linter_cache
