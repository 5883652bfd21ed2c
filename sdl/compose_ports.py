"""Ports of Compose services: short and long syntax, ranges, and what well-known images serve.

Knows nothing of the rest of a service.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from sdl.compose_file import Part

_SHORT = re.compile(
    r"(?:(?P<host>\[[^\]]*\]|[0-9]+(?:\.[0-9]+){3}|localhost):)?(?:(?P<published>[0-9]*(?:-[0-9]+)?):)?"
    r"(?P<target>[0-9]+(?:-[0-9]+)?)(?:/(?P<proto>[a-zA-Z]+))?"
)
_LOOPBACK = ("127.", "localhost", "[::1]")
_MAX_RANGE = 50


@dataclass(slots=True)
class Port:
    """One port. `published` is 0 where unset; `internal` ports are for other services."""

    target: int
    published: int
    proto: str
    is_global: bool
    internal: bool
    services: list[str] = field(default_factory=list)


LONG_PORT_KEYS = frozenset(("target", "published", "protocol", "host_ip"))
"""The keys of the long syntax that mean something here."""

_USUAL = {
    "postgres": 5432,
    "postgis": 5432,
    "timescaledb": 5432,
    "mysql": 3306,
    "mariadb": 3306,
    "redis": 6379,
    "valkey": 6379,
    "mongo": 27017,
    "mongodb": 27017,
    "memcached": 11211,
    "rabbitmq": 5672,
    "elasticsearch": 9200,
    "opensearch": 9200,
    "clickhouse-server": 8123,
    "minio": 9000,
    "nats": 4222,
    "zookeeper": 2181,
    "kafka": 9092,
    "influxdb": 8086,
    "meilisearch": 7700,
    "qdrant": 6333,
    "chroma": 8000,
    "ollama": 11434,
    "etcd": 2379,
    "loki": 3100,
    "node-exporter": 9100,
}


def usual_ports(image: str) -> list[Port]:
    """The port that a well-known image serves to other services."""
    name = image.partition("@")[0].rpartition("/")[2].partition(":")[0]
    if name not in _USUAL:
        return []
    return [Port(_USUAL[name], 0, "tcp", is_global=False, internal=True)]


def read_ports(part: Part) -> tuple[list[Port], str]:
    """The ports of one item, and why something of it does not carry over ("" if all does)."""
    if part.is_mapping:
        return _read_long(part)
    match = _SHORT.fullmatch(part.text())
    if match is None:
        return [], "this is no port"
    targets = _range(match["target"])
    published = _range(match["published"] or "")
    proto = (match["proto"] or "tcp").lower()
    if proto not in ("tcp", "udp"):
        return [], f"Akash forwards tcp and udp, not {proto}"
    if not targets or (published and len(published) != len(targets)):
        return [], f"ranges of ports must match and have at most {_MAX_RANGE}"
    host = match["host"] or ""
    if host.startswith(_LOOPBACK):
        ports = [Port(port, 0, proto, is_global=False, internal=True) for port in targets]
        return ports, "published on loopback only; other services reach it, the internet does not"
    found = [
        Port(target, outside, proto, is_global=True, internal=False)
        for target, outside in zip(targets, published or [0] * len(targets), strict=True)
    ]
    ignored = host and host not in ("0.0.0.0", "[::]")
    return found, "the provider chooses the address" if ignored else ""


def _read_long(part: Part) -> tuple[list[Port], str]:
    fields = {key: value.text() for key, value in part.fields().items()}
    target, published = fields.get("target", ""), fields.get("published", "")
    proto = fields.get("protocol", "tcp").lower()
    if not target.isdecimal() or proto not in ("tcp", "udp"):
        return [], "this is no tcp or udp port"
    if fields.get("host_ip", "").startswith(_LOOPBACK):
        port = Port(int(target), 0, proto, is_global=False, internal=True)
        return [port], "published on loopback only; other services reach it, the internet does not"
    outside = int(published) if published.isdecimal() else 0
    return [Port(int(target), outside, proto, is_global=True, internal=False)], ""


def _range(text: str) -> list[int]:
    first, dash, last = text.partition("-")
    if not first:
        return []
    start, end = int(first[:6]), int(last[:6]) if dash else int(first[:6])
    if not 0 < start <= end <= 65535 or end - start >= _MAX_RANGE:
        return []
    return list(range(start, end + 1))
