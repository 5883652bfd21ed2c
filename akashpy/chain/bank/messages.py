"""The bank's messages: transfers between accounts, and what governance decides about them.

Source of rules, texts and events: Cosmos SDK 0.53 x/bank msg_server.
"""

from typing import Any

from akashpy.chain import auth
from akashpy.chain.authority import require_authority
from akashpy.chain.bank.at_once import send_at_once
from akashpy.chain.bank.moves import give, send, take, tell_move
from akashpy.chain.bank.records import (
    NO,
    PARAMS,
    SEND_ENABLED,
    YES,
    require_receiver,
    require_send_enabled,
    validate_params,
)
from akashpy.state.context import Context
from akashpy.types.address import Address
from akashpy.types.bank import InputOutputMismatch, MultipleSenders, NoInputs, NoOutputs
from akashpy.types.coin import Coins, validate_denom
from akashpy.types.errors import ChainError, InvalidAddress, InvalidCoins, InvalidRequest
from akashpy.types.events import Event
from akashpy.wire import bank as pb


def msg_send(ctx: Context, msg: pb.MsgSend) -> pb.MsgSendResponse:
    """Move coins from the signer to another account.

    Raises InvalidAddress, InvalidCoins, SendDisabled, Unauthorized, InsufficientFunds.
    Source: SDK x/bank msg_server Send.
    """
    # LOAD
    sender = _address(msg.from_address, "from")
    to = _address(msg.to_address, "to")
    coins = _positive(msg.amount)
    if len(coins) == 1 and send_at_once(ctx, sender, to, coins[0]):
        tell_move(ctx, sender, to, coins)
        return pb.MsgSendResponse()
    # CHECK
    require_send_enabled(ctx, coins)
    require_receiver(to, msg.to_address)
    # APPLY, EMIT
    send(ctx, sender, to, coins)
    return pb.MsgSendResponse()


def msg_multi_send(ctx: Context, msg: pb.MsgMultiSend) -> pb.MsgMultiSendResponse:
    """Move coins from one signer to several accounts.

    Raises NoInputs, MultipleSenders, NoOutputs, InputOutputMismatch and what `msg_send` raises.
    Source: SDK x/bank msg_server MultiSend, InputOutputCoins.
    """
    # LOAD
    if not msg.inputs:
        raise NoInputs
    if len(msg.inputs) != 1:
        raise MultipleSenders
    if not msg.outputs:
        raise NoOutputs
    given = msg.inputs[0]
    sender = _address(given.address, "input")
    coins = _positive(given.coins)
    outputs = [
        (_address(out.address, "output"), out.address, _positive(out.coins)) for out in msg.outputs
    ]
    # CHECK
    if coins != Coins.of(coin for _, _, part in outputs for coin in part):
        raise InputOutputMismatch
    require_send_enabled(ctx, coins)
    for to, text, _ in outputs:
        require_receiver(to, text)
    # APPLY, EMIT
    ctx.emit(Event("message", (("sender", given.address),)))
    for to, _, _ in outputs:
        auth.ensure_account(ctx, to)
    take(ctx, sender, coins)
    ctx.emit(Event("coin_spent", (("spender", Address.of(sender)), ("amount", str(coins)))))
    for to, text, part in outputs:
        amount = str(part)
        give(ctx, to, part)
        ctx.emit(Event("coin_received", (("receiver", Address.of(to)), ("amount", amount))))
        ctx.emit(
            Event(
                "transfer",
                (("recipient", text), ("sender", given.address), ("amount", amount)),
            )
        )
    return pb.MsgMultiSendResponse()


def update_params(ctx: Context, msg: pb.MsgUpdateParams) -> pb.MsgUpdateParamsResponse:
    """Replace the parameters. Raises gov.InvalidSigner, PlainError."""
    require_authority(msg.authority)
    validate_params(msg.params)
    PARAMS.put(ctx, msg.params.SerializeToString(deterministic=True))
    return pb.MsgUpdateParamsResponse()


def set_send_enabled(ctx: Context, msg: pb.MsgSetSendEnabled) -> pb.MsgSetSendEnabledResponse:
    """Allow or forbid denominations, or return them to the default.

    Raises gov.InvalidSigner, InvalidRequest. Source: SDK x/bank msg_server SetSendEnabled.
    """
    require_authority(msg.authority)
    seen: set[str] = set()
    for entry in msg.send_enabled:
        if entry.denom in seen:
            raise InvalidRequest(f'duplicate denom entries found for "{entry.denom}"')
        seen.add(entry.denom)
        _require_denom(entry.denom, "SendEnabled")
    for denom in msg.use_default_for:
        _require_denom(denom, "UseDefaultFor")
    for entry in msg.send_enabled:
        SEND_ENABLED.put(ctx, entry.denom, YES if entry.enabled else NO)
    for denom in msg.use_default_for:
        SEND_ENABLED.remove(ctx, denom)
    return pb.MsgSetSendEnabledResponse()


def _address(text: str, which: str) -> bytes:
    try:
        return Address.parse(text).raw
    except InvalidAddress as error:
        raise InvalidAddress(f"invalid {which} address: {error.detail}") from error


def _positive(amounts: Any) -> Coins:
    coins = Coins.from_wire(amounts)
    if not coins:
        raise InvalidCoins.around("")
    return coins


def _require_denom(denom: str, field: str) -> None:
    try:
        validate_denom(denom)
    except ChainError as error:
        raise InvalidRequest(f'invalid {field} denom "{denom}": {error}') from error
