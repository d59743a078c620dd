#!/usr/bin/env bash
# inner.sh: the node's first process, in network, mount and PID namespaces of its own; node.py starts it.
set -euo pipefail
cd "$NODE_RUN"
bin=$NODE_RUN/bin
log() { echo "$(date +%T.%N | cut -c1-12) $*"; }

# --- mounts: nothing of this is seen by the machine
mount --make-rprivate /
mount -t tmpfs -o mode=755 tmpfs /run
mkdir -p root/var/lib root/var/log containerd kubelet etcd
mount --bind root/var/lib /var/lib
mount --bind root/var/log /var/log
mkdir -p /run/lock /var/lib/calico /var/lib/cni /run/netns
# The kubelet insists on these six settings of the kernel. It is shown them; the machine's stay.
mount -t tmpfs tmpfs /mnt
mkdir /mnt/settings /mnt/proc
# A whole /proc somewhere, or the kernel does not let pods in a user namespace mount theirs.
mount -t proc proc /mnt/proc
for setting in vm/overcommit_memory=1 vm/panic_on_oom=0 kernel/panic=10 kernel/panic_on_oops=1 \
  kernel/keys/root_maxkeys=1000000 kernel/keys/root_maxbytes=25000000; do
  file=/mnt/settings/$(echo "${setting%=*}" | tr / _)
  echo "${setting#*=}" >"$file"
  mount --bind "$file" "/proc/sys/${setting%=*}"
done
mount --make-rshared /

# --- network: this namespace is the node; "outside" is the world around the cluster. It has a web
# server on the metadata address of clouds, on an address of the internet, and there also on port 25.
ip link set lo up
sysctl -qw net.ipv4.ip_forward=1
ip netns add outside
ip link add node0 type veth peer name outside0 netns outside
ip addr add 10.89.0.1/24 dev node0
ip link set node0 up
ip -n outside link set lo up
ip -n outside addr add 10.89.0.2/24 dev outside0
ip -n outside link set outside0 up
ip -n outside addr add 169.254.169.254/32 dev lo
ip -n outside addr add 5.5.5.5/32 dev lo
ip -n outside route add 10.90.0.0/16 via 10.89.0.1
ip route add default via 10.89.0.2
mkdir -p www
echo outside >www/index.html
for port in 25 80; do ip netns exec outside busybox httpd -p "$port" -h "$PWD/www"; done
# Whoever asks for names beyond the cluster hears at once that there are none.
printf 'nameserver 10.89.0.2\n' >resolv.conf
mount --bind resolv.conf /etc/resolv.conf

# --- processes
start() { # NAME COMMAND...
  local name=$1
  shift
  "$@" >"$name.log" 2>&1 </dev/null &
  echo $! >"$name.pid"
}
k() { "$bin/kubectl" --kubeconfig pki/admin.kubeconfig "$@"; }
answers() { busybox wget -qO- "http://127.0.0.1:$1" >/dev/null 2>&1; }

# The registry that images are pulled from; it is outside of the cluster too.
cat >registry.yaml <<END
version: 0.1
log: {level: warn}
storage: {filesystem: {rootdirectory: $PWD/registry}}
http: {addr: "5.5.5.5:5000"}
END
start registry ip netns exec outside docker-registry serve registry.yaml
start etcd "$bin/etcd" --data-dir etcd --unsafe-no-fsync --listen-client-urls http://127.0.0.1:2379 \
  --advertise-client-urls http://127.0.0.1:2379 --listen-peer-urls http://127.0.0.1:2380 --log-level warn
start containerd "$bin/containerd" -c containerd.toml
start apiserver "$bin/kube-apiserver" --etcd-servers=http://127.0.0.1:2379 --secure-port=6443 \
  --advertise-address=10.89.0.1 --tls-cert-file=pki/server.crt --tls-private-key-file=pki/server.key \
  --client-ca-file=pki/ca.crt --kubelet-client-certificate=pki/apiclient.crt \
  --kubelet-client-key=pki/apiclient.key --kubelet-certificate-authority=pki/ca.crt \
  --kubelet-preferred-address-types=InternalIP --service-account-key-file=pki/sa.pub \
  --service-account-signing-key-file=pki/sa.key \
  --service-account-issuer=https://kubernetes.default.svc --authorization-mode=Node,RBAC \
  --enable-admission-plugins=NodeRestriction --service-cluster-ip-range=10.96.0.0/16 \
  --allow-privileged=true
