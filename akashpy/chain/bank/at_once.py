"""The usual transfer in one piece, for a fraction of the time of its steps.

It exists because nearly all of a busy chain's messages are such transfers. Whatever is unusual or
wrong is left to `messages` and `moves`, and the rows, the gas and the events are the same.
"""

from functools import lru_cache

from akashpy.chain import auth
from akashpy.chain.bank.records import SEND_ENABLED, YES, balance_key
from akashpy.state.context import Context
from akashpy.state.gas import READ_FLAT, READ_PER_BYTE, WRITE_FLAT, WRITE_PER_BYTE
from akashpy.types.coin import Coin


def send_at_once(ctx: Context, sender: bytes, to: bytes, coin: Coin) -> bool:
    """Check and move the coin of the usual MsgSend with every step's gas in one sum.

    Judges nothing: it does what `msg_send` does where all checks pass and both accounts hold some
    of the coin before and after; where that is not sure it does nothing and says False.
    """
    denom, amount = coin.denom, coin.amount
    enabled_key = _send_enabled_key(denom)
    sent_key, got_key = balance_key(sender, denom), balance_key(to, denom)
    sender_key, to_key = auth.ACCOUNT_PREFIX + sender, auth.ACCOUNT_PREFIX + to
    state = ctx.uncharged
    get = state.get
    # LOAD
    enabled, sender_row, to_row = get(enabled_key), get(sender_key), get(to_key)
    sent_row, got_row = get(sent_key), get(got_key)
    if not (sender_row and to_row and sent_row and got_row) or sender == to:
        return False
    # CHECK
    if enabled != YES:
        return False  # also where the parameters decide
    if to in auth.BLOCKED or auth.of_row(sender_row).vesting is not None:
        return False
    held, got = int(sent_row) - amount, int(got_row) + amount
    if held <= 0 or got.bit_length() > 256:
        return False
    # CHARGE
    sent_now, got_now = b"%d" % held, b"%d" % got
    keys = len(sent_key) + len(got_key)
    read = len(enabled_key) + len(YES) + keys + len(sent_row) + len(got_row)
    read += len(sender_key) + len(sender_row) + len(to_key) + len(to_row)
    written = keys + len(sent_now) + len(got_now)
    gas = ctx.gas
    used = gas.used + 5 * READ_FLAT + READ_PER_BYTE * read
    used += 2 * WRITE_FLAT + WRITE_PER_BYTE * written
    if used > gas.limit:
        return False
    gas.used = used
    # APPLY
    state.put(sent_key, sent_now)
    state.put(got_key, got_now)
    return True


@lru_cache(maxsize=4096)
def _send_enabled_key(denom: str) -> bytes:
    return SEND_ENABLED.key(denom)
