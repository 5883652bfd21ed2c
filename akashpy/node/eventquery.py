"""CometBFT's query language over events: `tm.event='Tx' AND transfer.amount > 5`.

Exists for subscriptions and searches. A query is a conjunction of conditions; the events it is
asked about are flattened to `{"type.attribute": [values]}`. Must not know where events come from.
Source: the grammar of CometBFT 0.38's `libs/pubsub/query`, error texts included, since clients
see them.
"""

from __future__ import annotations

import operator as op
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from fractions import Fraction
from typing import Any

MAX_LENGTH = 512
"""Longest query text that is accepted, in characters."""

Flat = Mapping[str, Sequence[str]]

TAG, STRING, NUMBER, TIME, DATE = "tag", "string", "number", "timestamp", "datestamp"
INVALID, EOF = "invalid token", "EOF"
AND, CONTAINS, EXISTS = "AND operator", "CONTAINS operator", "EXISTS operator"
EQ, LT, LEQ, GT, GEQ = "= operator", "< operator", "<= operator", "> operator", ">= operator"

_WORDS = {"AND": AND, "EXISTS": EXISTS, "CONTAINS": CONTAINS}
_SIGNS = {"=": EQ, "<": LT, "<=": LEQ, ">": GT, ">=": GEQ}
_OPERATORS = (LEQ, GEQ, LT, GT, EQ, CONTAINS, EXISTS)
_TOKEN = re.compile(
    r"(?P<space>\s+)|(?P<number>[0-9]+(?:\.[0-9]*)?)"
    r"|(?P<time>TIME [0-9TZ:+.-]*)|(?P<date>DATE [0-9-]*)"
    r"|(?P<word>[^\W][\w.-]*)|'(?P<string>[^']*)'|(?P<sign><=|>=|<|>|=)"
)
_COMPARISONS = {EQ: op.eq, LT: op.lt, LEQ: op.le, GT: op.gt, GEQ: op.ge}
_LEADING_NUMBER = re.compile(r"\d+(\.\d+)?")
_DATE = re.compile(r"\d{4}-\d\d-\d\d")


class QueryError(ValueError):
    """A query that does not parse; the text says at which offset and why."""


@dataclass(frozen=True, slots=True)
class Condition:
    """`tag operator argument`; `kind` is the argument's token and `text` its text."""

    tag: str
    operator: str
    kind: str = ""
    text: str = ""

    def matches(self, events: Flat) -> bool:
        """Whether any value under the tag satisfies the condition."""
        values = events.get(self.tag)
        if values is None:
            # a tag that names a whole event type is held against an empty value
            stem = self.tag + "."
            if not any(key.rpartition(".")[0] + "." == stem for key in events):
                return False
            values = ("",)
        test = _predicate(self)
        return any(test(value) for value in values)

    def __str__(self) -> str:
        sign = self.operator.removesuffix(" operator")
        if self.operator == EXISTS:
            return f"{self.tag} {sign}"
        argument = {
            STRING: f"'{self.text}'",
            TIME: f"TIME {self.text}",
            DATE: f"DATE {self.text}",
        }.get(self.kind, self.text)
        return f"{self.tag} {sign} {argument}"


@dataclass(frozen=True, slots=True)
class Query:
    """A conjunction of conditions."""

    conditions: tuple[Condition, ...]

    def matches(self, events: Flat) -> bool:
        """Whether every condition holds; nothing matches an empty set of events."""
        return bool(events) and all(c.matches(events) for c in self.conditions)

    def equals(self, tag: str) -> str | None:
        """The text that `tag` must equal, or None when the query does not fix it."""
        for condition in self.conditions:
            if condition.tag == tag and condition.operator == EQ:
                return condition.text
        return None

    def __str__(self) -> str:
        return " AND ".join(str(c) for c in self.conditions)


def parse(text: str) -> Query:
    """Parse a query. Raises QueryError with CometBFT's text."""
    tokens = _scan(text)
    at = 0
    conditions = []
    while True:
        condition, at = _condition(tokens, at)
        conditions.append(condition)
        kind, _, offset = tokens[at]
        if kind == EOF:
            return Query(tuple(conditions))
        if kind != AND:
            raise QueryError(f"offset {offset}: got {kind}, want {AND}")
        at += 1


