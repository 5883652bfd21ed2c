"""`python -m tests.kubernetes.cluster up|down|status|build|kubectl`: the cluster for people."""

from __future__ import annotations

import argparse
import os
import sys
from pathlib import Path

from tests.kubernetes.cluster import Cluster, binaries
from tests.kubernetes.cluster.layout import Layout

NAME = "dev"


def main() -> int:
    """Do what the command line says; the exit code of the program."""
    parser = argparse.ArgumentParser(prog="python -m tests.kubernetes.cluster", description=__doc__)
    parser.add_argument("--name", default=NAME, help="which cluster of this machine (%(default)s)")
    verbs = parser.add_subparsers(dest="verb", required=True)
    verbs.add_parser("build", help="build the programs, if they are not built")
    verbs.add_parser("up", help="build, start what does not run, wait until it can be used")
    verbs.add_parser("down", help="end everything and remove every trace")
    verbs.add_parser("status", help="what runs and how much memory it has")
    verbs.add_parser("kubectl", help="kubectl as the administrator", add_help=False)
    words = sys.argv[1:]
    end = words.index("kubectl") + 1 if "kubectl" in words else len(words)
    said = parser.parse_args(words[:end])
    place = Layout.of(said.name)
    match said.verb:
        case "build":
            print(binaries.build())
        case "up":
            binaries.build()
            cluster = Cluster(place)
            cluster.up(say=print)
            print(f"export KUBECONFIG={cluster.kubeconfig}")
        case "down":
            Cluster(place).down()
        case "status":
            return _status(Cluster(place))
        case "kubectl":
            cluster = Cluster(place)
            program = str(cluster.programs / "kubectl")
            os.execv(program, [program, "--kubeconfig", str(cluster.kubeconfig), *words[end:]])
    return 0


def _status(cluster: Cluster) -> int:
    for name in cluster.processes.names():
        pid = cluster.processes.pid(name)
        print(f"{name:<26} {f'pid {pid}, {_memory(pid)} MiB' if pid else 'stopped'}")
    try:
        ready = cluster.node_ready()
    except (OSError, RuntimeError) as error:
        print(f"the API server does not answer: {error}")
        return 1
    print("the node is Ready" if ready else "the node is not Ready")
    return 0 if ready else 1


def _memory(pid: int) -> int:
    """Resident memory in MiB."""
    for line in Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith("VmRSS"):
            return int(line.split()[1]) // 1024
    return 0


if __name__ == "__main__":
    sys.exit(main())
