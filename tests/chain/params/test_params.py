"""The chain's own parameters: presets, fixes by name, and who may change them."""

import pytest

from akashpy.chain import params
from akashpy.chain.authority import AUTHORITY
from akashpy.types.chainparams import FIXES
from akashpy.types.errors import PlainError
from akashpy.types.gov import InvalidSigner
from akashpy.wire import chain as pb
from tests.chain.conftest import Given


def test_our_preset_fixes_everything(given: Given) -> None:
    assert params.fixes(given.ctx) == frozenset(FIXES)
    assert params.settlement_denoms(given.ctx) == ("uakt", "uact")


def test_akash_has_its_defects(given_akash: Given) -> None:
    assert params.fixes(given_akash.ctx) == frozenset()
    assert params.settlement_denoms(given_akash.ctx) == ("uact",)


def update(authority: str, denoms: tuple[str, ...], fixes: tuple[str, ...]) -> pb.MsgUpdateParams:
    return pb.MsgUpdateParams(
        authority=authority, params=pb.Params(settlement_denoms=denoms, fixes=fixes)
    )


def test_governance_switches_a_fix(given: Given) -> None:
    assert params.is_fixed(given.ctx, "escrow-accruals")
    given.run(update(AUTHORITY, ("uact",), ("escrow-prefix",)))
    assert not params.is_fixed(given.ctx, "escrow-accruals")
    assert params.is_fixed(given.ctx, "escrow-prefix")
    assert params.settlement_denoms(given.ctx) == ("uact",)


def test_a_fix_nobody_declared_is_a_mistake(given: Given) -> None:
    with pytest.raises(KeyError):
        params.is_fixed(given.ctx, "no-such-fix")


def test_invalid_authority(given: Given) -> None:
    with given.rejects(InvalidSigner):
        given.run(update(given.address("me"), ("uact",), ()))


@pytest.mark.parametrize(
    ("denoms", "fixes"),
    [
        ((), ()),
        (("uact", "uact"), ()),
        (("1x",), ()),
        (("uact",), ("no-such-fix",)),
        (("uact",), ("escrow-prefix", "escrow-prefix")),
    ],
)
def test_invalid_values(given: Given, denoms: tuple[str, ...], fixes: tuple[str, ...]) -> None:
    with given.rejects(PlainError):
        given.run(update(AUTHORITY, denoms, fixes))


def test_invalid_preset() -> None:
    with pytest.raises(PlainError, match="there are: default, akash"):
        params.default_genesis("mainnet")


def test_genesis_comes_back_as_exported(given: Given) -> None:
    exported = params.export_genesis(given.ctx)
    assert exported == params.default_genesis("default")
    params.validate_genesis(exported)
