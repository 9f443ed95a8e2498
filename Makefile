# Every task of the project. `make` alone says which there are.

.DEFAULT_GOAL := help
SHELL := /bin/bash
export PATH := $(CURDIR)/.node/node_modules/.bin:$(PATH)

PAGE := playground/dist/index.html
PAGE_SOURCES := schema.graphql $(shell find playground/src playground/operations playground/scripts -type f -not -name gql.ts -not -name embedded.ts) \
	$(addprefix playground/,index.html vite.config.ts tsconfig.json package.json package-lock.json)

.PHONY: help run test check bench schema tables playground format

help: ## Say what there is
	@echo 'Daybook. make …'
	@sed -nE 's/^([a-z-]+):[^#]*## (.*)/  \1\t\2/p' Makefile | expand -t 14

run: ## Install what is missing, build, load the demo, serve
	@scripts/need postgres node
	@$(MAKE) --no-print-directory $(PAGE)
	cargo build --release
	@exec target/release/daybook serve --demo

test: ## Install what the tests need and run them
	@scripts/need postgres nextest
	cargo build
	scripts/with-postgres cargo nextest run

check: ## All that CI checks
	@scripts/need postgres node suites nextest chromium
	cargo fmt --check
	cargo clippy --all-targets -- -D warnings
	RUSTDOCFLAGS='-D warnings' cargo doc --no-deps
	@$(MAKE) --no-print-directory $(PAGE)
	cargo build
	diff schema.graphql <(target/debug/daybook schema) \
		|| { echo 'schema.graphql is not what the code says: run make schema and look at the difference' >&2; exit 1; }
	npm --prefix tests/suites run schema
	cargo build --example merge
	npm --prefix tests/suites run oracle
	scripts/with-postgres bash -c 'for how in "" --revert ""; do target/debug/daybook migrate $$how || exit 1; done'
	cd playground && npm run check
	scripts/with-postgres cargo nextest run --no-fail-fast
	scripts/with-daybook npm --prefix tests/suites test
	scripts/with-daybook npm --prefix playground test

bench: ## Time the kernels, then put a release build under load; LOAD='--only live …' for a part of it
	@scripts/need postgres
	@# The server as well: cargo builds it for the benches.
	cargo bench --no-run --bench kernels --bench load
	cargo bench --bench kernels
	@echo "On $$(date -u +%F), commit $$(git rev-parse --short HEAD): make bench LOAD='$(LOAD)'"
	scripts/with-release cargo bench --quiet --bench load -- $(LOAD)

schema: ## Write schema.graphql from the code
	cargo build
	target/debug/daybook schema > schema.graphql

tables: ## Write src/db/tables.rs from the migrations (needs the diesel CLI: cargo install diesel_cli)
	cargo build
	scripts/with-postgres bash -c 'target/debug/daybook migrate && \
		diesel print-schema --database-url "$$DATABASE_URL" > src/db/tables.rs'

playground: ## Build the page that the binary serves
	@scripts/need node
	@$(MAKE) --no-print-directory $(PAGE)

$(PAGE): $(PAGE_SOURCES)
	cd playground && npm run build
	@# The page is built into the binary, which looks for it only when this file has changed.
	@touch src/http/assets.rs

format: ## Format the code
	cargo fmt
