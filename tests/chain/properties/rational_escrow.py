"""Escrow once more, in exact rationals, block by block: the oracle of the property tests.

Written from the rules (what is owed, who is paid first, what each operation does), with mutable
books, Fractions and no queue: whether an account can pay the next block is tried in every block.
It shares no code with `akashpy.chain.escrow`. `fixed` switches this project's fixes, `room` the one
against dust: None without it, else how many people beside the owner have a purse of a denomination.
"""

from dataclasses import dataclass, field, replace
from fractions import Fraction
from math import floor


class Refused(Exception):
    """The operation is refused; the text is the name of the error class."""


@dataclass
class Purse:
    """One deposit and what is left of it."""

    owner: str
    denom: str
    left: Fraction


@dataclass
class Book:
    """An account: funds by denomination in the order of first use."""

    settled: int
    owner: str = ""
    state: str = "open"
    funds: dict[str, Fraction] = field(default_factory=dict)
    spent: dict[str, Fraction] = field(default_factory=dict)
    purses: list[Purse] = field(default_factory=list)

    @property
    def denom(self) -> str:
        return next(iter(self.funds), "")


@dataclass
class Stream:
    """A payment."""

    book: str
    payee: str
    rate: Fraction
    denom: str
    state: str = "open"
    earned: Fraction = Fraction(0)
    debt: Fraction = Fraction(0)
    taken: int = 0


