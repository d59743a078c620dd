package main

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
)

const (
	containerdModule = "../node/modules/containerd"
	cniModule        = "../node/modules/cni"
	calicoModule     = "../node/modules/calico"

	containerdPackages = "github.com/containerd/containerd/v2/cmd/"
	containerdFlags    = "-s -w -X github.com/containerd/containerd/v2/version.Version=v2.4.2"
	containerdTags     = "no_btrfs no_devmapper no_zfs"
	cniPackages        = "github.com/containernetworking/plugins/plugins/"
	calicoPackages     = "github.com/projectcalico/calico/"
)

// What a node needs beside the control plane; tests/node starts it. Each module has its own list of
// versions, because no list suits them all.
var wantedOnNode = []program{
	{name: "kubelet", pkg: "k8s.io/kubernetes/cmd/kubelet", flags: kubeLinkerFlags, seconds: 60},
	{name: "kube-proxy", pkg: "k8s.io/kubernetes/cmd/kube-proxy", flags: kubeLinkerFlags, seconds: 20},
	{name: "containerd", pkg: containerdPackages + "containerd", flags: containerdFlags, seconds: 90, module: containerdModule, tags: containerdTags},
	{name: "containerd-shim-runc-v2", pkg: containerdPackages + "containerd-shim-runc-v2", flags: containerdFlags, seconds: 10, module: containerdModule, tags: containerdTags},
	{name: "ctr", pkg: containerdPackages + "ctr", flags: containerdFlags, seconds: 15, module: containerdModule, tags: containerdTags},
	// The filter of system calls is libseccomp's, which is C.
	{name: "runc", pkg: "github.com/opencontainers/runc", flags: "-s -w -X main.version=1.5.2", seconds: 40, module: "../node/modules/runc", tags: "seccomp", cgo: true},
	{name: "cni/loopback", pkg: cniPackages + "main/loopback", flags: "-s -w", seconds: 10, module: cniModule},
	{name: "cni/bridge", pkg: cniPackages + "main/bridge", flags: "-s -w", seconds: 5, module: cniModule},
	{name: "cni/host-local", pkg: cniPackages + "ipam/host-local", flags: "-s -w", seconds: 5, module: cniModule},
	{name: "coredns", pkg: "./dns", flags: "-s -w", seconds: 60, module: "../node/modules/coredns"},
	{name: "calico-felix", pkg: calicoPackages + "felix/cmd/calico-felix", flags: "-s -w", seconds: 240, module: calicoModule},
	{name: "cni/calico", pkg: calicoPackages + "cni-plugin/cmd/calico", flags: "-s -w", seconds: 20, module: calicoModule},
}

// Calico keeps what it knows as custom resources, whose definitions are files of its module.
const calicoDefinitions = "calico-crds.yaml"

// Builds what is missing and prints a line "NAME FILE" for each program of the control plane and of a
// node, and for the definitions.
func nodeProgramsMain(arguments []string) error {
	if len(arguments) > 0 {
		return errors.New("node-programs takes no arguments")
	}
	found, err := findPrograms("", slices.Concat(wanted, wantedOnNode))
	if err != nil {
		return err
	}
	definitions := filepath.Join(filepath.Dir(found["calico-felix"]), calicoDefinitions)
	if _, err := os.Stat(definitions); err != nil {
		if err := collectDefinitions(definitions); err != nil {
			return err
		}
	}
	for _, p := range slices.Concat(wanted, wantedOnNode) {
		fmt.Println(p.name, found[p.name])
	}
	fmt.Println(calicoDefinitions, definitions)
	return nil
}

func collectDefinitions(file string) error {
	self, err := os.Executable()
	if err != nil {
		return err
	}
	where := exec.Command("go", "list", "-m", "-f", "{{.Dir}}", strings.TrimSuffix(calicoPackages, "/"))
	where.Dir = filepath.Join(filepath.Dir(filepath.Dir(self)), calicoModule)
	dir, err := where.Output()
	if err != nil {
		return fmt.Errorf("where Calico's module is: %w", err)
	}
	parts, err := filepath.Glob(filepath.Join(strings.TrimSpace(string(dir)), "libcalico-go/config/crd/*.yaml"))
	if err != nil || len(parts) == 0 {
		return fmt.Errorf("no definitions in Calico's module: %v", err)
	}
	var all bytes.Buffer
	for _, part := range parts {
		text, err := os.ReadFile(part)
		if err != nil {
			return err
		}
		fmt.Fprintf(&all, "---\n%s\n", text)
	}
	temporary := fmt.Sprintf("%s.%d.new", file, os.Getpid())
	defer os.Remove(temporary)
	if err := os.WriteFile(temporary, all.Bytes(), 0o644); err != nil {
		return err
	}
	return os.Rename(temporary, file)
}
