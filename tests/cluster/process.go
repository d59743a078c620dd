package main

import (
	"fmt"
	"math/rand/v2"
	"net"
	"os"
	"os/exec"
	"strings"
	"syscall"
	"time"
)

type process struct {
	name     string
	log      string
	expected bool // Set before it is told to end.
	cmd      *exec.Cmd
	done     chan struct{}
	state    error
}

// Starts a program that the kernel kills when this one ends, however it ends. Must be called from
// the first thread.
func startProcess(name, file, log string, ended chan<- *process, args ...string) (*process, error) {
	out, err := os.OpenFile(log, os.O_CREATE|os.O_WRONLY|os.O_APPEND, 0o600)
	if err != nil {
		return nil, err
	}
	defer out.Close()
	p := &process{name: name, log: log, cmd: exec.Command(file, args...), done: make(chan struct{})}
	p.cmd.Stdout, p.cmd.Stderr = out, out
	// Its own group: Ctrl-C reaches the starter alone, which ends the others in order.
	p.cmd.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL, Setpgid: true}
	if err := p.cmd.Start(); err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	go func() {
		p.state = p.cmd.Wait()
		close(p.done)
		ended <- p
	}()
	return p, nil
}

func (p *process) kill() {
	p.expected = true
	p.cmd.Process.Kill()
	<-p.done
}

// Free ports below the range that the kernel gives to outgoing connections, so that a stopped
// server finds its port free when it comes back.
func freePorts(count int) ([]int, error) {
	var ports []int
	var open []net.Listener
	defer func() {
		for _, l := range open {
			l.Close()
		}
	}()
	for try := 0; len(ports) < count; try++ {
		port := 20000 + rand.IntN(12000)
		l, err := net.Listen("tcp", fmt.Sprintf("127.0.0.1:%d", port))
		if err == nil {
			open, ports = append(open, l), append(ports, port)
		} else if try > 1000 {
			return nil, fmt.Errorf("no free ports: %w", err)
		}
	}
	return ports, nil
}

// Tries until it succeeds or the time is over.
func until(limit time.Duration, what string, try func() error) error {
	deadline := time.Now().Add(limit)
	for {
		err := try()
		if err == nil {
			return nil
		}
		if time.Now().After(deadline) {
			return fmt.Errorf("%s: %w", what, err)
		}
		time.Sleep(50 * time.Millisecond)
	}
}

func tail(file string, lines int) string {
	data, _ := os.ReadFile(file)
	all := strings.Split(strings.TrimSpace(string(data)), "\n")
	return strings.Join(all[max(0, len(all)-lines):], "\n")
}
