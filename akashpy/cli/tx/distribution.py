"""`akashpy tx distribution`."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import click

from akashpy.cli.lazy import LazyGroup
from akashpy.cli.tx.flags import flag, switch, tx_flags
from akashpy.cli.tx.values import address, coins

if TYPE_CHECKING:
    from google.protobuf.message import Message

    from akashpy.cli.tx.session import Session
    from akashpy.wire import distribution as wire

VALOPER = "akashvaloper"


@click.group(cls=LazyGroup)
def distribution() -> None:
    """Rewards, commission and the community pool."""


@distribution.command("withdraw-rewards")
@click.argument("validator_addr")
@switch("--commission", help="The validator's commission as well.")
@tx_flags
def withdraw_rewards(validator_addr: str, commission: bool, **options: Any) -> None:
    """Withdraw what the signer's stake with a validator has earned."""
    from akashpy.cli.tx.session import transact
    from akashpy.wire import distribution as wire

    operator = address(validator_addr, VALOPER)

    async def write(session: Session) -> Sequence[Message]:
        msgs: list[Message] = [
            wire.MsgWithdrawDelegatorReward(
                delegator_address=session.address, validator_address=operator
            )
        ]
        if commission:
            msgs.append(wire.MsgWithdrawValidatorCommission(validator_address=operator))
        return msgs

    transact(options, write)


@distribution.command("withdraw-all-rewards")
@flag(
    "--max-msgs",
    type=click.IntRange(min=0),
    default=0,
    help="Most messages of one transaction; 0 puts all into one.",
)
@tx_flags
def withdraw_all_rewards(max_msgs: int, **options: Any) -> None:
    """Withdraw what the signer's stake with all validators has earned."""
    from akashpy.cli.tx.session import perform, print_result

    async def act(session: Session) -> dict[str, Any] | None:
        msgs = await _withdrawals(session)
        size = max_msgs or len(msgs)
        result = None
        for first in range(0, len(msgs), size):
            if result is not None:
                print_result(result, options["output"])
            result = await session.submit(msgs[first : first + size])
        return result

    perform(options, act)


async def _withdrawals(session: Session) -> list[wire.MsgWithdrawDelegatorReward]:
    """One message for each validator of the signer. Raises ClickException when it has none."""
    from akashpy.wire import distribution as wire

    if session.options["offline"]:
        raise click.ClickException("cannot generate tx in offline mode")
    found = await session.client.call(
        "/cosmos.distribution.v1beta1.Query/DelegatorValidators",
        wire.QueryDelegatorValidatorsRequest(delegator_address=session.address),
        wire.QueryDelegatorValidatorsResponse,
    )
    if not found.validators:
        raise click.ClickException(
            f"{session.address} delegates to no validator: there is nothing to withdraw"
        )
    return [
        wire.MsgWithdrawDelegatorReward(
            delegator_address=session.address, validator_address=operator
        )
        for operator in found.validators
    ]


@distribution.command("set-withdraw-addr")
@click.argument("withdraw_addr")
@tx_flags
def set_withdraw_addr(withdraw_addr: str, **options: Any) -> None:
    """Let the signer's rewards go to another account."""
    from akashpy.cli.tx.session import transact
    from akashpy.wire import distribution as wire

    to = address(withdraw_addr)

    async def write(session: Session) -> list[wire.MsgSetWithdrawAddress]:
        return [wire.MsgSetWithdrawAddress(delegator_address=session.address, withdraw_address=to)]

    transact(options, write)


@distribution.command("fund-community-pool")
@click.argument("amount")
@tx_flags
def fund_community_pool(amount: str, **options: Any) -> None:
    """Give coins to the community, such as 5uakt."""
    from akashpy.cli.tx.session import transact
    from akashpy.wire import distribution as wire

    given = coins(amount)

    async def write(session: Session) -> list[wire.MsgFundCommunityPool]:
        return [wire.MsgFundCommunityPool(depositor=session.address, amount=given.to_wire())]

    transact(options, write)


@distribution.command("fund-validator-rewards-pool")
@click.argument("val_addr")
@click.argument("amount")
@tx_flags
def fund_validator_rewards_pool(val_addr: str, amount: str, **options: Any) -> None:
    """Give coins to a validator and its delegators, such as 5uakt."""
    from akashpy.cli.tx.session import transact
    from akashpy.wire import distribution as wire

    operator, given = address(val_addr, VALOPER), coins(amount)

    async def write(session: Session) -> list[wire.MsgDepositValidatorRewardsPool]:
        return [
            wire.MsgDepositValidatorRewardsPool(
                depositor=session.address, validator_address=operator, amount=given.to_wire()
            )
        ]

    transact(options, write)
