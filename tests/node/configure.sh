#!/usr/bin/env bash
# configure.sh: certificates and settings of a node, into $NODE_RUN. node.py runs it.
set -euo pipefail
cd "$NODE_RUN"

# --- certificates: one authority for everything; the run is over long before they are
mkdir -p pki
(
  cd pki
  curve=(ecparam -name prime256v1 -genkey -noout)
  openssl "${curve[@]}" -out ca.key
  openssl req -x509 -new -key ca.key -subj /CN=test-ca -days 30 -out ca.crt
  certificate() { # NAME SUBJECT [ALTERNATIVE NAMES]
    openssl "${curve[@]}" -out "$1.key"
    openssl req -new -key "$1.key" -subj "$2" -out "$1.csr"
    printf '%s\n' 'basicConstraints=CA:FALSE' 'keyUsage=digitalSignature' \
      'extendedKeyUsage=clientAuth,serverAuth' ${3:+"subjectAltName=$3"} >"$1.ext"
    openssl x509 -req -in "$1.csr" -CA ca.crt -CAkey ca.key -CAcreateserial -days 30 \
      -extfile "$1.ext" -out "$1.crt" 2>/dev/null
    rm "$1.csr" "$1.ext"
  }
  kubeconfig() { # NAME [PORT] [CERTIFICATE]
    cat >"$1.kubeconfig" <<END
apiVersion: v1
kind: Config
clusters:
- {name: node, cluster: {server: "https://127.0.0.1:${2:-6443}", certificate-authority: "$PWD/ca.crt"}}
users:
- {name: node, user: {client-certificate: "$PWD/${3:-$1}.crt", client-key: "$PWD/${3:-$1}.key"}}
contexts:
- {name: node, context: {cluster: node, user: node}}
current-context: node
END
  }
  certificate server /CN=kube-apiserver IP:127.0.0.1,IP:10.89.0.1,IP:10.96.0.1,DNS:localhost,DNS:kubernetes.default.svc
  certificate apiclient /O=system:masters/CN=kube-apiserver-kubelet-client
  certificate admin /O=system:masters/CN=admin
  certificate cm /CN=system:kube-controller-manager
  certificate sched /CN=system:kube-scheduler
  certificate proxy /CN=system:kube-proxy
  certificate calico /O=system:masters/CN=calico
  certificate kubelet /O=system:nodes/CN=system:node:node1 IP:10.89.0.1,DNS:node1
  openssl "${curve[@]}" -out sa.key
  openssl ec -in sa.key -pubout -out sa.pub 2>/dev/null
  for name in admin cm sched proxy kubelet calico; do kubeconfig "$name"; done
  kubeconfig outside "$NODE_API_PORT" admin
)

# --- containerd. A process without CAP_SYS_RESOURCE may not lower its oom_score_adj.
# Whatever images are called, they come from the registry outside.
for name in registry.test docker.io; do
  mkdir -p "certs.d/$name"
  cat >"certs.d/$name/hosts.toml" <<END
server = "http://5.5.5.5:5000"
[host."http://5.5.5.5:5000"]
  capabilities = ["pull", "resolve"]
END
done
cat >containerd.toml <<END
version = 3
root = "$NODE_RUN/containerd"
state = "/run/containerd"
disabled_plugins = ["io.containerd.nri.v1.nri", "io.containerd.tracing.processor.v1.otlp"]
[grpc]
  address = "/run/containerd/containerd.sock"
[plugins.'io.containerd.cri.v1.images']
  snapshotter = "overlayfs"
  [plugins.'io.containerd.cri.v1.images'.pinned_images]
    sandbox = "registry.test/pause:1"
  [plugins.'io.containerd.cri.v1.images'.registry]
    config_path = "$NODE_RUN/certs.d"
[plugins.'io.containerd.cri.v1.runtime']
  restrict_oom_score_adj = true
  netns_mounts_under_state_dir = true
  [plugins.'io.containerd.cri.v1.runtime'.cni]
    bin_dirs = ["$NODE_RUN/bin/cni"]
    conf_dir = "$NODE_RUN/cni"
  [plugins.'io.containerd.cri.v1.runtime'.containerd]
    default_runtime_name = "runc"
    [plugins.'io.containerd.cri.v1.runtime'.containerd.runtimes.runc]
      runtime_type = "io.containerd.runc.v2"
      [plugins.'io.containerd.cri.v1.runtime'.containerd.runtimes.runc.options]
        BinaryName = "$NODE_RUN/bin/runc"
        SystemdCgroup = false
END

# --- kubelet. Back-offs are short, so that tests see what comes after them.
v1=
[ -e /sys/fs/cgroup/cgroup.controllers ] || v1='failCgroupV1: false'
cat >kubelet.yaml <<END
apiVersion: kubelet.config.k8s.io/v1beta1
kind: KubeletConfiguration
$v1
cgroupDriver: cgroupfs
cgroupRoot: /$NODE_CGROUP
containerRuntimeEndpoint: unix:///run/containerd/containerd.sock
oomScoreAdj: 0
maxOpenFiles: 20000
failSwapOn: false
resolvConf: $NODE_RUN/resolv.conf
clusterDNS: [10.96.0.10]
clusterDomain: cluster.local
tlsCertFile: $NODE_RUN/pki/kubelet.crt
tlsPrivateKeyFile: $NODE_RUN/pki/kubelet.key
authentication: {anonymous: {enabled: false}, webhook: {enabled: true}, x509: {clientCAFile: $NODE_RUN/pki/ca.crt}}
authorization: {mode: Webhook}
evictionHard: {memory.available: 0%, nodefs.available: 0%, nodefs.inodesFree: 0%, imagefs.available: 0%, imagefs.inodesFree: 0%}
imageGCHighThresholdPercent: 100
imageGCLowThresholdPercent: 99
shutdownGracePeriod: 0s
crashLoopBackOff: {maxContainerRestartPeriod: 2s}
END
cat >proxy.yaml <<END
apiVersion: kubeproxy.config.k8s.io/v1alpha1
kind: KubeProxyConfiguration
mode: nftables
clusterCIDR: 10.90.0.0/16
clientConnection: {kubeconfig: $NODE_RUN/pki/proxy.kubeconfig}
conntrack: {maxPerCore: 0, min: 0}
END

# --- the pods' network: Calico's, or a bridge where nobody enforces anything
mkdir -p cni
if [ -n "$NODE_POLICY" ]; then
  cat >cni/10-calico.conflist <<END
{"name": "net", "cniVersion": "0.3.1", "plugins": [
 {"type": "calico", "log_level": "warning", "datastore_type": "kubernetes", "nodename": "node1",
  "nodename_file_optional": true, "mtu": 1500, "ipam": {"type": "host-local", "subnet": "usePodCidr"},
  "policy": {"type": "k8s"}, "kubernetes": {"kubeconfig": "$NODE_RUN/pki/calico.kubeconfig"}}]}
END
else
  cat >cni/10-bridge.conflist <<END
{"name": "net", "cniVersion": "1.0.0", "plugins": [
 {"type": "bridge", "bridge": "cni0", "isGateway": true, "ipMasq": false, "hairpinMode": true,
  "ipam": {"type": "host-local", "ranges": [[{"subnet": "10.90.0.0/24"}]],
           "routes": [{"dst": "0.0.0.0/0"}]}}]}
END
fi
