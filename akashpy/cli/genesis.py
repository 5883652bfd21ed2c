"""`akashpy genesis`: the document a chain starts from, with Akash's names and flags."""

from __future__ import annotations

import json
import re
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from akashpy.cli.chain_home import NewChain, make_home, node_home, random_chain_id, write_genesis
from akashpy.cli.home import open_keyring
from akashpy.cli.lazy import LazyGroup
from akashpy.cli.output import Command, say, show
from akashpy.cli.tx.flags import flag, switch

if TYPE_CHECKING:
    from akashpy.keys.ring import KeyInfo, Keyring
    from akashpy.wire import staking as pb

GAS = 200_000
PRESET = click.option(
    "--preset", type=click.Choice(["default", "akash"]), default="default", show_default=True,
    help="Rules: ours, or exactly Akash's.",
)  # fmt: skip
TIMES = click.IntRange(min=0)


@click.group(cls=LazyGroup)
def genesis() -> None:
    """Make the genesis of a chain of several validators.

    \b
    Examples:
      akashpy genesis init node0 --chain-id mychain-1
      akashpy genesis add-account alice 1000000000uakt --keyring-backend test
      akashpy genesis gentx alice 500000000uakt --chain-id mychain-1 --keyring-backend test
      akashpy genesis collect
      akashpy genesis validate
    """


def keyring(command: Command) -> Command:
    """Where `add-account` and `gentx` look for a key's name."""
    for add in (
        flag("--keyring-dir", type=click.Path(file_okay=False, path_type=Path), default=None),
        flag("--keyring-backend", default="os", help="Where keys are kept."),
        node_home,
    ):
        command = add(command)
    return command


@genesis.command()
@click.argument("moniker", default="node0")
@click.option("--chain-id", default="", help="Name of the chain.  [default: a random one]")
@PRESET
@click.option("--default-denom", default="uakt", show_default=True, help="What is staked.")
@click.option("--initial-height", type=click.IntRange(min=1), default=1, show_default=True)
@click.option("--consensus-key-algo", type=click.Choice(["ed25519"]), default="ed25519")
@switch("-o", "--overwrite", help="Replace the genesis; keys stay.")
@node_home
def init(
    moniker: str,
    chain_id: str,
    preset: str,
    default_denom: str,
    initial_height: int,
    consensus_key_algo: str,
    overwrite: bool,
    home: Path,
) -> None:
    """Make a node's home with keys and a genesis that has no accounts yet."""
    del consensus_key_algo
    new = NewChain(
        chain_id or random_chain_id(), preset, moniker=moniker, denom=default_denom,
        initial_height=initial_height, overwrite=overwrite,
    )  # fmt: skip
    _refusing(lambda: make_home(home, new))
    show(
        {
            "moniker": moniker,
            "chain_id": new.chain_id,
            "node_id": _node_id(home),
            "home": str(home),
        },
        "json",
    )


@genesis.command("add-account")
@click.argument("name_or_address")
@click.argument("coins")
@switch("--append", help="Add the coins to an account that is there.")
@click.option("--vesting-amount", default="", help="How much of the coins is locked.")
@click.option("--vesting-start-time", type=TIMES, default=0, help="Unix time; 0: all at the end.")
@click.option("--vesting-end-time", type=TIMES, default=0, help="Unix time of the last coin.")
@click.option("--module-name", default="", help="Make it the account of a module.")
@keyring
def add_account(
    name_or_address: str,
    coins: str,
    append: bool,
    vesting_amount: str,
    vesting_start_time: int,
    vesting_end_time: int,
    module_name: str,
    home: Path,
    keyring_backend: str,
    keyring_dir: Path | None,
) -> None:
    """Give an account coins in the genesis; some of them may be locked for a time."""
    from akashpy.chain.genesis_edit import NewAccount
    from akashpy.chain.genesis_edit import add_account as add
    from akashpy.types.coin import Coins

    document = _document(home)
    address = _address(name_or_address, home, keyring_backend, keyring_dir)

    def change() -> None:
        new = NewAccount(
            address,
            Coins.parse(coins),
            Coins.parse(vesting_amount) if vesting_amount else Coins.EMPTY,
            vesting_start_time,
            vesting_end_time,
            module_name,
        )
        add(document, new, append=append)
        write_genesis(home, document)

    _refusing(change)


