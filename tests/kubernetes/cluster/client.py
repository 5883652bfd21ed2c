"""HTTP from inside a cluster's networks: what a test sends as a machine there would."""

from __future__ import annotations

import http.client
import json
import ssl
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from tests.kubernetes.cluster import layout, network
from tests.kubernetes.cluster.layout import Layout


@dataclass(frozen=True, slots=True)
class Answer:
    """What a server said."""

    status: int
    body: bytes
    headers: Mapping[str, str] = field(default_factory=dict)

    @property
    def text(self) -> str:
        """The body as text."""
        return self.body.decode(errors="replace")


class Refused(RuntimeError):
    """The API server did not do what it was asked."""

    def __init__(self, answer: Answer, what: str) -> None:
        super().__init__(f"{what}: {answer.status} {answer.text[:500]}")
        self.status = answer.status


def request(
    namespace: Path,
    method: str,
    url: str,
    *,
    body: bytes | None = None,
    headers: Mapping[str, str] | None = None,
    address: str = "",
    tls: ssl.SSLContext | None = None,
    timeout_s: float = 10,
) -> Answer:
    """One request sent from a network namespace; `address` stands for the URL's host name.

    Raises OSError when nothing answers.
    """
    parts = urlsplit(url)
    port = parts.port or (443 if parts.scheme == "https" else 80)
    name = parts.hostname or ""
    link = network.connect(namespace, address or name, port, timeout_s=timeout_s)
    connection = http.client.HTTPConnection(name, port, timeout=timeout_s)
    try:
        connection.sock = tls.wrap_socket(link, server_hostname=name) if tls else link
        target = parts.path + (f"?{parts.query}" if parts.query else "")
        connection.request(method, target or "/", body=body, headers=dict(headers or {}))
        response = connection.getresponse()
        return Answer(response.status, response.read(), dict(response.getheaders()))
    except http.client.HTTPException as error:
        raise ConnectionError(f"{method} {url}: {error!r}") from error
    finally:
        link.close()
        connection.close()


def authority(place: Layout, pair: str = "") -> ssl.SSLContext:
    """Trusts the cluster's authority alone; with a pair, shows that certificate."""
    context = ssl.create_default_context(cafile=place.path("pki/ca.crt"))
    if pair:
        context.load_cert_chain(place.path(f"pki/{pair}.crt"), place.path(f"pki/{pair}.key"))
    return context


class Api:
    """The API server, asked as its administrator."""

    def __init__(self, place: Layout) -> None:
        self._place = place
        self._tls = authority(place, "admin")

    def call(
        self, method: str, path: str, body: object = None, *, kind: str = "application/json"
    ) -> Any:
        """The parsed answer. Raises Refused, OSError."""
        answer = request(
            self._place.node_namespace,
            method,
            f"https://{layout.NODE_IP}:{layout.API_PORT}{path}",
            body=None if body is None else json.dumps(body).encode(),
            headers={"Content-Type": kind, "Accept": "application/json"},
            tls=self._tls,
            timeout_s=30,
        )
        if answer.status >= 400:
            raise Refused(answer, f"{method} {path}")
        return json.loads(answer.body)

    def ready(self) -> bool:
        """True when the API server answers calls."""
        url = f"https://{layout.NODE_IP}:{layout.API_PORT}/readyz"
        return request(self._place.node_namespace, "GET", url, tls=self._tls).body == b"ok"
