# Everything that is done to this repository, by name. `make help` lists it.
#
# Two of them are all that a newcomer needs: `make run` (builds and starts the demo) and `make test` (installs what the tests need,
# starts real servers itself, runs every test).

SHELL := /bin/bash -o pipefail
.DEFAULT_GOAL := help

GO      ?= go
NPM     ?= npm
MODULES := . sdk/go plugins/example plugins/recipes/go plugins/shopify server/e2e
APPS    := sdk/ts widget server/inbox
CHECKED := $(APPS) server/e2e/browser
NODES   := openapi $(APPS) plugins/shopify/checks server/e2e/browser
# The detector doubles the time of the server's tests: CI runs them with it instead of running them twice.
RACE    ?=
FUZZTIME ?= 100000x
VERSION := $(shell git describe --tags --always --dirty 2>/dev/null || echo dev)
LDFLAGS := -s -w -X main.version=$(VERSION)
LINT_VERSION := $(shell cat .golangci-lint-version)

.PHONY: help setup generate fmt lint test race e2e web run build bench fuzz check release screenshots fresh

help: ## list the verbs
	@grep -hE '^[a-z]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 14

# --- parts -----------------------------------------------------------------------------------------------------------------------

# A folder's packages are installed again only when its lock file has changed. Not by npm ci: it insists on packages for all other
# systems, which not every registry mirror has. The lock file is followed and left as it is.
%/node_modules/.installed: %/package-lock.json
	cd $* && $(NPM) install --no-save --no-audit --no-fund --loglevel=error
	@touch $@

NODE_MARKS := $(NODES:%=%/node_modules/.installed)

web: widget/node_modules/.installed server/inbox/node_modules/.installed sdk/ts/node_modules/.installed ## build the widget and the inbox
	cd widget && $(NPM) run --silent build
	cd server/inbox && $(NPM) run --silent build

build: web ## build bin/tagalong
	$(GO) build -trimpath -ldflags '$(LDFLAGS)' -o bin/tagalong ./server/cmd/tagalong

run: build ## build everything and start the demo
	./bin/tagalong demo

setup: $(NODE_MARKS) ## install what the tests need: Debian packages, npm packages
	.ci/apt

bin/golangci-lint: .golangci-lint-version
	GOBIN=$(CURDIR)/bin $(GO) install github.com/golangci/golangci-lint/v2/cmd/golangci-lint@$(LINT_VERSION)
	@touch $@

generate: $(NODE_MARKS) ## make generated code anew from the contract
	$(GO) generate ./openapi
	cd plugins/shopify && $(GO) generate ./admin
	cd sdk/ts && $(NPM) run --silent generate
	@command -v php >/dev/null || .ci/apt
	php sdk/php/scripts/generate.php

fmt: bin/golangci-lint $(NODE_MARKS) ## format all code
	@for m in $(MODULES); do (cd $$m && $(CURDIR)/bin/golangci-lint fmt -c $(CURDIR)/.golangci.yml); done
	@for a in $(APPS); do (cd $$a && npx biome check --write .); done

lint: bin/golangci-lint $(NODE_MARKS) ## lint Go, TypeScript and the contract; import rules are among it
	@for m in $(MODULES); do echo "lint $$m"; (cd $$m && $(CURDIR)/bin/golangci-lint run --allow-parallel-runners -c $(CURDIR)/.golangci.yml ./...) || exit 1; done
	@for a in $(CHECKED); do echo "lint $$a"; (cd $$a && $(NPM) run --silent check) || exit 1; done
	cd openapi && REDOCLY_TELEMETRY=off $(NPM) run --silent lint
	@command -v phpcs >/dev/null || .ci/apt
	@for p in sdk/php plugins/woocommerce; do echo "lint $$p"; (cd $$p && phpcs -q) || exit 1; done
	cd plugins/woocommerce && node --check assets/chat.js

# --- tests -----------------------------------------------------------------------------------------------------------------------

test: setup build ## install what the tests need and run every test
	$(GO) test $(RACE) ./...
	@for m in $(filter-out . server/e2e,$(MODULES)); do echo "test $$m"; (cd $$m && $(GO) test ./...) || exit 1; done
	@for a in $(APPS) plugins/shopify/checks; do echo "test $$a"; (cd $$a && $(NPM) run --silent test) || exit 1; done
	@for p in sdk/php plugins/woocommerce; do echo "test $$p"; (cd $$p && phpunit) || exit 1; done
	cd plugins/woocommerce && node --test tests/chat.test.mjs
	$(MAKE) e2e

race: ## run the Go tests with the race detector
	$(GO) test -race ./server/...

e2e: setup build ## play the product against the built binary: SDK, attacks, chaos, browser
	cd server/e2e && $(GO) test ./...
	cd server/e2e/browser && $(NPM) test

bench: build ## measure, as ratios against a floor in the same run
	cd server/e2e && $(GO) run ./bench -binary $(CURDIR)/bin/tagalong

fuzz: ## fuzz every parser, FUZZTIME (inputs or time) each
	@.ci/fuzz $(FUZZTIME)

screenshots: setup build ## make the README's pictures anew
	cd server/e2e/browser && $(NPM) run --silent screenshots

fresh: generate
	@git diff --exit-code -- '*.gen.go' '*.gen.ts' '*.gen.php' || { echo "generated code is stale: run make generate"; exit 1; }
	@for m in $(MODULES); do (cd $$m && $(GO) mod tidy -e -diff >/dev/null 2>&1) || { echo "$$m/go.mod is not tidy"; exit 1; }; done

check: fresh lint web ## what must hold beside the tests: fresh generated code, lint, import rules, spec, size budgets
	cd server/e2e && $(GO) vet ./...

release: check test ## build release binaries with the web bundles inside, into bin/release
	@mkdir -p bin/release
	@for p in linux/amd64 linux/arm64 darwin/arm64; do \
		CGO_ENABLED=0 GOOS=$${p%/*} GOARCH=$${p#*/} $(GO) build -trimpath -ldflags '$(LDFLAGS)' -o bin/release/tagalong-$${p%/*}-$${p#*/} ./server/cmd/tagalong || exit 1; done
	plugins/woocommerce/scripts/build bin/release >/dev/null
	cd bin/release && find . -maxdepth 1 -type f ! -name SHA256SUMS | sort | xargs sha256sum > SHA256SUMS