@genesis.command()
@click.argument("name")
@click.argument("amount")
@click.option("--chain-id", default="", help="Refuse the genesis of any other chain.")
@click.option("--moniker", default="", help="The validator's name.  [default: the key's]")
@click.option("--identity", default="", help="Identity signature.")
@click.option("--website", default="", help="Website.")
@click.option("--security-contact", default="", help="E-mail for reports of faults.")
@click.option("--details", default="", help="Anything else.")
@click.option("--commission-rate", default="0.1", show_default=True)
@click.option("--commission-max-rate", default="0.2", show_default=True)
@click.option("--commission-max-change-rate", default="0.01", show_default=True)
@click.option("--min-self-delegation", default="1", show_default=True)
@click.option("--pubkey", default="", help="Proto JSON.  [default: the home's validator key]")
@click.option("--node-id", default="", help="[default: the home's node key]")
@click.option("--ip", default="127.0.0.1", show_default=True, help="The node's public IP.")
@click.option("--p2p-port", type=int, default=26656, show_default=True)
@click.option("--gas", type=int, default=GAS, show_default=True)
@click.option("--fees", default="", help="Fee to pay.")
@click.option("--sign-mode", type=click.Choice(["direct", "amino-json"]), default="direct")
@click.option("--output-document", default="", help="[default: config/gentx/gentx-ID.json]")
@keyring
def gentx(name: str, amount: str, home: Path, **options: Any) -> None:
    """Sign the transaction by which a validator begins with the chain."""
    from akashpy.chain.genesis_edit import require_stake
    from akashpy.types.coin import Coins

    document = _document(home)
    if options["chain_id"] not in ("", document["chain_id"]):
        raise click.ClickException(
            f"the genesis is of chain {document['chain_id']!r}, and --chain-id is "
            f"{options['chain_id']!r}"
        )
    ring = _ring(home, options)
    info = _kept(lambda: ring.get(name))
    node_id = options["node_id"] or _node_id(home)
    text = ""

    def make() -> None:
        nonlocal text
        require_stake(document, info.address, Coins.parse(amount))
        text = json.dumps(_signed(ring, info, amount, home, document, node_id, options))

    _refusing(make)
    path = Path(options["output_document"] or _gentx_directory(home) / f"gentx-{node_id}.json")
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text + "\n")
    say(f'Genesis transaction written to "{path}"')


@genesis.command()
@click.option("--gentx-dir", type=click.Path(file_okay=False, path_type=Path), default=None)
@node_home
def collect(gentx_dir: Path | None, home: Path) -> None:
    """Take the transactions of config/gentx into the genesis."""
    from akashpy.chain import genesis as documents
    from akashpy.chain import genesis_edit

    document = _document(home)
    directory = gentx_dir or _gentx_directory(home)
    found = []
    for path in sorted(directory.glob("*.json")) if directory.is_dir() else ():
        try:
            found.append(json.loads(path.read_text()))
        except ValueError as error:
            raise click.ClickException(f"{path}: {error}") from error
    if not found:
        raise click.ClickException(f"{directory}: there are no genesis transactions")

    def change() -> None:
        peers = genesis_edit.collect(document, found)
        documents.validate(document)
        write_genesis(home, document)
        own = _node_id(home)
        others = ",".join(peer for peer in peers if not peer.startswith(f"{own}@"))
        _keep_peers(home, others)
        show({"chain_id": document["chain_id"], "gentxs": len(found), "peers": others}, "json")

    _refusing(change)


@genesis.command()
@click.argument("file", required=False, type=click.Path(dir_okay=False, path_type=Path))
@node_home
def validate(file: Path | None, home: Path) -> None:
    """Whether a genesis can start a chain; modules that this version lacks are named."""
    from akashpy.chain import genesis as documents
    from akashpy.chain import genesis_edit

    path = file or home / "config" / "genesis.json"
    document = _read(path)

    def check() -> None:
        kept, left_out = genesis_edit.without_unknown(document)
        documents.validate(kept)
        if left_out:
            say(f"not looked at, because this version has no such modules: {', '.join(left_out)}")
        say(f"File at {path} is a valid genesis file")

    _refusing(check)


@genesis.command("prepare")
@click.argument("network")
@click.argument("chain_id")
@node_home
def prepare(network: str, chain_id: str, home: Path) -> None:
    """Give the genesis the parameters of Akash's `mainnet` or of a `testnet`."""
    from akashpy.chain import genesis as documents
    from akashpy.chain import genesis_edit

    document = _document(home)

    def change() -> None:
        now = documents.text_of_time(time.time_ns())
        genesis_edit.prepare(document, network, chain_id, now)
        documents.validate(document)
        write_genesis(home, document)

    _refusing(change)


@genesis.command("import")
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@node_home
def import_(file: Path, home: Path) -> None:
    """Make a home from another program's genesis, without modules that this version lacks."""
    from akashpy.chain import genesis as documents
    from akashpy.chain import genesis_edit
    from akashpy.node.home import init_home

    document = _read(file)

    def change() -> None:
        kept, left_out = genesis_edit.without_unknown(document)
        documents.validate(kept)
        init_home(home, kept)
        show({"home": str(home), "chain_id": kept["chain_id"], "left_out": left_out}, "json")

    _refusing(change)


@genesis.command()
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
def migrate(file: Path) -> None:
    """Print the export of an earlier release as a genesis of this one; tells what it changed."""
    from akashpy.chain import genesis as documents
    from akashpy.chain import genesis_edit

    document = _read(file)

    def change() -> None:
        found, changes = genesis_edit.brought_up(document)
        documents.validate(found)
        for change in changes:
            say(change)
        show(found, "json")

    _refusing(change)


# PARTS


