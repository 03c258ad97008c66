# Cinnabar: `make demo` and `make test` are enough to begin with. `make` alone lists the rest.

PREFIX ?= /usr/local
PACKAGES := libopenblas0 libedit-dev libbsd-dev libmd-dev libncurses-dev libyaml-dev \
  libcmark-gfm-dev zlib1g-dev pkg-config git ca-certificates
# Archives that the linker is to find before the shared libraries of the same name.
ARCHIVES := $(CURDIR)/.build/archives
# Tests are built for debugging, without these flags: that is quicker, and checks more.
FLAGS := -c release --static-swift-stdlib \
  -Xswiftc -L -Xswiftc $(ARCHIVES) -Xswiftc -Xclang-linker -Xswiftc -static-libgcc
CNB := .build/release/cnb
SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help
.PHONY: help setup build demo test check notebooks lint install clean

help: ## List these targets
	@grep -E '^[a-z-]+:.*## ' $(MAKEFILE_LIST) \
	  | awk -F ':.*## ' '{ printf "  make %-11s %s\n", $$1, $$2 }'

setup: ## Install the Debian packages that are missing, and look for Swift
	@if ! command -v swift > /dev/null; then
	  echo "missing: Swift 6.3 or newer (https://www.swift.org/install/linux)" >&2; exit 1
	fi
	found="$$(swift --version 2> /dev/null | sed -nE 's/.*Swift version ([0-9]+\.[0-9]+).*/\1/p' | head -1)"
	if [ "$$(printf '6.3\n%s\n' "$$found" | sort -V | head -1)" != 6.3 ]; then
	  echo "missing: Swift 6.3 or newer; found $${found:-none}" >&2; exit 1
	fi
	if ! command -v dpkg-query > /dev/null || ! command -v apt-get > /dev/null; then
	  missing=""
	  for archive in edit bsd md tinfo yaml cmark-gfm z; do
	    [ -n "$$(ls {/usr,/usr/local}/{lib64,lib,lib/*-linux-gnu}/lib$$archive.a 2> /dev/null)" ] \
	      || missing="$$missing lib$$archive.a"
	  done
	  ldconfig -p 2> /dev/null | grep -q "libopenblas\.so" || missing="$$missing libopenblas.so"
	  [ -z "$$missing" ] && exit 0
	  echo "missing:$$missing; on Debian: apt-get install $(PACKAGES)" >&2; exit 1
	fi
	missing=""
	for package in $(PACKAGES); do
	  dpkg-query -W -f '$${db:Status-Status}' $$package 2> /dev/null | grep -qx installed \
	    || missing="$$missing $$package"
	done
	[ -z "$$missing" ] && exit 0
	echo "installing:$$missing"
	sudo=""; if [ "$$(id -u)" != 0 ]; then sudo=sudo; fi
	$$sudo apt-get -qq update
	$$sudo env DEBIAN_FRONTEND=noninteractive apt-get -qq install -y --no-install-recommends $$missing

build: setup ## Build the command, at .build/release/cnb
	@mkdir -p $(ARCHIVES)
	runtime="$$(clang -print-file-name=libstdc++.a 2> /dev/null || true)"
	if [ -f "$$runtime" ]; then ln -sf "$$runtime" $(ARCHIVES); fi
	swift build $(FLAGS) --product cnb

demo: build ## Run Notebooks/tour.cnb and print its cells, tables and plots
	@$(CNB) run --print Notebooks/tour.cnb

test: setup ## Run every test, and every notebook again
	@swift build --build-tests
	swift test --skip-build --disable-xctest
	for set in v3 baseline; do
	  CNB_KERNELS=$$set swift test --skip-build --disable-xctest --filter '^(Kernels|Networks)Tests' \
	    2>&1 | grep -E '✘|Test run with'
	done
	$(MAKE) --no-print-directory check

check: build notebooks ## Run the notebooks and the standard library again and compare

# Training that rounds takes minutes, and ends further apart on another machine than its marks say.
LONG := quantization-from-scratch|hybrid-precision|hashing-products|deep-compression

# With the data of this place, where it is; most once more as an older machine would compute them. As many at
# a time as there are cores, on one each, and the long ones first: in reverse order the longest begins.
notebooks:
	@if [ -z "$${CNB_DATA:-}" ] && [ -d ../shared/data ]; then export CNB_DATA="$$(cd ../shared/data && pwd)"; fi
	one() {
	  if [ "$$1" = older ]; then
	    CNB_KERNELS=baseline OPENBLAS_CORETYPE=Nehalem $(CNB) check "$$2" | sed 's/$$/, as an older machine computes/'
	  else
	    $(CNB) check "$$2"
	  fi
	}
	export -f one
	all="$$(ls Notebooks/*.cnb Notebooks/reference/*.cnb Stdlib/*.cnb)"
	if [ ! -d "$${CNB_DATA:-/nonexistent}/mnist" ]; then
	  without="$$(grep -l '^[^#]*load "mnist"' $$all || true)"
	  echo "not checked, for MNIST is not here (CNB_DATA names its folder):" $$without
	  all="$$(grep -vxF "$$without" <<< "$$all")"
	fi
	{ grep -E '$(LONG)' <<< "$$all" | sort -r | sed 's/^/this /' || true
	  grep -vE '$(LONG)' <<< "$$all" | sed 's/.*/this &\nolder &/'
	} | CNB_THREADS=1 xargs -P "$$(nproc)" -n 2 bash -euo pipefail -c 'one "$$@"' one

lint: ## Check the format of the sources
	@swift format lint --strict -r Sources Tests Package.swift Stdlib

install: build ## Install the command under PREFIX (/usr/local)
	@install -s -Dm755 $(CNB) "$(DESTDIR)$(PREFIX)/bin/cnb"

clean: ## Remove what was built
	@rm -rf .build

bench: build ## Time the command beside its peers, 12 minutes (bench-setup first; ONLY=, ROUNDS=, QUICK=1)
	@swift build $(FLAGS) --product cnb-bench
	if [ -z "$${CNB_DATA:-}" ] && [ -d ../shared/data ]; then export CNB_DATA="$$(cd ../shared/data && pwd)"; fi
	python3 Tests/Benchmarks/bench.py --cnb $(CNB) $(if $(QUICK),--quick,--keep) \
	  $(if $(ONLY),--only $(ONLY)) $(if $(ROUNDS),--rounds $(ROUNDS))

bench-setup: ## Install the peers of the benchmarks in .build/bench (large)
	@python3 -m venv .build/bench
	.build/bench/bin/pip install --quiet torch numpy scipy scikit-learn onnx onnxruntime

.PHONY: bench bench-setup
.ONESHELL:
