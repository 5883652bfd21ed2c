"""`akashpy node`: the chain itself on this machine, in one process."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from akashpy.cli.chain_home import FUNDS, NewChain, make_home, node_home
from akashpy.cli.lazy import LazyGroup
from akashpy.cli.network import node_options, node_status
from akashpy.cli.output import output_option, say, show
from akashpy.cli.tx.flags import DURATION

if TYPE_CHECKING:
    from akashpy.node.home import Home

CHAIN_ID = "akashpy-1"
OPERATOR = "validator"
SECOND = 10**9


@click.group(cls=LazyGroup)
def node() -> None:
    """Make and run a chain of one validator.

    \b
    Examples:
      akashpy node init --account akash1...=1000000000uakt,1000000000uact
      akashpy node start
      akashpy node status
    """


@dataclass(frozen=True, slots=True)
class Saved:
    """What `init` leaves for `start`: nanoseconds between blocks."""

    block_interval: int = SECOND

    @staticmethod
    def path(home: Path) -> Path:
        """The file."""
        return home / "config" / "akashpy.json"

    @classmethod
    def load(cls, home: Path) -> Saved:
        """As saved, or the defaults. Raises ClickException for a file that is none."""
        path = cls.path(home)
        try:
            return cls(block_interval=int(json.loads(path.read_text())["block_interval"]))
        except FileNotFoundError:
            return cls()
        except (ValueError, KeyError, TypeError) as error:
            raise click.ClickException(
                f'{path}: {error!r}; write {{"block_interval": nanoseconds}} or remove the file'
            ) from error

    def save(self, home: Path) -> None:
        """Write the file."""
        self.path(home).write_text(json.dumps({"block_interval": self.block_interval}) + "\n")


@node.command()
@node_home
@click.option("--chain-id", default=CHAIN_ID, show_default=True)
@click.option(
    "--preset",
    type=click.Choice(["default", "akash"]),
    default="default",
    show_default=True,
    help="Rules: ours, or exactly Akash's.",
)
@click.option(
    "--account",
    "accounts",
    multiple=True,
    metavar="ADDRESS=COINS",
    help="An account with coins; can be given several times.",
)
@click.option(
    "--operator",
    default="",
    metavar="ADDRESS",
    help="The validator's account.  [default: a new key in the home's keyring-test]",
)
@click.option(
    "--block-interval", type=DURATION, default="1s", show_default=True, help="Time between blocks."
)
def init(
    home: Path,
    chain_id: str,
    preset: str,
    accounts: tuple[str, ...],
    operator: str,
    block_interval: int,
) -> None:
    """Make a new chain in an empty home."""
    from akashpy.node.home import Home, HomeError
    from akashpy.types.address import Address
    from akashpy.types.coin import Coins
    from akashpy.types.errors import ChainError

    if Home(home).is_initialised:
        raise click.ClickException(f"{home}: a chain is there already; choose another --home")
    try:
        funded = [_account(text) for text in accounts]
        owner = str(Address.parse(operator)) if operator else _new_operator(home)
        if not operator:
            funded.append((owner, Coins.parse(FUNDS)))
        make_home(home, NewChain(chain_id, preset, funded, owner))
    except (ChainError, HomeError) as error:
        raise click.ClickException(str(error)) from error
    Saved(block_interval).save(home)
    show({"home": str(home), "chain_id": chain_id, "preset": preset, "operator": owner}, "json")


def _account(text: str) -> tuple[str, Any]:
    from akashpy.types.address import Address
    from akashpy.types.coin import Coins

    address, equals, coins = text.partition("=")
    if not equals:
        raise click.UsageError(f"--account {text!r}: write ADDRESS=COINS, as akash1...=5uakt")
    return str(Address.parse(address)), Coins.parse(coins)


def _new_operator(home: Path) -> str:
    """The address of the key that stakes, made in the home's own keyring."""
    from akashpy.keys import mnemonic
    from akashpy.keys.ring import Keyring

    home.mkdir(parents=True, exist_ok=True)
    ring = Keyring.open(home, "test")
    if OPERATOR in ring.names():
        return str(ring.get(OPERATOR).address)
    return str(ring.add(OPERATOR, mnemonic.derive(mnemonic.generate(24))).address)


