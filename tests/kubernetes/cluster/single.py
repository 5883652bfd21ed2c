"""A whole Kubernetes with one real node: brought up in order, looked into, taken away again.

The order, the waiting and the clean-up are here; what each program is told is in `programs`. The
same object is used by tests and by the command line, since everything it knows is on disk.
"""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from string import Template
from typing import Any

from tests.kubernetes.cluster import binaries, layout, network, programs, registries, shared
from tests.kubernetes.cluster.cgroups import Cgroups
from tests.kubernetes.cluster.client import Answer, Api, request
from tests.kubernetes.cluster.images import Image, layer
from tests.kubernetes.cluster.layout import Layout
from tests.kubernetes.cluster.pki import Authority
from tests.kubernetes.cluster.processes import Command, Processes, within
from tests.kubernetes.cluster.waiting import wait_for

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[2]
MANIFESTS = HERE / "manifests"
PROGRAMS_PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
MACHINE_PROGRAMS = (
    *("containerd", "ctr", "runc", "docker-registry", "nft", "iptables", "conntrack", "busybox"),
    *("ip", "nsenter", "unshare", "sysctl"),
)
"""What the machine's package manager installs; .ci/setup names the packages."""
READY_LIMIT_S = 300
"""Ready takes five seconds on an idle machine of two cores; a loaded one is many times slower."""

SHARED = (Path("/run/containerd"), Path("/var/lib/cni"))
"""Folders of the machine that every cluster mounts its own over."""

ANCHOR = """set -e
mount --make-rslave /
mount --bind $1/run/containerd /run/containerd
mount --bind $1/run/netns /run/netns
mount --bind $1/varlog /var/log
mount --bind $1/cni/cache /var/lib/cni
mount --bind $1/hosts /etc/hosts
mount --make-rshared /
touch $1/run/anchored
exec sleep infinity"""
"""Holds the mount namespace of the node, where the paths that containerd, the network plugins and
the kubelet have built in lead into the cluster's folder. Slave first: nothing flows out."""


