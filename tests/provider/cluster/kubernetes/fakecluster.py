"""A small API server in memory: objects, versions, server-side apply, lists, watches, namespaces.

It speaks the part of the API that the driver uses, as the real one answers: 404, 409 and 422 with a
Status, resource versions that rise, deletions that take a while. Two doors lead to it: `Door`, a
Transport for virtual time, and `serve`, real HTTP. Controllers are played by `settle`.
"""

from __future__ import annotations

import asyncio
import copy
import json
import uuid
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from typing import Any

from provider.cluster.errors import Unavailable
from provider.cluster.kubernetes import kinds
from provider.cluster.kubernetes.api import Query, Socket

Object = dict[str, Any]
Key = tuple[str, str, str]
"""Plural, namespace, name."""

COUNTED = ("replicas", "readyReplicas", "availableReplicas", "updatedReplicas")
PLURALS = {kind.plural: kind for kind in kinds.ALL.values()}


class Refused(Exception):
    """An answer that is no success."""

    def __init__(self, status: int, reason: str, message: str = "") -> None:
        super().__init__(message or reason)
        self.status, self.reason = status, reason


class FakeCluster:
    """What the API server keeps."""

    def __init__(self, *, history: int = 1000) -> None:
        self.objects: dict[Key, Object] = {}
        self.version = 100
        self.events: list[tuple[int, str, str, Object]] = []
        self._history = history
        self._applied: dict[tuple[Key, str], Object] = {}
        self.changed = asyncio.Event()
        self.down = False
        self.before: Callable[[str, str], None] = lambda method, path: None
        """Called with every request before it is served."""
        self.after: Callable[[str, str], None] = lambda method, path: None
        """Called with every change after it was made."""
        self.add(node("node"))
        subsets = [{"addresses": [{"ip": "10.0.0.1"}], "ports": [{"port": 6443}]}]
        self.add(
            {
                "apiVersion": "v1",
                "kind": "Endpoints",
                "metadata": {"name": "kubernetes", "namespace": "default"},
                "subsets": subsets,
            }
        )

    # -- what tests do ----------------------------------------------------------------------

    def add(self, object: Object) -> None:
        """Put an object in as it is."""
        self._store(self._key(object), copy.deepcopy(object), "ADDED")

    def found(self, kind: kinds.Kind, namespace: str = "") -> list[Object]:
        """All objects of a kind."""
        return [
            o
            for (plural, where, _), o in sorted(self.objects.items())
            if plural == kind.plural and namespace in ("", where)
        ]

    def of_leases(self) -> list[Key]:
        """Everything that belongs to any lease."""
        own = ("customresourcedefinitions", "nodes", "endpoints")
        return sorted(
            key for key in self.objects if key[0] not in own and key != ("namespaces", "", "lease")
        )

    def forget(self) -> None:
        """Lose the history of changes, as a compaction does."""
        self.events.clear()

    # -- requests ---------------------------------------------------------------------------

    def answer(self, method: str, path: str, query: Query, body: Object | None) -> Object:
        """Serve one request. Raises Refused."""
        if path == "/version":
            return {"gitVersion": "v1.34.4"}
        plural, where, name = self._parsed(path)
        key = (plural, where, name)
        match method:
            case "GET" if name:
                if key not in self.objects:
                    raise Refused(404, "NotFound", f"{plural} {name!r} not found")
                return self.objects[key]
            case "GET":
                items = self._chosen(plural, where, str(query.get("labelSelector", "")))
                return {"items": items, "metadata": {"resourceVersion": str(self.version)}}
            case "POST":
                assert body is not None
                made = (plural, where, body["metadata"]["name"])
                if made in self.objects:
                    raise Refused(409, "AlreadyExists")
                self._check(made)
                return self._store(made, copy.deepcopy(body), "ADDED")
            case "PATCH":
                assert body is not None
                return self._patch(key, query, body)
            case "DELETE" if not name:
                for each in [k for k in self.objects if k[:2] == (plural, where)]:
                    self._delete(each, body or {})
                return {"kind": "Status", "status": "Success"}
            case "DELETE":
                self._delete(key, body or {})
                return {"kind": "Status", "status": "Success"}
        raise Refused(405, "MethodNotAllowed")

    def _patch(self, key: Key, query: Query, body: Object) -> Object:
        old = self.objects.get(key)
        if query.get("force") != "true":  # a merge patch
            if old is None:
                raise Refused(404, "NotFound")
            return self._changed(key, old, _merged(old, body))
        self._check(key)
        manager = (key, str(query["fieldManager"]))
        if query.get("dryRun"):
            return body
        before = self._applied.get(manager, {})
        self._applied[manager] = copy.deepcopy(body)
        if old is None:
            return self._store(key, copy.deepcopy(body), "ADDED")
        return self._changed(key, old, _merged(_without(old, before, body), body))

    def _check(self, key: Key) -> None:
        plural, where, _ = key
        kind = PLURALS[plural]
        if kind.api_version.startswith("akash.network"):
            definition = ("customresourcedefinitions", "", f"{plural}.akash.network")
            if definition not in self.objects:
                raise Refused(404, "NotFound", "the server could not find the requested resource")
        if not kind.namespaced:
            return
        home = self.objects.get(("namespaces", "", where))
        if home is None and where != "default":
            raise Refused(404, "NotFound", f'namespaces "{where}" not found')
        if home is not None and "deletionTimestamp" in home["metadata"]:
            raise Refused(403, "Forbidden", "the namespace is being terminated")

    def _changed(self, key: Key, old: Object, new: Object) -> Object:
        if new == old:
            return old
        if new.get("spec") != old.get("spec"):
            new["metadata"]["generation"] = old["metadata"].get("generation", 1) + 1
        return self._store(key, new, "MODIFIED")

    def _delete(self, key: Key, options: Object) -> None:
        found = self.objects.get(key)
        if found is None:
            raise Refused(404, "NotFound")
        wanted = (options.get("preconditions") or {}).get("uid")
        if wanted and wanted != found["metadata"]["uid"]:
            raise Refused(409, "Conflict")
        if key[0] == "namespaces":
            if "deletionTimestamp" not in found["metadata"]:
                marked = copy.deepcopy(found)
                marked["metadata"]["deletionTimestamp"] = "2026-11-22T14:29:00Z"
                self._store(key, marked, "MODIFIED")
            return
        self._remove(key)

    def settle(self) -> None:
        """Do what controllers do: finish deletions, run every replica."""
        for key, object in list(self.objects.items()):
            if key[0] == "namespaces" and "deletionTimestamp" in object["metadata"]:
                for inner in [k for k in self.objects if k[1] == key[2]]:
                    self._remove(inner)
                self._remove(key)
        for key, object in list(self.objects.items()):
            if key[0] in ("deployments", "statefulsets"):
                count, generation = object["spec"]["replicas"], object["metadata"]["generation"]
                now = object.get("status", {})
                if now.get("conditions") and now["observedGeneration"] == generation:
                    continue  # a test let it hang
                told = dict.fromkeys(
                    ("replicas", "readyReplicas", "availableReplicas", "updatedReplicas"), count
                )
                told["observedGeneration"] = generation
                if object.get("status") != told:
                    self._store(key, copy.deepcopy(object) | {"status": told}, "MODIFIED")

    def _store(self, key: Key, object: Object, word: str) -> Object:
        self.version += 1
        metadata = object["metadata"]
        metadata["resourceVersion"] = str(self.version)
        metadata.setdefault("uid", str(uuid.UUID(int=self.version)))
        metadata.setdefault("generation", 1)
        metadata.setdefault("creationTimestamp", "2026-11-22T14:29:00Z")
        if key[0] == "customresourcedefinitions":
            established = {"type": "Established", "status": "True"}
            object["status"] = {"conditions": [established]}
        self.objects[key] = object
        self._tell(word, key, object)
        return object

    def _remove(self, key: Key) -> None:
        self.version += 1
        gone = copy.deepcopy(self.objects.pop(key))
        for manager in [m for m in self._applied if m[0] == key]:
            del self._applied[manager]
        gone["metadata"]["resourceVersion"] = str(self.version)
        self._tell("DELETED", key, gone)

    def _tell(self, word: str, key: Key, object: Object) -> None:
        self.events.append((self.version, word, key[0], copy.deepcopy(object)))
        del self.events[: -self._history]
        self.changed.set()
        self.changed = asyncio.Event()

    def _chosen(self, plural: str, where: str, selector: str) -> list[Object]:
        return [
            object
            for (kind, namespace, _), object in sorted(self.objects.items())
            if kind == plural and where in ("", namespace) and _fits(object, selector)
        ]

    async def watch(self, path: str, query: Query) -> AsyncIterator[bytes]:
        """Changes after a version, as lines."""
        plural, where, _ = self._parsed(path)
        selector, seen = str(query.get("labelSelector", "")), int(str(query["resourceVersion"]))
        oldest = self.events[0][0] if self.events else self.version + 1
        if seen + 1 < oldest and seen < self.version:
            gone = {"kind": "Status", "code": 410, "reason": "Expired"}
            yield json.dumps({"type": "ERROR", "object": gone}).encode() + b"\n"
            return
        while not self.down:
            changed = self.changed
            for version, word, kind, object in list(self.events):
                if version <= seen or kind != plural:
                    continue
                seen = version
                if where in ("", object["metadata"].get("namespace", "")) and _fits(
                    object, selector
                ):
                    yield json.dumps({"type": word, "object": object}).encode() + b"\n"
            await changed.wait()

    def _parsed(self, path: str) -> Key:
        parts = path.removesuffix("/status").strip("/").split("/")
        rest = parts[2:] if parts[0] == "api" else parts[3:]
        where = ""
        if rest[0] == "namespaces" and len(rest) > 2:
            where, rest = rest[1], rest[2:]
        return rest[0], where, rest[1] if len(rest) > 1 else ""

    def _key(self, object: Object) -> Key:
        kind, metadata = kinds.kind_of(object), object["metadata"]
        return kind.plural, metadata.get("namespace", ""), metadata["name"]


