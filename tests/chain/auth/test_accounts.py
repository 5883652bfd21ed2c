"""Accounts: numbers, storage, parameters, genesis."""

import pytest

from akashpy import wire
from akashpy.chain import auth
from akashpy.types.address import Address
from akashpy.types.errors import InvalidRequest, PlainError, UnknownAddress
from akashpy.wire import auth as pb
from tests.chain.conftest import Given


def test_numbers_are_given_once_in_order(given: Given) -> None:
    first = auth.ensure_account(given.ctx, b"a" * 20)
    second = auth.ensure_account(given.ctx, b"b" * 20)
    assert second.number == first.number + 1
    assert auth.ensure_account(given.ctx, b"a" * 20) == first
    given.holds()


def test_an_account_is_an_any_of_base_account(given: Given) -> None:
    made = auth.ensure_account(given.ctx, b"a" * 20)
    from google.protobuf.any_pb2 import Any

    row = given.rows()[b"acc/\x01" + b"a" * 20]
    packed = Any.FromString(row)
    assert packed.type_url == "/cosmos.auth.v1beta1.BaseAccount"
    stored = pb.BaseAccount.FromString(packed.value)
    assert (stored.address, stored.account_number) == (Address.of(b"a" * 20), made.number)


def test_a_decoded_row_equals_what_was_stored(given: Given) -> None:
    module = auth.module_account(given.ctx, "gov")
    auth._parsed.clear()
    assert auth.account(given.ctx, module.address) == module
    shown = auth.to_wire(module)
    assert isinstance(shown, pb.ModuleAccount)
    assert (shown.name, list(shown.permissions)) == ("gov", ["burner"])


def test_unknown_account(given: Given) -> None:
    with given.rejects(UnknownAddress):
        auth.require(given.ctx, b"z" * 20)


def test_the_first_module_account_is_the_fee_collector(given: Given) -> None:
    assert auth.account(given.ctx, auth.MODULE_ADDRESSES["fee_collector"]) is not None


def test_a_nonce_counts_once(given: Given) -> None:
    auth.use_nonce(given.ctx, b"a" * 20, given.ctx.time + 1)
    auth.use_nonce(given.ctx, b"b" * 20, given.ctx.time + 1)
    with given.rejects(InvalidRequest):
        auth.use_nonce(given.ctx, b"a" * 20, given.ctx.time + 1)


def params(**changes: int) -> pb.Params:
    value = wire.from_json(pb.GenesisState, auth.default_genesis("default")).params
    for name, number in changes.items():
        setattr(value, name, number)
    return value


def test_governance_changes_parameters(given: Given) -> None:
    given.run(pb.MsgUpdateParams(authority=auth.AUTHORITY, params=params(tx_sig_limit=3)))
    assert auth.params(given.ctx).tx_sig_limit == 3


def test_invalid_authority(given: Given) -> None:
    own = given.address("me")
    with given.rejects(
        PlainError,
        "expected gov account as only signer for proposal message; invalid authority; "
        f"expected {auth.AUTHORITY}, got {own}",
    ):
        given.run(pb.MsgUpdateParams(authority=own, params=params()))


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("tx_sig_limit", "invalid tx signature limit: 0"),
        ("sig_verify_cost_ed25519", "invalid ED25519 signature verification cost: 0"),
        ("sig_verify_cost_secp256k1", "invalid SECK256k1 signature verification cost: 0"),
        ("max_memo_characters", "invalid max memo characters: 0"),
        ("tx_size_cost_per_byte", "invalid tx size cost per byte: 0"),
    ],
)
def test_invalid_parameters(given: Given, name: str, text: str) -> None:
    msg = pb.MsgUpdateParams(authority=auth.AUTHORITY, params=params(**{name: 0}))
    with given.rejects(PlainError, text):
        given.run(msg)


def base(address: bytes, number: int) -> dict[str, object]:
    return {
        "@type": "/cosmos.auth.v1beta1.BaseAccount",
        "address": Address.of(address),
        "pub_key": None,
        "account_number": str(number),
        "sequence": "0",
    }


def test_doubled_numbers_become_the_lowest_free(given: Given) -> None:
    state = auth.default_genesis("default")
    names = [b"a" * 20, b"b" * 20, b"c" * 20]
    state["accounts"] = [base(name, number) for name, number in zip(names, (0, 0, 2))]
    auth.validate_genesis(state)
    fresh = Given()
    from akashpy.state.context import Context

    ctx = Context.scratch(bus=fresh.router)
    auth.init_genesis(ctx, state)
    assert [auth.require(ctx, name).number for name in names] == [0, 1, 2]
    assert auth.module_account(ctx, "fee_collector").number == 3


def test_invalid_genesis_accounts() -> None:
    state = auth.default_genesis("default")
    state["accounts"] = [base(b"a" * 20, 0), base(b"a" * 20, 1)]
    with pytest.raises(PlainError, match="duplicate account found in genesis state"):
        auth.validate_genesis(state)
    state["accounts"] = [{"@type": "/cosmos.auth.v1beta1.MsgUpdateParams"}]
    with pytest.raises(PlainError, match="is not supported"):
        auth.validate_genesis(state)
    module = {
        "@type": "/cosmos.auth.v1beta1.ModuleAccount",
        "base_account": {"address": Address.of(b"a" * 20)},
        "name": "escrow",
    }
    state["accounts"] = [module]
    with pytest.raises(PlainError, match="cannot be derived from the module name"):
        auth.validate_genesis(state)


@pytest.mark.parametrize("number", [0, 1, 127, 128, 300, 2**63])
@pytest.mark.parametrize("sequence", [0, 5, 16_384])
@pytest.mark.parametrize("pub_key", [b"", b"\x0a\x02/x\x12\x01k" * 30])
def test_rows_are_what_protobuf_writes(number: int, sequence: int, pub_key: bytes) -> None:
    from google.protobuf.any_pb2 import Any

    base_account = pb.BaseAccount(
        address=Address.of(b"a" * 20), account_number=number, sequence=sequence
    )
    if pub_key:
        base_account.pub_key.ParseFromString(pub_key)
        pub_key = base_account.pub_key.SerializeToString(deterministic=True)
    plain = auth.Account(b"a" * 20, number, sequence, pub_key)
    assert auth._encode(plain) == wire.pack(base_account).SerializeToString(deterministic=True)
    named = plain._replace(name="bme", permissions=("burner", "minter"))
    module = pb.ModuleAccount(
        base_account=base_account, name="bme", permissions=("burner", "minter")
    )
    row = auth._encode(named)
    assert row == wire.pack(module).SerializeToString(deterministic=True)
    assert Any.FromString(row).type_url == "/cosmos.auth.v1beta1.ModuleAccount"