until k get --raw /readyz >/dev/null 2>&1; do sleep 0.1; done
log "API server ready"
start cm "$bin/kube-controller-manager" --kubeconfig=pki/cm.kubeconfig \
  --authentication-kubeconfig=pki/cm.kubeconfig --authorization-kubeconfig=pki/cm.kubeconfig \
  --service-account-private-key-file=pki/sa.key --root-ca-file=pki/ca.crt --leader-elect=false \
  --use-service-account-credentials=true --secure-port=0 --allocate-node-cidrs=true \
  --cluster-cidr=10.90.0.0/16 --node-cidr-mask-size=24
start sched "$bin/kube-scheduler" --kubeconfig=pki/sched.kubeconfig \
  --authentication-kubeconfig=pki/sched.kubeconfig --authorization-kubeconfig=pki/sched.kubeconfig \
  --leader-elect=false --secure-port=0
containers() { "$bin/ctr" -a /run/containerd/containerd.sock "$@"; }
until containers version >/dev/null 2>&1; do sleep 0.1; done
log "containerd ready"
# What the cluster itself consists of is there from the beginning; the rest is pulled.
for image in pause coredns; do
  containers -n k8s.io images import --local=true "$NODE_IMAGES/$image.tar" >>import.log 2>&1
done
log "images imported"
start kubelet "$bin/kubelet" --config=kubelet.yaml --kubeconfig=pki/kubelet.kubeconfig \
  --root-dir="$PWD/kubelet" --hostname-override=node1 --node-ip=10.89.0.1
if [ -n "$NODE_POLICY" ]; then
  k apply --server-side -f "$bin/calico-crds.yaml" >calico.log 2>&1
  k wait --for=condition=Established crd/clusterinformations.crd.projectcalico.org \
    crd/felixconfigurations.crd.projectcalico.org crd/ippools.crd.projectcalico.org >>calico.log 2>&1
  k apply -f - >>calico.log 2>&1 <<END
apiVersion: crd.projectcalico.org/v1
kind: ClusterInformation
metadata: {name: default}
spec: {datastoreReady: true, clusterType: k8s, clusterGUID: "00000000000000000000000000000001"}
END
  start felix env DATASTORE_TYPE=kubernetes KUBECONFIG="$PWD/pki/calico.kubeconfig" \
    FELIX_DATASTORETYPE=kubernetes FELIX_FELIXHOSTNAME=node1 FELIX_LOGFILEPATH=none \
    FELIX_LOGSEVERITYFILE=none FELIX_LOGSEVERITYSYS=none FELIX_LOGSEVERITYSCREEN=warning \
    FELIX_HEALTHENABLED=true FELIX_HEALTHPORT=9099 FELIX_IPV6SUPPORT=false \
    FELIX_DEFAULTENDPOINTTOHOSTACTION=ACCEPT FELIX_USAGEREPORTINGENABLED=false \
    FELIX_BPFENABLED=false FELIX_IPTABLESBACKEND=NFT FELIX_IPINIPENABLED=false \
    FELIX_VXLANENABLED=false FELIX_WIREGUARDENABLED=false "$bin/calico-felix"
fi
start proxy "$bin/kube-proxy" --config=proxy.yaml --hostname-override=node1
k apply -f "$NODE_HOME/coredns.yaml" >coredns.log
outside() { ip netns exec outside "$@"; }
until outside busybox wget -qO- http://5.5.5.5:5000/v2/ >/dev/null 2>&1; do sleep 0.1; done
for image in app=app:1 root=root:1 postgres=library/postgres:16 own=k8s-scheduler:1; do
  [ -e "$NODE_IMAGES/${image%=*}.tar" ] || continue
  outside skopeo --insecure-policy copy -q --dest-tls-verify=false \
    "docker-archive:$NODE_IMAGES/${image%=*}.tar" "docker://5.5.5.5:5000/${image#*=}"
done
log "images pushed"
until answers 10256/healthz; do sleep 0.1; done
log "kube-proxy ready"
if [ -n "$NODE_POLICY" ]; then
  until answers 9099/readiness; do sleep 0.1; done
  log "Felix ready"
fi
k -n kube-system rollout status deploy/coredns --timeout=90s >/dev/null
log "CoreDNS ready"
touch ready
while wait -n -p ended || [ -n "${ended:-}" ]; do
  log "process $ended ended: $(grep -l "^$ended$" ./*.pid || echo unknown)"
  ended=
done
