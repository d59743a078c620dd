package main

import (
	"context"
	_ "embed"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"
)

const (
	storageClass = "standard"
	ingressClass = "standard"
	nodeName     = "node-1"
)

//go:embed stages.yaml
var stages []byte

type cluster struct {
	options   options
	programs  map[string]string
	keys      *pki
	ports     struct{ client, peer, api int }
	api       *client
	apiserver *process
	apiArgs   []string
	others    []*process // In the order of their start.
	ended     chan *process
	restarted chan error
	cancel    context.CancelFunc
	context   context.Context
}

func (c *cluster) path(name string) string { return filepath.Join(c.options.dir, name) }

// The administrator's.
func (c *cluster) kubeconfig() string { return c.keys.file("admin.kubeconfig") }

// Makes everything the programs read.
func (c *cluster) prepare() (err error) {
	c.restarted = make(chan error, 1)
	c.context, c.cancel = context.WithCancel(context.Background())
	if err := os.MkdirAll(c.path("logs"), 0o700); err != nil {
		return err
	}
	if c.keys, err = newPKI(c.path("pki")); err != nil {
		return err
	}
	ports, err := freePorts(3)
	if err != nil {
		return err
	}
	c.ports.client, c.ports.peer, c.ports.api = ports[0], ports[1], ports[2]
	server := fmt.Sprintf("https://127.0.0.1:%d", c.ports.api)
	for _, name := range []string{"admin", "controller-manager", "scheduler", "kwok"} {
		if err := c.keys.kubeconfig(name, server); err != nil {
			return err
		}
	}
	id, err := readKubeconfig(c.kubeconfig())
	if err != nil {
		return err
	}
	if c.api, err = newClient(id); err != nil {
		return err
	}
	return os.WriteFile(c.path("stages.yaml"), stages, 0o600)
}

func (c *cluster) start(name string, args ...string) (*process, error) {
	return startProcess(name, c.programs[name], c.path("logs/"+name+".log"), c.ended, args...)
}

func (c *cluster) startControlPlane() error {
	etcd := fmt.Sprintf("http://127.0.0.1:%d", c.ports.client)
	peer := fmt.Sprintf("http://127.0.0.1:%d", c.ports.peer)
	// What the only member is called in its own database. Nobody dials it, so it can stay as it is
	// when the port changes: -force-new-cluster, which would rename the member, throws away the last
	// writes before a kill, whose commit is not in the log yet.
	const member = "http://127.0.0.1:2380"
	// Without -unsafe-no-fsync every write waits for the disk; nothing here has to survive a power
	// cut, and what is kept survives the end of the process.
	p, err := c.start("etcd", "--data-dir", c.path("etcd"), "--unsafe-no-fsync", "--log-level", "warn",
		"--listen-client-urls", etcd, "--advertise-client-urls", etcd, "--listen-peer-urls", peer,
		"--initial-advertise-peer-urls", member, "--initial-cluster", "default="+member)
	if err != nil {
		return err
	}
	c.others = append(c.others, p)

	c.apiArgs = []string{"--etcd-servers=" + etcd, fmt.Sprintf("--secure-port=%d", c.ports.api),
		"--bind-address=127.0.0.1", "--advertise-address=127.0.0.1", "--endpoint-reconciler-type=none",
		"--tls-cert-file=" + c.keys.file("server.crt"), "--tls-private-key-file=" + c.keys.file("server.key"),
		"--client-ca-file=" + c.keys.file("ca.crt"),
		"--service-account-key-file=" + c.keys.file("sa.pub"),
		"--service-account-signing-key-file=" + c.keys.file("sa.key"),
		"--service-account-issuer=https://kubernetes.default.svc",
		"--authorization-mode=RBAC", "--service-cluster-ip-range=10.96.0.0/16"}
	if c.options.audit != "" {
		policy := "apiVersion: audit.k8s.io/v1\nkind: Policy\nomitStages: [RequestReceived]\nrules: [{level: Metadata}]\n"
		if err := os.WriteFile(c.path("audit-policy.yaml"), []byte(policy), 0o600); err != nil {
			return err
		}
		c.apiArgs = append(c.apiArgs, "--audit-policy-file="+c.path("audit-policy.yaml"),
			"--audit-log-path="+c.options.audit, "--audit-log-format=json", "--audit-log-mode=blocking")
	}
	if c.apiserver, err = c.start("kube-apiserver", c.apiArgs...); err != nil {
		return err
	}

	// Each waits for the API server by itself.
	kubeconfig := func(name string) []string {
		file := c.keys.file(name + ".kubeconfig")
		return []string{"--kubeconfig=" + file, "--authentication-kubeconfig=" + file,
			"--authorization-kubeconfig=" + file, "--leader-elect=false", "--secure-port=0"}
	}
	for _, program := range []struct {
		name string
		args []string
	}{
		{"kube-controller-manager", append(kubeconfig("controller-manager"), "--use-service-account-credentials",
			"--service-account-private-key-file="+c.keys.file("sa.key"), "--root-ca-file="+c.keys.file("ca.crt"))},
		{"kube-scheduler", kubeconfig("scheduler")},
	} {
		// They end when their first call finds no server, so they come after it.
		if err := c.waitForAPI(30 * time.Second); err != nil {
			return err
		}
		p, err := c.start(program.name, program.args...)
		if err != nil {
			return err
		}
		c.others = append(c.others, p)
	}
	p, err = c.start("kwok", "--kubeconfig="+c.keys.file("kwok.kubeconfig"), "--manage-all-nodes=true",
		"--config="+c.path("stages.yaml"), "--cidr=10.90.0.1/16")
	if err != nil {
		return err
	}
	c.others = append(c.others, p)
	return nil
}

