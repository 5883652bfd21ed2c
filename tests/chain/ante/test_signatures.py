"""Keys, signatures and sequences, and when a signature is not looked at again."""

import pytest

from akashpy.chain import ante, auth
from akashpy.tx.build import assemble, decode
from akashpy.types.coin import Coin
from tests.chain.app.conftest import CHAIN_ID, Chain, key


def test_the_first_signature_stores_the_key(chain: Chain) -> None:
    before = auth.require(chain.app.query_context(), key("alice").address.raw)
    chain.deliver(chain.send("alice", "bob", "1uakt"))
    after = auth.require(chain.app.query_context(), key("alice").address.raw)
    assert (before.pub_key, after.pub_key[-33:]) == (b"", key("alice").public)


def test_a_key_written_oddly_is_stored_plainly(chain: Chain) -> None:
    from akashpy.tx.sign import sign_direct
    from akashpy.wire import tx as pb

    own, tx = key("alice"), decode(chain.send("alice", "bob", "1uakt"))
    info = pb.AuthInfo.FromString(tx.auth_info)
    twice = b"\x0a\x21" + bytes(33) + b"\x0a\x21" + own.public
    info.signer_infos[0].public_key.value = twice
    data = info.SerializeToString()
    signature = sign_direct(own, tx.body, data, chain_id=CHAIN_ID, account_number=0)
    assert chain.deliver(assemble(tx.body, data, [signature])).code == 0
    stored = auth.require(chain.app.query_context(), own.address.raw).pub_key
    assert stored == decode(chain.send("alice", "bob", "1uakt")).public_keys[0].any


def test_invalid_sequence(chain: Chain) -> None:
    result = chain.check(chain.send("alice", "bob", "1uakt", sequence=3))
    assert (result.codespace, result.code) == ("sdk", 32)
    assert result.log == (
        "account sequence mismatch, expected 0, got 3: incorrect account sequence"
    )


def test_a_transaction_cannot_run_twice(chain: Chain) -> None:
    tx = chain.send("alice", "bob", "1uakt")
    assert [result.code for result in chain.block(tx, tx).tx_results] == [0, 32]
    assert chain.check(tx).code == 32


@pytest.mark.parametrize(
    "options", [{"chain_id": "other-1"}, {"account_number": 7}], ids=["chain", "number"]
)
def test_invalid_signature_for_another_chain_or_account(
    chain: Chain, options: dict[str, object]
) -> None:
    result = chain.check(chain.send("alice", "bob", "1uakt", **options))
    assert (result.codespace, result.code) == ("sdk", 4)
    assert result.log == (
        "signature verification failed; please verify account number (0) and chain-id "
        f"({CHAIN_ID}): (unable to verify single signer signature): unauthorized"
    )


def test_invalid_bytes_as_signature(chain: Chain) -> None:
    tx = decode(chain.send("alice", "bob", "1uakt"))
    for signature in (b"", b"\x01" * 64, tx.signatures[0][:63]):
        forged = assemble(tx.body, tx.auth_info, [signature])
        assert chain.check(forged).code == 4
        assert chain.execute(forged).tx_results[0].code == 4


def test_invalid_no_signature(chain: Chain) -> None:
    tx = decode(chain.send("alice", "bob", "1uakt"))
    result = chain.check(assemble(tx.body, tx.auth_info, []))
    assert (result.codespace, result.code, result.log) == ("sdk", 15, "no signatures supplied")


def test_invalid_too_many_signatures(chain: Chain) -> None:
    tx = decode(chain.send("alice", "bob", "1uakt"))
    result = chain.check(assemble(tx.body, tx.auth_info, [tx.signatures[0]] * 2))
    assert (result.codespace, result.code) == ("sdk", 4)
    assert result.log == "invalid number of signer;  expected: 1, got 2: unauthorized"


def test_invalid_key_of_someone_else(chain: Chain) -> None:
    from akashpy.tx.build import build
    from akashpy.wire import bank as pb

    msg = pb.MsgSend(from_address=key("alice").address, to_address=key("bob").address)
    msg.amount.add(denom="uakt", amount="1")
    tx = build(
        [msg], key("bob"), chain_id=CHAIN_ID, account_number=0, sequence=0,
        fee=[Coin("uakt", 1)], gas=200_000,
    )  # fmt: skip
    result = chain.check(tx)
    assert (result.codespace, result.code) == ("sdk", 8)
    assert result.log == (
        f"pubKey does not match signer address {key('alice').address} "
        "with signer index: 0: invalid pubkey"
    )


def count_verifications(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """A list that grows by one with every signature verified from now on."""
    counted: list[int] = []
    real = ante.verify_direct

    def counting(*args: object, **kwargs: object) -> bool:
        counted.append(1)
        return bool(real(*args, **kwargs))  # type: ignore[arg-type]  # passed through

    monkeypatch.setattr(ante, "verify_direct", counting)
    return counted


def test_a_checked_signature_is_not_verified_again(
    chain: Chain, monkeypatch: pytest.MonkeyPatch
) -> None:
    counted = count_verifications(monkeypatch)
    first, second = chain.send("alice", "bob", "1uakt"), chain.send("alice", "bob", "2uakt")
    chain.check(first)
    chain.check(second)
    assert len(counted) == 2
    assert [result.code for result in chain.block(first, second).tx_results] == [0, 0]
    assert len(counted) == 2


def test_an_unseen_signature_is_verified_in_the_block(
    chain: Chain, monkeypatch: pytest.MonkeyPatch
) -> None:
    counted = count_verifications(monkeypatch)
    assert chain.deliver(chain.send("alice", "bob", "1uakt")).code == 0
    assert len(counted) == 1


def test_a_proof_is_void_for_other_bytes(chain: Chain) -> None:
    tx = chain.send("alice", "bob", "1uakt")
    assert chain.check(tx).code == 0
    read = decode(tx)
    forged = assemble(read.body, read.auth_info, [b"\x01" * 64])
    assert chain.execute(forged).tx_results[0].code == 4


def test_recheck_verifies_nothing_and_keeps_the_proof(
    chain: Chain, monkeypatch: pytest.MonkeyPatch
) -> None:
    counted = count_verifications(monkeypatch)
    tx = chain.send("alice", "bob", "1uakt")
    chain.check(tx)
    chain.block()
    assert [each.code for each in chain.app.recheck([tx])] == [0]
    assert chain.deliver(tx).code == 0
    assert len(counted) == 1
