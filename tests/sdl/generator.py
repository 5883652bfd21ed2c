"""A hypothesis strategy of SDL documents: valid ones, and ones with a single flaw.

Writes YAML itself, so that text, quoting and order vary as people's files do.
"""

from __future__ import annotations

import json
from typing import Any

from hypothesis import strategies as st

_NAMES = ("web", "api", "db", "cache", "worker-2")
_PLACEMENTS = ("akash", "dc", "eu-west")
_WORDS = st.text(
    st.characters(codec="utf-8", exclude_categories=["Cs", "Cc"], exclude_characters="\ufeff"),
    max_size=12,
)
_CPU = st.sampled_from([1, 0.5, "100m", "0.25", "10m", 8, "1e1", 1.001, "0x1p1", "384"])
_MEMORY = st.sampled_from(["512Mi", "1Gi", "1.5Gi", "1e9", "300M", "1Ti", "1048576", "2Ti"])
_SIZE = st.sampled_from(["5Mi", "1Gi", "10G", "1.1Gi", "32Ti", "512Mi"])
_FLAWS: tuple[Any, ...] = ("", None, [], {}, -1, "x", "4GB", "80-90", True, 2**40, "1d", ["x"])


def _maybe(
    draw: st.DrawFn, target: dict[str, Any], key: str, value: st.SearchStrategy[Any]
) -> None:
    if draw(st.booleans()):
        target[key] = draw(value)


@st.composite
def _volumes(draw: st.DrawFn) -> tuple[list[dict[str, Any]], list[str]]:
    names = draw(st.lists(st.sampled_from(["data", "shm", "a", "b", "c"]), unique=True, max_size=4))
    volumes: list[dict[str, Any]] = [{"size": draw(_SIZE)}]
    for name in names:
        volume: dict[str, Any] = {"name": name, "size": draw(_SIZE)}
        attributes = draw(
            st.sampled_from(
                [
                    None,
                    {},
                    {"persistent": True},
                    {"persistent": True, "class": "beta1"},
                    {"persistent": "yes", "class": "beta3"},
                    {"persistent": False},
                    {"class": "ram"},
                ]
            )
        )
        if attributes is not None:
            volume["attributes"] = attributes
        volumes.append(volume)
    return draw(st.permutations(volumes)), names


@st.composite
def _gpu(draw: st.DrawFn) -> dict[str, Any]:
    models = draw(
        st.lists(
            st.sampled_from(
                [
                    {"model": "a100"},
                    {"model": "h100", "ram": "80Gi", "interface": "sxm"},
                    {"model": "rtx4090", "interface": "pcie"},
                    {"model": "*"},
                ]
            ),
            unique_by=lambda model: model["model"],
            max_size=3,
        )
    )
    return {"units": draw(st.integers(1, 24)), "attributes": {"vendor": {"nvidia": models or None}}}


@st.composite
def _expose(
    draw: st.DrawFn, others: list[str], endpoints: list[str], number: int
) -> dict[str, Any]:
    expose: dict[str, Any] = {"port": draw(st.integers(1, 65535))}
    # An external port of its own keeps leased IPs from colliding.
    expose["as"] = 1000 + number
    _maybe(draw, expose, "proto", st.sampled_from(["tcp", "TCP", "udp", "UDP", None]))
    _maybe(
        draw,
        expose,
        "http_options",
        st.sampled_from([{}, {"next_cases": ["off"]}, {"max_body_size": 5, "next_cases": [500]}]),
    )
    receivers: list[dict[str, Any]] = [{"service": name} for name in others]
    receivers += [{"global": True}, *({"global": True, "ip": name} for name in endpoints)]
    expose["to"] = draw(st.lists(st.sampled_from(receivers), max_size=3, unique_by=json.dumps))
    return expose


