# Two commands do everything on a fresh Debian machine with Swift 6.3:
#   make run     install the system libraries, build in release, run the demo
#   make test    install, build, run all tests
# Build and test share one configuration, so that nothing is compiled twice.

CONFIGURATION := release
PACKAGES := liblmdb-dev libsimdjson-dev libdeflate-dev libmaxminddb-dev tzdata
SWIFT ?= swift

# How many events the results page is measured with, and how often.
EVENTS ?= 10000000
ROUNDS ?= 5
RESULTS := Sources/Benchmarks/Benchmarks.docc/Results.md

.PHONY: run test build install bench results format clean

run: build
	"$$($(SWIFT) build -c $(CONFIGURATION) --show-bin-path)/recount" demo

test: install
	$(SWIFT) test -c $(CONFIGURATION)

build: install
	$(SWIFT) build -c $(CONFIGURATION) --product recount

bench: build
	"$$($(SWIFT) build -c $(CONFIGURATION) --show-bin-path)/recount" bench

# Writes the page of results: every suite and the peers, at full size. Let nothing else run.
results: build
	"$$($(SWIFT) build -c $(CONFIGURATION) --show-bin-path)/recount" bench \
	  append open-loop scan reads bytes recovery ingest peers \
	  --rounds $(ROUNDS) --seconds 1 --events $(EVENTS) --peer-events 300000 \
	  --markdown $(RESULTS) --json-file $(RESULTS:.md=.json) > /dev/null

# Installs only what is missing, so that a machine without root works once it is prepared.
install:
	@missing=""; \
	for package in $(PACKAGES); do \
	  dpkg -s $$package >/dev/null 2>&1 || missing="$$missing $$package"; \
	done; \
	if [ -n "$$missing" ] && ! command -v apt-get >/dev/null 2>&1; then \
	  echo "recount needs the development files of LMDB, simdjson, libdeflate and libmaxminddb, and time zones (Debian:$$missing)." >&2; \
	  echo "This machine has no apt-get: install them by hand, then run make again." >&2; \
	  exit 1; \
	fi; \
	if [ -n "$$missing" ]; then \
	  sudo=""; \
	  if [ "$$(id -u)" != 0 ]; then \
	    command -v sudo >/dev/null 2>&1 || { \
	      echo "Run as root, or install sudo: apt-get install$$missing" >&2; exit 1; }; \
	    sudo=sudo; \
	  fi; \
	  $$sudo apt-get update -qq && \
	  $$sudo env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq $$missing; \
	fi
	@command -v $(SWIFT) >/dev/null 2>&1 || { \
	  echo "Swift 6.3 is needed: https://www.swift.org/install/linux/" >&2; exit 1; }

format:
	$(SWIFT) format --in-place --recursive --parallel Package.swift Sources Projections Tests

clean:
	rm -rf .build
