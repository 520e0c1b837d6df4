# Everything a person or a CI job does with this tree.
#
# With sudo, only installing packages and running scenarios is done as root; whatever writes to the tree is done as
# the user who called sudo, so that nothing in it ends up belonging to root.

SHELL := /bin/bash
.DELETE_ON_ERROR:
.DEFAULT_GOAL := help

# Runs a command as the one who called make, with swift in PATH.
AS_USER := Scripts/as-invoker
REPORTS := build/reports
PREFIX := /usr/local
# What --version says it was built from.
REVISION := $(shell git describe --always --dirty 2>/dev/null)
RELEASE := .build/release
# The benchmarks are built as a package of their own that consists of links to this one: what their library depends on
# then gets neither into the ordinary build nor into its Package.resolved.
BENCH_PACKAGE := .build/benchmarks
BENCH := $(BENCH_PACKAGE)/.build/release
BENCH_SWIFT := $(AS_USER) env TCPWITNESS_BENCHMARK=1 swift build -c release --package-path $(BENCH_PACKAGE)
SOURCES := Sources Harness Tests Benchmarks Package.swift

.PHONY: help test check check-exploration fuzz matrix alone shuffles releases releases-page behaviours build install uninstall manual deb bench lint format clean prerequisites \
	guest-prerequisites root

help: ## Show this list
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  make %-10s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

KERNELS := 5.10 6.1 6.12 7.2

# Guests need no root; with it this machine's own kernel is run too. What the baselines do not know of a kernel, or the
# comparison of the next, ends it with a status other than 0, but not before everything has been run and said.
matrix: guest-prerequisites build ## Run every scenario on stock kernels in guests and on this one, and compare them (sudo)
	@$(AS_USER) mkdir -p $(REPORTS)
	$(AS_USER) $(RELEASE)/tcpwitness kernel fetch $(KERNELS)
	@status=0; \
	$(AS_USER) $(RELEASE)/tcpwitness run $(addprefix --kernel ,$(KERNELS)) \
		--junit $(REPORTS)/matrix.xml --html $(REPORTS)/matrix.html --record $(REPORTS)/matrix.jsonl || status=$$?; \
	$(AS_USER) $(RELEASE)/tcpwitness compare $(patsubst %,$(REPORTS)/matrix-%.jsonl,$(KERNELS)) || status=$$?; \
	if [ "$$(id -u)" = 0 ]; then \
		$(RELEASE)/tcpwitness run --junit $(REPORTS)/host.xml --record $(REPORTS)/host.jsonl || status=$$?; \
		Scripts/give-back build; \
	else \
		echo "not root: this machine's own kernel is left out (sudo make matrix runs it too)"; \
	fi; \
	exit $$status

# What the page is made of, the oldest first; an archive drops old releases, which then have to be replaced here.
RELEASES := 5.10.218 5.10.262 6.1.170 6.1.180 6.1.192 6.12.43 6.12.74 6.12.90 6.12.107 6.12.113 6.12.118 6.16.3 6.16.12 \
	6.17.8 6.18.5 6.18.9 6.18.15 7.2.6 7.2.13 7.3-rc7 7.3.4

releases: guest-prerequisites build ## Run every scenario on many releases in guests, and write docs/releases.md
	$(AS_USER) $(RELEASE)/tcpwitness releases $(RELEASES) --format json --output docs/releases.json || test $$? = 1
	$(AS_USER) $(MAKE) releases-page

# Also without the kernels, from the data in the tree: what is known of commits may have grown.
releases-page: build
	$(AS_USER) $(RELEASE)/tcpwitness releases --from docs/releases.json --format markdown --output docs/releases.md || test $$? = 1

# What ran before, or beside it, must be no part of what a scenario shows. All scenarios unless SCENARIOS has some.
ALONE := 6.12
SCENARIOS :=
SEEDS := $(shell seq 20)

alone: guest-prerequisites build ## Run each scenario alone in a guest that has just booted, and name those that fail
	$(AS_USER) $(RELEASE)/tcpwitness kernel fetch $(ALONE)
	$(AS_USER) Scripts/run-alone $(ALONE) $(SCENARIOS)

shuffles: guest-prerequisites build ## Run every scenario in a guest in 20 orders, and name those in which some fail
	$(AS_USER) $(RELEASE)/tcpwitness kernel fetch $(ALONE)
	$(AS_USER) Scripts/run-shuffles $(ALONE) $(SEEDS)

# The exit status of the run is make's only in that it is not 0; what it was stands in make's last line.
test: root build ## Run every scenario on this machine's kernel (sudo); reports go to build/reports/
	@$(AS_USER) mkdir -p $(REPORTS)
	@status=0; \
	$(RELEASE)/tcpwitness run --junit $(REPORTS)/junit.xml --html $(REPORTS)/report.html \
		--record $(REPORTS)/record.jsonl || status=$$?; \
	Scripts/give-back build; \
	exit $$status

