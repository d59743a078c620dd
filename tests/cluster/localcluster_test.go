package main

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"
	"time"
)

// A running localcluster, started as its users start it.
type running struct {
	t          *testing.T
	cmd        *exec.Cmd
	lines      chan string
	errors     bytes.Buffer
	dir        string
	kubeconfig string
	api        *client
}

func start(t *testing.T, dir string, args ...string) *running {
	t.Helper()
	r := &running{t: t, dir: dir, lines: make(chan string, 100)}
	r.cmd = exec.Command("bin/localcluster", append([]string{"-dir", dir}, args...)...)
	r.cmd.Stderr = &r.errors
	out, err := r.cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := r.cmd.Start(); err != nil {
		t.Fatal(err, " (scripts/cluster --build-only makes it)")
	}
	t.Cleanup(func() { r.cmd.Process.Kill() })
	go func() {
		for scan := bufio.NewScanner(out); scan.Scan(); {
			r.lines <- scan.Text()
		}
		close(r.lines)
	}()
	r.kubeconfig = r.expect("ready ")
	id, err := readKubeconfig(r.kubeconfig)
	if err != nil {
		t.Fatal(err)
	}
	if r.api, err = newClient(id); err != nil {
		t.Fatal(err)
	}
	return r
}

// The rest of the next line that begins so.
func (r *running) expect(prefix string) string {
	r.t.Helper()
	timer := time.After(90 * time.Second)
	for {
		select {
		case line, ok := <-r.lines:
			if !ok {
				r.t.Fatalf("ended before it said %q: %s", prefix, r.errors.String())
			}
			if rest, found := strings.CutPrefix(line, prefix); found {
				return rest
			}
		case <-timer:
			r.t.Fatalf("did not say %q in time", prefix)
		}
	}
}

func (r *running) create(path, body string) {
	r.t.Helper()
	if err := r.api.call("POST", path, rawJSON(body), nil); err != nil {
		r.t.Fatal(path, err)
	}
}

type rawJSON string

func (j rawJSON) MarshalJSON() ([]byte, error) { return []byte(j), nil }

// Waits until `check` says nil about the object.
func eventually[T any](r *running, path string, check func(T) error) {
	r.t.Helper()
	err := until(30*time.Second, path, func() error {
		var object T
		if err := r.api.call("GET", path, nil, &object); err != nil {
			return err
		}
		return check(object)
	})
	if err != nil {
		r.t.Fatal(err)
	}
}

func (r *running) gone(path string) {
	r.t.Helper()
	err := until(60*time.Second, path+" is still there", func() error {
		if err := r.api.call("GET", path, nil, nil); statusOf(err) != 404 {
			return fmt.Errorf("answer: %v", err)
		}
		return nil
	})
	if err != nil {
		r.t.Fatal(err)
	}
}

type pod struct {
	Status struct {
		Phase             string
		ContainerStatuses []struct {
			Ready bool
			State struct {
				Waiting *struct{ Reason, Message string }
				Running *struct{}
			}
			LastState struct {
				Terminated *struct {
					Reason   string
					ExitCode int
				}
			}
		}
	}
}

func (r *running) pod(name, image string) string {
	r.t.Helper()
	r.create("/api/v1/namespaces/play/pods", fmt.Sprintf(
		`{"apiVersion":"v1","kind":"Pod","metadata":{"name":%q},"spec":{"containers":[{"name":"c","image":%q}]}}`, name, image))
	return "/api/v1/namespaces/play/pods/" + name
}