@node.command()
@node_home
@click.option(
    "--rpc-address",
    default="127.0.0.1:26657",
    show_default=True,
    help="Where to serve CometBFT RPC; port 0 takes a free one.",
)
@click.option(
    "--grpc-address",
    default="127.0.0.1:9090",
    show_default=True,
    help="Where to serve gRPC; port 0 takes a free one.",
)
@click.option("--rest-port", type=int, help="Serve REST, too, usually on 1317; 0 for a free one.")
@click.option("--rest-host", default="127.0.0.1", show_default=True)
@click.option(
    "--rest-cors-origin",
    "rest_cors_origins",
    multiple=True,
    help="A web page that may read REST, as https://app.example; * for all. Repeatable.",
)
@click.option("--grpc-web", is_flag=True, help="Serve gRPC-Web on the REST port.")
@click.option(
    "--block-interval",
    type=DURATION,
    default=None,
    help="Time between blocks.  [default: as init was told]",
)
@click.option("--minimum-gas-prices", default="", help="This node's own minimum, as 0.0025uakt.")
@click.option(
    "--pruning",
    type=click.Choice(["default", "nothing", "everything"]),
    default="default",
    show_default=True,
    help="How many heights stay readable.",
)
@click.option("--moniker", default="node0", show_default=True)
@click.option(
    "--unsafe-skip-upgrades",
    type=int,
    multiple=True,
    metavar="HEIGHT",
    help="Height at which a planned upgrade is skipped; may be given several times.",
)
def start(
    home: Path,
    rpc_address: str,
    grpc_address: str,
    rest_port: int | None,
    rest_host: str,
    rest_cors_origins: tuple[str, ...],
    grpc_web: bool,
    block_interval: int | None,
    minimum_gas_prices: str,
    pruning: str,
    moniker: str,
    unsafe_skip_upgrades: tuple[int, ...],
) -> None:
    """Run the chain until SIGINT or SIGTERM; prints one line of JSON when it serves."""
    from akashpy.node.daemon import Node, NodeSettings
    from akashpy.node.daemon import run as run_node
    from akashpy.node.rest_settings import RestSettings

    _home(home)
    if rest_port is None and (rest_cors_origins or grpc_web):
        raise click.UsageError("--rest-cors-origin and --grpc-web need --rest-port")
    rpc_host, rpc_port = _address(rpc_address, "--rpc-address")
    grpc_host, grpc_port = _address(grpc_address, "--grpc-address")
    interval = Saved.load(home).block_interval if block_interval is None else block_interval
    settings = NodeSettings(
        moniker=moniker,
        rpc_host=rpc_host,
        rpc_port=rpc_port,
        grpc_host=grpc_host,
        grpc_port=grpc_port,
        rest_host=rest_host,
        rest_port=rest_port,
        rest=RestSettings(cors_origins=rest_cors_origins, grpc_web=grpc_web),
        block_interval=interval / SECOND,
        min_gas_prices=minimum_gas_prices,
        pruning=pruning,
        skip_upgrades=unsafe_skip_upgrades,
        tame_process=True,
    )

    def ready(running: Node) -> None:
        endpoints = {"rpc": running.rpc, "grpc": running.grpc, "rest": running.rest}
        show({"chain_id": running.core.chain_id, **endpoints, "home": str(home)}, "json")

    _refusing(lambda: run_node(home, settings, ready))


@node.command()
@node_options
@output_option("json")
def status(node: str, output: str, **_: Any) -> None:
    """What a node says of itself, as `akash status`."""
    show(node_status(node), output)


@node.command()
@node_home
@click.option("--height", type=click.IntRange(min=1), help="The state at this height.")
def export(home: Path, height: int | None) -> None:
    """Print the whole state as a genesis.json; the node must not be running."""
    from akashpy.chain import genesis
    from akashpy.chain.app import App
    from akashpy.state.store import Store

    def main() -> None:
        store = Store.open(_home(home).data / "state")
        try:
            if not store.height:
                raise click.ClickException(f"{home}: no block yet; start the node first")
            app = App(store, chain_id=_home(home).load_genesis().chain_id)
            ctx = app.query_context(height)
            ctx.time = _time_of(_home(home), ctx.height)
            show(genesis.export(ctx), "json")
        finally:
            store.close()

    _refusing(main)


@node.command()
@node_home
def rollback(home: Path) -> None:
    """Undo the state of the latest block; the node executes it again when it starts."""
    from akashpy.state.store import Store

    def main() -> None:
        store = Store.open(_home(home).data / "state")
        try:
            height = store.rollback()
            say(f"Rolled back state to height {height} and hash {store.app_hash.hex().upper()}")
        finally:
            store.close()

    _refusing(main)


def _time_of(home: Home, height: int) -> int:
    """The time of a block; a state at a past height does not know it. Raises ClickException."""
    from akashpy.node.blockstore import BlockStore

    blocks = BlockStore.open(home.data / "blocks")
    try:
        meta = blocks.meta(height)
    finally:
        blocks.close()
    if meta is None:
        raise click.ClickException(f"block {height} is not stored; choose a later --height")
    return meta.header.time


def _home(path: Path) -> Home:
    from akashpy.node.home import Home

    home = Home(path)
    if not home.is_initialised:
        raise click.ClickException(f"{path}: no chain here; make one with `akashpy node init`")
    return home


def _address(text: str, name: str) -> tuple[str, int]:
    host, colon, port = text.removeprefix("tcp://").rpartition(":")
    if not colon or not port.isdecimal():
        raise click.UsageError(f"{name} {text!r}: write host:port")
    return host or "127.0.0.1", int(port)


def _refusing(main: Callable[[], None]) -> None:
    """Run it; what keeps a node from starting ends the command with one sentence."""
    from akashpy.node.blockstore import BlockStoreError
    from akashpy.node.comet.keys import KeyFileError
    from akashpy.node.home import HomeError
    from akashpy.node.solo import ChainHalted
    from akashpy.state.errors import StoreError
    from akashpy.types.errors import ChainError
    from akashpy.types.upgrade import UpgradeNeeded, WrongProgram

    try:
        main()
    except (
        BlockStoreError, ChainError, ChainHalted, HomeError, KeyFileError, OSError, StoreError,
        UpgradeNeeded, WrongProgram,
    ) as error:  # fmt: skip
        raise click.ClickException(str(error)) from error
