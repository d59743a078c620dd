#!/usr/bin/env bash
# images.sh DIR COREDNS [PROGRAM]: the images of the node, as archives in DIR; made again when what they
# consist of is newer.
#
#   pause    holds a pod's namespaces
#   coredns  the cluster's name server
#   app      what tenants run in the tests: busybox as a web server, and `probe`
#   root     the same, as an image that wants to run as root
#   postgres the same, in place of the database that a template names
#   own      the program itself, where PROGRAM is there, with the libraries that it is linked to
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
out=$1 coredns=$2 program=${3:-}
mkdir -p "$out"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
image() { # NAME FOLDER CONFIGURATION
  python3 "$here/image.py" "$out/$1.tar" "registry.test/$1:1" "$work/$2" "$3"
}
if [ -x "$program" ] && { [ ! -e "$out/own.tar" ] || [ "$program" -nt "$out/own.tar" ]; }; then
  mkdir -p "$work/own"
  cp "$program" "$work/own/k8s-scheduler"
  # "NAME => FILE (ADDRESS)", and the loader as "FILE (ADDRESS)".
  ldd "$program" | sed -nE 's/^.* => (\/[^ ]+) \(.*$/\1/p; s/^\s*(\/[^ ]+) \(.*$/\1/p' |
    while read -r library; do
      mkdir -p "$work/own$(dirname "$library")"
      cp -L "$library" "$work/own$library"
    done
  image own own '{"Entrypoint": ["/k8s-scheduler"]}'
fi
if [ -e "$out/made" ] && [ -z "$(find "$here" -maxdepth 1 -type f -newer "$out/made" -print -quit)" ] &&
  [ ! "$coredns" -nt "$out/made" ]; then
  exit 0
fi
mkdir -p "$work"/{pause,coredns,app/bin,app/etc,app/tmp,app/www}
cc -Os -static -s -Wall -Wextra -o "$work/pause/pause" "$here/pause.c"
image pause pause '{"Entrypoint": ["/pause"], "User": "65535:65535"}'
cp "$coredns" "$work/coredns/coredns"
image coredns coredns '{"Entrypoint": ["/coredns"], "User": "65532:65532"}'
cc -Os -static -s -Wall -Wextra -o "$work/app/bin/probe" "$here/probe.c"
cp /bin/busybox "$work/app/bin/busybox"
for word in $(/bin/busybox --list); do
  [ "$word" = busybox ] || ln -s busybox "$work/app/bin/$word"
done
chmod 1777 "$work/app/tmp"
echo 'app:x:65534:65534:app:/:/bin/sh' >"$work/app/etc/passwd"
echo 'app:x:65534:' >"$work/app/etc/group"
echo hello >"$work/app/www/index.html"
# As first process of its container the server has no ear for SIGTERM; nobody is to wait for that.
serving() { # PORT USER
  printf '{"Env": ["PATH=/bin"], "User": "%s", "StopSignal": "SIGKILL", "Cmd": %s}' "$2" \
    "[\"httpd\", \"-f\", \"-p\", \"$1\", \"-h\", \"/www\"]"
}
image app app "$(serving 8080 65534:65534)"
image root app "$(serving 8080 '')"
image postgres app "$(serving 5432 '')"
touch "$out/made"