Token = tuple[str, str, int]


def _scan(text: str) -> list[Token]:
    tokens: list[Token] = []
    at = 0
    while at < len(text):
        found = _TOKEN.match(text, at)
        if found is None:
            if text[at] == "'":
                tokens.append((EOF, "", at))
            else:
                tokens.append((INVALID, f"invalid input {text[at]} at offset {at + 1}", at))
            return tokens
        group, value = found.lastgroup or "", found.group(found.lastgroup or 0)
        if group != "space":
            tokens.append((*_classify(group, value), at))
        at = found.end()
    tokens.append((EOF, "", at))
    return tokens


def _classify(group: str, value: str) -> tuple[str, str]:
    if group == "word":
        return _WORDS.get(value, TAG), value
    if group == "sign":
        return _SIGNS[value], value
    if group == "time":
        return TIME, value.removeprefix("TIME ")
    if group == "date":
        return DATE, value.removeprefix("DATE ")
    return (STRING if group == "string" else NUMBER), value


def _condition(tokens: list[Token], at: int) -> tuple[Condition, int]:
    tag = _require(tokens, at, (TAG,))
    operator = _require(tokens, at + 1, _OPERATORS)[0]
    if operator == EXISTS:
        return Condition(tag[1], operator), at + 2
    wanted: tuple[str, ...] = (NUMBER, TIME, DATE)
    if operator == EQ:
        wanted = (*wanted, STRING)
    elif operator == CONTAINS:
        wanted = (STRING,)
    kind, text, offset = _require(tokens, at + 2, wanted)
    if kind in (TIME, DATE):
        _checked_moment(kind, text, offset)
    return Condition(tag[1], operator, kind, text), at + 3


def _require(tokens: list[Token], at: int, wanted: tuple[str, ...]) -> Token:
    token = tokens[min(at, len(tokens) - 1)]
    kind, text, offset = token
    if kind == EOF:
        raise QueryError(f"offset {offset}: EOF")
    if kind == INVALID:
        raise QueryError(f"offset {offset}: {text}")
    if kind not in wanted:
        label = wanted[0] if len(wanted) == 1 else f"{', '.join(wanted[:-1])} or {wanted[-1]}"
        raise QueryError(f"offset {offset}: got {kind}, wanted {label}")
    return token


def _checked_moment(kind: str, text: str, offset: int) -> None:
    moment = _moment(kind, text)
    name = "TIME" if kind == TIME else "DATE"
    if moment is None:
        raise QueryError(f"offset {offset}: invalid {name} value: {text!r}")
    if not 1900 <= moment.year <= 2999:
        raise QueryError(f"offset {offset}: {kind} year {moment.year} out of range")


def _moment(kind: str, text: str) -> datetime | None:
    if kind == DATE and not _DATE.fullmatch(text):
        return None
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return None
    if kind == DATE:
        return moment.replace(tzinfo=UTC)
    return moment if moment.tzinfo is not None else None


def _predicate(condition: Condition) -> Callable[[str], bool]:
    operator, text = condition.operator, condition.text
    if operator == EXISTS:
        return lambda value: True
    if operator == CONTAINS:
        return lambda value: text in value
    if condition.kind == STRING:
        return lambda value: value == text
    if condition.kind == NUMBER:
        number = Fraction(text.removesuffix("."))
        return lambda value: _compare(operator, _leading_number(value), number)
    moment = _moment(condition.kind, text)
    return lambda value: _compare(operator, _moment(condition.kind, value), moment)


def _leading_number(value: str) -> Fraction | None:
    """The number a value begins with, so that `8uakt` compares as 8."""
    if value.lstrip("-").isdecimal() and value.count("-") <= 1:
        return Fraction(value)
    found = _LEADING_NUMBER.match(value)
    return Fraction(found.group()) if found else None


def _compare(operator: str, value: Any, bound: Any) -> bool:
    """`value operator bound` for two numbers or two moments; a value without one never matches."""
    if value is None or bound is None:
        return False
    return bool(_COMPARISONS[operator](value, bound))
