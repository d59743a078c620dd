#!/usr/bin/env bash
# images.sh DIR COREDNS: the images of the node, as archives in DIR; made again when what they consist
# of is newer.
#
#   pause    holds a pod's namespaces
#   coredns  the cluster's name server
#   app      what tenants run in the tests: busybox, and `probe`
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
out=$1 coredns=$2
mkdir -p "$out"
if [ -e "$out/made" ] && [ -z "$(find "$here" -maxdepth 1 -type f -newer "$out/made" -print -quit)" ] &&
  [ ! "$coredns" -nt "$out/made" ]; then
  exit 0
fi
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
image() { # NAME CONFIGURATION
  python3 "$here/image.py" "$out/$1.tar" "registry.test/$1:1" "$work/$1" "$2"
}
mkdir -p "$work"/{pause,coredns,app/bin,app/etc,app/tmp,app/www}
cc -Os -static -s -Wall -Wextra -o "$work/pause/pause" "$here/pause.c"
image pause '{"Entrypoint": ["/pause"], "User": "65535:65535"}'
cp "$coredns" "$work/coredns/coredns"
image coredns '{"Entrypoint": ["/coredns"], "User": "65532:65532"}'
cc -Os -static -s -Wall -Wextra -o "$work/app/bin/probe" "$here/probe.c"
cp /bin/busybox "$work/app/bin/busybox"
for word in $(/bin/busybox --list); do
  [ "$word" = busybox ] || ln -s busybox "$work/app/bin/$word"
done
chmod 1777 "$work/app/tmp"
echo 'app:x:65534:65534:app:/:/bin/sh' >"$work/app/etc/passwd"
echo 'app:x:65534:' >"$work/app/etc/group"
echo hello >"$work/app/www/index.html"
image app '{"Env": ["PATH=/bin"], "WorkingDir": "/", "User": "65534:65534",
  "Cmd": ["httpd", "-f", "-p", "8080", "-h", "/www"]}'
touch "$out/made"