@st.composite
def _service(
    draw: st.DrawFn, others: list[str], endpoints: list[str], volumes: list[str], number: int
) -> dict[str, Any]:
    service: dict[str, Any] = {
        "image": draw(st.sampled_from(["nginx:1.27", "ghcr.io/a/b@sha256:00"]))
    }
    texts = st.lists(_WORDS, max_size=3)
    _maybe(draw, service, "command", texts)
    _maybe(draw, service, "args", texts)
    _maybe(draw, service, "env", st.lists(_WORDS.map(lambda word: f"NAME={word}"), max_size=3))
    _maybe(
        draw,
        service,
        "credentials",
        st.just({"host": " ghcr.io ", "username": "u", "password": " p"}),
    )
    count = draw(st.integers(0, 16))
    service["expose"] = [draw(_expose(others, endpoints, 20 * number + i)) for i in range(count)]
    params: dict[str, Any] = {}
    if volumes:
        params["storage"] = {name: {"mount": f"/{name}"} for name in volumes}
    _maybe(draw, params, "permissions", st.sampled_from([{}, {"read": ["logs"]}]))
    if params:
        service["params"] = params
    return service


@st.composite
def documents(draw: st.DrawFn) -> dict[str, Any]:
    """A document that Akash's parser takes."""
    names = draw(st.lists(st.sampled_from(_NAMES), min_size=1, max_size=4, unique=True))
    placements = draw(st.lists(st.sampled_from(_PLACEMENTS), min_size=1, max_size=2, unique=True))
    # A leased IP collides with itself in a second placement.
    endpoints = ["public", "edge-1"] if len(placements) == 1 and draw(st.booleans()) else []
    volumes, mounts = draw(_volumes())
    resources: dict[str, Any] = {
        "cpu": {"units": draw(_CPU)},
        "memory": {"size": draw(_MEMORY)},
        "storage": volumes,
    }
    _maybe(draw, resources, "gpu", _gpu())
    services = {
        name: draw(_service([n for n in names if n != name], endpoints, mounts, i))
        for i, name in enumerate(names)
    }
    services[names[0]]["expose"].append({"port": 80, "to": [{"global": True}]})
    used = {
        to["ip"]
        for service in services.values()
        for expose in service["expose"]
        for to in expose["to"]
        if "ip" in to
    }
    document: dict[str, Any] = {
        "version": draw(st.sampled_from(["2.0", "2.1"])),
        "services": services,
        "profiles": {
            "compute": {"main": {"resources": resources}},
            "placement": {
                name: {
                    "attributes": draw(st.sampled_from([None, {}, {"region": "eu", "a": 1}])),
                    "signedBy": draw(st.sampled_from([None, {}, {"anyOf": ["x"], "allOf": []}])),
                    "pricing": {"main": {"denom": "uact", "amount": draw(st.integers(1, 10**7))}},
                }
                for name in placements
            },
        },
        "deployment": {
            name: {
                placement: {"profile": "main", "count": draw(st.integers(1, 3))}
                for placement in placements
            }
            for name in names
        },
    }
    if used:
        document["endpoints"] = {name: {"kind": "ip"} for name in sorted(used)}
    _maybe(draw, document, "reclamation", st.just({"min_window": "24h"}))
    order = draw(st.permutations(list(document)))
    return {key: document[key] for key in order}


def _paths(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    children: list[tuple[Any, Any]] = []
    if isinstance(value, dict):
        children = list(value.items())
    elif isinstance(value, list):
        children = list(enumerate(value))
    found = [path] if path else []
    for key, child in children:
        found += _paths(child, (*path, key))
    return found


@st.composite
def flawed_documents(draw: st.DrawFn) -> dict[str, Any]:
    """A document with one value replaced by another."""
    document = json.loads(json.dumps(draw(documents())))
    path = draw(st.sampled_from(_paths(document)))
    holder: Any = document
    for step in path[:-1]:
        holder = holder[step]
    holder[path[-1]] = draw(st.sampled_from(_FLAWS))
    return dict(document)


def as_text(document: dict[str, Any]) -> str:
    """Write a document; JSON is YAML."""
    return json.dumps(document, ensure_ascii=False)
