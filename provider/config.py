"""The provider's settings: the table of provider.yaml, and one frozen record of what it comes to.

Akash's own keys of the file (host, info, attributes) keep their names. Reading values is here;
reading files and the environment is the command's business.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from akashpy.config import ConfigError, Layers, Setting
from akashpy.types.attributes import Attributes
from akashpy.types.coin import Coin
from akashpy.types.provider import Info
from provider.bid.auction import AuctionSettings
from provider.bid.policy import PolicySettings
from provider.bid.pricing import Monthly, PriceList
from provider.cluster.kubernetes.settings import (
    Allowance,
    GatewayRef,
    KubernetesSettings,
    Overcommit,
    Relaxation,
)
from provider.inventory.nodes import Cluster, Gpu, Node
from provider.lease.end import EndSettings
from provider.lease.monitor import MonitorSettings
from provider.lease.settle import SettleSettings
from provider.ledger import LedgerSettings
from sdl.quantity import parse_bytes, parse_cpu

FILE = "provider.yaml"
IGNORED = ("owner", "jwt-host")
"""Keys of Akash's file that mean nothing to a daemon."""
DEFAULT_PRICES = {"cpu": "0.01", "memory": "0.002", "storage": {"ephemeral": "0.0005"}, "gpu": {
    "*": "100"}, "endpoint": "0.1", "ip": "5"}  # fmt: skip
"""Base units per block for a thousandth of a core, a MiB, a GPU, an endpoint, an address."""


def _text(value: Any) -> str:
    if not isinstance(value, str | int | float):
        raise ValueError("write a text")
    return str(value)


def _flag(value: Any) -> bool:
    if isinstance(value, bool):
        return value
    known = {"true": True, "1": True, "false": False, "0": False}
    if str(value).lower() not in known:
        raise ValueError("write true or false")
    return known[str(value).lower()]


def _count(value: Any) -> int:
    if isinstance(value, bool) or int(value) != float(value) or int(value) < 0:
        raise ValueError("write a whole number, 0 or more")
    return int(value)


def seconds(value: Any) -> float:
    """Seconds from a number, or from a text such as `30s`, `5m`, `24h`."""
    units = {"ms": 0.001, "s": 1.0, "m": 60.0, "h": 3600.0}
    text = str(value).strip()
    unit = next((u for u in units if text.endswith(u) and text[: -len(u)].strip()), "")
    number = float(text[: -len(unit)] if unit else text)
    if not 0 <= number < float("inf"):
        raise ValueError("write a time of 0 or more, like 30s, 5m or 24h")
    return number * units.get(unit, 1.0)


def _table(value: Any) -> dict[str, Any]:
    if not isinstance(value, Mapping):
        raise ValueError("write a table of names and values")
    return dict(value)


def _list(value: Any) -> list[Any]:
    if not isinstance(value, Sequence) or isinstance(value, str):
        raise ValueError("write a list")
    return list(value)


def attributes_of(value: Any) -> Attributes:
    """Attributes from `[{key, value}]` or from texts `key=value`."""
    pairs = []
    for each in _list(value):
        if isinstance(each, Mapping):
            unknown = set(each) - {"key", "value"}
            if unknown or "key" not in each:
                raise ValueError(f"{each!r}: write key and value")
            pairs.append((str(each["key"]), _yaml_text(each.get("value", ""))))
        else:
            key, equals, given = str(each).partition("=")
            if not equals:
                raise ValueError(f"{each!r}: write key=value")
            pairs.append((key, given))
    found = Attributes.of(pairs)
    found.validate(wildcard=False)
    return found


