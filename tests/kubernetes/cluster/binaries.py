"""Builds the programs of the cluster from their Go modules, once per version of them and of Go.

The sources' versions are pinned by go/*/go.sum. What is built goes below the user's cache folder
under a key made of those pins and the Go version; two builders at once wait for each other, and one
that was ended goes on where Go's own build cache was left. It starts none of the programs.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

GO = Path(__file__).resolve().parent / "go"
KUBERNETES = ("kube-apiserver", "kube-controller-manager", "kube-scheduler", "kubelet")
NODE = ("kube-proxy", "kubectl")
OWN = ("netpol", "pause", "app")
ADDONS = ("kwok", "traefik", "coredns")
DATA = ("kwok-stages.yaml", "gateway-crds.yaml")
EVERYTHING = (*KUBERNETES, *NODE, *OWN, "etcd", *ADDONS, *DATA)
LIMIT_S = 3600
"""No build of any machine that is of use takes longer."""

STAGES = (
    "node/fast/node-initialize.yaml",
    "node/heartbeat-with-lease/node-heartbeat-with-lease.yaml",
    "pod/fast/pod-complete.yaml",
    "pod/fast/pod-delete.yaml",
    "pod/fast/pod-ready.yaml",
)
"""What a fake node and its pods do; kwok's module holds them but its program does not."""


def go_program() -> str | None:
    """Where the Go tool is, if this machine has it."""
    return shutil.which("go") or shutil.which("go", path="/usr/local/go/bin:/usr/lib/go/bin")


def folder() -> Path:
    """Where the programs of the pinned versions are or will be."""
    digest = hashlib.sha256(_go("env", "GOVERSION", cwd=GO).encode())
    for path in sorted(GO.rglob("*")):
        if path.is_file():
            digest.update(path.relative_to(GO).as_posix().encode() + b"\0" + path.read_bytes())
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    return cache / "akashpy" / "kubernetes" / digest.hexdigest()[:16]


def is_built(place: Path) -> bool:
    """True when nothing has to be built any more."""
    return all((place / name).exists() for name in EVERYTHING)


def build() -> Path:
    """The folder with all programs; builds those that are missing.

    Raises BuildFailed with the tool's last lines.
    """
    place = folder()
    if is_built(place):
        return place
    place.mkdir(parents=True, exist_ok=True)
    with _alone(place / "lock"):
        scratch = place / "new"
        scratch.mkdir(exist_ok=True)
        if not _all(place, (*KUBERNETES, *NODE, *OWN, "etcd")):
            _build_core(scratch)
            _publish(scratch, place)
        if not _all(place, (*ADDONS, *DATA)):
            _build_addons(scratch, place / "addons")
            _publish(scratch, place)
        shutil.rmtree(scratch)
    return place


class BuildFailed(Exception):
    """A program could not be built."""


def _build_core(out: Path) -> None:
    version = _go("list", "-mod=readonly", "-m", "-f", "{{.Version}}", "k8s.io/kubernetes")
    _, minor, _ = version.split(".")
    facts = {
        "gitVersion": version,
        "gitMajor": "1",
        "gitMinor": minor,
        "gitTreeState": "clean",
        "gitCommit": "0" * 40,
        "buildDate": "1970-01-01T00:00:00Z",
    }
    packages = ("k8s.io/component-base/version", "k8s.io/client-go/pkg/version")
    flags = " ".join(f"-X {p}.{name}={value}" for p in packages for name, value in facts.items())
    commands = [f"k8s.io/kubernetes/cmd/{name}" for name in (*KUBERNETES, *NODE)]
    own = [f"./{name}" for name in OWN]
    _compile(GO / "core", out, flags, [*own, "go.etcd.io/etcd/server/v3", *commands])
    (out / "server").rename(out / "etcd")


def _build_addons(out: Path, work: Path) -> None:
    shutil.rmtree(work, ignore_errors=True)
    shutil.copytree(GO / "addons", work)
    _copy_lego(work)
    _go("mod", "download", "sigs.k8s.io/kwok", "sigs.k8s.io/gateway-api", cwd=work)
    packages = ["sigs.k8s.io/kwok/cmd/kwok", "github.com/traefik/traefik/v3/cmd/traefik"]
    _compile(work, out, "", [*packages, "./coredns"])
    stages = _module(work, "sigs.k8s.io/kwok") / "kustomize" / "stage"
    _join(out / "kwok-stages.yaml", [stages / name for name in STAGES])
    definitions = _module(work, "sigs.k8s.io/gateway-api") / "config" / "crd" / "standard"
    found = sorted(definitions.glob("gateway.networking.k8s.io_*s.yaml"))
    _join(out / "gateway-crds.yaml", [path for path in found if "_vap_" not in path.name])
    shutil.rmtree(work)


def _copy_lego(work: Path) -> None:
    """Traefik's certificate library without its 180 clients of DNS companies.

    They make up 1200 packages of Traefik's build, and nothing here asks for a certificate.
    """
    pinned = "github.com/go-acme/lego/v5@v5.4.1"
    empty = work / "empty"
    empty.mkdir()
    _go("mod", "init", "empty", cwd=empty)
    _go("mod", "download", pinned, cwd=empty)
    source = Path(_go("env", "GOMODCACHE", cwd=empty)) / pinned
    target = work / "lego"
    shutil.copytree(source, target, ignore=shutil.ignore_patterns("*_test.go"))
    for path in (target, *target.rglob("*")):
        path.chmod(path.stat().st_mode | 0o200)
    list_of_them = target / "providers" / "dns" / "zz_gen_dns_providers.go"
    list_of_them.write_text((work / "legodns.go.txt").read_text())
    shutil.rmtree(empty)


def _compile(module: Path, out: Path, flags: str, packages: list[str]) -> None:
    options = ("-mod=readonly", "-trimpath", "-buildvcs=false", "-ldflags", f"-s -w {flags}")
    _go("build", *options, "-o", f"{out}/", *packages, cwd=module)


def _module(work: Path, name: str) -> Path:
    """Where Go keeps the sources of a module."""
    return Path(_go("list", "-mod=readonly", "-m", "-f", "{{.Dir}}", name, cwd=work))


def _go(*arguments: str, cwd: Path = GO / "core") -> str:
    program = go_program()
    if program is None:
        raise BuildFailed("go: not found; install Go and put its bin folder in PATH")
    environment = os.environ | {"CGO_ENABLED": "0", "GOFLAGS": "", "GOWORK": "off"}
    done = subprocess.run(
        [program, *arguments],
        cwd=cwd,
        env=environment,
        capture_output=True,
        text=True,
        timeout=LIMIT_S,
        check=False,
    )
    if done.returncode:
        last = "\n".join(done.stderr.splitlines()[-20:])
        raise BuildFailed(f"go {arguments[0]} in {cwd.name} ended with {done.returncode}:\n{last}")
    return done.stdout.strip()


def _join(target: Path, parts: list[Path]) -> None:
    target.write_text("\n---\n".join(part.read_text() for part in parts))


def _all(place: Path, names: tuple[str, ...]) -> bool:
    return all((place / name).exists() for name in names)


def _publish(scratch: Path, place: Path) -> None:
    """Each file appears whole or not at all."""
    for path in scratch.iterdir():
        path.rename(place / path.name)


@contextmanager
def _alone(lock: Path) -> Iterator[None]:
    """One builder at a time; the kernel ends the lock with its process."""
    with lock.open("w") as handle:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
