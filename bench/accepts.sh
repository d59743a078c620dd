#!/usr/bin/env bash
# bench/accepts.sh: accept of an invitation on both engines beside the raw transaction of its rows.
source "$(dirname "${BASH_SOURCE[0]}")/rounds.sh"

export TMPDIR=$folder
"$tools/accepts" sqlite
start_postgres
"$tools/accepts" postgres
