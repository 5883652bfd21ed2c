"""A deployment's whole life as commands of Akash's trees, and the shapes that Go's answers have.

The same steps are walked by Go's `akash` and by ours, against our node; what is compared is what a
script can rely on: names and kinds of all values, and events with their keys in order. The shapes
were recorded from the Go node.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

VECTORS = Path(__file__).parent / "vectors" / "cli" / "recorded_shapes.json"
RECORDED: dict[str, Any] = json.loads(VECTORS.read_text())

SDL = """
version: "2.0"
services:
  web:
    image: {image}
    command: ["sleep", "1"]
    expose: [{{port: 80, to: [{{global: true}}]}}]
profiles:
  compute:
    web:
      resources:
        cpu: {{units: 100m}}
        memory: {{size: 128Mi}}
        storage: {{size: 128Mi}}
  placement:
    west:
      attributes: {{region: us-west}}
      pricing: {{web: {{denom: uact, amount: 1000}}}}
deployment: {{web: {{west: {{profile: web, count: 1}}}}}}
"""
PROVIDER = """
host: https://provider.localhost:8443
attributes:
  - {key: region, value: us-west}
  - {key: capabilities/gpu/vendor/nvidia/model/a100, value: "true"}
"""


class Ran(NamedTuple):
    """How a command ended."""

    code: int
    out: str
    err: str

    @property
    def value(self) -> Any:
        """The JSON it printed."""
        assert self.code == 0, self.err
        return json.loads(self.out)


Run = Callable[..., Ran]
"""Runs a command given as words."""


class Walk:
    """The steps' answers by the names of the recordings; `said` is what each transaction printed.

    `addresses` of tenant, provider and auditor, whose keys have these names.
    """

    def __init__(self, run: Run, addresses: dict[str, str], folder: Path) -> None:
        self._run = run
        self._address = addresses
        self.folder = folder
        self.said: dict[str, Any] = {}
        self.found: dict[str, Any] = {}
        self.dseq = ""
        for name, text in (
            ("deploy.yaml", SDL.format(image="nginx:1.27")),
            ("update.yaml", SDL.format(image="nginx:1.28")),
            ("provider.yaml", PROVIDER),
        ):
            (folder / name).write_text(text)

    def tx(self, name: str, *words: str) -> Any:
        """Send a transaction, look it up, keep both answers."""
        said = self._run("tx", *words, "--yes", "-o", "json").value
        self.said[name] = said
        self.found[name] = self._run("query", "tx", said["txhash"], "-o", "json").value
        return self.found[name]

    def query(self, name: str, *words: str) -> Any:
        """Ask and keep the answer."""
        self.found[name] = self._run("query", *words, "-o", "json").value
        return self.found[name]

    def all(self) -> None:
        """Every step."""
        self.register()
        self.deploy()
        self.live()
        self.look()
        self.end()

    def register(self) -> None:
        """Certificates, the provider, what an auditor says of it."""
        provider = self._address["provider"]
        yaml = str(self.folder / "provider.yaml")
        self.tx("bank-send", "bank", "send", "tenant", provider, "12345uakt")
        for kind, name in (("client", "tenant"), ("server", "provider")):
            domains = ["provider.localhost"] if kind == "server" else []
            made = self._run("tx", "cert", "generate", kind, *domains, "--from", name)
            assert made.code == 0, made.err
            self.tx("cert-publish", "cert", "publish", kind, "--from", name)
        self.tx("provider-create", "provider", "create", yaml, "--from", "provider")
        self.tx("provider-update", "provider", "update", yaml, "--from", "provider")
        self.tx(
            "audit-create", "audit", "attr", "create", provider, "region", "us-west",
            "--from", "auditor",
        )  # fmt: skip

    def deploy(self) -> None:
        """From the SDL file to a lease."""
        tenant, provider = self._address["tenant"], self._address["provider"]
        created = self.tx(
            "deployment-create", "deployment", "create", str(self.folder / "deploy.yaml"),
            "--deposit", "5000000uact", "--from", "tenant",
        )  # fmt: skip
        self.dseq = created["tx"]["body"]["messages"][0]["id"]["dseq"]
        order = ("--owner", tenant, "--dseq", self.dseq)
        self.query("query-order-list", "market", "order", "list", *order)
        self.tx(
            "bid-create", "market", "bid", "create", *order, "--price", "500uact",
            "--deposit", "500000uact", "--from", "provider",
        )  # fmt: skip
        self.query("query-bid-list", "market", "bid", "list", *order)
        self.tx(
            "lease-create", "market", "lease", "create", "--dseq", self.dseq,
            "--provider", provider, "--from", "tenant",
        )  # fmt: skip
        self.query("query-lease-list", "market", "lease", "list", *order)

    def live(self) -> None:
        """Update, top up, withdraw."""
        tenant, provider = self._address["tenant"], self._address["provider"]
        mine = ("--dseq", self.dseq, "--from", "tenant")
        update = str(self.folder / "update.yaml")
        self.tx("deployment-update", "deployment", "update", update, *mine)
        self.tx("escrow-deposit", "escrow", "deposit", "deployment", "1000000uact", *mine)
        self.tx(
            "lease-withdraw", "market", "lease", "withdraw", "--owner", tenant,
            "--dseq", self.dseq, "--provider", provider, "--from", "provider",
        )  # fmt: skip

    def look(self) -> None:
        """What the modules' queries say meanwhile."""
        tenant, provider = self._address["tenant"], self._address["provider"]
        order = ("--owner", tenant, "--dseq", self.dseq)
        self.query("query-deployment-get", "deployment", "get", *order)
        self.query("query-escrow-accounts", "escrow", "accounts")
        self.query("query-cert-list", "cert", "list", "--owner", tenant)
        self.query("query-provider-get", "provider", "get", provider)
        self.query("query-audit-list", "audit", "list")
        self.query("query-market-params", "market", "params")
        self.query("query-deployment-params", "deployment", "params")
        self.query("query-bank-balances", "bank", "balances", tenant)
        for name, words in (
            ("payments", ("escrow", "payments")),
            ("deployments", ("deployment", "list", "--owner", tenant)),
            ("group", ("deployment", "group", "get", *order)),
            ("order", ("market", "order", "get", *order)),
            ("bid", ("market", "bid", "get", *order, "--provider", provider)),
            ("lease", ("market", "lease", "get", *order, "--provider", provider)),
            ("providers", ("provider", "list")),
            ("audit", ("audit", "get", provider)),
            ("account", ("auth", "account", tenant)),
        ):
            assert self.query(name, *words), name

    def end(self) -> None:
        """The tenant closes."""
        order = ("--owner", self._address["tenant"], "--dseq", self.dseq)
        self.tx("deployment-close", "deployment", "close", "--dseq", self.dseq, "--from", "tenant")
        self.query("query-deployment-closed", "deployment", "get", *order)
        self.query("query-lease-closed", "market", "lease", "list", *order)


