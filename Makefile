# Every task of the project. `make` alone says which there are.

SHELL := /bin/bash
.DEFAULT_GOAL := help

# Root installs packages as it is; others need sudo for that.
SUDO := $(shell [ "$$(id -u)" = 0 ] || echo sudo)
DAYBOOK := target/debug/daybook

help: ## Say what there is
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## (.*)/  make \1|\2/' | column -t -s '|'
