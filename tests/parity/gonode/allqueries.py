"""Every query of every module, asked of a Go node with values that fit, to compare our answers.

What a field is filled with goes by its name; combinations are bounded. Nothing here knows what an
answer means.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import islice, product
from typing import Any, Protocol

from google.protobuf.descriptor import FieldDescriptor
from google.protobuf.message import Message

from akashpy import wire
from akashpy.client.client import Client
from akashpy.client.errors import ClientError
from akashpy.node.queries.table import QUERIES
from akashpy.state.context import Context
from akashpy.types.address import VALCONS, VALOPER, Address
from akashpy.types.errors import ChainError
from tests.nodes import key_of

PEOPLE = ("tenant", "provider", "validator", "other", "house", "cli", "fresh", "late", "later",
          "bound", "parts")  # fmt: skip
MODULES = ("gov", "bonded_tokens_pool", "not_bonded_tokens_pool", "distribution", "escrow", "bme",
           "fee_collector", "mint")  # fmt: skip
STAKERS = ("validator", "house", "cli", "other")
MOST = 90
"""Combinations of one query."""
SKIPPED = {
    "/cosmos.staking.v1beta1.Query/HistoricalInfo",
    "/cosmos.upgrade.v1beta1.Query/ModuleVersions",
}
"""A header holds the app hash; versions of modules that one side does not have."""
Answers = list[tuple[str, Message, Any]]


class Report(Protocol):
    """Where differences go."""

    counts: Any

    def differs(self, where: str, mine: Any, theirs: Any) -> None:
        """Note one."""


def _people() -> list[str]:
    named = [str(key_of(name).address) for name in PEOPLE]
    return [*named, *(str(Address.of_module(name)) for name in MODULES)]


def _operators() -> list[str]:
    return [str(key_of(name).address.with_prefix(VALOPER)) for name in STAKERS]


def _values(field: FieldDescriptor) -> Sequence[Any]:
    """What to ask a field for, by its name."""
    name = field.name
    if field.message_type is not None or field.label == FieldDescriptor.LABEL_REPEATED:
        return (None,)
    if name in {"validator_addr", "validator_address", "src_validator_addr", "dst_validator_addr"}:
        return _operators()
    if name in {"delegator_addr", "delegator_address", "address", "owner", "granter", "grantee",
                "depositor", "voter", "auditor"}:  # fmt: skip
        return _people()
    known: dict[str, Sequence[Any]] = {
        "proposal_id": range(1, 34),
        "denom": ("uakt", "uact", "akt"),
        "params_type": ("voting", "deposit", "tallying"),
        "name": ("gov", "mint", "escrow"),
        "subspace": ("staking", "baseapp"),
        "key": ("MaxValidators",),
        "identifier": ("tick", "hour", "day"),
        "ending_height": (10**6,),
        "cons_address": (str(Address.of(b"\x05" * 20, prefix=VALCONS)),),
    }
    return known.get(name, (None,))


def requests(path: str) -> Iterator[Message]:
    """Requests of one query, at most MOST."""
    kind = QUERIES[path].request
    fields = kind.DESCRIPTOR.fields
    for values in islice(product(*map(_values, fields)), MOST):
        made = kind()
        for field, value in zip(fields, values, strict=True):
            if value is not None:
                setattr(made, field.name, value)
        yield made


async def ask_all(client: Client, height: int) -> Answers:
    """Every query at a height; a refusal is its text."""
    answers: Answers = []
    for path in sorted(QUERIES):
        if path.startswith("/akashpy.") or path in SKIPPED:
            continue
        response = next(
            method.output
            for method in wire.service_methods(path[1:].rpartition("/")[0])
            if method.path == path
        )
        for request in requests(path):
            try:
                found: Any = wire.to_json(await client.call(path, request, response, height=height))
            except (ClientError, ChainError) as error:
                found = error
            answers.append((path, request, found))
    return answers


def compare(ctx: Context, answers: Answers, report: Report) -> None:
    """Our answers beside theirs."""
    for path, request, theirs in answers:
        report.counts["queries"] += 1
        try:
            mine: Any = wire.to_json(QUERIES[path].respond(ctx, request))
        except ChainError as error:
            if not isinstance(theirs, Exception):
                report.differs(f"{path} {request}", f"refused: {error}", theirs)
            continue
        if isinstance(theirs, Exception):
            report.differs(f"{path} {request}", mine, f"refused: {theirs}")
        elif _whole(mine) != _whole(theirs):
            report.differs(f"{path} {request}", mine, theirs)


def _whole(answer: Any) -> Any:
    """An answer without its paging: keys of pages are each side's own."""
    return {name: part for name, part in answer.items() if name != "pagination"}
