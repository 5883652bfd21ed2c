"""`akashpy tx staking`."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from akashpy.cli.lazy import LazyGroup
from akashpy.cli.tx.flags import flag, tx_flags
from akashpy.cli.tx.values import address, coin

if TYPE_CHECKING:
    from akashpy.cli.tx.session import Session
    from akashpy.wire import staking as wire

VALOPER = "akashvaloper"
KEEP = "[do-not-modify]"
P2P_PORT = 26656
REQUIRED = {
    "amount": "amount of coins to bond",
    "pubkey": "the JSON encoded pubkey",
    "moniker": "the moniker name",
    "commission-rate": "all validator commission parameters",
    "commission-max-rate": "all validator commission parameters",
    "commission-max-change-rate": "all validator commission parameters",
    "min-self-delegation": "minimum self delegation",
}
"""Members of validator.json and what Akash says of each that is missing."""


@click.group(cls=LazyGroup)
def staking() -> None:
    """Validators, and stake with them."""


@staking.command("create-validator")
@click.argument("file", type=click.Path(path_type=Path))
@flag("--ip", default="", help="The node's public IP, for a note with --generate-only.")
@flag("--node-id", default="", help="The node's id, for a note with --generate-only.")
@tx_flags
def create_validator(file: Path, ip: str, node_id: str, **options: Any) -> None:
    """Register a validator, as a JSON file describes it.

    \b
    {
      "pubkey": {"@type": "/cosmos.crypto.ed25519.PubKey", "key": "oWg2...Uw="},
      "amount": "1000000uakt",
      "moniker": "myvalidator",
      "identity": "", "website": "", "security": "", "details": "",
      "commission-rate": "0.1",
      "commission-max-rate": "0.2",
      "commission-max-change-rate": "0.01",
      "min-self-delegation": "1"
    }

    The public key is what `akashpy node show-validator` prints.
    """
    from akashpy.cli.tx.session import transact

    described = _validator(file)
    if options["generate_only"] and ip and node_id:
        options["note"] = f"{node_id}@{ip}:{P2P_PORT}"

    async def write(session: Session) -> list[wire.MsgCreateValidator]:
        described.validator_address = session.account.address.with_prefix(VALOPER)
        return [described]

    transact(options, write)


@staking.command("edit-validator")
@flag("--new-moniker", default=KEEP, help="The validator's name.")
@flag("--identity", default=KEEP, help="Identity signature.")
@flag("--website", default=KEEP, help="Website.")
@flag("--security-contact", default=KEEP, help="E-mail for reports of faults.")
@flag("--details", default=KEEP, help="Anything else.")
@flag("--commission-rate", default="", help="New commission rate, such as 0.1.")
@flag("--min-self-delegation", default="", help="Least stake of its own.")
@tx_flags
def edit_validator(
    new_moniker: str,
    identity: str,
    website: str,
    security_contact: str,
    details: str,
    commission_rate: str,
    min_self_delegation: str,
    **options: Any,
) -> None:
    """Change the signer's validator."""
    from akashpy.cli.tx.session import transact
    from akashpy.wire import staking as wire

    description = wire.Description(
        moniker=new_moniker,
        identity=identity,
        website=website,
        security_contact=security_contact,
        details=details,
    )
    rate = _decimal(commission_rate, "--commission-rate") if commission_rate else ""
    least = _whole(min_self_delegation, "--min-self-delegation") if min_self_delegation else ""

    async def write(session: Session) -> list[wire.MsgEditValidator]:
        operator = session.account.address.with_prefix(VALOPER)
        return [
            wire.MsgEditValidator(
                description=description,
                validator_address=operator,
                commission_rate=rate,
                min_self_delegation=least,
            )
        ]

    transact(options, write)


@staking.command()
@click.argument("validator_addr")
@click.argument("amount")
@tx_flags
def delegate(validator_addr: str, amount: str, **options: Any) -> None:
    """Stake coins with a validator, such as 5uakt."""
    from akashpy.cli.tx.session import transact
    from akashpy.wire import staking as wire

    operator, stake = address(validator_addr, VALOPER), coin(amount).to_wire()

    async def write(session: Session) -> list[wire.MsgDelegate]:
        return [
            wire.MsgDelegate(
                delegator_address=session.address, validator_address=operator, amount=stake
            )
        ]

    transact(options, write)