def differences(name: str, found: Any) -> list[str]:
    """Where an answer is not of the recorded shape, one line each."""
    recorded = RECORDED[name]
    lines: list[str] = []
    if "events" in recorded:
        events = [[e["type"], [a["key"] for a in e["attributes"]]] for e in found["events"]]
        for place, (theirs, ours) in enumerate(zip(recorded["events"], events, strict=False)):
            if theirs != ours:
                lines.append(f"event {place}: recorded {theirs}, found {ours}")
        if len(events) != len(recorded["events"]):
            lines.append(f"{len(recorded['events'])} events recorded, {len(events)} found")
        found = found | {"events": []}
    return lines + _compare(recorded["shape"], shape(found), "")


def shape(value: Any) -> Any:
    """The names and kinds of a JSON value; a list stands for the different shapes in it."""
    if isinstance(value, dict):
        return {name: shape(part) for name, part in value.items()}
    if isinstance(value, list):
        shapes: list[Any] = []
        for part in value:
            one = shape(part)
            if one not in shapes:
                shapes.append(one)
        return shapes
    return type(value).__name__


def _compare(recorded: Any, found: Any, place: str) -> list[str]:
    if type(recorded) is not type(found):
        return [f"{place}: recorded {recorded!r:.80}, found {found!r:.80}"]
    if isinstance(recorded, dict):
        if list(recorded) != list(found):
            return [f"{place}: recorded {list(recorded)}, found {list(found)}"]
        return [
            line
            for name, part in recorded.items()
            for line in _compare(part, found[name], f"{place}/{name}")
        ]
    if isinstance(recorded, list):
        strange = [part for part in found if part not in recorded]
        if found or not recorded:
            return [f"{place}: not recorded: {part!r:.200}" for part in strange]
        return [f"{place}: found nothing, recorded {recorded!r:.80}"]
    return [] if recorded == found else [f"{place}: recorded {recorded}, found {found}"]
