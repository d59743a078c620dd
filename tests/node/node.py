#!/usr/bin/env python3
"""node.py --dir DIR --programs FILE --images DIR [--no-policy]

A Kubernetes node on this machine, in the foreground, as root: control plane, kubelet, containerd,
kube-proxy, CoreDNS, and NetworkPolicy enforced by Calico's Felix. It lives in network, mount and PID
namespaces of its own (inner.sh is its first process), so that nothing of the machine's interfaces,
firewall, mounts or settings changes; beside them there are DIR and a cgroup.

Prints "pid N" (the node's first process, for nsenter), "kubectl FILE" and "ready KUBECONFIG". Ends with
SIGINT or SIGTERM. However it ends, also by SIGKILL, the node ends with it, and a second process takes
DIR and the cgroup away.
"""
import argparse
import ctypes
import glob
import os
import shutil
import signal
import socket
import subprocess
import sys
import threading
import time

HERE = os.path.dirname(os.path.abspath(__file__))
LIBC = ctypes.CDLL(None, use_errno=True)
PR_SET_PDEATHSIG = 1
CLONE_NEWNET = 0x40000000
API_PORT = 6443  # Of the API server, in the node's own network.
CGROUPS = "/sys/fs/cgroup"


def die_with(parent, number):
    """For preexec_fn: the kernel sends this signal when the parent ends."""
    def ask():
        LIBC.prctl(PR_SET_PDEATHSIG, number)
        if os.getppid() != parent:
            os._exit(125)
    return ask


# --- cgroups

def is_cgroup_v2():
    return os.path.exists(CGROUPS + "/cgroup.controllers")


def write(path, text):
    with open(path, "w") as file:
        file.write(text)


def read(path):
    with open(path) as file:
        return file.read()


def make_cgroup(name):
    if is_cgroup_v2():
        wanted = "cpu cpuset io memory pids"
        have = read(CGROUPS + "/cgroup.controllers").split()
        on = " ".join("+" + one for one in wanted.split() if one in have)
        try:
            write(CGROUPS + "/cgroup.subtree_control", on)
        except OSError:
            # In a container the root is a group like any other, and may give controllers to its
            # children only when no process is in it itself.
            os.makedirs(CGROUPS + "/machine", exist_ok=True)
            for pid in read(CGROUPS + "/cgroup.procs").split():
                try:
                    write(CGROUPS + "/machine/cgroup.procs", pid)
                except OSError:
                    pass  # It has ended, or is the kernel's.
            write(CGROUPS + "/cgroup.subtree_control", on)
        os.makedirs(f"{CGROUPS}/{name}", exist_ok=True)
        write(f"{CGROUPS}/{name}/cgroup.subtree_control", on)
        return
    for line in read("/proc/self/mountinfo").splitlines():
        fields = line.split()
        if fields[fields.index("-") + 1] != "cgroup":
            continue
        root = fields[4]
        os.makedirs(f"{root}/{name}", exist_ok=True)
        if os.path.exists(root + "/cpuset.cpus"):
            for file in ("cpuset.cpus", "cpuset.mems"):
                write(f"{root}/{name}/{file}", read(f"{root}/{file}"))


def cgroup_folders(name):
    found = [f"{CGROUPS}/{name}"] + glob.glob(f"{CGROUPS}/*/{name}")
    return [one for one in found if os.path.isdir(one)]


def remove_cgroup(name):
    """A group can go once the kernel has let go of its last process, which takes a moment."""
    for _ in range(200):
        for top in cgroup_folders(name):
            for folder, _, _ in os.walk(top, topdown=False):
                try:
                    os.rmdir(folder)
                except OSError:
                    pass
        if not cgroup_folders(name):
            return
        time.sleep(0.05)


def clean(folder, cgroup):
    remove_cgroup(cgroup)
    shutil.rmtree(folder, ignore_errors=True)


def keep_watch(folder, cgroup):
    """A process of its own that cleans up after this one, however this one ends."""
    mine = os.pidfd_open(os.getpid())
    if os.fork() > 0:
        os.close(mine)
        return
    os.setsid()
    null = os.open(os.devnull, os.O_RDWR)
    for fd in (0, 1, 2):
        os.dup2(null, fd)
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)
    import select
    watch = select.poll()  # Readable once the process has ended.
    watch.register(mine, select.POLLIN)
    watch.poll()
    # What the kernel kills along may still be dying.
    inner = f"{folder}/init.pid"
    pid = read(inner).strip() if os.path.exists(inner) else ""
    for _ in range(200):
        if not pid or not os.path.exists(f"/proc/{pid}"):
            break
        time.sleep(0.05)
    clean(folder, cgroup)
    os._exit(0)


# --- the way from the machine to the API server