def node(name: str, **more: Any) -> Object:
    """A machine with four cores."""
    return {
        "apiVersion": "v1",
        "kind": "Node",
        "metadata": {"name": name, "labels": more.pop("labels", {})},
        "spec": more.pop("spec", {}),
        "status": {
            "allocatable": {"cpu": "4", "memory": "8Gi", "ephemeral-storage": "100Gi"} | more,
            "conditions": [{"type": "Ready", "status": "True"}],
            "addresses": [{"type": "InternalIP", "address": "10.0.0.7"}],
        },
    }


class Door:
    """A Transport that leads straight to a cluster in memory."""

    def __init__(self, cluster: FakeCluster) -> None:
        self._cluster = cluster

    async def request(
        self, method: str, path: str, query: Query, body: Object | None, content: str
    ) -> tuple[int, bytes]:
        """See Transport."""
        await asyncio.sleep(0.01)
        self._cluster.before(method, path)
        if self._cluster.down:
            raise Unavailable("connection refused")
        status, answer = reply(self._cluster, method, path, query, body)
        if method != "GET":
            self._cluster.after(method, path)
        return status, answer

    @asynccontextmanager
    async def stream(
        self, path: str, query: Query, quiet: float
    ) -> AsyncIterator[tuple[int, AsyncIterator[bytes]]]:
        """See Transport."""
        await asyncio.sleep(0.01)
        if self._cluster.down:
            raise Unavailable("connection refused")
        yield 200, self._cluster.watch(path, query)

    def socket(
        self, path: str, query: Query, protocols: tuple[str, ...]
    ) -> AbstractAsyncContextManager[Socket]:
        """See Transport."""
        raise Unavailable("no commands run here")


