# Every task of this project; each does its own set-up first.
.DEFAULT_GOAL := help
SHELL := /bin/bash
PORT ?= 8000
HOST ?= 127.0.0.1

# the first Python that is new enough
PYTHON ?= $(shell for p in python3 python3.14 python3.13 python3.12 python3.11; do \
	$$p -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo $$p && break; done)
BIN := .venv/bin
# what depends on the database most runs on Debian's PostgreSQL 15 too, where it is installed
ON_DEBIAN := tests/backend/kit $(foreach name,applications matchmaking trials register,tests/backend/$(name))

help: ## các việc có thể làm / what can be done
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-11s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

python:
	@test -n "$(PYTHON)" || { echo 'Cần Python 3.11 trở lên / Python 3.11 or later is needed: sudo apt-get install python3 python3-venv' >&2; exit 1; }

setup: python ## cài đặt mọi thứ bản thử cần / set up all the demo needs
	@$(PYTHON) scripts/setup.py

extras: python ## mô hình ngôn ngữ, ghép cặp trên nhiều máy / sentence models, matching over many machines
	@$(PYTHON) scripts/setup.py --extras

setup-dev: python
	@$(PYTHON) scripts/setup.py --dev

demo: setup ## chạy thử với dữ liệu mẫu (PORT=8000) / run with example data (PORT=8000)
	@BENTHU_HOST=$(HOST) BENTHU_PORT=$(PORT) exec $(BIN)/benthu serve --demo

demo-reset: setup ## xóa dữ liệu đã nhập và bắt đầu lại / drop the data entered and start over
	@$(BIN)/benthu stop && rm -rf var && BENTHU_HOST=$(HOST) BENTHU_PORT=$(PORT) exec $(BIN)/benthu serve --demo

test: setup-dev ## mọi kiểm thử / every test
	@! test -x /usr/lib/postgresql/15/bin/postgres || BENTHU_TEST_POSTGRES=debian $(BIN)/python -m pytest -n 2 -q $(ON_DEBIAN)
	@BENTHU_BROWSER="$$(cat .venv/.browser)" $(BIN)/python -m pytest -n 2 $(ARGS)

coverage: setup-dev ## độ phủ của hai lõi: mọi nhánh / coverage of the two cores: every branch
	@$(BIN)/python -m pytest -n 2 -q --cov=matching --cov=sandbox_rules --cov-branch --cov-fail-under=100 \
		--cov-report=term-missing:skip-covered tests/matching tests/sandbox_rules $(ARGS)

check: setup-dev ## mọi kiểm tra không chạy kiểm thử / all checks short of the tests
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy
	$(BIN)/mypy scripts
	$(BIN)/lint-imports
	$(BIN)/python -m backend.kit.template_check
	$(BIN)/python -m sandbox_rules check
	$(BIN)/python scripts/tidy.py

format: setup-dev ## định dạng mã nguồn / format the source
	$(BIN)/ruff check --fix
	$(BIN)/ruff format

bench: setup-dev ## đo tốc độ và chất lượng ghép cặp / measure speed and quality of the matching
	@$(BIN)/python -m benchmarks $(ARGS)

lock: setup-dev ## ghim lại mọi thư viện / pin all dependencies anew
	scripts/lock

.PHONY: help python setup extras setup-dev demo demo-reset test coverage check format bench lock