def _yaml_text(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


SETTINGS: dict[str, Setting] = {
    "host": Setting("https://127.0.0.1:8443", _text, "the gateway's address, registered on chain"),
    "info.email": Setting("", _text, "e-mail on chain"),
    "info.website": Setting("", _text, "website on chain"),
    "attributes": Setting(Attributes.EMPTY, attributes_of, "attributes on chain"),
    "node": Setting("tcp://127.0.0.1:26657", _text, "the node's CometBFT RPC"),
    "grpc_addr": Setting("127.0.0.1:9090", _text, "the node's gRPC"),
    "from": Setting("provider", _text, "name or address of the key"),
    "keyring_backend": Setting("file", _text, "file or test"),
    "keyring_dir": Setting("", _text, "directory of the keyring, if not the home"),
    "gas_prices": Setting("", _text, "like 0.025uakt; empty asks the node"),
    "driver": Setting("process", _text, "what runs workloads: process or kubernetes"),
    "process.isolation": Setting("auto", _text, "auto, namespaces or none"),
    "process.dies_with_daemon": Setting(False, _flag, "end workloads with the daemon"),
    "process.host": Setting("127.0.0.1", _text, "where workloads listen"),
    "kubernetes": Setting({}, _table, "the cluster and what tenants may do on it"),
    "gateway.listen": Setting("", _text, "host:port; empty: as the registered host says"),
    "metrics.listen": Setting("", _text, "host:port of /metrics; empty: not served"),
    "cluster_public_hostname": Setting("", _text, "the name workloads are told"),
    "pricing": Setting({}, _table, "prices per block by denomination, or monthly_usd and rates"),
    "nodes": Setting([], _list, "declared machines; none: what the driver sees"),
    "storage": Setting({}, _table, "persistent storage by class"),
    "addresses": Setting(0, _count, "leasable IP addresses"),
    "bid.deposit": Setting("", _text, "like 500000uakt; empty: the chain's least"),
    "bid.timeout": Setting(300.0, seconds, "a bid older than that is closed; 0 never"),
    "bid.wanted": Setting(Attributes.EMPTY, attributes_of, "only orders that ask for these"),
    "bid.blocked_owners": Setting([], _list, "tenants that get no bids"),
    "bid.reclamation_window": Setting(0.0, seconds, "notice offered before taking a lease back"),
    "bid.close_on_exit": Setting(False, _flag, "close open bids when the daemon ends"),
    "manifest.timeout": Setting(300.0, seconds, "a lease without a manifest is closed; 0 never"),
    "withdraw.period": Setting(24 * 3600.0, seconds, "between withdrawals; 0: before empty only"),
    "withdraw.look": Setting(600.0, seconds, "between looks at the escrow"),
    "withdraw.margin": Setting(10, _count, "blocks before the escrow is empty"),
    "monitor.period": Setting(12.0, seconds, "between looks at a workload"),
    "monitor.retries": Setting(40, _count, "broken looks that give a lease up; 0 never"),
    "lease.confirm": Setting(2, _count, "blocks after which an end must still stand"),
    "lease.look": Setting(120.0, seconds, "between unasked looks at a lease"),
    "chain.patience": Setting(20.0, seconds, "for one question to the chain"),
    "chain.retry": Setting(2.0, seconds, "between attempts of something that must be done"),
    "chain.silence": Setting(60.0, seconds, "without a block for so long no bids are placed"),
}


@dataclass(frozen=True, slots=True)
class Settings:
    """What a daemon needs; made by `settings`."""

    home: Path
    host: str = "https://127.0.0.1:8443"
    info: Info = field(default_factory=Info)
    attributes: Attributes = Attributes.EMPTY
    node: str = "tcp://127.0.0.1:26657"
    grpc_addr: str = "127.0.0.1:9090"
    key: str = "provider"
    keyring_backend: str = "file"
    keyring_dir: Path | None = None
    gas_prices: str = ""
    driver: str = "process"
    isolation: str = "auto"
    dies_with_daemon: bool = False
    workload_host: str = "127.0.0.1"
    kubernetes: KubernetesSettings = field(default_factory=KubernetesSettings)
    listen: tuple[str, int] = ("127.0.0.1", 8443)
    public_hostname: str = ""
    metrics_listen: str = ""
    prices: Mapping[str, PriceList] = field(default_factory=dict)
    cluster: Cluster | None = None
    auction: AuctionSettings = field(default_factory=AuctionSettings)
    policy: PolicySettings = field(default_factory=PolicySettings)
    close_bids_on_exit: bool = False
    manifest_timeout: float = 300.0
    settle: SettleSettings = field(default_factory=SettleSettings)
    monitor: MonitorSettings = field(default_factory=MonitorSettings)
    end: EndSettings = field(default_factory=EndSettings)
    ledger: LedgerSettings = field(default_factory=LedgerSettings)


def layers() -> Layers:
    """The declared settings with their defaults."""
    return Layers(SETTINGS, ignored=IGNORED)


def settings(found: Layers, home: Path) -> Settings:
    """One record of all settings. Raises ConfigError naming the key."""
    window = found["bid.reclamation_window"]
    deposit = found["bid.deposit"]
    return Settings(
        home=home,
        host=found["host"],
        info=Info(found["info.email"], found["info.website"]),
        attributes=found["attributes"],
        node=found["node"],
        grpc_addr=found["grpc_addr"],
        key=found["from"],
        keyring_backend=found["keyring_backend"],
        keyring_dir=Path(found["keyring_dir"]) if found["keyring_dir"] else None,
        gas_prices=found["gas_prices"],
        driver=found["driver"],
        isolation=found["process.isolation"],
        dies_with_daemon=found["process.dies_with_daemon"],
        workload_host=found["process.host"],
        kubernetes=_named("kubernetes", lambda: kubernetes_of(found, home)),
        listen=_listen(found["gateway.listen"], found["host"]),
        public_hostname=found["cluster_public_hostname"],
        metrics_listen=found["metrics.listen"],
        prices=_named("pricing", lambda: prices_of(found["pricing"])),
        cluster=_named("nodes", lambda: cluster_of(found)),
        auction=AuctionSettings(
            patience=found["bid.timeout"], deposit=Coin.parse(deposit) if deposit else None
        ),
        policy=PolicySettings(
            wanted=found["bid.wanted"],
            reclamation_window=int(window * 10**9) if window else None,
            blocked_owners=frozenset(found["bid.blocked_owners"]),
        ),
        close_bids_on_exit=found["bid.close_on_exit"],
        manifest_timeout=found["manifest.timeout"],
        settle=SettleSettings(
            period=found["withdraw.period"],
            look=found["withdraw.look"],
            margin=found["withdraw.margin"],
        ),
        monitor=MonitorSettings(
            health_period=found["monitor.period"], retries=found["monitor.retries"]
        ),
        end=EndSettings(confirm=found["lease.confirm"], look=found["lease.look"]),
        ledger=LedgerSettings(
            patience=found["chain.patience"],
            retry=found["chain.retry"],
            silence=found["chain.silence"],
        ),
    )


def prices_of(table: Mapping[str, Any]) -> dict[str, PriceList]:
    """Lists of prices by denomination, declared per block or made from dollars per month."""
    if not table:
        return {denom: _prices(PriceList, DEFAULT_PRICES) for denom in ("uakt", "uact")}
    if "monthly_usd" in table:
        unknown = set(table) - {"monthly_usd", "rates", "block_seconds"}
        if unknown or not table.get("rates"):
            raise ValueError(
                f"with monthly_usd only rates and block_seconds go, and rates are needed: {unknown}"
            )
        monthly = _prices(Monthly, table["monthly_usd"])
        pace = _decimal(table.get("block_seconds", "6"))
        rates = _table(table["rates"])
        return {d: monthly.per_block(_decimal(rate), pace) for d, rate in rates.items()}
    return {denom: _prices(PriceList, _table(prices)) for denom, prices in table.items()}


def _prices(kind: type[Any], table: Mapping[str, Any]) -> Any:
    known = {"cpu", "memory", "storage", "gpu", "endpoint", "ip"}
    if unknown := set(table) - known:
        raise ValueError(f"{sorted(unknown)} not known; prices are of {sorted(known)}")
    read: dict[str, Any] = {}
    for name, value in table.items():
        if name in ("storage", "gpu"):
            by_kind = value if isinstance(value, Mapping) else {_REST[name]: value}
            read[name] = {str(k): _decimal(v) for k, v in by_kind.items()}
        else:
            read[name] = _decimal(value)
    return kind(**read)


_REST = {"storage": "ephemeral", "gpu": "*"}


def cluster_of(found: Layers) -> Cluster | None:
    """The declared machines; None when none are."""
    pools = {str(k): parse_bytes(str(v)) for k, v in found["storage"].items()}
    if not found["nodes"]:
        if found["driver"] != "process":
            return None  # a cluster says itself what it has
        if pools or found["addresses"]:
            raise ValueError("storage and addresses belong to declared nodes: declare those, too")
        return None
    nodes = tuple(_node(_table(each), tuple(pools)) for each in found["nodes"])
    return Cluster(nodes, tuple(pools.items()), found["addresses"])


def kubernetes_of(found: Layers, home: Path) -> KubernetesSettings:
    """Settings of the Kubernetes driver, from the table of their names."""
    table = dict(found["kubernetes"])
    if unknown := set(table) - _KUBERNETES.keys():
        raise ValueError(f"{sorted(unknown)} not known; there are {sorted(_KUBERNETES)}")
    read = {name: _KUBERNETES[name](value) for name, value in table.items()}
    if config := read.get("kubeconfig"):
        read["kubeconfig"] = home / config  # an absolute path stays what it is
    name = found["cluster_public_hostname"] or urlsplit(found["host"]).hostname or ""
    pools = tuple((str(k), parse_bytes(str(v))) for k, v in found["storage"].items())
    return KubernetesSettings(public_hostname=name, storage_classes=pools, **read)


def _allowances(value: Any) -> tuple[Allowance, ...]:
    return tuple(
        Allowance(str(each["images"]), tuple(Relaxation(r) for r in _list(each["relax"])))
        for each in map(_table, _list(value))
    )


def _mode(value: Any) -> str:
    if value not in ("ingress", "gateway-api"):
        raise ValueError(f"ingress_mode {value!r}: write ingress or gateway-api")
    return str(value)


def _pull(value: Any) -> str:
    if value not in ("Always", "IfNotPresent"):
        raise ValueError(f"image_pull {value!r}: write Always or IfNotPresent")
    return str(value)


def _texts(value: Any) -> tuple[str, ...]:
    return tuple(str(each) for each in _list(value))


_KUBERNETES: dict[str, Callable[[Any], Any]] = {
    "kubeconfig": lambda value: Path(str(value)),
    "context": _text,
    "manifest_namespace": _text,
    "ingress_domain": _text,
    "ingress_mode": _mode,
    "ingress_class": _text,
    "gateway": lambda value: GatewayRef(**{k: str(v) for k, v in _table(value).items()}),
    "network_policies": _flag,
    "allow": _allowances,
    "image_pull": _pull,
    "pull_secret": _text,
    "runtime_class": _text,
    "gpu_runtime_class": _text,
    "gpu_tolerations": _texts,
    "overcommit": lambda value: Overcommit(**{k: _count(v) for k, v in _table(value).items()}),
    "closed_networks": _texts,
    "grace": lambda value: int(seconds(value)),
    "progress_deadline": lambda value: int(seconds(value)),
    "label_nodes": _flag,
    "addresses": _texts,
    "operators": _flag,
    "inventory_listen": _text,
}
"""Members of the table `kubernetes` and how each is read."""


def _node(table: Mapping[str, Any], classes: tuple[str, ...]) -> Node:
    known = {"name", "cpu", "memory", "storage", "classes", "gpus"}
    if unknown := set(table) - known:
        raise ValueError(f"{sorted(unknown)} not known; a node has {sorted(known)}")
    return Node(
        name=str(table.get("name", "node")),
        cpu=parse_cpu(str(table["cpu"])),
        memory=parse_bytes(str(table["memory"])),
        storage=parse_bytes(str(table["storage"])),
        classes=tuple(table.get("classes", classes)),
        gpus=tuple(_gpu(_table(each)) for each in table.get("gpus", ())),
    )


def _gpu(table: Mapping[str, Any]) -> Gpu:
    known = {"vendor", "model", "count", "ram", "interface"}
    if unknown := set(table) - known:
        raise ValueError(f"{sorted(unknown)} not known; a GPU has {sorted(known)}")
    return Gpu(
        vendor=str(table.get("vendor", "nvidia")).lower(),
        model=str(table["model"]).lower(),
        count=_count(table.get("count", 1)),
        memory=str(table.get("ram", "")),
        interface=str(table.get("interface", "")),
    )


def _listen(text: str, host: str) -> tuple[str, int]:
    """Where the gateway listens: as told, or as registered."""
    place = text or host.removeprefix("https://")
    name, colon, port = place.rpartition(":")
    if not colon or not port.isdecimal():
        raise ConfigError(f"gateway.listen {place!r}: write host:port")
    return name.strip("[]"), int(port)


def _decimal(value: Any) -> Decimal:
    try:
        found = Decimal(str(value))
    except InvalidOperation:
        raise ValueError(f"{value!r} is no number") from None
    if not found.is_finite() or found < 0:
        raise ValueError(f"{value!r}: a price is 0 or more")
    return found


def _named(key: str, read: Any) -> Any:
    try:
        return read()
    except KeyError as error:
        raise ConfigError(f"{key}: {error} is missing") from error
    except ValueError as error:
        raise ConfigError(f"{key}: {error}") from error