func (c *cluster) waitForAPI(limit time.Duration) error {
	err := until(limit, "the API server is not ready", func() error {
		select {
		case <-c.apiserver.done:
			return errEnded
		default:
			return c.api.call("GET", "/readyz", nil, nil)
		}
	})
	if errors.Is(err, errEnded) {
		return fmt.Errorf("the API server ended:\n%s", tail(c.apiserver.log, 20))
	}
	return err
}

var errEnded = errors.New("the process ended")

// Creates what a cluster has before its first tenant, and waits until pods would run.
func (c *cluster) settle() error {
	for path, object := range baseObjects() {
		if err := until(10*time.Second, path, func() error { return c.api.ensure(path, object) }); err != nil {
			return err
		}
	}
	go provisionVolumes(c.context, c.api)
	if err := until(30*time.Second, "the node is not Ready", func() error {
		var node struct {
			Status struct {
				Conditions []struct{ Type, Status string }
			}
			Spec struct{ Taints []struct{ Key string } }
		}
		if err := c.api.call("GET", "/api/v1/nodes/"+nodeName, nil, &node); err != nil {
			return err
		}
		for _, condition := range node.Status.Conditions {
			// A node that was just found Ready is still closed to pods by its taint.
			if condition.Type == "Ready" && condition.Status == "True" && len(node.Spec.Taints) == 0 {
				return nil
			}
		}
		return errors.New("no Ready condition yet")
	}); err != nil {
		return err
	}
	// Its service account shows that the controllers have started.
	return until(30*time.Second, "the controllers do not work", func() error {
		return c.api.call("GET", "/api/v1/namespaces/default/serviceaccounts/default", nil, nil)
	})
}

func baseObjects() map[string]any {
	isDefault := func(key string) map[string]string { return map[string]string{key: "true"} }
	resources := map[string]string{"cpu": "256", "memory": "1Ti", "pods": "10000", "ephemeral-storage": "10Ti"}
	return map[string]any{
		"/api/v1/nodes": map[string]any{"apiVersion": "v1", "kind": "Node",
			"metadata": map[string]any{"name": nodeName,
				"annotations": map[string]string{"kwok.x-k8s.io/node": "fake"},
				"labels": map[string]string{"kubernetes.io/hostname": nodeName, "kubernetes.io/os": "linux",
					"kubernetes.io/arch": "amd64"}},
			"status": map[string]any{"allocatable": resources, "capacity": resources}},
		"/apis/storage.k8s.io/v1/storageclasses": map[string]any{
			"apiVersion": "storage.k8s.io/v1", "kind": "StorageClass",
			"metadata": map[string]any{"name": storageClass,
				"annotations": isDefault("storageclass.kubernetes.io/is-default-class")},
			"provisioner": provisioner, "reclaimPolicy": "Delete", "volumeBindingMode": "Immediate",
			"allowVolumeExpansion": true},
		"/apis/networking.k8s.io/v1/ingressclasses": map[string]any{
			"apiVersion": "networking.k8s.io/v1", "kind": "IngressClass",
			"metadata": map[string]any{"name": ingressClass,
				"annotations": isDefault("ingressclass.kubernetes.io/is-default-class")},
			"spec": map[string]string{"controller": "k8s-scheduler.dev/none"}},
	}
}

func (c *cluster) stop(p *process) {
	select {
	case <-p.done:
	default:
		p.kill()
	}
}

// Only from the first thread, as every start.
func (c *cluster) restartAPIServer() (err error) {
	c.stop(c.apiserver)
	if c.apiserver, err = c.start("kube-apiserver", c.apiArgs...); err != nil {
		return err
	}
	go func() { c.restarted <- c.waitForAPI(3 * time.Minute) }()
	return nil
}

// Ends the programs, last started first, and removes the state unless it is kept.
func (c *cluster) end() {
	if c.cancel != nil {
		c.cancel()
	}
	go func() {
		for range c.ended {
		}
	}()
	for i := len(c.others) - 1; i > 0; i-- {
		c.stop(c.others[i])
	}
	if c.apiserver != nil {
		c.stop(c.apiserver)
	}
	if len(c.others) > 0 {
		c.stop(c.others[0])
	}
	if !c.options.keep {
		c.removeState()
	}
}

// Removes what this program made, and the folder itself if nothing else is in it.
func (c *cluster) removeState() {
	for _, name := range []string{"etcd", "pki", "logs", "stages.yaml", "audit-policy.yaml", "lock"} {
		os.RemoveAll(c.path(name))
	}
	os.Remove(c.options.dir)
}
