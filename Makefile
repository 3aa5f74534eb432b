# 三同信箱 Santong. Needs Debian 12 (or alike), Python >= 3.11, pip and make; nothing else.
PORT ?= 8080
UPGRADE ?=

SHELL := /bin/sh
BIN := .venv/bin
PYTEST := $(BIN)/python -m pytest
CHROMIUM := /usr/bin/chromium

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.PHONY: help install run dev browser test ci check bench lock

help: ## 列出这些目标 list these targets
	@sed -n 's/^\([a-z]*\):.*## \(.*\)/  make \1	\2/p' Makefile | expand -t 18

install: .venv/.installed ## 把运行环境装进 .venv install what `santong` needs into .venv
	@:

run: install ## 启动演示 start the demo at http://127.0.0.1:$PORT (PORT=8080)
	@exec $(BIN)/santong demo --port $(PORT)

dev: .venv/.installed-dev ## 加上测试工具 add what the tests need
	@:

browser: ## 装好测试用的 Chromium 和中文字体 make sure of Chromium and a Chinese font
	@$(find_browser)

test: dev browser ## 测试(6 分钟内) the suite, with one browser story
	$(PYTEST) -m "not ci"

ci: dev browser ## 较长的一半(40 分钟内) the longer half: all browser tests, kills
	$(PYTEST) -m ci

check: dev ## 格式、检查、类型、测试 format, lint, types, then the tests
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy --strict
	@$(MAKE) --no-print-directory test

bench: install ## 测速 measure speed
	$(BIN)/santong bench

lock: dev ## 重写两个锁定文件 write the lock files anew (UPGRADE=--upgrade for newer releases)
	$(compile) --output-file requirements.lock
	$(compile) --extra dev --constraint requirements.lock --output-file requirements-dev.lock

compile = $(BIN)/uv pip compile pyproject.toml --quiet --universal --python-version 3.11 \
	--group build --generate-hashes --no-emit-index-url --no-emit-find-links \
	--no-annotate --no-header $(UPGRADE)

# The stamps are written last: a broken installation is taken up again by the next make.
.venv/.installed: requirements.lock pyproject.toml
	@$(find_python) && "$$python" .ci/install.py requirements.lock
	@touch $@

.venv/.installed-dev: requirements-dev.lock pyproject.toml
	@$(find_python) && "$$python" .ci/install.py requirements-dev.lock
	@touch .venv/.installed $@

define find_python
python=; \
for candidate in "$(PYTHON)" python3.13 python3.12 python3.11 python3; do \
	if [ -n "$$candidate" ] && "$$candidate" -c 'import sys, venv; sys.exit(sys.version_info < (3, 11))' \
		2>/dev/null; then python=$$candidate; break; fi; \
done; \
if [ -z "$$python" ]; then \
	echo '需要 Python 3.11 或更新。Debian 12:apt-get install python3 python3-pip;或用 make PYTHON=/路径/python3 指定。'; \
	echo 'Python 3.11 or newer is needed. Debian 12: apt-get install python3 python3-pip; or name one: make PYTHON=/path/to/python3.'; \
	exit 1; \
fi >&2
endef

define find_browser
font() { ls /usr/share/fonts/*/noto/NotoSansCJK* /usr/share/fonts/truetype/wqy/* 2>/dev/null | grep -q . \
	|| fc-list :lang=zh 2>/dev/null | grep -q .; }; \
if [ -x $(CHROMIUM) ] && font; then exit 0; fi; \
if [ "$$(id -u)" = 0 ]; then as_root=; \
elif sudo -n true 2>/dev/null; then as_root=sudo; \
else as_root=none; fi; \
if [ "$$as_root" = none ] || ! command -v apt-get >/dev/null; then \
	echo '测试要用 $(CHROMIUM) 和一种中文字体,请以 root 安装:'; \
	echo 'The tests need $(CHROMIUM) and a Chinese font. Install them as root:'; \
	echo '    apt-get install chromium fonts-noto-cjk'; \
	exit 1; \
fi >&2; \
echo '安装浏览器 Installing chromium, fonts-noto-cjk…'; \
$$as_root apt-get update -qq && \
$$as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends \
	chromium fonts-noto-cjk >/dev/null && \
[ -x $(CHROMIUM) ] && font
endef