@staking.command()
@click.argument("src_validator_addr")
@click.argument("dst_validator_addr")
@click.argument("amount")
@tx_flags
def redelegate(
    src_validator_addr: str, dst_validator_addr: str, amount: str, **options: Any
) -> None:
    """Move stake from one validator to another."""
    from akashpy.cli.tx.session import transact
    from akashpy.wire import staking as wire

    source, target = address(src_validator_addr, VALOPER), address(dst_validator_addr, VALOPER)
    stake = coin(amount).to_wire()

    async def write(session: Session) -> list[wire.MsgBeginRedelegate]:
        return [
            wire.MsgBeginRedelegate(
                delegator_address=session.address,
                validator_src_address=source,
                validator_dst_address=target,
                amount=stake,
            )
        ]

    transact(options, write)


@staking.command()
@click.argument("validator_addr")
@click.argument("amount")
@tx_flags
def unbond(validator_addr: str, amount: str, **options: Any) -> None:
    """Take stake back; it is free when the unbonding time is over."""
    from akashpy.cli.tx.session import transact
    from akashpy.wire import staking as wire

    operator, stake = address(validator_addr, VALOPER), coin(amount).to_wire()

    async def write(session: Session) -> list[wire.MsgUndelegate]:
        return [
            wire.MsgUndelegate(
                delegator_address=session.address, validator_address=operator, amount=stake
            )
        ]

    transact(options, write)


@staking.command("cancel-unbond")
@click.argument("validator_addr")
@click.argument("amount")
@click.argument("creation_height", type=int)
@tx_flags
def cancel_unbond(validator_addr: str, amount: str, creation_height: int, **options: Any) -> None:
    """Stake again what has been unbonding since a height."""
    from akashpy.cli.tx.session import transact
    from akashpy.wire import staking as wire

    operator, stake = address(validator_addr, VALOPER), coin(amount).to_wire()

    async def write(session: Session) -> list[wire.MsgCancelUnbondingDelegation]:
        return [
            wire.MsgCancelUnbondingDelegation(
                delegator_address=session.address,
                validator_address=operator,
                amount=stake,
                creation_height=creation_height,
            )
        ]

    transact(options, write)


def _validator(file: Path) -> wire.MsgCreateValidator:
    """The message that a validator.json describes, without its address. Raises ClickException."""
    from akashpy.wire import WireError, pack, staking
    from akashpy.wire import from_json as parse
    from akashpy.wire.crypto import Ed25519PubKey

    try:
        found = json.loads(file.read_text())
        if not isinstance(found, dict):
            raise ValueError("it holds no JSON object")
    except (OSError, ValueError) as error:
        raise click.ClickException(f"{file}: {error}") from error
    for name, called in REQUIRED.items():
        if not found.get(name):
            raise click.ClickException(f"{file}: must specify {called}: {name} is missing")
    key = found["pubkey"]
    try:
        if key["@type"] != "/cosmos.crypto.ed25519.PubKey":
            raise ValueError(f"{key['@type']} is no key of a validator")
        public = pack(parse(Ed25519PubKey, {"key": key["key"]}))
    except (KeyError, TypeError, ValueError, WireError) as error:
        raise click.ClickException(
            f"{file}: pubkey: {error}; use what `akashpy node show-validator` prints"
        ) from error
    rates = [_decimal(str(found[f"commission-{name}"]), name) for name in _RATES]
    return staking.MsgCreateValidator(
        description=staking.Description(
            moniker=found["moniker"],
            identity=found.get("identity", ""),
            website=found.get("website", ""),
            security_contact=found.get("security", ""),
            details=found.get("details", ""),
        ),
        commission=staking.CommissionRates(
            rate=rates[0], max_rate=rates[1], max_change_rate=rates[2]
        ),
        min_self_delegation=_whole(str(found["min-self-delegation"]), "min-self-delegation"),
        pubkey=public,
        value=coin(str(found["amount"])).to_wire(),
    )


_RATES = ("rate", "max-rate", "max-change-rate")


def _decimal(text: str, what: str) -> str:
    """A decimal as the wire has it. Raises UsageError."""
    from akashpy.types.dec import Dec
    from akashpy.types.errors import ChainError

    try:
        return Dec.of(text).wire()
    except ChainError as error:
        raise click.UsageError(f"{what} {text!r}: {error}; write it like 0.1") from error


def _whole(text: str, what: str) -> str:
    """A whole number as the wire has it. Raises UsageError."""
    from akashpy.types.errors import ChainError
    from akashpy.types.number import integer

    try:
        return str(integer(text))
    except ChainError as error:
        raise click.UsageError(
            f"{what} {text!r}: minimum self delegation must be a positive integer"
        ) from error
