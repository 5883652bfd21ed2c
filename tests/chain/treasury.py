"""A chain with prices and a vault to test in: feeding, minting and burning in one line each."""

from __future__ import annotations

from typing import Any

from akashpy.chain import bank, bme, oracle, params
from akashpy.chain.authority import AUTHORITY
from akashpy.chain.bme.records import EPOCHS, WAITING
from akashpy.types.address import Address
from akashpy.types.coin import Coin, Coins
from akashpy.types.dec import Dec
from akashpy.types.moment import timestamp
from akashpy.wire import bme as wire_bme
from akashpy.wire import chain as wire_chain
from akashpy.wire import oracle as wire_oracle
from tests.chain.conftest import Given

AKT = 10**6
"""uakt in one AKT, uact in one ACT."""


class Economy:
    """Messages and reads over a Given; `sources` are accounts that may feed prices."""

    def __init__(self, given: Given, *sources: str) -> None:
        self.given = given
        self.sources = [given.account(name, uakt=AKT) for name in sources or ("feed",)]
        self.set_oracle(sources=self.sources)

    @property
    def ctx(self) -> Any:
        """The chain's context."""
        return self.given.ctx

    def set_oracle(self, **changes: Any) -> None:
        """Change the oracle's parameters by governance."""
        found = oracle.params(self.ctx).to_wire()
        for name, value in changes.items():
            found.ClearField(name)  # type: ignore[arg-type]  # a field's name
            found.MergeFrom(wire_oracle.Params(**{name: value}))
        self.given.run(wire_oracle.MsgUpdateParams(authority=AUTHORITY, params=found))

    def set_bme(self, **changes: Any) -> None:
        """Change bme's parameters by governance."""
        found = bme.params(self.ctx).to_wire()
        for name, value in changes.items():
            found.ClearField(name)  # type: ignore[arg-type]  # a field's name
            found.MergeFrom(wire_bme.Params(**{name: value}))
        self.given.run(wire_bme.MsgUpdateParams(authority=AUTHORITY, params=found))

    def entry(self, price: str | Dec, *, source: str | None = None, at: int | None = None) -> Any:
        """MsgAddPriceEntry, unsent."""
        amount = price if isinstance(price, Dec) else Dec.of(price)
        return wire_oracle.MsgAddPriceEntry(
            signer=source or self.sources[0],
            id=wire_oracle.DataID(denom="akt", base_denom="usd"),
            price=amount.wire(),
            timestamp=timestamp(self.ctx.time if at is None else at),
        )

    def feed(self, *prices: str) -> None:
        """Each source feeds its price, dated now."""
        for source, price in zip(self.sources, prices, strict=True):
            self.given.run(self.entry(price, source=source))

    def block(self, *prices: str) -> None:
        """Feed, end the block, begin the next."""
        if prices:
            self.feed(*prices)
        self.given.end_block()

    def blocks(self, count: int, *prices: str) -> None:
        """So many blocks with the same prices fed in each."""
        for _ in range(count):
            self.block(*prices)

    def fund_vault(self, uakt: int) -> None:
        """Governance moves AKT into the vault."""
        source = self.given.account("community", uakt=uakt)
        self.given.run(
            wire_bme.MsgFundVault(
                authority=AUTHORITY, source=source, amount=Coin("uakt", uakt).to_wire()
            )
        )

    def healthy(self, price: str = "2", vault: int = 1_000_000 * AKT) -> None:
        """A funded vault, a price and an open circuit breaker."""
        self.fund_vault(vault)
        self.block(price)
        self.block(price)
        assert self.status == 1

    def mint(self, owner: Address, uakt: int) -> Any:
        """Ask for ACT."""
        coin = Coin("uakt", uakt).to_wire()
        return self.given.run(wire_bme.MsgMintACT(owner=owner, to=owner, coins_to_burn=coin)).id

    def burn(self, owner: Address, uact: int) -> Any:
        """Ask for AKT."""
        coin = Coin("uact", uact).to_wire()
        return self.given.run(wire_bme.MsgBurnACT(owner=owner, to=owner, coins_to_burn=coin)).id

    def until_minted(self, price: str = "2") -> None:
        """Blocks until the minting epoch has ended once more."""
        due = EPOCHS.get(self.ctx, "mint") or 0
        while self.ctx.height <= due:
            self.block(price)

    # Reads.

    @property
    def status(self) -> int:
        """The mint status."""
        return int(bme.status(self.ctx).status)

    @property
    def vault(self) -> Coins:
        """What the module holds."""
        return bank.balances(self.ctx, Address.of_module("bme").raw)

    def pending(self) -> list[Any]:
        """Requests that wait."""
        return [record for _, record in bme.PENDING.under(self.ctx)]

    def executed(self) -> list[Any]:
        """Requests that were converted."""
        return [record for _, record in bme.EXECUTED.under(self.ctx)]

    def canceled(self) -> list[Any]:
        """Requests that were refunded."""
        return [record for _, record in bme.CANCELED.under(self.ctx)]

    def waiting(self, denom: str) -> int:
        """Units booked as waiting."""
        return WAITING.get(self.ctx, denom) or 0

    def told(self) -> list[str]:
        """Short names of the typed and own events since the last call."""
        names = [
            event.type.rsplit(".", 1)[1]
            for event in self.given.events
            if event.type.startswith("akash")
        ]
        self.given.events.clear()
        return names

    def without_fixes(self, *names: str) -> None:
        """Turn fixes off."""
        found = params.get(self.ctx).to_wire()
        kept = [name for name in found.fixes if name not in names]
        del found.fixes[:]
        found.fixes.extend(kept)
        self.given.run(wire_chain.MsgUpdateParams(authority=AUTHORITY, params=found))
