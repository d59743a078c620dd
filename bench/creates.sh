#!/usr/bin/env bash
# bench/creates.sh: create of a deployment on both engines beside the raw transaction of its rows.
source "$(dirname "${BASH_SOURCE[0]}")/rounds.sh"

export TMPDIR=$folder
"$tools/creates" sqlite
start_postgres
"$tools/creates" postgres