func TestLocalCluster(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "state")
	audit := filepath.Join(t.TempDir(), "audit.log")
	r := start(t, dir, "-audit", audit)
	r.create("/api/v1/namespaces", `{"apiVersion":"v1","kind":"Namespace","metadata":{"name":"play"}}`)
	eventually(r, "/api/v1/namespaces/play/serviceaccounts/default", func(any) error { return nil })

	t.Run("a Deployment gets its pods", func(t *testing.T) {
		r.t = t
		r.create("/apis/apps/v1/namespaces/play/deployments", `{"apiVersion":"apps/v1","kind":"Deployment",
			"metadata":{"name":"web"},"spec":{"replicas":3,"selector":{"matchLabels":{"app":"web"}},"template":{
			"metadata":{"labels":{"app":"web"}},"spec":{"containers":[{"name":"c","image":"nginx:1"}]}}}}`)
		eventually(r, "/apis/apps/v1/namespaces/play/deployments/web", func(d struct {
			Status struct{ ReadyReplicas int }
		}) error {
			if d.Status.ReadyReplicas != 3 {
				return fmt.Errorf("%d ready", d.Status.ReadyReplicas)
			}
			return nil
		})
	})

	t.Run("an image that does not exist is waited for", func(t *testing.T) {
		r.t = t
		eventually(r, r.pod("pull", "registry.test/does-not-exist:1"), func(p pod) error {
			if s := p.Status.ContainerStatuses; len(s) != 1 || s[0].State.Waiting == nil || s[0].Ready ||
				s[0].State.Waiting.Reason != "ImagePullBackOff" || p.Status.Phase != "Pending" ||
				!strings.Contains(s[0].State.Waiting.Message, "does-not-exist:1") {
				return fmt.Errorf("%+v", p)
			}
			return nil
		})
	})

	t.Run("crashes and memory kills tell their last state", func(t *testing.T) {
		r.t = t
		for image, want := range map[string]string{"crash-loop": "Error 1", "out-of-memory": "OOMKilled 137"} {
			eventually(r, r.pod(image, "registry.test/"+image), func(p pod) error {
				if s := p.Status.ContainerStatuses; len(s) != 1 || s[0].State.Waiting == nil ||
					s[0].State.Waiting.Reason != "CrashLoopBackOff" || s[0].LastState.Terminated == nil ||
					fmt.Sprint(s[0].LastState.Terminated.Reason, " ", s[0].LastState.Terminated.ExitCode) != want {
					return fmt.Errorf("%+v", p)
				}
				return nil
			})
		}
	})

	t.Run("a pod can run without ever being ready", func(t *testing.T) {
		r.t = t
		eventually(r, r.pod("never", "registry.test/never-ready"), func(p pod) error {
			if s := p.Status.ContainerStatuses; len(s) != 1 || s[0].State.Running == nil || s[0].Ready {
				return fmt.Errorf("%+v", p)
			}
			return nil
		})
	})

	t.Run("a claim gets a volume, grows, and takes it along", func(t *testing.T) {
		r.t = t
		r.create("/api/v1/namespaces/play/persistentvolumeclaims", `{"apiVersion":"v1","kind":"PersistentVolumeClaim",
			"metadata":{"name":"data"},"spec":{"accessModes":["ReadWriteOnce"],"resources":{"requests":{"storage":"1Gi"}}}}`)
		path := "/api/v1/namespaces/play/persistentvolumeclaims/data"
		var name string
		bound := func(size string) func(claim) error {
			return func(c claim) error {
				name = c.Spec.VolumeName
				if c.Status.Phase != "Bound" || c.Status.Capacity["storage"] != size {
					return fmt.Errorf("%+v", c)
				}
				return nil
			}
		}
		eventually(r, path, bound("1Gi"))
		if err := r.api.call("PATCH", path, rawJSON(`{"spec":{"resources":{"requests":{"storage":"2Gi"}}}}`), nil); err != nil {
			t.Fatal(err)
		}
		eventually(r, path, bound("2Gi"))
		if err := r.api.call("DELETE", path, nil, nil); err != nil {
			t.Fatal(err)
		}
		r.gone(path)
		r.gone("/api/v1/persistentvolumes/" + name)
	})

	t.Run("a service account's token has its rights only", func(t *testing.T) {
		r.t = t
		file := filepath.Join(t.TempDir(), "kubeconfig")
		if out, err := exec.Command("bin/localcluster", "token", "-admin", r.kubeconfig,
			"-service-account", "play/default", "-out", file).CombinedOutput(); err != nil {
			t.Fatal(err, string(out))
		}
		kubectl, err := findPrograms(".", wanted)
		if err != nil {
			t.Fatal(err)
		}
		who, err := exec.Command(kubectl["kubectl"], "--kubeconfig", file, "auth", "whoami").CombinedOutput()
		if err != nil || !strings.Contains(string(who), "system:serviceaccount:play:default") {
			t.Fatal(err, string(who))
		}
		refused, err := exec.Command(kubectl["kubectl"], "--kubeconfig", file, "get", "secrets").CombinedOutput()
		if err == nil || !strings.Contains(string(refused), "Forbidden") {
			t.Fatal(err, string(refused))
		}
	})

	t.Run("the API server stops and comes back with everything", func(t *testing.T) {
		r.t = t
		r.cmd.Process.Signal(syscall.SIGUSR1)
		r.expect("apiserver stopped")
		if err := r.api.call("GET", "/readyz", nil, nil); err == nil || statusOf(err) != 0 {
			t.Fatal("it still answers: ", err)
		}
		r.cmd.Process.Signal(syscall.SIGUSR2)
		r.expect("apiserver ready")
		eventually(r, r.pod("after", "nginx:1"), func(p pod) error {
			if s := p.Status.ContainerStatuses; len(s) != 1 || !s[0].Ready {
				return fmt.Errorf("%+v", p)
			}
			return nil
		})
	})

	t.Run("a namespace with pods ends", func(t *testing.T) {
		r.t = t
		if err := r.api.call("DELETE", "/api/v1/namespaces/play", nil, nil); err != nil {
			t.Fatal(err)
		}
		r.gone("/api/v1/namespaces/play")
	})

	t.Run("the audit log tells who did what", func(t *testing.T) {
		log, err := os.ReadFile(audit)
		if err != nil || !bytes.Contains(log, []byte(`"verb":"create"`)) || !bytes.Contains(log, []byte(`"username":"admin"`)) {
			t.Fatal(err, len(log))
		}
	})

	t.Run("it ends in order and leaves nothing", func(t *testing.T) {
		children := childrenOf(t, r.cmd.Process.Pid)
		if len(children) != 5 {
			t.Fatal("children: ", children)
		}
		r.cmd.Process.Signal(syscall.SIGTERM)
		if err := r.cmd.Wait(); err != nil {
			t.Fatal(err, r.errors.String())
		}
		if _, err := os.Stat(dir); !errors.Is(err, os.ErrNotExist) {
			t.Fatal("its folder is still there")
		}
		expectEnded(t, children)
	})
}

