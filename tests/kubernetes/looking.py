"""What the tests ask of a cluster again and again."""

from __future__ import annotations

import json
from typing import Any

from tests.kubernetes.cluster import Cluster
from tests.kubernetes.cluster.client import Answer
from tests.kubernetes.cluster.waiting import wait_for

SOON_S = 180
"""Within it everything happens on a loaded machine; on an idle one within three seconds."""


def get(cluster: Cluster, namespace: str, kind: str, name: str) -> Any:
    """One object. Raises RuntimeError when it is not there."""
    return json.loads(cluster.kubectl("-n", namespace, "get", kind, name, "-o", "json"))


def ready(cluster: Cluster, namespace: str, *pods: str) -> None:
    """Wait until pods can be used."""
    names = [f"pod/{name}" for name in pods]
    limit = f"--timeout={SOON_S}s"
    cluster.kubectl("-n", namespace, "wait", "--for=condition=Ready", limit, *names)


def waiting_reason(cluster: Cluster, namespace: str, pod: str) -> str:
    """Why the pod's container does not run yet; empty when it says nothing."""
    states = get(cluster, namespace, "pod", pod)["status"].get("containerStatuses", [])
    return str(states[0]["state"].get("waiting", {}).get("reason", "")) if states else ""


def page(cluster: Cluster, host: str, text: str, **where: Any) -> Answer:
    """Wait for a page of that host which has the text in it."""

    def look() -> Answer | None:
        answer = cluster.fetch(host, **where)
        return answer if answer.status == 200 and text in answer.text else None

    found = wait_for(look, f"{text!r} at {host}", limit_s=SOON_S)
    assert found is not None
    return found


def says(cluster: Cluster, namespace: str, pod: str, *words: str) -> str:
    """What a command in a pod prints; the test fails when it fails."""
    code, text = cluster.run_in(namespace, pod, *words)
    assert code == 0, f"{words} in {pod}: {code} {text}"
    return text


def reaches(cluster: Cluster, namespace: str, pod: str, address: str) -> bool:
    """True when a pod can open a TCP connection."""
    code, text = cluster.run_in(namespace, pod, "/bin/app", "tcp", address)
    assert "open" in text or "refused" in text, text
    return code == 0