class Oracle:
    """All books of a chain, at one height."""

    def __init__(self, *, fixed: bool, room: int | None = None) -> None:
        self.fixed = fixed
        self.room = room
        self.height = 1
        self.books: dict[str, Book] = {}
        self.streams: dict[str, Stream] = {}
        self.wallets: dict[tuple[str, str], int] = {}
        self.lost: dict[str, Fraction] = {}

    # Operations.

    def open(self, key: str, owner: str, gifts: list[tuple[str, str, int]]) -> None:
        if key in self.books:
            raise Refused("AccountExists")
        self.books[key] = Book(self.height, owner)
        self._put_in(self.books[key], gifts)

    def give(self, key: str, gifts: list[tuple[str, str, int]]) -> None:
        book = self._book(key)
        if book.state == "closed":
            raise Refused("AccountClosed")
        self._put_in(book, gifts)
        if book.state == "open":
            return
        loaded, short = self._settle(key, book)
        for name in loaded:
            stream = self.streams[name]
            if stream.state == "open":
                stream.state = "closed"
                self._pay(stream)
        if not short:
            book.state = "closed"
        self._after(book)

    def close(self, key: str) -> None:
        self._end(key, self._book(key))

    def start(self, key: str, name: str, payee: str, rate: Fraction, denom: str) -> None:
        book = self._book(key)
        before = {other: replace(stream) for other, stream in self.streams.items()}
        loaded, short = self._settle(key, book)
        if short:
            raise Refused("AccountOverdrawn")
        if not book.funds or denom != book.denom:
            raise Refused("InvalidDenomination")
        if rate == 0:
            raise Refused("PaymentRateZero")
        if name in self.streams:
            raise Refused("PaymentExists")
        if not self.fixed:
            for other in loaded:
                stream = self.streams[other]
                lost = stream.earned - before[other].earned
                self.lost[stream.denom] = self.lost.get(stream.denom, Fraction(0)) + lost
                self.streams[other] = before[other]
        self.streams[name] = Stream(key, payee, rate, denom)

    def withdraw(self, name: str) -> None:
        stream, book = self._running(name)
        loaded, short = self._settle(stream.book, book)
        if not short:
            if name not in loaded:
                raise Refused("InvalidSettlement")
            self._pay(stream)
        self._after(book)

    def stop(self, name: str) -> None:
        stream, book = self._running(name)
        loaded, _ = self._settle(stream.book, book)
        if name in loaded and stream.state == "open":
            stream.state = "closed"
            self._pay(stream)
        self._after(book)

    def next_block(self) -> None:
        """End this block; with the fixes, whoever cannot pay the next one closes now."""
        if self.fixed:
            for key in sorted(self.books):
                book = self.books[key]
                if book.state == "open" and not self._can_pay_next(key, book):
                    self._end(key, book)
        self.height += 1

    # Rules.

    def _can_pay_next(self, key: str, book: Book) -> bool:
        streams = [self.streams[name] for name in self._names(key, "open")]
        blocks = self.height + 1 - book.settled
        owed = sum(floor(stream.rate * blocks) for stream in streams)
        return not streams or owed <= book.funds[book.denom]

    def _names(self, key: str, state: str) -> list[str]:
        start = key + "/" if self.fixed else key
        return sorted(
            name
            for name, stream in self.streams.items()
            if name.startswith(start) and stream.state == state
        )

    def _settle(self, key: str, book: Book) -> tuple[list[str], bool]:
        if book.state == "closed":
            raise Refused("AccountClosed")
        if not book.funds:
            book.settled = self.height
            return [], False
        if book.funds[book.denom] < 0:
            return [], True
        blocks = 0
        if book.state == "open":
            blocks = self.height - book.settled
            book.settled = self.height
        loaded = self._names(key, "overdrawn")
        if blocks or (self.fixed and book.state == "open"):
            loaded += self._names(key, "open")
        if any(self.streams[name].denom != book.denom for name in loaded):
            raise Refused("InvalidDenomination")
        short = False
        for name in loaded:
            short = self._bill(book, self.streams[name], blocks) or short
        if short:
            book.state = "overdrawn"
            for name in loaded:
                self.streams[name].state = "overdrawn"
                self._pay(self.streams[name])
        return loaded, short

    def _bill(self, book: Book, stream: Stream, blocks: int) -> bool:
        """Move what is due from the purses to the stream; true when it does not reach."""
        if stream.state == "overdrawn":
            due, stream.debt = stream.debt, Fraction(0)
        else:
            due = Fraction(floor(stream.rate * blocks))
        missing = due
        for purse in book.purses:
            if purse.denom == stream.denom:
                part = min(purse.left, missing)
                purse.left -= part
                missing -= part
        book.purses = [purse for purse in book.purses if purse.left > 0]
        book.funds[stream.denom] -= due
        book.spent[stream.denom] += due - missing
        stream.earned += due - missing
        stream.debt += missing
        stream.state = "overdrawn" if missing else "open"
        return missing > 0

    def _end(self, key: str, book: Book) -> None:
        loaded, _ = self._settle(key, book)
        if book.state == "open":
            book.state = "closed"
        for name in loaded:
            stream = self.streams[name]
            if stream.state == "open":
                stream.state = "closed"
                self._pay(stream)
        self._after(book)

    def _after(self, book: Book) -> None:
        """A book that is not open any more gives every purse back."""
        if book.state == "open":
            return
        for purse in book.purses:
            self._wallet(purse.owner, purse.denom, floor(purse.left))
            book.funds[purse.denom] -= purse.left
        book.purses = []

    def _pay(self, stream: Stream) -> None:
        whole = floor(stream.earned)
        self._wallet(stream.payee, stream.denom, whole)
        stream.taken += whole
        stream.earned -= whole

    def _put_in(self, book: Book, gifts: list[tuple[str, str, int]]) -> None:
        for owner, denom, amount in gifts:
            self._wallet(owner, denom, -amount)
            book.spent.setdefault(denom, Fraction(0))
            book.funds[denom] = max(book.funds.get(denom, Fraction(0)), Fraction(0)) + amount
            if self.room is None:
                book.purses.append(Purse(owner, denom, Fraction(amount)))
            else:
                self._one_purse_each(book, Purse(owner, denom, Fraction(amount)), self.room)

    def _one_purse_each(self, book: Book, new: Purse, room: int) -> None:
        """Fill the purse there is; or the smallest of too many goes home for a larger one."""
        for purse in book.purses:
            if (purse.owner, purse.denom) == (new.owner, new.denom):
                purse.left += new.left
                return
        others = [
            purse for purse in book.purses if purse.denom == new.denom and purse.owner != book.owner
        ]
        if new.owner != book.owner and len(others) >= room:
            smallest = sorted(others, key=lambda purse: purse.left)[0]
            if new.left <= smallest.left:
                raise Refused("InvalidDeposit")
            book.purses = [purse for purse in book.purses if purse is not smallest]
            book.funds[new.denom] -= smallest.left
            self._wallet(smallest.owner, smallest.denom, floor(smallest.left))
        book.purses.append(new)

    def _wallet(self, owner: str, denom: str, amount: int) -> None:
        self.wallets[owner, denom] = self.wallets.get((owner, denom), 0) + amount

    def _book(self, key: str) -> Book:
        if key not in self.books:
            raise Refused("AccountNotFound")
        return self.books[key]

    def _running(self, name: str) -> tuple[Stream, Book]:
        key = name.rsplit("/", 3)[0]
        book = self._book(key)
        if name not in self.streams:
            raise Refused("PaymentNotFound")
        if self.streams[name].state != "open":
            raise Refused("PaymentClosed")
        return self.streams[name], book
