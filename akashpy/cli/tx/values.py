"""Values that arguments of several transactions share: coins, deposits, files.

Each raises a UsageError or ClickException that names the argument.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from akashpy.types.coin import Coin, Coins
    from akashpy.types.deposit import Deposit
    from sdl.definition import Definition


def coins(text: str, what: str = "amount") -> Coins:
    """Such as 5uakt,2uact."""
    from akashpy.types.coin import Coins
    from akashpy.types.errors import ChainError

    try:
        return Coins.parse(text)
    except ChainError as error:
        raise click.UsageError(f"{what} {text!r}: {error}; write it like 5uakt") from error


def address(text: str, prefix: str = "") -> str:
    """An account's address, or one with another prefix."""
    from akashpy.types.address import PREFIX, Address
    from akashpy.types.errors import InvalidAddress

    try:
        return str(Address.parse(text, prefix=prefix or PREFIX))
    except InvalidAddress as error:
        raise click.UsageError(f"address {text!r}: {error.detail}") from error


def words(texts: tuple[str, ...]) -> list[str]:
    """The words of a flag that may be repeated and may hold commas."""
    return [word for text in texts for word in text.split(",") if word]


def coin(text: str, what: str = "amount") -> Coin:
    """Such as 5uakt."""
    from akashpy.types.coin import Coin
    from akashpy.types.errors import ChainError

    try:
        return Coin.parse(text)
    except ChainError as error:
        raise click.UsageError(f"{what} {text!r}: {error}; write it like 5uakt") from error


def deposit(amount: Coin, sources: str) -> Deposit:
    """An amount with the sources it is taken from, such as "grant,balance"."""
    from akashpy.types.deposit import Deposit, Source

    found = []
    for word in sources.split(","):
        source = Source.named(word.strip())
        if source is None or source is Source.INVALID:
            raise click.UsageError(
                f"--deposit-sources {sources!r}: {word!r} is none; allowed are grant and balance"
            )
        found.append(source)
    return Deposit(amount, tuple(found))


def minimum(offered: tuple[Coin, ...], denom: str) -> Coin:
    """The chain's minimum deposit in a denomination."""
    for each in offered:
        if each.denom == denom:
            return each
    listed = ", ".join(sorted(each.denom for each in offered))
    raise click.ClickException(
        f"the chain takes no deposit in {denom!r}, but in {listed}: price in one of these"
    )


def definition(path: Path) -> Definition:
    """An SDL file, read and checked."""
    from sdl.definition import load
    from sdl.errors import SdlError

    try:
        return load(path)
    except SdlError as error:
        raise click.ClickException(str(error)) from error
