#!/usr/bin/env bash
# bench/pages.sh: what each page takes to be there in Chromium, beside the bars of web/README.md.
source "$(dirname "${BASH_SOURCE[0]}")/../scripts/env.sh"

export KS_PROGRAM=${KS_PROGRAM:-$root/build/bench/k8s-scheduler}
export KS_BROWSER_RESULTS=$root/build/bench/pages
scripts/web bench
