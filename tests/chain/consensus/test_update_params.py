"""Consensus parameters by governance: what is kept, told and refused."""

from typing import Any

import pytest

from akashpy.chain import consensus
from akashpy.chain.authority import AUTHORITY
from akashpy.types.errors import PlainError
from akashpy.types.gov import InvalidSigner
from akashpy.wire import consensus as pb
from tests.chain.conftest import Given


@pytest.fixture(autouse=True)
def _begun(given: Given) -> None:
    consensus.put(given.ctx, consensus.default())


def update(authority: str = AUTHORITY, **block: int) -> pb.MsgUpdateParams:
    """The default parameters with these of blocks."""
    value = consensus.default()
    made = pb.MsgUpdateParams(authority=authority, block=value.block)
    made.evidence.CopyFrom(value.evidence)
    made.validator.CopyFrom(value.validator)
    for name, number in block.items():
        setattr(made.block, name, number)
    return made


def test_replaces_and_tells(given: Given) -> None:
    given.run(update(max_gas=5))
    assert consensus.get(given.ctx).block.max_gas == 5
    assert given.events[-1].attributes == (
        ("authority", AUTHORITY),
        (
            "parameters",
            "block:<max_bytes:22020096 max_gas:5 > evidence:<max_age_num_blocks:100000 "
            "max_age_duration:<seconds:172800 > max_bytes:1048576 > "
            'validator:<pub_key_types:"ed25519" > version:<> ',
        ),
    )


def test_vote_extensions_begin_later(given: Given) -> None:
    msg = update()
    msg.abci.vote_extensions_enable_height = 50
    given.run(msg)
    assert consensus.get(given.ctx).abci.vote_extensions_enable_height == 50
    assert given.events[-1].attributes[1][1].endswith("abci:<vote_extensions_enable_height:50 > ")
    given.ctx.height = 60
    for height, text in (
        (0, "vote extensions cannot be disabled once enabled"),
        (60, "VoteExtensionsEnableHeight must be updated to a future height"),
        (70, "VoteExtensionsEnableHeight cannot be modified"),
    ):
        msg.abci.vote_extensions_enable_height = height
        with pytest.raises(PlainError, match=text):
            given.run(msg)


@pytest.mark.parametrize(
    ("block", "text"),
    [
        ({"max_bytes": 0}, "block.MaxBytes cannot be 0"),
        ({"max_bytes": -2}, "block.MaxBytes must be -1 or greater than 0. Got -2"),
        ({"max_bytes": 104857601}, "block.MaxBytes is too big. 104857601 > 104857600"),
        ({"max_gas": -2}, "block.MaxGas must be greater or equal to -1. Got -2"),
    ],
)
def test_refuses_what_cometbft_refuses(given: Given, block: dict[str, int], text: str) -> None:
    with given.rejects(PlainError, text):
        given.run(update(**block))


@pytest.mark.parametrize("name", ["block", "evidence", "validator"])
def test_all_parts_must_be_there(given: Given, name: Any) -> None:
    msg = update()
    msg.ClearField(name)
    with given.rejects(PlainError, "all parameters must be present"):
        given.run(msg)


def test_only_governance(given: Given) -> None:
    with given.rejects(InvalidSigner):
        given.run(update(given.address("me")))
