// Localcluster runs a real Kubernetes control plane in one process tree, for tests and for trying
// things out: etcd, API server, controller manager, scheduler, and kwok, which plays the pods of one
// node. Ports are free ones, certificates are made for the run, and everything ends with it.
//
// On standard output it prints "ready KUBECONFIG" once a Deployment would get its pods. It then
// obeys signals: SIGUSR1 kills the API server ("apiserver stopped"), SIGUSR2 starts it again on the
// same port ("apiserver ready"), SIGINT and SIGTERM end all.
package main

import (
	"errors"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"path/filepath"
	"runtime"
	"syscall"
)

// The kernel ends the children when the thread that started them ends, so one thread, the first,
// starts them all and lives as long as the program.
func init() { runtime.LockOSThread() }

type options struct {
	dir           string
	keep          bool
	kubeconfigOut string
	audit         string
	withParent    bool
	buildOnly     bool
	module        string
}

func main() {
	if len(os.Args) > 1 && os.Args[1] == "token" {
		exitOn(tokenMain(os.Args[2:]))
		return
	}
	if len(os.Args) > 1 && os.Args[1] == "node-programs" {
		exitOn(nodeProgramsMain(os.Args[2:]))
		return
	}
	var o options
	flag.StringVar(&o.dir, "dir", "", "state `folder`; a temporary one by default")
	flag.BoolVar(&o.keep, "keep", false, "leave -dir and its database at the end, and go on from them at the next start")
	flag.StringVar(&o.kubeconfigOut, "kubeconfig-out", "", "also write the administrator's kubeconfig to this `file`, when ready")
	flag.StringVar(&o.audit, "audit", "", "API server's audit log, a `file` with one JSON event a line")
	flag.BoolVar(&o.withParent, "with-parent", false, "end when the process that started this one ends")
	flag.BoolVar(&o.buildOnly, "build-only", false, "build the Kubernetes programs that are missing, then end")
	flag.StringVar(&o.module, "module", "", "`folder` of the Go module to build from; by default the one above this program")
	flag.Usage = func() {
		fmt.Fprintln(flag.CommandLine.Output(), `usage: localcluster [options]
       localcluster token -admin KUBECONFIG -service-account NAMESPACE/NAME -out FILE
       localcluster node-programs
The Kubernetes programs are taken from $KUBEBUILDER_ASSETS, else built into
~/.cache/k8s-scheduler/kube-`+kubeVersion+` (another folder: $KS_KUBE_DIR). Options:`)
		flag.PrintDefaults()
	}
	flag.Parse()
	exitOn(run(o))
}

func exitOn(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, "localcluster:", err)
		os.Exit(1)
	}
}

func run(o options) error {
	if o.keep && o.dir == "" {
		return errors.New("-keep needs -dir")
	}
	signals := make(chan os.Signal, 8)
	signal.Notify(signals, syscall.SIGINT, syscall.SIGTERM, syscall.SIGHUP, syscall.SIGUSR1, syscall.SIGUSR2)
	if o.withParent {
		if err := dieWithParent(); err != nil {
			return err
		}
	}

	programs, err := findPrograms(o.module, wanted)
	if err != nil || o.buildOnly {
		return err
	}

	if o.dir == "" {
		o.dir, err = os.MkdirTemp("", "k8s-scheduler-cluster-")
	} else if err = os.MkdirAll(o.dir, 0o700); err == nil {
		o.dir, err = filepath.Abs(o.dir)
	}
	if err != nil {
		return err
	}
	unlock, err := lockDir(o.dir)
	if err != nil {
		return err
	}
	defer unlock()

	c := &cluster{options: o, programs: programs, ended: make(chan *process, 8)}
	defer c.end()
	started := make(chan error, 1)
	if err := c.prepare(); err != nil {
		return err
	}
	if err := c.startControlPlane(); err != nil {
		return err
	}
	go func() { started <- c.settle() }()

	for {
		select {
		case err := <-started:
			if err != nil {
				return err
			}
			if o.kubeconfigOut != "" {
				if err := copyFile(c.kubeconfig(), o.kubeconfigOut); err != nil {
					return err
				}
			}
			progress("try: %s --kubeconfig %s get nodes,storageclasses,pods -A\nCtrl-C ends the cluster.", programs["kubectl"], c.kubeconfig())
			fmt.Println("kubectl", programs["kubectl"])
			fmt.Println("ready", c.kubeconfig())
		case err := <-c.restarted:
			if err != nil {
				return err
			}
			fmt.Println("apiserver ready")
		case p := <-c.ended:
			if !p.expected {
				return fmt.Errorf("%s ended by itself: %v\n%s", p.name, p.state, tail(p.log, 20))
			}
		case s := <-signals:
			switch s {
			case syscall.SIGUSR1:
				c.stop(c.apiserver)
				fmt.Println("apiserver stopped")
			case syscall.SIGUSR2:
				if err := c.restartAPIServer(); err != nil {
					return err
				}
			default:
				return nil
			}
		}
	}
}

// Asks the kernel for SIGTERM when the parent ends.
func dieWithParent() error {
	parent := os.Getppid()
	if _, _, e := syscall.RawSyscall(syscall.SYS_PRCTL, syscall.PR_SET_PDEATHSIG, uintptr(syscall.SIGTERM), 0); e != 0 {
		return e
	}
	// It may have ended before the call.
	if os.Getppid() != parent {
		return errors.New("the process that started this one has ended")
	}
	return nil
}

// Keeps a second program out of the same state folder.
func lockDir(dir string) (func(), error) {
	f, err := os.OpenFile(filepath.Join(dir, "lock"), os.O_CREATE|os.O_RDWR|syscall.O_CLOEXEC, 0o600)
	if err != nil {
		return nil, err
	}
	if err := syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB); err != nil {
		return nil, fmt.Errorf("%s is in use by another local cluster", dir)
	}
	return func() { f.Close() }, nil
}

func copyFile(from, to string) error {
	data, err := os.ReadFile(from)
	if err != nil {
		return err
	}
	// Renamed into place, so that a reader that waits for the file never sees half of it.
	if err := os.WriteFile(to+".new", data, 0o600); err != nil {
		return err
	}
	return os.Rename(to+".new", to)
}
