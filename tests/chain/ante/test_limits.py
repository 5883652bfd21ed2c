"""Size, memo, gas, time: what a transaction may ask for."""

import pytest

from akashpy.tx.build import Signer, assemble, auth_info, decode
from akashpy.tx.sign import sign_direct
from akashpy.types.coin import Coin
from akashpy.wire import bank as bank_pb
from akashpy.wire import tx as tx_pb
from akashpy.wire import wasm as wasm_pb
from tests.chain.app.conftest import BLOCK, TIME, Chain, key


def test_a_memo_of_256_bytes_passes_and_of_257_does_not(chain: Chain) -> None:
    assert chain.check(chain.send("alice", "bob", "1uakt", memo="m" * 256)).code == 0
    result = chain.check(chain.send("bob", "alice", "1uakt", memo="é" * 128 + "m"))
    assert (result.codespace, result.code) == ("sdk", 12)
    assert result.log == (
        "maximum number of characters is 256 but received 257 characters: memo too large"
    )


def test_invalid_timeout_height(chain: Chain) -> None:
    tx = chain.send("alice", "bob", "1uakt", timeout_height=2)
    assert chain.check(tx).code == 0
    chain.block()
    chain.block()
    result = chain.deliver(tx)
    assert (result.codespace, result.code) == ("sdk", 30)
    assert result.log == "block height: 3, timeout height: 2: tx timeout height"


def test_a_timeout_at_this_height_passes(chain: Chain) -> None:
    assert chain.deliver(chain.send("alice", "bob", "1uakt", timeout_height=1)).code == 0


def test_out_of_gas_by_size(chain: Chain) -> None:
    tx = chain.send("alice", "bob", "1uakt", gas=1000)
    result = chain.check(tx)
    assert (result.codespace, result.code) == ("sdk", 11)
    assert result.log.startswith("out of gas in location: ")
    assert result.log.endswith(": out of gas")
    assert f"gasWanted: 1000, gasUsed: {result.gas_used}" in result.log


def test_out_of_gas_in_a_message_keeps_the_fee(chain: Chain) -> None:
    enough = chain.app.simulate(chain.send("alice", "bob", "1uakt", sequence=0))[0]
    before = chain.balance("bob")
    result = chain.deliver(chain.send("alice", "bob", "1uakt", gas=enough - 10_000))
    assert (result.codespace, result.code) == ("sdk", 11)
    assert not result.log.startswith("failed to execute")
    assert result.gas_wanted == enough - 10_000
    assert chain.balance("bob") == before
    assert chain.balance("alice") == 10**12 - 5_000


def test_invalid_zero_gas(chain: Chain) -> None:
    result = chain.check(chain.send("alice", "bob", "1uakt", gas=0))
    # the meter of a transaction without gas is empty before the fee is looked at
    assert (result.codespace, result.code) == ("sdk", 11)


def test_invalid_gas_above_the_sdk_limit(chain: Chain) -> None:
    result = chain.check(chain.send("alice", "bob", "1uakt", gas=2**63))
    assert (result.codespace, result.code) == ("sdk", 18)
    assert result.log == (
        "invalid gas supplied; 9223372036854775808 > 9223372036854775807: invalid request"
    )


def test_invalid_no_message(chain: Chain) -> None:
    result = chain.check(chain.tx("alice", []))
    assert (result.codespace, result.code) == ("sdk", 18)
    assert result.log == "must contain at least one message: invalid request"


def test_invalid_message_of_a_later_module(chain: Chain) -> None:
    msg = wasm_pb.MsgUpdateParams(authority=key("alice").address)
    result = chain.deliver(chain.tx("alice", [msg]))
    assert (result.codespace, result.code) == ("sdk", 6)
    assert result.log == ("no message handler found for *types.MsgUpdateParams: unknown request")
    assert result.events == ()


@pytest.mark.parametrize("raw", [b"", b"\x00\x01\x02", b"\x0a\x02\x08\x01"])
def test_invalid_garbage(chain: Chain, raw: bytes) -> None:
    checked, delivered = chain.check(raw), chain.execute(raw).tx_results[0]
    assert (checked.codespace, checked.code) == ("sdk", 2) or raw == b""
    assert (delivered.codespace, delivered.code) in {("sdk", 2), ("sdk", 18)}