def _signed(
    ring: Keyring,
    info: KeyInfo,
    amount: str,
    home: Path,
    document: dict[str, Any],
    node_id: str,
    options: dict[str, Any],
) -> dict[str, Any]:
    """The signed transaction as JSON: account number and sequence 0, as genesis has them."""
    from akashpy.tx import build
    from akashpy.tx.modes import NAMES, Place, sign_bytes
    from akashpy.tx.text import as_json
    from akashpy.types.coin import Coins

    msg = _create_validator(info, amount, home, options)
    body = build.body([msg], memo=f"{node_id}@{options['ip']}:{options['p2p_port']}")
    mode = NAMES[options["sign_mode"]]
    key = _kept(lambda: ring.key(info.name))
    fee = Coins.parse(options["fees"]) if options["fees"] else Coins.EMPTY
    auth = build.auth_info([build.Signer(key.public, 0, mode)], fee=fee, gas=options["gas"])
    place = Place(document["chain_id"], str(info.address), 0, 0)
    signature = key.sign(sign_bytes(mode, body, auth, place))
    return as_json(build.assemble(body, auth, [signature]))


def _create_validator(
    info: KeyInfo, amount: str, home: Path, options: dict[str, Any]
) -> pb.MsgCreateValidator:
    from akashpy import wire
    from akashpy.node.comet.keys import load_validator_key
    from akashpy.types.address import VALOPER
    from akashpy.types.coin import Coin
    from akashpy.types.dec import Dec
    from akashpy.wire import crypto
    from akashpy.wire import staking as pb

    if options["pubkey"]:
        content = json.loads(options["pubkey"])
        public = wire.from_json(wire.message_class(content.pop("@type")), content)
    else:
        own = load_validator_key(home / "config" / "priv_validator_key.json")
        public = crypto.Ed25519PubKey(key=own.public)
    description = pb.Description(
        moniker=options["moniker"] or info.name,
        identity=options["identity"],
        website=options["website"],
        security_contact=options["security_contact"],
        details=options["details"],
    )
    rates = (
        Dec.of(options[f"commission_{each}"]) for each in ("rate", "max_rate", "max_change_rate")
    )
    rate, highest, change = (each.wire() for each in rates)
    return pb.MsgCreateValidator(
        description=description,
        commission=pb.CommissionRates(rate=rate, max_rate=highest, max_change_rate=change),
        min_self_delegation=options["min_self_delegation"],
        validator_address=str(info.address.with_prefix(VALOPER)),
        pubkey=wire.pack(public),
        value=Coin.parse(amount).to_wire(),
    )


def _keep_peers(home: Path, peers: str) -> None:
    """Name the other validators in CometBFT's settings, where the home has them."""
    path = home / "config" / "config.toml"
    if path.is_file():
        line = f'persistent_peers = "{peers}"'
        path.write_text(re.sub(r"(?m)^persistent_peers = .*$", line, path.read_text()))


def _gentx_directory(home: Path) -> Path:
    return home / "config" / "gentx"


def _node_id(home: Path) -> str:
    from akashpy.node.comet.keys import load_node_key

    found: list[str] = []
    path = home / "config" / "node_key.json"
    _refusing(lambda: found.append(load_node_key(path).address.hex()))
    return found[0]


def _document(home: Path) -> dict[str, Any]:
    path = home / "config" / "genesis.json"
    if not path.is_file():
        raise click.ClickException(f"{path}: no genesis; make one with `akashpy genesis init`")
    return _read(path)


def _read(path: Path) -> dict[str, Any]:
    try:
        document = json.loads(path.read_text())
    except (OSError, ValueError) as error:
        raise click.ClickException(f"{path}: {error}") from error
    if not isinstance(document, dict) or not isinstance(document.get("app_state"), dict):
        raise click.ClickException(f"{path}: no genesis: it has no app_state")
    return document


def _address(text: str, home: Path, backend: str, directory: Path | None) -> Any:
    from akashpy.types.address import Address
    from akashpy.types.errors import InvalidAddress

    try:
        return Address.parse(text)
    except InvalidAddress:
        ring = open_keyring(home, backend, directory)
        return _kept(lambda: ring.get(text)).address


def _ring(home: Path, options: dict[str, Any]) -> Keyring:
    return open_keyring(home, options["keyring_backend"], options["keyring_dir"])


def _kept(action: Any) -> Any:
    from akashpy.keys.ring import KeyringError
    from akashpy.types.errors import ChainError

    try:
        return action()
    except (KeyringError, ChainError) as error:
        raise click.ClickException(f"failed to fetch key from keyring: {error}") from error


def _refusing(action: Any) -> None:
    """Run it; what keeps a genesis from being right ends the command with one sentence."""
    from akashpy.node.comet.keys import KeyFileError
    from akashpy.node.home import HomeError
    from akashpy.types.errors import ChainError

    try:
        action()
    except (ChainError, HomeError, KeyFileError, OSError, ValueError) as error:
        raise click.ClickException(str(error)) from error


for _old, _command in (
    ("add-genesis-account", add_account),
    ("collect-gentxs", collect),
    ("prepare-genesis", prepare),
    ("validate-genesis", validate),
):
    genesis.add_command(_command, _old)