def reply(
    cluster: FakeCluster, method: str, path: str, query: Query, body: Object | None
) -> tuple[int, bytes]:
    """Status and body of an answer."""
    try:
        return 200, json.dumps(cluster.answer(method, path, query, body)).encode()
    except Refused as error:
        told = {"kind": "Status", "reason": error.reason, "message": str(error)}
        return error.status, json.dumps(told).encode()


def _fits(object: Object, selector: str) -> bool:
    labels = object["metadata"].get("labels") or {}
    for part in selector.split(",") if selector else ():
        name, equals, value = part.partition("=")
        if name not in labels or (equals and labels[name] != value):
            return False
    return True


def _merged(old: Any, new: Any) -> Any:
    if not isinstance(old, dict) or not isinstance(new, dict):
        return copy.deepcopy(new)
    made = copy.deepcopy(old)
    for key, value in new.items():
        if value is None:
            made.pop(key, None)
        else:
            made[key] = _merged(made.get(key), value)
    return made


def _without(old: Any, before: Any, now: Any) -> Any:
    """Fields that were applied before and no longer are, taken away."""
    if not isinstance(old, dict) or not isinstance(before, dict):
        return old
    made = {}
    for key, value in old.items():
        if key in before and (not isinstance(now, dict) or key not in now):
            continue
        made[key] = _without(value, before.get(key), now.get(key) if now else None)
    return made