def carry(source, target):
    try:
        while data := source.recv(65536):
            target.sendall(data)
    except OSError:
        pass
    try:
        target.shutdown(socket.SHUT_WR)
    except OSError:
        pass


def serve(client):
    with client:
        try:
            server = socket.create_connection(("127.0.0.1", API_PORT))
        except OSError:
            return
        with server:
            back = threading.Thread(target=carry, args=(server, client), daemon=True)
            back.start()
            carry(client, server)
            back.join()


def forward(listener, pid):
    """Runs in a thread, which is then in the node's network, as are those that it starts."""
    with open(f"/proc/{pid}/ns/net") as net:
        if LIBC.setns(net.fileno(), CLONE_NEWNET) != 0:
            os._exit(3)
    while True:
        client, _ = listener.accept()
        threading.Thread(target=serve, args=(client,), daemon=True).start()


# --- start

def link_programs(file, folder):
    """A folder with the programs under their own names, which is how they find each other."""
    os.makedirs(folder + "/cni")
    for line in read(file).splitlines():
        name, path = line.split(" ", 1)
        os.symlink(path, f"{folder}/{name}")


def start(options):
    folder = os.path.abspath(options.dir)
    os.makedirs(folder)
    cgroup = f"k8s-scheduler-node-{os.getpid()}"
    keep_watch(folder, cgroup)
    make_cgroup(cgroup)
    link_programs(options.programs, folder + "/bin")
    # A socket stays in the network in which it was made.
    listener = socket.create_server(("127.0.0.1", 0), backlog=128)
    environment = {
        "PATH": f"{folder}/bin:/usr/sbin:/usr/bin:/sbin:/bin",
        "HOME": folder,
        "NODE_RUN": folder,
        "NODE_HOME": HERE,
        "NODE_IMAGES": os.path.abspath(options.images),
        "NODE_CGROUP": cgroup,
        "NODE_POLICY": "" if options.no_policy else "calico",
        "NODE_API_PORT": str(listener.getsockname()[1]),
    }
    subprocess.run([HERE + "/configure.sh"], env=environment, check=True)
    log = open(folder + "/node.log", "w")
    outer = subprocess.Popen(
        ["unshare", "--net", "--mount", "--pid", "--fork", "--mount-proc", "--kill-child",
         "--propagation", "private", HERE + "/inner.sh"],
        env=environment, stdin=subprocess.DEVNULL, stdout=log, stderr=log, cwd=folder,
        # Ctrl-C reaches this process alone.
        start_new_session=True, preexec_fn=die_with(os.getpid(), signal.SIGKILL))
    inner = ""
    while not inner:
        inner = read(f"/proc/{outer.pid}/task/{outer.pid}/children").strip()
        if outer.poll() is not None:
            sys.exit("the node's namespaces could not be made:\n" + read(folder + "/node.log"))
        time.sleep(0.02)
    write(folder + "/init.pid", inner)
    threading.Thread(target=forward, args=(listener, inner), daemon=True).start()
    return folder, cgroup, outer, inner


def wait_until_ready(folder, outer):
    for _ in range(3000):
        if os.path.exists(folder + "/ready"):
            return
        if outer.poll() is not None:
            break
        time.sleep(0.1)
    said = "the node did not become ready:\n"
    for log in [folder + "/node.log"] + sorted(glob.glob(folder + "/*.log")):
        with open(log, errors="replace") as file:
            said += f"--- {os.path.basename(log)}\n" + "".join(file.readlines()[-8:])
    sys.exit(said)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--dir", required=True, help="its state; must not exist, and does not outlive it")
    parser.add_argument("--programs", required=True, help="lines NAME FILE")
    parser.add_argument("--images", required=True, help="what images.sh made")
    parser.add_argument("--no-policy", action="store_true", help="nobody enforces network policies")
    options = parser.parse_args()
    if os.geteuid() != 0:
        sys.exit("a node needs root: it makes namespaces, mounts and cgroups")

    # Pods run as others than root, and read what is made here.
    os.umask(0o022)

    def end(*_):
        raise SystemExit(0)
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, end)
    outer = None
    try:
        folder, cgroup, outer, inner = start(options)
        print("pid", inner, flush=True)
        print("kubectl", folder + "/bin/kubectl", flush=True)
        wait_until_ready(folder, outer)
        print("ready", folder + "/pki/outside.kubeconfig", flush=True)
        outer.wait()
        sys.exit("the node ended by itself:\n" + read(folder + "/node.log")[-2000:])
    finally:
        if outer is not None:
            outer.kill()
            outer.wait()
            while os.path.exists(f"/proc/{inner}"):
                time.sleep(0.02)
            clean(folder, cgroup)


main()
