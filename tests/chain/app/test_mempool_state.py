"""What CheckTx remembers between blocks, and what it forgets after one."""

import pytest

from akashpy.chain import app as composition
from tests.chain.app.conftest import Chain, start


def test_transactions_build_on_those_before(chain: Chain) -> None:
    txs = [chain.send("alice", "bob", "1uakt") for _ in range(3)]
    assert [chain.check(tx).code for tx in txs] == [0, 0, 0]
    assert chain.check(txs[1]).code == 32


def test_a_refused_transaction_leaves_no_trace(chain: Chain) -> None:
    refused = chain.send("alice", "bob", "1uakt", sequence=5)
    assert chain.check(refused).code == 32
    assert chain.check(chain.send("alice", "bob", "1uakt")).code == 0


def test_a_block_starts_the_mempool_anew(chain: Chain) -> None:
    waiting = chain.send("alice", "bob", "1uakt")
    chain.check(waiting)
    chain.block()
    assert chain.check(waiting).code == 0


def test_recheck_runs_in_order_and_drops_what_no_longer_fits(chain: Chain) -> None:
    first, second = chain.send("alice", "bob", "1uakt"), chain.send("alice", "bob", "2uakt")
    rival = chain.send("alice", "bob", "9uakt", sequence=0)
    chain.check(first)
    chain.check(second)
    chain.block(rival)
    assert [each.code for each in chain.app.recheck([first, second])] == [32, 0]


def test_a_recheck_asks_the_minimum_price_again() -> None:
    chain = start(min_gas_prices="0.025uakt")
    tx = chain.send("alice", "bob", "1uakt")
    chain.block()
    assert chain.app.recheck([tx])[0].code == 0


def test_simulation_changes_nothing_and_needs_no_signature(chain: Chain) -> None:
    from akashpy.tx.build import assemble, decode

    tx = decode(chain.send("alice", "bob", "5uakt", sequence=0, gas=0))
    unsigned = assemble(tx.body, tx.auth_info, [b""])
    used, result = chain.app.simulate(unsigned)
    assert result.code == 0
    assert used == result.gas_used > 30_000
    assert [event.type for event in result.events][-1] == "message"
    assert chain.check(chain.send("alice", "bob", "5uakt", sequence=0)).code == 0
    assert chain.balance("bob") == 10**12


def test_simulated_gas_is_enough_and_close(chain: Chain) -> None:
    from akashpy.tx.build import assemble, decode

    tx = decode(chain.send("alice", "bob", "5uakt", sequence=0))
    used = chain.app.simulate(assemble(tx.body, tx.auth_info, [b""]))[0]
    real = chain.deliver(chain.send("alice", "bob", "5uakt", sequence=0)).gas_used
    assert real <= used <= real * 1.15


def test_a_simulation_that_fails_says_why(chain: Chain) -> None:
    used, result = chain.app.simulate(chain.send("alice", "bob", "9000000000000uakt"))
    assert (result.codespace, result.code) == ("sdk", 5)
    assert result.log.startswith("failed to execute message; message index: 0: spendable")
    assert used > 0
    assert chain.app.simulate(b"\x00")[1].code == 2


def test_proposals(chain: Chain) -> None:
    assert chain.app.prepare_proposal([b"aa", b"bbb", b"c"], 5) == [b"aa", b"bbb"]
    assert chain.app.process_proposal([b"garbage"])


def test_the_oldest_known_is_forgotten_first(chain: Chain, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(composition, "KNOWN_LIMIT", 2)
    txs = [chain.send("alice", "bob", "1uakt") for _ in range(3)]
    for tx in txs:
        chain.check(tx)
    assert list(chain.app._known) == txs[1:]
    assert [result.code for result in chain.block(*txs).tx_results] == [0, 0, 0]
    assert chain.app._known == {}
