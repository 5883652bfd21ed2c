"""The settings of a node's program: names, defaults, meanings, and where a value may come from.

One declaration serves config/akashpy.toml, the environment (AKASHPY_NODE_...), the flags of `node
start`, `node config show` and the table in docs/node.md. Nothing here reads a file or the
environment. CometBFT's own settings stay in its config.toml.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import MISSING, dataclass, field, fields
from fractions import Fraction
from pathlib import Path
from typing import Any, Final

from akashpy.config import Layers, Setting

FILE = "config/akashpy.toml"
PREFIX = "AKASHPY_NODE_"
EMBEDDED, COMETBFT, EXTERNAL = CONSENSUS = ("embedded", "cometbft", "external")
"""Who decides on blocks: this process alone, CometBFT as its child, CometBFT started elsewhere."""
OTHERS = frozenset({f"{PREFIX}HOME"})
"""Variables with our prefix that are no setting of the running node."""
PRUNING = ("default", "nothing", "everything")
SECOND: Final = 10**9
UNITS: Final = {
    "ns": 1, "us": 10**3, "ms": 10**6, "s": SECOND, "m": 60 * SECOND, "h": 3600 * SECOND,
}  # fmt: skip
_PART = re.compile(r"(\d+(?:\.\d+)?)(ns|us|ms|s|m|h)")
PORTS = range(65_536)
Read = Callable[[Any], Any]


def text(value: Any) -> str:
    """A text."""
    if not isinstance(value, str):
        raise ValueError("write a text in quotes")
    return value


def flag(value: Any) -> bool:
    """Yes or no."""
    known = {"true": True, "1": True, "false": False, "0": False}
    if isinstance(value, bool):
        return value
    if str(value).lower() not in known:
        raise ValueError("write true or false")
    return known[str(value).lower()]


def whole(least: int = 0) -> Read:
    """A whole number of at least so much."""

    def read(value: Any) -> int:
        if isinstance(value, bool) or not re.fullmatch(r"-?\d+", str(value)):
            raise ValueError(f"write a whole number of {least} or more")
        if int(value) < least:
            raise ValueError(f"write {least} or more")
        return int(value)

    return read


def duration(value: Any) -> int:
    """Nanoseconds from a text such as 250ms, 1h30m or 1.5s, or from a number of nanoseconds."""
    if isinstance(value, int) and not isinstance(value, bool):
        found = value
    else:
        parts = _PART.findall(str(value))
        if not parts or "".join(map("".join, parts)) != str(value):
            raise ValueError("write it like 250ms, 1h30m or 90s")
        found = int(sum(Fraction(number) * UNITS[unit] for number, unit in parts))
    if found <= 0:
        raise ValueError("write more than nothing")
    return found


def address(value: Any) -> str:
    """host:port, or nothing; a leading tcp:// is CometBFT's habit."""
    found = text(value).removeprefix("tcp://")
    if found:
        host, colon, port = found.rpartition(":")
        if not colon or not port.isdecimal() or int(port) not in PORTS:
            raise ValueError("write host:port")
        found = f"{host or '127.0.0.1'}:{port}"
    return found


def one_of(known: Sequence[str]) -> Read:
    """One of some texts."""

    def read(value: Any) -> str:
        if value not in known:
            raise ValueError(f"is not one of {', '.join(known)}")
        return str(value)

    return read


def port(value: Any) -> int | None:
    """A port; 0 for a free one; empty for none."""
    if value is None or value == "":
        return None
    found: int = whole()(value)
    if found not in PORTS:
        raise ValueError("write a port, 0 to 65535")
    return found


def listed(each: Read) -> Read:
    """A list; in the environment its items are parted by commas."""

    def read(value: Any) -> tuple[Any, ...]:
        if isinstance(value, str):
            value = [item.strip() for item in value.split(",") if item.strip()]
        if not isinstance(value, list | tuple):
            raise ValueError("write a list")
        return tuple(each(item) for item in value)

    return read


def _set(default: Any, read: Read, help: str, *, several: bool = False, name: str = "") -> Any:
    """A field of NodeConfig. `several` flags may be given; `name` is the flag's, if it differs."""
    told = {"read": read, "help": help, "several": several, "flag": name}
    return field(default=default, metadata=told)


