# kacenv: `make demo` plays a session in three minutes; `make test` checks everything.

PYTHON  ?= python3
VENV    := .venv
BIN     := $(VENV)/bin
SUDO    := $(if $(filter 0,$(shell id -u)),,sudo)
APT     := $(SUDO) env DEBIAN_FRONTEND=noninteractive apt-get -qq -o=Dpkg::Use-Pty=0

RUNTIME_PACKAGES := python3-venv libvlc5 vlc-plugin-base libasound2
TEST_PACKAGES    := systemd mosquitto mosquitto-clients pulseaudio pulseaudio-utils pipewire \
                    pipewire-pulse wireplumber dbus-daemon ffmpeg wesnoth-1.16-music \
                    chromium jackd2 fluidsynth timgm6mb-soundfont
BENCH_PACKAGES   := liquidsoap
MUSIC_PACKAGES   := fluidsynth fluid-soundfont-gm ffmpeg

# Installs only what is missing, so that a second run needs neither network nor root.
install = @missing=$$(for p in $(1); do dpkg -s $$p >/dev/null 2>&1 || echo $$p; done); \
	if [ -n "$$missing" ]; then echo "Installing" $$missing; \
	$(APT) update && $(APT) install -y --no-install-recommends $$missing >/dev/null; fi

.PHONY: help setup demo test lint bench docs soak music clean
help:
	@echo "make setup   install what kacenv needs; afterwards $(BIN)/kacenv runs"
	@echo "make demo    play the demo session (three minutes)"
	@echo "make test    lint, types, contracts and tests"
	@echo "make bench   measure speed, beside Liquidsoap"
	@echo "make docs    build the documentation as a site that can be read offline"
	@echo "make soak    every fault there is, for hours; make soak RUNS='kills live' for some"
	@echo "make music   render the house music again (needs a 120 MB soundfont)"

setup: packages $(VENV)/ready

.PHONY: packages
packages:
	$(call install,$(RUNTIME_PACKAGES))

$(VENV)/ready: pyproject.toml
	@echo "Installing the Python environment"
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@$(BIN)/pip install --quiet --disable-pip-version-check --editable '.[dev]'
	@touch $@

demo: setup
	@$(BIN)/kacenv demo

lint: setup
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy
	$(BIN)/lint-imports

test: lint
	$(call install,$(TEST_PACKAGES))
	$(BIN)/pytest -n 2 --dist loadfile

bench: setup
	$(call install,$(TEST_PACKAGES) $(BENCH_PACKAGES))
	PYTHONPATH=tests $(BIN)/python -m benchmarks $(RUNS)

docs: setup
	@NO_MKDOCS_2_WARNING=1 $(BIN)/mkdocs build --strict --quiet
	@echo "The documentation is at build/site/index.html"

soak: setup
	$(call install,$(TEST_PACKAGES))
	PYTHONPATH=tests $(BIN)/python -m soak $(RUNS)

music: setup
	$(call install,$(MUSIC_PACKAGES))
	$(BIN)/python playlists/house/render.py

clean:
	rm -rf $(VENV) .pytest_cache .mypy_cache .ruff_cache .hypothesis .import_linter_cache