def test_garbage_is_refused_as_a_real_node_refuses_it(chain: Chain) -> None:
    assert chain.check(b"\x00\x01\x02").log == (
        "invalid length; proto: invalid field number: tx parse error: tx parse error"
    )
    assert chain.execute(b"\x00\x01\x02").tx_results[0].log == "tx parse error"


def unordered(chain: Chain, timeout: int, *, sequence: int = 0, amount: int = 1) -> bytes:
    """Alice's unordered send that must land before `timeout` (unix ns)."""
    alice = key("alice")
    msg = bank_pb.MsgSend(from_address=alice.address, to_address=key("bob").address)
    msg.amount.add(denom="uakt", amount=str(amount))
    content = tx_pb.TxBody(unordered=True)
    content.messages.add().Pack(msg, type_url_prefix="/")
    content.messages[0].type_url = "/cosmos.bank.v1beta1.MsgSend"
    if timeout:
        content.timeout_timestamp.FromNanoseconds(timeout)
    data = content.SerializeToString(deterministic=True)
    info = auth_info([Signer(alice.public, sequence)], fee=[Coin("uakt", 1)], gas=200_000)
    signature = sign_direct(alice, data, info, chain_id="test-1", account_number=0)
    return assemble(data, info, [signature])


def test_unordered_transactions_leave_the_sequence_alone(chain: Chain) -> None:
    later = TIME + 300 * BLOCK
    result = chain.block(unordered(chain, later), unordered(chain, later + 1)).tx_results
    assert [each.code for each in result] == [0, 0]
    assert not any(event.value("acc_seq") for each in result for event in each.events)
    assert chain.deliver(chain.send("alice", "bob", "1uakt", sequence=0)).code == 0


def test_invalid_unordered_timeout_used_twice(chain: Chain) -> None:
    later = TIME + 300 * BLOCK
    assert chain.deliver(unordered(chain, later)).code == 0
    result = chain.deliver(unordered(chain, later, amount=2))
    assert (result.codespace, result.code) == ("sdk", 18)
    assert result.log == (
        f"failed to add unordered nonce: sender {key('alice').address} has already used "
        f"timeout {later}: invalid request"
    )


def test_a_nonce_is_forgotten_after_its_time(chain: Chain) -> None:
    from akashpy.chain import auth

    later = TIME + 2 * BLOCK
    assert chain.deliver(unordered(chain, later)).code == 0
    assert len(list(auth.NONCES.under(chain.app.query_context()))) == 1
    chain.block()
    chain.block()
    assert list(auth.NONCES.under(chain.app.query_context())) == []


@pytest.mark.parametrize(
    ("timeout", "text"),
    [
        (0, "unordered transaction must have timeout_timestamp set: invalid request"),
        (TIME + 1000 * BLOCK, "unordered tx ttl exceeds 10m0s: invalid request"),
    ],
)
def test_invalid_unordered_timeouts(chain: Chain, timeout: int, text: str) -> None:
    result = chain.check(unordered(chain, timeout))
    assert (result.code, result.log) == (18, text)


def test_invalid_timeout_in_the_past(chain: Chain) -> None:
    result = chain.deliver(unordered(chain, TIME - BLOCK // 2))
    assert (result.codespace, result.code) == ("sdk", 42)
    assert result.log == (
        "block time: 2023-11-14 22:13:21 +0000 UTC, "
        "timeout timestamp: 2023-11-14 22:13:19.5 +0000 UTC: tx timeout"
    )


def test_invalid_message_without_a_signer(chain: Chain) -> None:
    result = chain.deliver(chain.tx("alice", [bank_pb.MsgMultiSend()]))
    assert (result.codespace, result.code) == ("sdk", 4)
    assert chain.balance("alice") == 10**12


def test_invalid_unordered_with_a_sequence(chain: Chain) -> None:
    result = chain.check(unordered(chain, TIME + 9 * BLOCK, sequence=4))
    assert result.log == "sequence is not allowed for unordered transactions: invalid request"


def test_reading_keeps_every_field(chain: Chain) -> None:
    tx = decode(unordered(chain, TIME + BLOCK))
    assert (tx.unordered, tx.timeout_timestamp) == (True, TIME + BLOCK)
