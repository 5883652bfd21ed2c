"""`akashpy tx upgrade`: proposals that plan an upgrade or cancel the planned one."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from akashpy.cli.lazy import LazyGroup
from akashpy.cli.tx.flags import flag, stacked, switch, tx_flags
from akashpy.cli.tx.values import address, coins

if TYPE_CHECKING:
    from google.protobuf.message import Message

    from akashpy.cli.tx.session import Session
    from akashpy.wire.gov import MsgSubmitProposal

proposal_flags = stacked(
    flag("--title", default="", help="The proposal's title."),
    flag("--summary", default="", help="The proposal's summary."),
    flag("--deposit", default="", help="The first deposit."),
    flag("--metadata", default="", help="The proposal's metadata."),
    switch("--expedited", help="Decide in the shorter voting period."),
    flag("--authority", default="", help="Who may plan upgrades.  [default: the gov account]"),
)


@click.group(cls=LazyGroup)
def upgrade() -> None:
    """Propose upgrades of the chain."""


@upgrade.command("software-upgrade")
@click.argument("name")
@flag("--upgrade-height", type=click.IntRange(min=1), required=True, help="When it happens.")
@flag("--upgrade-info", default="", help="Where the new program is, for operators.")
@flag("--daemon-name", default="", help="Taken for compatibility; info is not looked into.")
@switch("--no-validate", help="Taken for compatibility; info is not looked into.")
@switch("--no-checksum-required", help="Taken for compatibility; info is not looked into.")
@proposal_flags
@tx_flags
def software_upgrade(
    name: str, upgrade_height: int, upgrade_info: str, authority: str, **options: Any
) -> None:
    """Propose that at a height every node must run the program that knows upgrade NAME."""
    from akashpy.wire import upgrade as wire

    for unused in ("daemon_name", "no_validate", "no_checksum_required"):
        del options[unused]
    plan = wire.Plan(name=name, height=upgrade_height, info=upgrade_info)
    _propose(wire.MsgSoftwareUpgrade(authority=_authority(authority), plan=plan), options)


@upgrade.command("cancel-software-upgrade")
@proposal_flags
@tx_flags
def cancel_software_upgrade(authority: str, **options: Any) -> None:
    """Propose to cancel the planned upgrade."""
    from akashpy.wire import upgrade as wire

    _propose(wire.MsgCancelUpgrade(authority=_authority(authority)), options)


def _authority(text: str) -> str:
    from akashpy.types.address import Address

    return address(text) if text else str(Address.of_module("gov"))


def _propose(message: Message, options: dict[str, Any]) -> None:
    from akashpy.cli.tx.session import transact
    from akashpy.wire import gov, pack

    words = {name: options.pop(name) for name in ("title", "summary", "metadata", "expedited")}
    amount = coins(options.pop("deposit"), "--deposit").to_wire()

    async def write(session: Session) -> list[MsgSubmitProposal]:
        return [
            gov.MsgSubmitProposal(
                messages=[pack(message)],
                initial_deposit=amount,
                proposer=session.address,
                **words,
            )
        ]

    transact(options, write)