func TestKilledAndKept(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "state")
	r := start(t, dir, "-keep")
	r.create("/api/v1/namespaces", `{"apiVersion":"v1","kind":"Namespace","metadata":{"name":"kept"}}`)

	t.Run("two do not share a folder", func(t *testing.T) {
		out, err := exec.Command("bin/localcluster", "-dir", dir).CombinedOutput()
		if err == nil || !strings.Contains(string(out), "in use") {
			t.Fatal(err, string(out))
		}
	})

	t.Run("its programs die with it, however it dies", func(t *testing.T) {
		children := childrenOf(t, r.cmd.Process.Pid)
		r.cmd.Process.Kill()
		r.cmd.Wait()
		expectEnded(t, children)
	})

	t.Run("a kept cluster goes on where it was", func(t *testing.T) {
		again := start(t, dir, "-keep")
		if err := again.api.call("GET", "/api/v1/namespaces/kept", nil, nil); err != nil {
			t.Fatal(err)
		}
		again.cmd.Process.Signal(syscall.SIGTERM)
		if err := again.cmd.Wait(); err != nil {
			t.Fatal(err, again.errors.String())
		}
	})
}

func childrenOf(t *testing.T, pid int) []string {
	t.Helper()
	var all []string
	tasks, _ := filepath.Glob(fmt.Sprintf("/proc/%d/task/*/children", pid))
	for _, file := range tasks {
		text, _ := os.ReadFile(file)
		all = append(all, strings.Fields(string(text))...)
	}
	return all
}

func expectEnded(t *testing.T, pids []string) {
	t.Helper()
	for _, pid := range pids {
		err := until(10*time.Second, "process "+pid+" is still there", func() error {
			stat, err := os.ReadFile("/proc/" + pid + "/stat")
			// A zombie has ended too; whoever inherited it has not looked yet.
			if err != nil || strings.Contains(string(stat), ") Z ") {
				return nil
			}
			return errors.New(string(stat))
		})
		if err != nil {
			t.Fatal(err)
		}
	}
}

func TestBuildOutputIsToldApart(t *testing.T) {
	var compiled, fetched atomic.Int64
	said := readBuild(strings.NewReader("go: downloading a.test/b v1.0.0\na.test/b\ninternal/abi\n# a.test/c\nc.go:1:2: undefined: x\n"),
		&compiled, &fetched)
	if compiled.Load() != 2 || fetched.Load() != 1 || said != "# a.test/c\nc.go:1:2: undefined: x" {
		t.Fatal(compiled.Load(), fetched.Load(), said)
	}
}