class Cluster:
    """One cluster, by the folder it lives in."""

    def __init__(self, place: Layout) -> None:
        self.place = place
        self.programs = binaries.folder()
        self.processes = Processes(place.home, f"{self.programs}:{PROGRAMS_PATH}")
        self._cgroups = Cgroups(place.id)

    @property
    def kubeconfig(self) -> Path:
        """The administrator's, for this machine."""
        return self.place.home / "kubeconfig"

    @property
    def api_port(self) -> int:
        """The port of this machine's loopback that leads to the API server."""
        return int((self.place.home / "api-port").read_text())

    @property
    def api(self) -> Api:
        """The API server, asked as its administrator."""
        return Api(self.place)

    # -- up ---------------------------------------------------------------------------------

    def up(self, say: Callable[[str], None] = lambda line: None) -> None:
        """Start everything that does not run and wait until it can be used.

        Raises TimeoutError, RuntimeError; what was started then still runs, for its logs.
        """
        begun = time.monotonic()

        def done(what: str) -> None:
            say(f"{time.monotonic() - begun:6.1f} s  {what}")

        self.place.make()
        self._cgroups.make()
        network.make(self.place)
        self._write_secrets()
        self._start_control_plane()
        self._anchor()
        self._start_outside()
        self._start_containerd()
        done("containerd")
        wait_for(self.api.ready, "the API server", limit_s=READY_LIMIT_S)
        done("API server")
        self._start_controllers()
        self._start_node()
        wait_for(self.node_ready, "the node to be Ready", limit_s=READY_LIMIT_S)
        done("node Ready")
        self._fill_registries()
        done("images pushed")
        self._add_ons()
        done("DNS, ingress, gateway")

    def node_ready(self, name: str = layout.NODE) -> bool:
        """True when the node says it can run pods."""
        node = self.api.call("GET", f"/api/v1/nodes/{name}")
        conditions = node["status"].get("conditions", [])
        return any(c["type"] == "Ready" and c["status"] == "True" for c in conditions)

    def _write_secrets(self) -> None:
        pki = Authority(self.place.home / "pki")
        pki.signing_pair("sa")
        names = ["localhost", layout.NODE, "127.0.0.1", layout.NODE_IP, layout.API_SERVICE_IP]
        service = ["kubernetes", "default", "svc", "cluster", "local"]
        names += [".".join(service[:end]) for end in (1, 2, 3, 5)]
        for name, common, group, hosts in (
            ("apiserver", "kube-apiserver", "", names),
            ("etcd", "etcd", "", names),
            ("kubelet-server", layout.NODE, "", names),
            ("registry", layout.REGISTRY, "", [layout.REGISTRY, layout.OUTSIDE_IP]),
            ("kubelet-client", "kube-apiserver-kubelet-client", "system:masters", []),
            ("admin", "admin", "system:masters", []),
            ("controllers", "system:kube-controller-manager", "", []),
            ("scheduler", "system:kube-scheduler", "", []),
            ("proxy", "system:kube-proxy", "", []),
            ("node", f"system:node:{layout.NODE}", "system:nodes", []),
        ):
            pki.issue(name, common, group, hosts)
        inside = f"https://127.0.0.1:{layout.API_PORT}"
        for name in ("admin", "controllers", "scheduler", "proxy", "node"):
            pki.kubeconfig(name, inside, self.place.home / "pki" / f"{name}.kubeconfig")
        port = self.place.home / "api-port"
        if not port.exists():
            port.write_text(str(network.free_port()))
        pki.kubeconfig("admin", f"https://127.0.0.1:{self.api_port}", self.kubeconfig)

    def _start_control_plane(self) -> None:
        self._in_node("etcd", programs.etcd(self.place))
        self._in_node("kube-apiserver", programs.api_server(self.place))
        target = f"{layout.NODE_IP}:{layout.API_PORT}"
        self._forward("forward-api", self.api_port, target, self.place.node_namespace)

    def _start_controllers(self) -> None:
        """They end themselves when no API server answers within ten seconds."""
        self._in_node("kube-controller-manager", programs.controller_manager(self.place))
        self._in_node("kube-scheduler", programs.scheduler(self.place))

    def _anchor(self) -> None:
        """Hold the node's mount namespace open."""
        if self.processes.pid("anchor") is not None:
            return
        for folder in SHARED:
            shared.take(folder, self.place.id)
        hosts = f"127.0.0.1 localhost\n{layout.OUTSIDE_IP} {layout.REGISTRY}\n"
        (self.place.home / "hosts").write_text(hosts)
        sign = self.place.home / "run" / "anchored"
        sign.unlink(missing_ok=True)
        apart = ("unshare", "-m", "--propagation", "private", "--", "sh", "-c", ANCHOR, "anchor")
        enter = within([f"--net={self.place.node_namespace}"], [*apart, str(self.place.home)])
        self._start("anchor", enter)
        wait_for(sign.exists, "the node's mount namespace", limit_s=READY_LIMIT_S)

    def _start_outside(self) -> None:
        registries.configure(self.place)
        for name in ("public", "private"):
            self._outside(f"registry-{name}", registries.words(self.place, name))
        self._outside("outside", self._python("outside", "80"))

    def _start_containerd(self) -> None:
        plugins = next(p for p in ("/usr/lib/cni", "/opt/cni/bin") if Path(p, "bridge").exists())
        network_settings = json.dumps(programs.pod_network(self.place))
        (self.place.home / "cni" / "net.d" / "10-pods.conflist").write_text(network_settings)
        settings = programs.containerd_settings(self.place, self._snapshotter(), plugins)
        (self.place.home / "containerd.toml").write_text(settings)
        config = self.place.path("containerd.toml")
        self._on_node("containerd", ("containerd", "--config", config))
        wait_for(lambda: self._ctr("version"), "containerd", limit_s=READY_LIMIT_S)
        pause = layer({"pause": (self.programs / "pause").read_bytes()}, {})
        archive = Image(pause, ("/pause",)).archive(programs.PAUSE_IMAGE)
        self._ctr("images", "import", "--digests=false", "-", stdin=archive)

    def _snapshotter(self) -> str:
        """overlayfs where it can be mounted over the cluster's folder, else plain copies."""
        probe = self.place.home / "containerd" / "probe"
        for name in ("lower", "upper", "work", "merged"):
            (probe / name).mkdir(parents=True, exist_ok=True)
        options = f"lowerdir={probe}/lower,upperdir={probe}/upper,workdir={probe}/work"
        script = 'mount -t overlay overlay -o "$0" "$1" && umount "$1"'
        words = within(self._anchored("-m"), ["sh", "-c", script, options, f"{probe}/merged"])
        done = subprocess.run(words, capture_output=True, timeout=30, check=False)
        shutil.rmtree(probe)
        return "native" if done.returncode else "overlayfs"

    def _start_node(self) -> None:
        kubelet = programs.kubelet_settings(self.place)
        self._write("kubelet.json", json.dumps(kubelet))
        proxy = programs.proxy_settings(self.place)
        self._write("proxy.json", json.dumps(proxy))
        self._write("resolv.conf", "options ndots:5\n")
        self._on_node("kubelet", programs.kubelet(self.place))
        self._on_node("kube-proxy", ("kube-proxy", f"--config={self.place.path('proxy.json')}"))
        admin = self.place.path("pki/admin.kubeconfig")
        self._in_node("netpol", ("netpol", "-kubeconfig", admin))
        self._in_node("volumes", self._python("volumes", str(self.place.home)))

    def _write(self, name: str, text: str) -> None:
        """A settings file, left alone while it is so: kube-proxy ends itself when its changes."""
        path = self.place.home / name
        if not path.exists() or path.read_text() != text:
            path.write_text(text)

    def _fill_registries(self) -> None:
        """Push the test images, once in the life of a cluster."""
        done = self.place.home / "registry" / "filled"
        if done.exists():
            return

        def fill() -> bool:
            registries.fill(self.place, self.programs / "app")
            return True

        wait_for(fill, "the registries to take the images", limit_s=READY_LIMIT_S)
        done.touch()

    def _add_ons(self) -> None:
        crds = str(self.programs / "gateway-crds.yaml")
        self.kubectl("apply", "--server-side", "-f", crds)
        self.kubectl(
            "wait", "--for=condition=Established", f"--timeout={READY_LIMIT_S}s", "-f", crds
        )
        values = {
            "PAUSE_IMAGE": programs.PAUSE_IMAGE,
            "PROGRAMS": str(self.programs),
            **{name: str(getattr(layout, name)) for name in PLACEHOLDERS},
        }
        for path in sorted(MANIFESTS.glob("*.yaml")):
            whole = Template(path.read_text()).substitute(values)
            self.kubectl("apply", "--server-side", "-f", "-", stdin=whole)
        for namespace, name in ADD_ONS:
            wait = ("rollout", "status", f"deployment/{name}", f"--timeout={READY_LIMIT_S}s")
            self.kubectl("-n", namespace, *wait)

    # -- use --------------------------------------------------------------------------------

    def kubectl(self, *words: str, stdin: str = "", timeout_s: float = 300) -> str:
        """What kubectl prints, asked as the administrator. Raises RuntimeError."""
        done = subprocess.run(
            [str(self.programs / "kubectl"), "--kubeconfig", str(self.kubeconfig), *words],
            input=stdin,
            capture_output=True,
            text=True,
            timeout=timeout_s,
            check=False,
            env={"PATH": PROGRAMS_PATH, "HOME": self.place.path("home")},
        )
        if done.returncode:
            raise RuntimeError(f"kubectl {' '.join(words)}: {done.stderr.strip()}")
        return done.stdout

    def apply(self, *objects: dict[str, Any]) -> None:
        """Create or change objects."""
        whole = {"apiVersion": "v1", "kind": "List", "items": list(objects)}
        self.kubectl("apply", "--server-side", "-f", "-", stdin=json.dumps(whole))

    def run_in(
        self, namespace: str, pod: str, *words: str, timeout_s: float = 180
    ) -> tuple[int, str]:
        """Exit code and output of a command in a pod's first container."""
        done = subprocess.run(
            [
                str(self.programs / "kubectl"),
                "--kubeconfig",
                str(self.kubeconfig),
                *("exec", "-n", namespace, pod, "--", *words),
            ],
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=timeout_s,
            check=False,
            env={"PATH": PROGRAMS_PATH, "HOME": self.place.path("home")},
        )
        return done.returncode, done.stdout

    def fetch(
        self, host: str, path: str = "/", *, port: int = layout.INGRESS_PORT, timeout_s: float = 10
    ) -> Answer:
        """A page as the outside machine sees it at the node's address. Raises OSError."""
        url = f"http://{layout.NODE_IP}:{port}{path}"
        headers = {"Host": host} if host else {}
        away = self.place.outside_namespace
        return request(away, "GET", url, headers=headers, timeout_s=timeout_s)

    def ask_outside(self, url: str, *, timeout_s: float = 10) -> Answer:
        """What a server answers the outside machine. Raises OSError."""
        return request(self.place.outside_namespace, "GET", url, timeout_s=timeout_s)

    def lead_to(self, host: str, port: int, *, name: str = "") -> int:
        """A port of this machine's loopback that leads, from outside the cluster, to an address."""
        known = name or f"forward-{host}-{port}"
        file = self.place.home / f"{known}.port"
        if self.processes.pid(known) is None or not file.exists():
            file.write_text(str(network.free_port()))
            away = self.place.outside_namespace
            self._forward(known, int(file.read_text()), f"{host}:{port}", away)
            own = int(file.read_text())
            wait_for(lambda: network.answers(own), f"the forwarder {known}", limit_s=READY_LIMIT_S)
        return int(file.read_text())

    def start_kwok(self) -> None:
        """Run what plays the fake nodes (see `fakes`)."""
        selector = "--manage-nodes-with-annotation-selector=kwok.x-k8s.io/node=fake"
        words = (
            "kwok",
            f"--kubeconfig={self.place.path('pki/admin.kubeconfig')}",
            f"--config={self.programs / 'kwok-stages.yaml'}",
            "--manage-all-nodes=false",
            selector,
            "--cidr=10.64.0.0/12",
            f"--node-ip={layout.NODE_IP}",
            "--server-address=127.0.0.1:10247",
            "--node-lease-duration-seconds=40",
        )
        self._in_node("kwok", words)

    def stop(self, name: str, *, kill: bool = False) -> None:
        """End one of the cluster's programs (kube-apiserver, etcd, kubelet, ...)."""
        self.processes.stop(name, kill=kill)

    def start(self, name: str) -> None:
        """Run a stopped program again as it was run."""
        self.processes.again(name)

    def restart(self, *names: str) -> None:
        """Kill programs and run them again at once."""
        for name in names:
            self.stop(name, kill=True)
            self.start(name)

    def reconnect(self) -> None:
        """Start again what waits for an API server that was away.

        The longer it was, the later they ask again: after up to a minute. Workloads stay.
        """
        self.restart(*CONNECTED)
        for namespace, name in ADD_ONS:
            self.kubectl("-n", namespace, "rollout", "restart", f"deployment/{name}")
        for namespace, name in ADD_ONS:
            wait = ("rollout", "status", f"deployment/{name}", f"--timeout={READY_LIMIT_S}s")
            self.kubectl("-n", namespace, *wait)

    def logs(self) -> dict[str, str]:
        """What every program wrote, by name."""
        folder = self.place.home / "logs"
        return {p.stem: p.read_text(errors="replace") for p in sorted(folder.glob("*.log"))}

    # -- down -------------------------------------------------------------------------------

    def down(self) -> None:
        """End everything and remove every trace. Raises TimeoutError when something stays."""
        for name in ("kubelet", "kube-proxy", "netpol", "volumes", "kwok"):
            self.processes.stop(name, kill=True)
        self._cgroups.kill(spare=self.processes.pids())
        for name in self.processes.names():
            self.processes.stop(name, kill=True)
        self._cgroups.kill()
        network.remove(self.place)
        self._cgroups.remove()
        self._unmount()
        for folder in SHARED:
            shared.leave(folder, self.place.id)
        if self.place.home.exists():
            shutil.rmtree(self.place.home)

    def _unmount(self) -> None:
        """Mounts below the folder that the kernel still shows; those of the node went with it."""
        inside = f"{self.place.home}/"
        lines = Path("/proc/self/mounts").read_text().splitlines()
        for path in sorted((line.split()[1] for line in lines), reverse=True):
            if path.startswith(inside):
                subprocess.run(["umount", "-l", path], timeout=30, check=True)

    # -- starting ---------------------------------------------------------------------------

    def _start(self, name: str, words: tuple[str, ...]) -> None:
        environment = (("PYTHONPATH", str(ROOT)),)
        self.processes.start(name, Command(words, environment, str(self._cgroups.joining)))

    def _in_node(self, name: str, words: tuple[str, ...]) -> None:
        """Run in the node's network."""
        self._start(name, within([f"--net={self.place.node_namespace}"], words))

    def _on_node(self, name: str, words: tuple[str, ...]) -> None:
        """Run in the node's network and among its mounts."""
        self._start(name, within(self._anchored("-n", "-m"), words))

    def _outside(self, name: str, words: tuple[str, ...]) -> None:
        """Run in the network of the outside machine."""
        self._start(name, within([f"--net={self.place.outside_namespace}"], words))

    def _forward(self, name: str, port: int, target: str, namespace: Path) -> None:
        self._start(name, self._python("forwarder", f"127.0.0.1:{port}", target, str(namespace)))

    @staticmethod
    def _python(module: str, *words: str) -> tuple[str, ...]:
        return (sys.executable, "-m", f"tests.kubernetes.cluster.{module}", *words)

    def _anchored(self, *which: str) -> tuple[str, ...]:
        pid = self.processes.pid("anchor")
        if pid is None:
            raise RuntimeError(f"the node's mount namespace is gone; see {self.place.home}/logs")
        return ("-t", str(pid), *which)

    def _ctr(self, *words: str, stdin: bytes = b"") -> str:
        """What containerd's own tool prints. Raises RuntimeError."""
        socket = ("-a", "/run/containerd/containerd.sock", "-n", "k8s.io")
        asked = within(self._anchored("-m"), ["ctr", *socket, *words])
        done = subprocess.run(asked, input=stdin, capture_output=True, timeout=120, check=False)
        if done.returncode:
            raise RuntimeError(f"ctr {words[0]}: {done.stderr.decode(errors='replace')}")
        return done.stdout.decode(errors="replace")


CONNECTED = ("kube-controller-manager", "kube-scheduler", "kubelet", "kube-proxy", "netpol")
"""Programs that watch the API server."""
ADD_ONS = (("kube-system", "coredns"), ("ingress-nginx", "traefik"), ("akash-gateway", "traefik"))
PLACEHOLDERS = (
    "OUTSIDE_IP",
    "REGISTRY",
    "DNS_IP",
    "NODE",
    "NODE_IP",
    "INGRESS_PORT",
    "GATEWAY_PORT",
)