@dataclass(frozen=True, slots=True)
class NodeConfig:
    """Every setting, with its default. Addresses are host:port; an empty one serves nothing."""

    consensus: str = _set(
        EMBEDDED, one_of(CONSENSUS),
        "Who decides on blocks: embedded (this process alone), cometbft (CometBFT as its child) "
        "or external (CometBFT started elsewhere). `init` records it.",
    )  # fmt: skip
    moniker: str = _set("node0", text, "The node's name for people.")
    block_interval: int = _set(
        SECOND, duration, "Time between blocks, as 250ms or 1h30m (embedded; `init` records it)."
    )
    rpc_address: str = _set(
        "", address,
        "Where CometBFT's RPC is served; port 0 takes a free one. Empty: 127.0.0.1:26657, under "
        "CometBFT as config.toml says.",
    )  # fmt: skip
    akash_rpc_address: str = _set(
        "", address, "Where CometBFT's RPC is served with the method that Akash's programs ask."
    )
    grpc_address: str = _set("127.0.0.1:9090", address, "Where gRPC is served.")
    rest_host: str = _set("127.0.0.1", text, "Where REST is served.")
    rest_port: int | None = _set(
        None, port, "REST's port, usually 1317; 0 for a free one. Without it none is served."
    )
    rest_cors_origins: tuple[str, ...] = _set(
        (), listed(text), "Web pages that may read REST, as https://app.example; * for all.",
        several=True, name="rest-cors-origin",
    )  # fmt: skip
    grpc_web: bool = _set(False, flag, "Serve gRPC-Web on the REST port.")
    metrics_address: str = _set(
        "", address, "Where /metrics, /health and /ready are served, usually 127.0.0.1:26660."
    )
    minimum_gas_prices: str = _set("", text, "This node's own minimum, as 0.0025uakt.")
    pruning: str = _set("default", one_of(PRUNING), "How many states stay readable.")
    min_retain_blocks: int = _set(
        0, whole(), "Blocks that stay readable at least; 0 keeps all.", name="min-retain-blocks"
    )
    snapshot_interval: int = _set(
        0, whole(), "Blocks between two snapshots for nodes that join by state sync; 0 takes none."
    )
    snapshot_keep: int = _set(2, whole(1), "Snapshots that are kept.")
    cometbft: str = _set("", text, "CometBFT's program; empty finds it in PATH.")
    abci_address: str = _set(
        "", text,
        "Where CometBFT reaches the application, as tcp://host:port. Empty: a free port for a "
        "child, 26658 for a CometBFT started elsewhere.",
    )  # fmt: skip
    abci_transport: str = _set(
        "socket", one_of(("socket", "grpc")), "How CometBFT speaks to the application."
    )
    unsafe_skip_upgrades: tuple[int, ...] = _set(
        (), listed(whole(1)), "Heights at which a planned upgrade is skipped.", several=True
    )
    mempool_max_txs: int = _set(50_000, whole(1), "Transactions that may wait for a block.")
    mempool_max_bytes: int = _set(64 * 1024 * 1024, whole(1), "Bytes of waiting transactions.")
    mempool_ttl: int = _set(
        600 * SECOND, duration, "Time after which a waiting transaction is dropped (embedded)."
    )
    max_subscription_clients: int = _set(
        100, whole(1), "Clients that may hold subscriptions over the websocket (embedded)."
    )
    max_subscriptions_per_client: int = _set(
        5, whole(1), "Subscriptions that one client may hold (embedded)."
    )
    log_level: str = _set(
        "info", one_of(("debug", "info", "warning", "error")), "Least level that is logged."
    )
    log_format: str = _set("text", one_of(("text", "json")), "A line of text, or of JSON.")


def declared() -> dict[str, Setting]:
    """The settings as layers know them."""
    return {
        each.name: Setting(
            each.default if each.default is not MISSING else None,
            each.metadata["read"],
            each.metadata["help"],
        )
        for each in fields(NodeConfig)
    }


def layers(
    content: Mapping[str, Any], place: str, environ: Mapping[str, str], flags: Mapping[str, Any]
) -> Layers:
    """Defaults, then a file's content, the environment, flags. Raises ConfigError."""
    found = Layers(declared())
    found.add_file(content, place)
    found.refuse_unknown(environ, PREFIX, OTHERS)
    found.add_environment(environ, PREFIX)
    found.add_flags(flags)
    return found


def settled(found: Layers) -> NodeConfig:
    """The values of all layers."""
    return NodeConfig(**{name: origin.value for name, origin in found.items()})


def path_of(home: Path) -> Path:
    """The file of a home."""
    return home / FILE


def shown(name: str, value: Any) -> str:
    """The value of a setting as the file would have it."""
    read = next(each.metadata["read"] for each in fields(NodeConfig) if each.name == name)
    return _toml(_spelled(value) if read is duration else value)


def _spelled(length: int) -> str:
    """Nanoseconds in the largest unit that leaves nothing over."""
    unit = max((name for name in UNITS if length % UNITS[name] == 0), key=lambda name: UNITS[name])
    return f"{length // UNITS[unit]}{unit}"


def _toml(value: Any) -> str:
    if value is None:
        return '""'
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, int):
        return str(value)
    if isinstance(value, tuple):
        return f"[{', '.join(map(_toml, value))}]"
    escaped = str(value).replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'
