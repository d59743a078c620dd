#!/usr/bin/env bash
# bench/standing.sh: 200 sandboxes that stand on a real API server for two minutes (2,000 for twelve
# in the long form, so that a resync falls into them), a restart, and drift while more are made.
source "$(dirname "${BASH_SOURCE[0]}")/rounds.sh"

count=200 quiet=120
if [ -n "${LONG:-}" ]; then count=2000 quiet=720; fi
scripts/cluster --build-only
export TMPDIR=$folder
control_plane cluster
"$tools/standing" "$kubeconfig" "$count" "$quiet"
