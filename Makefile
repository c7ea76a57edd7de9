# SPDX-License-Identifier: GPL-2.0
# Everything is built and run in a Debian 13 root tree that scripts/lab/setup
# makes on first use; this machine needs only git, make and root (or sudo).

MAKEFLAGS += --no-print-directory
# Kernels to build for and to test on
KERNELS ?= 6.12 7.2
# Guests at a time in tests
JOBS ?= 2
# What check-debug runs: the tests that were seen to pass there. A guest with
# KASAN and lockdep takes about five times as long; "TESTS=" runs everything.
DEBUG_TESTS = net/ping net/flap xdp/verdicts xdp/swap$$ xsk/refused xsk/stuck xsk/xskxceiver-zc-ports$$ \
	trust/broken trust/faults
# What coverage runs: few tests that between them reach most of the driver
COVERAGE_TESTS = net/flap net/tcp trust/faults-traffic vector/nomsi vector/sriov-xsk \
	vector/trace xdp/frags xdp/hw-metadata xdp/redirect xdp/verdicts xsk/bad xsk/big \
	xsk/csum xsk/updown
# AGAIN=1: what fails is run once more. WITHIN=SECONDS: nothing begins later. See
# tests/run --help
run_tests = tests/run -j $(JOBS) $(if $(AGAIN),--again) $(WITHIN:%=--within %)
V ?=
export V

# One way into the tree for all that is built; scripts/build.mk is what runs
# there. The job server of this make does not reach that far.
version := $(shell scripts/packaging/version)
inside = MAKEFLAGS= scripts/lab/in make $(if $(V),,-s) -j"$$(nproc)" -f scripts/build.mk KERNELS="$(KERNELS)" VERSION="$(version)"

.PHONY: all module bpf user programs debug-programs unit fuzz check check-debug coverage bench bench-quick demo \
	soak abuse lint shell install uninstall deb dist clean help
.DEFAULT_GOAL := all

all: ## build the driver for both kernels, the BPF programs and the tool
	@$(inside) all

module: ## build the driver only (KERNELS="6.12 7.2", also debug)
	@$(inside) module

bpf: ## build the BPF programs only
	@$(inside) bpf

user: ## build the tandem tool only
	@$(inside) user

# What the guest tests need beside the driver and the tool
programs:
	@$(inside) helpers asan
	@scripts/lab/selftests

unit: ## build and run the unit tests
	@tests/run --unit-only

fuzz: ## fuzz what parses on this machine, with sanitizers (RUNS=10000000 each)
	@scripts/lab/in make -s -C tests/fuzz O=/src/build/fuzz RUNS=$(or $(RUNS),10000000) run

check: all programs ## unit tests, and the guest tests on 6.12 and 7.2
	@$(run_tests) --unit $(KERNELS:%=-k %) $(TESTS)

debug-programs: programs
	@scripts/lab/setup --debug
	@$(inside) KERNELS=debug all helpers asan

check-debug: debug-programs ## the guest tests on the debug kernel (made on first use)
	@$(run_tests) -k debug $(if $(filter undefined,$(origin TESTS)),$(DEBUG_TESTS),$(TESTS))

coverage: debug-programs ## lines of the driver that tests reach, by file (TESTS=)
	@tests/run -j $(JOBS) -k debug $(or $(TESTS),$(COVERAGE_TESTS))
	@scripts/coverage

shell: ## an interactive guest with the driver loaded (KERNEL=6.12, CPUS=2, PORTS=2)
shell: KERNELS = $(or $(KERNEL),6.12)
shell: all
	@scripts/lab/run --kernel $(KERNELS) --cpus $(or $(CPUS),2) --ports $(or $(PORTS),2)

# Offered where the script is there.
ifneq ($(wildcard scripts/demo/run),)
demo: KERNELS = 6.12 ## a live benchmark of zero-copy traffic between two ports
demo: all
	@scripts/demo/run
endif
ifneq ($(wildcard scripts/bench/run),)
bench: all ## measured figures against igb and DPDK
	@scripts/bench/run $(BENCH)
bench-quick: all ## the main figures only, in a few minutes
	@scripts/bench/run --quick $(BENCH)
endif
ifneq ($(wildcard tests/soak),)
# The debug kernel has a target of its own for what it needs; elsewhere the driver
# for the kernel that is asked for is enough.
soak_needs = $(if $(filter debug,$(KERNEL)),debug-programs,all programs)
soak: ## random abuse under traffic (SECONDS=3600 SEED=1 KERNEL=6.12)
abuse: ## the same counted, a thousand sockets killed and so on (SCALE=100 percent SEED=1 KERNEL=6.12)
soak abuse: KERNELS = $(or $(filter-out debug,$(KERNEL)),6.12)
soak abuse: $(soak_needs)
soak:
	@tests/soak --kernel $(or $(KERNEL),6.12) --seconds $(or $(SECONDS),3600) --seed $(or $(SEED),1)
abuse:
	@tests/soak --kernel $(or $(KERNEL),6.12) --counts --scale $(or $(SCALE),100) --seed $(or $(SEED),1)
endif
ifneq ($(wildcard scripts/lint),)
lint: ## static checks of everything
	@scripts/lint
endif

install: ## driver by DKMS and the tool, on this machine (DESTDIR=, prefix=/usr/local)
	@scripts/packaging/install

uninstall: ## take away what install did
	@scripts/packaging/install --uninstall

deb: ## packages for Debian in build/deb
	@scripts/packaging/deb

dist: ## a release archive in build/dist
	@scripts/packaging/dist

clean: ## remove build/ (the lab's cache stays)
	rm -rf build

help: ## this list
	@for t in $(sort $(offered)); do \
		sed -n "s/^$$t:.*## \(.*\)/  make $$t|\1/p" Makefile; \
	done | head -n 99 | while IFS='|' read -r t h; do printf '%-20s %s\n' "$$t" "$$h"; done
	@echo
	@echo '  V=1 shows commands; TANDEM_CACHE=DIR says where the lab is (/var/cache/tandem)'
	@echo '  scripts/lab/run --help, tests/run --help: guests and tests one by one'

offered = all module bpf user unit fuzz check check-debug coverage shell install uninstall deb dist clean help \
	$(if $(wildcard scripts/demo/run),demo) $(if $(wildcard scripts/bench/run),bench bench-quick) \
	$(if $(wildcard tests/soak),soak abuse) $(if $(wildcard scripts/lint),lint)
