# The words to know. Each sets up what it needs by itself; see README.md.
#
#   make run [CLUSTER=local]   build and start the server on http://localhost:8080
#   make test                  everything that is checked before a change lands
#   make build                 the program: build/release/k8s-scheduler
#   make demo                  the whole story against a running server, step by step
#   make cluster               a local Kubernetes control plane, until Ctrl-C
#   make node                  a Kubernetes node with real pods, until Ctrl-C (root on Linux)
#   make test-node             the program on such a node: what only real pods show
#   make fmt | lint            layout of the sources | clang-tidy
#   make tsan | fuzz           thread sanitizer | fuzz targets, longer (KS_FUZZ_SECONDS)
#   make bench | soak          measurements | load for a while, watching memory
.PHONY: help run test build demo cluster node test-node fmt lint tsan fuzz bench soak
.DEFAULT_GOAL := help

help:
	@sed -n 's/^#  //p' Makefile

run:
	@scripts/run

test:
	@scripts/test

build:
	@scripts/build

demo:
	@scripts/demo

cluster:
	@scripts/cluster

node:
	@scripts/node

test-node:
	@scripts/test node

fmt:
	@scripts/setup test && scripts/fmt

lint:
	@scripts/lint

tsan:
	@scripts/tsan

fuzz:
	@KS_FUZZ_SECONDS=$${KS_FUZZ_SECONDS:-120} scripts/test fuzz

bench:
	@scripts/bench

soak:
	@scripts/soak
