"""How a refusal by the chain reads on a terminal: its text, its code, what to do.

The codespace and code are the part that programs may rely on. Must not know commands.
"""

from __future__ import annotations

from akashpy.types.errors import ChainError

REMEDIES = {
    ("sdk", 5): "add funds to the account, or lower the amount or the fee",
    ("sdk", 9): "the account is not on the chain yet: send it some coins first",
    ("sdk", 11): "raise --gas or --gas-adjustment",
    ("sdk", 13): "raise --gas-prices or --fees",
    ("sdk", 19): "it was sent before: look it up with `akashpy query tx HASH`",
    ("sdk", 20): "the node has too many transactions waiting: send it again later",
    ("sdk", 30): "send it again with a later --timeout-height",
    ("sdk", 32): "another transaction of this account was faster: send it again",
    ("cert", 3): "it is published already",
    ("deployment", 3): "choose another --dseq, or leave it out",
    ("deployment", 4): "look with `akashpy query deployment list --owner ADDRESS`",
    ("deployment", 20): "give a --deposit in a denomination that the chain takes",
    ("escrow", 3): "look with `akashpy query escrow accounts`",
    ("market", 18): "look with `akashpy query market bid list --owner ADDRESS --dseq N`",
    ("market", 20): "look with `akashpy query market lease list --owner ADDRESS --dseq N`",
    ("market", 28): "give a --deposit of at least the chain's minimum",
    ("market", 30): "register it with `akashpy tx provider create`",
    ("provider", 3): "register it with `akashpy tx provider create`",
    ("provider", 4): "change it with `akashpy tx provider update`",
}
"""What to do about a refusal, by codespace and code."""


def sentence(error: ChainError) -> str:
    """The chain's own text, then (codespace/code), then the remedy where one is known."""
    place = (error.codespace, error.code)
    text = str(error)
    if error.codespace != "undefined":
        text += f" ({error.codespace}/{error.code})"
    remedy = REMEDIES.get(place)
    return f"{text}\n{remedy}" if remedy else text
