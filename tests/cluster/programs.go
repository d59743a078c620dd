package main

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync/atomic"
	"syscall"
	"time"
)

const kubeVersion = "1.37.2"

// The API server refuses its own feature gates unless it knows which version it is.
const kubeLinkerFlags = "-s -w" +
	" -X k8s.io/component-base/version.gitVersion=v" + kubeVersion +
	" -X k8s.io/component-base/version.gitMajor=1" +
	" -X k8s.io/component-base/version.gitMinor=37"

type program struct {
	name    string
	pkg     string
	flags   string
	seconds int    // A first build on two cores, measured; only for what is told while one waits.
	module  string // The folder of its Go module, seen from this one; empty: this one.
	tags    string
	cgo     bool
}

// In the order in which building shares most: each finds the packages of those before it compiled.
var wanted = []program{
	{name: "etcd", pkg: "go.etcd.io/etcd/server/v3", flags: "-s -w", seconds: 75},
	{name: "kube-apiserver", pkg: "k8s.io/kubernetes/cmd/kube-apiserver", flags: kubeLinkerFlags, seconds: 380},
	{name: "kube-controller-manager", pkg: "k8s.io/kubernetes/cmd/kube-controller-manager", flags: kubeLinkerFlags, seconds: 185},
	{name: "kube-scheduler", pkg: "k8s.io/kubernetes/cmd/kube-scheduler", flags: kubeLinkerFlags, seconds: 60},
	{name: "kubectl", pkg: "k8s.io/kubernetes/cmd/kubectl", flags: kubeLinkerFlags, seconds: 35},
	{name: "kwok", pkg: "sigs.k8s.io/kwok/cmd/kwok", flags: "-s -w", seconds: 15},
}

// Where each program is: in $KUBEBUILDER_ASSETS, else in the user's cache folder under the version's
// name, where what is missing is built, so that a fresh checkout finds what an older one made.
func findPrograms(module string, wanted []program) (map[string]string, error) {
	found := map[string]string{}
	cache := os.Getenv("KS_KUBE_DIR")
	if cache == "" {
		user, err := os.UserCacheDir()
		if err != nil {
			return nil, err
		}
		cache = filepath.Join(user, "k8s-scheduler", "kube-"+kubeVersion)
	}
	var missing []program
	for _, p := range wanted {
		for _, dir := range []string{os.Getenv("KUBEBUILDER_ASSETS"), cache} {
			if file := filepath.Join(dir, p.name); dir != "" && executable(file) && found[p.name] == "" {
				found[p.name] = file
			}
		}
		if found[p.name] == "" {
			missing = append(missing, p)
		}
	}
	if len(missing) == 0 {
		return found, nil
	}
	if module == "" {
		self, err := os.Executable()
		if err != nil {
			return nil, err
		}
		module = filepath.Dir(filepath.Dir(self))
	}
	if err := os.MkdirAll(cache, 0o755); err != nil {
		return nil, err
	}
	unlock, err := waitForLock(filepath.Join(cache, ".lock"))
	if err != nil {
		return nil, err
	}
	defer unlock()
	total := 0
	for _, p := range missing {
		total += p.seconds
	}
	progress("building Kubernetes %s from its Go modules, once: %d programs, about %d minutes on two cores",
		kubeVersion, len(missing), (total+59)/60)
	for i, p := range missing {
		file := filepath.Join(cache, p.name)
		// Whoever held the lock before may have built it.
		if !executable(file) {
			if err := buildProgram(p, filepath.Join(module, p.module), file, fmt.Sprintf("%d of %d", i+1, len(missing))); err != nil {
				return nil, err
			}
		}
		found[p.name] = file
	}
	return found, nil
}

func buildProgram(p program, module, file, place string) error {
	if _, err := exec.LookPath("go"); err != nil {
		return errors.New("building Kubernetes needs Go in the path; scripts/setup cluster fetches it")
	}
	progress("%s (%s): about %d s when nothing of it is compiled yet", p.name, place, p.seconds)
	if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
		return err
	}
	temporary := fmt.Sprintf("%s.%d.new", file, os.Getpid())
	defer os.Remove(temporary)
	started := time.Now()
	build := exec.Command("go", "build", "-v", "-buildvcs=false", "-tags", p.tags, "-ldflags", p.flags, "-o", temporary, p.pkg)
	build.Dir = module
	build.Env = append(os.Environ(), "CGO_ENABLED=0")
	if p.cgo {
		build.Env = append(os.Environ(), "CGO_ENABLED=1")
	}
	build.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
	out, err := build.StderrPipe()
	if err != nil {
		return err
	}
	if err := build.Start(); err != nil {
		return err
	}
	var compiled, fetched atomic.Int64
	done := make(chan struct{})
	go func() {
		for {
			select {
			case <-done:
				return
			case <-time.After(10 * time.Second):
				progress("%s: %d s, %d modules fetched, %d packages compiled", p.name,
					int(time.Since(started).Seconds()), fetched.Load(), compiled.Load())
			}
		}
	}()
	said := readBuild(out, &compiled, &fetched)
	err = build.Wait()
	close(done)
	if err != nil {
		return fmt.Errorf("building %s: %w\n%s", p.name, err, said)
	}
	if err := os.Rename(temporary, file); err != nil {
		return err
	}
	progress("%s: built in %d s", p.name, int(time.Since(started).Seconds()))
	return nil
}

// Counts what `go build -v` tells, and returns the last lines of what is neither: its errors.
func readBuild(out io.Reader, compiled, fetched *atomic.Int64) string {
	var other []string
	lines := bufio.NewScanner(out)
	lines.Buffer(nil, 1<<20)
	for lines.Scan() {
		line := lines.Text()
		switch {
		case strings.HasPrefix(line, "go: downloading "):
			fetched.Add(1)
		case !strings.ContainsAny(line, " :#") && line != "":
			compiled.Add(1)
		default:
			if other = append(other, line); len(other) > 30 {
				other = other[1:]
			}
		}
	}
	return strings.Join(other, "\n")
}

func waitForLock(file string) (func(), error) {
	f, err := os.OpenFile(file, os.O_CREATE|os.O_RDWR|syscall.O_CLOEXEC, 0o644)
	if err != nil {
		return nil, err
	}
	if syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB) != nil {
		progress("another process is building Kubernetes; waiting for it")
		for err = syscall.EINTR; err == syscall.EINTR; {
			err = syscall.Flock(int(f.Fd()), syscall.LOCK_EX)
		}
		if err != nil {
			return nil, err
		}
	}
	return func() { f.Close() }, nil
}

func executable(file string) bool {
	info, err := os.Stat(file)
	return err == nil && info.Mode().IsRegular() && info.Mode()&0o111 != 0
}

func progress(format string, values ...any) {
	fmt.Fprintf(os.Stderr, format+"\n", values...)
}
