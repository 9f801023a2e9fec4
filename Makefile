# Khiu: make run, make test. Everything built lands in ignored folders.
SHELL := /bin/bash
PYTHON ?= python3
PIP := .venv/bin/pip --disable-pip-version-check -q
WORDS := $(shell find kiosk display server -name '*.po' 2>/dev/null)

.PHONY: setup run test lint bench words pictures format test-setup

setup: .venv/.installed server/static/vendor/.built .venv/.words

.venv/.installed: requirements.lock pyproject.toml
	$(PYTHON) -m venv .venv
	$(PIP) install -r requirements.lock
	$(PIP) install --no-deps --no-build-isolation -e .
	@touch $@

server/static/vendor/.built: package-lock.json deploy/build_assets.py .venv/.installed
	.venv/bin/python deploy/build_assets.py
	@touch $@

.venv/.words: $(WORDS) deploy/compile_words.py .venv/.installed
	.venv/bin/python deploy/compile_words.py
	@touch $@

words: .venv/.words

run: setup
	.venv/bin/khiu demo --data var/demo --listen 127.0.0.1:8080

.venv/.test-installed: requirements-test.lock .venv/.installed
	$(PIP) install -r requirements-test.lock
	@touch $@

test-setup: setup .venv/.test-installed
	@bash deploy/test_packages.sh

test: test-setup
	.venv/bin/python -m pytest -n 2 --dist loadfile --no-loadscope-reorder

lint: setup .venv/.test-installed
	.venv/bin/ruff format --check .
	.venv/bin/ruff check .
	.venv/bin/mypy

format: .venv/.test-installed
	.venv/bin/ruff format .
	.venv/bin/ruff check --fix .

bench: test-setup
	.venv/bin/python -m tests.bench

pictures: test-setup
	.venv/bin/python -m tests.picturing