# The tests are built as the user and run as root without the package manager, which would write to the tree.
check: lint prerequisites ## Run the checks and tests that CI runs (sudo; without it those that need root are skipped)
	$(AS_USER) swift build --build-tests
	Scripts/run-tests

check-exploration: prerequisites ## Run the test that explores a kernel twice by one seed, which takes minutes
	$(AS_USER) swift build --build-tests
	TCPWITNESS_LONG_TESTS=1 Scripts/run-tests --filter ExploreGuestBootTests

# What traps is found in a debug build, which the tests need anyway. A mutant follows from the seed and its number, so what
# is found is found again: FUZZ="--seed 20261125 --only 4711".
FUZZ := --mutants 20000 --seed 1

fuzz: prerequisites ## Fuzz everything that parses files or kernel replies
	$(AS_USER) swift build --product tcpwitness-fuzz
	$(AS_USER) "$$($(AS_USER) swift build --show-bin-path)/tcpwitness-fuzz" $(FUZZ)

# In namespaces of their own, where the laboratories get the small socket hash that a run gives them.
bench: root build ## Measure what the laboratory costs, as ratios; JSON goes to build/reports/bench.json (sudo)
	@$(AS_USER) mkdir -p $(BENCH_PACKAGE) $(REPORTS)
	@$(AS_USER) ln -sfn $(addprefix $(CURDIR)/,Package.swift Sources Harness Tests Benchmarks) $(BENCH_PACKAGE)/
	$(BENCH_SWIFT) --product LabBenchmarks
	$(BENCH_SWIFT) --product BenchmarkRatios
	$(BENCH_SWIFT) --product BenchmarkTool
	$(BENCH_SWIFT) --product tcpwitness-worker
	@trap 'Scripts/give-back build' EXIT; set -e; \
	$(RELEASE)/tcpwitness run --record $(REPORTS)/bench.jsonl; \
	unshare --net --mount Scripts/run-benchmarks $(BENCH) $(REPORTS); \
	$(BENCH)/BenchmarkRatios $(REPORTS)/Current_run.jmh.json $(REPORTS)/bench.jsonl $(REPORTS)/bench.json

behaviours: build ## Regenerate BEHAVIOURS.md and docs/documents.md: every claim, what Linux does, where kernels differ
	@$(AS_USER) mkdir -p build
	$(AS_USER) sh -c '$(RELEASE)/tcpwitness behaviours > build/BEHAVIOURS.md && mv build/BEHAVIOURS.md .'
	$(AS_USER) sh -c '$(RELEASE)/tcpwitness documents --releases docs/releases.json --format markdown \
		> build/documents.md && mv build/documents.md docs/'

# With Swift's runtime inside, so that they run where there is no Swift.
build: prerequisites ## Build the three executables into .build/release
	$(AS_USER) env TCPWITNESS_REVISION=$(REVISION) swift build -c release --static-swift-stdlib

install: $(RELEASE)/tcpwitness manual ## Install below PREFIX (/usr/local) after 'make build', with man pages and completions
	Scripts/install $(RELEASE) build/man "$(DESTDIR)$(PREFIX)"

uninstall: ## Remove what 'make install' has put below PREFIX
	Scripts/uninstall "$(DESTDIR)$(PREFIX)"

$(RELEASE)/tcpwitness:
	@echo "first: make build" >&2; exit 2

# Swift Package Manager's plugin for this would build everything once more, without optimization.
manual: $(RELEASE)/tcpwitness prerequisites ## Write the man pages into build/man
	$(AS_USER) env TCPWITNESS_REVISION=$(REVISION) swift build -c release --static-swift-stdlib --product generate-manual
	$(AS_USER) Scripts/write-manual $(RELEASE) build/man

deb: build manual ## Make a Debian package in build/
	$(AS_USER) Scripts/build-deb $(RELEASE) build

lint: prerequisites ## Check formatting and the imports of every target
	$(AS_USER) swift format lint --recursive --strict --parallel $(SOURCES)
	@! grep -rnE '^([a-z]+ )?import Foundation$$' Sources Harness || \
		{ echo "Foundation is 40 MB more than FoundationEssentials: docs/costs.md" >&2; exit 2; }
	$(AS_USER) Scripts/check-imports

format: prerequisites ## Format the sources
	$(AS_USER) swift format --recursive --in-place --parallel $(SOURCES)

clean: ## Remove everything that was built
	rm -rf .build build

prerequisites:
	@Scripts/install-prerequisites

guest-prerequisites:
	@Scripts/install-prerequisites guests

root:
	@[ "$$(id -u)" = 0 ] || { echo "this needs root: sudo make $(MAKECMDGOALS)" >&2; exit 2; }
