#!/usr/bin/env bash
# bench/sandboxes.sh: 100 new sandboxes to Ready on a real API server, beside a plain loop of the
# same writes. A fresh control plane for each round.
source "$(dirname "${BASH_SOURCE[0]}")/rounds.sh"

rounds=3 count=100
if [ -n "${LONG:-}" ]; then count=1000; fi
scripts/cluster --build-only
export TMPDIR=$folder
for round in $(seq "$rounds"); do
  control_plane "cluster$round"
  "$tools/sandboxes" "$kubeconfig" "$count" | tee -a "$folder/rounds"
  kill -TERM "$pid"
  wait "$pid" 2>/dev/null || true
done
say "median ratio $(sed 's/.*ratio //' "$folder/rounds" | median) (goal 0.9)"
