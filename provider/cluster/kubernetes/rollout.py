"""Going back when an update does not come up: what is kept for it, and when it is done; pure.

A controller carries the pod template it was last given and the one before. When Kubernetes says
that the new one does not come up in time, the one before is given back, and the bad one is not
tried again until the tenant sends another.
"""

from __future__ import annotations

import base64
import json
import zlib
from collections.abc import Iterable

from provider.cluster.kubernetes import names
from provider.cluster.kubernetes.builder.given import Object
from provider.cluster.kubernetes.report import is_leaving, is_ready

MOST_BYTES = 100 * 1024
"""Longest packed template that is kept; both must fit into an object's 256 KiB of annotations."""
OWN_SPEC = ("replicas", "revisionHistoryLimit", "selector", "strategy", "progressDeadlineSeconds",
            "serviceName", "updateStrategy", "volumeClaimTemplates")  # fmt: skip
REVISION = "controller-revision-hash"


def prepared(made: Object, before: Object | None) -> Object | None:
    """A controller as it is applied; None when just this one was given up before."""
    had = _annotations(before)
    wanted = made["metadata"]["annotations"][names.TEMPLATE]
    if had.get(names.ROLLED_BACK) == wanted:
        return None
    annotations = {names.TEMPLATE: wanted, names.APPLIED: _packed(made["spec"]["template"])}
    if had.get(names.TEMPLATE) == wanted:
        last = had.get(names.PREVIOUS, "")
    elif _came_up(before):
        last = had.get(names.APPLIED, "")
    else:
        last = had.get(names.PREVIOUS, "")
    if last:
        annotations[names.PREVIOUS] = last
    kept = {name: text for name, text in annotations.items() if len(text) <= MOST_BYTES}
    return {**made, "metadata": {**made["metadata"], "annotations": kept}}


def is_stuck(controller: Object) -> bool:
    """True when an update does not come up and there is something to go back to."""
    if names.PREVIOUS not in _annotations(controller):
        return False
    status = controller.get("status", {})
    if status.get("observedGeneration") != controller["metadata"].get("generation"):
        return False
    return any(
        c.get("type") == "Progressing"
        and c.get("status") == "False"
        and c.get("reason") == "ProgressDeadlineExceeded"
        for c in status.get("conditions") or ()
    )


def is_unfinished(stateful: Object) -> bool:
    """True while a StatefulSet brings up an update that could be taken back.

    Kubernetes has no deadline for it, so whoever asks must know for how long it has been so.
    """
    status = stateful.get("status", {})
    if names.PREVIOUS not in _annotations(stateful):
        return False
    if status.get("observedGeneration") != stateful["metadata"].get("generation"):
        return False
    count = stateful["spec"].get("replicas", 1)
    return bool(min(status.get("updatedReplicas", 0), status.get("availableReplicas", 0)) < count)


def in_the_way(stateful: Object, pods: Iterable[Object]) -> list[Object]:
    """Pods of another version that are not up: a StatefulSet waits for them before it goes on,
    so that nothing would ever replace a pod that cannot start."""
    status = stateful.get("status", {})
    if status.get("observedGeneration") != stateful["metadata"].get("generation"):
        return []
    wanted = status.get("updateRevision")
    if not wanted:
        return []
    return [
        pod
        for pod in pods
        if (pod["metadata"].get("labels") or {}).get(REVISION) != wanted
        and not is_ready(pod)
        and not is_leaving(pod)
    ]


def gone_back(controller: Object) -> Object:
    """The controller with the template before, to be applied."""
    metadata, had = controller["metadata"], _annotations(controller)
    spec = {name: controller["spec"][name] for name in OWN_SPEC if name in controller["spec"]}
    spec["template"] = json.loads(zlib.decompress(base64.b64decode(had[names.PREVIOUS])))
    return {
        "apiVersion": controller["apiVersion"],
        "kind": controller["kind"],
        "metadata": {
            "name": metadata["name"],
            "namespace": metadata["namespace"],
            "labels": metadata["labels"],
            "annotations": {
                names.APPLIED: had[names.PREVIOUS],
                names.ROLLED_BACK: had[names.TEMPLATE],
            },
        },
        "spec": spec,
    }


def notes(controllers: list[Object], deadline: int) -> tuple[str, ...]:
    """Sentences for the lease's status about services that went back."""
    return tuple(
        f"service {c['metadata']['name']}: its last update did not come up within {deadline} s; "
        "the version before runs again until another manifest is sent"
        for c in controllers
        if names.ROLLED_BACK in _annotations(c)
    )


def _came_up(controller: Object | None) -> bool:
    status = (controller or {}).get("status", {})
    return int(status.get("availableReplicas", 0)) > 0


def _packed(template: Object) -> str:
    return base64.b64encode(zlib.compress(json.dumps(template).encode(), 9)).decode()


def _annotations(controller: Object | None) -> dict[str, str]:
    return ((controller or {}).get("metadata") or {}).get("annotations") or {}
