"""A chain exported amid prices and requests to mint goes on alike, to the app hash."""

from __future__ import annotations

import json

from akashpy.chain import bme, genesis, oracle
from akashpy.chain.app import App
from akashpy.state.store import Store
from akashpy.types.abci import BlockInput
from akashpy.types.address import Address
from akashpy.types.coin import Coin, Coins, DecCoins
from akashpy.types.dec import Dec
from akashpy.types.moment import timestamp
from akashpy.wire import bme as bme_pb
from akashpy.wire import oracle as pb
from tests.chain.app.conftest import (
    BLOCK,
    CHAIN_ID,
    TIME,
    VALIDATOR_KEY,
    Chain,
    drain,
    key,
)

RICH = Coins.parse("1000000000000uakt,1000000000000uact")
GAS = 1_000_000


def begun() -> Chain:
    """A chain whose vault covers its ACT and whose oracle trusts alice."""
    names = ("alice", "bob")
    accounts = [(key(name).address, RICH) for name in names]
    accounts.append((Address.of_module("bme"), Coins.parse("4000000000000uakt")))
    validator = (VALIDATOR_KEY, key("validator").address, 5_000_000_000)
    document = genesis.default("default", CHAIN_ID, TIME, accounts, validator)
    state = document["app_state"]
    state["oracle"]["params"]["sources"] = [str(key("alice").address)]
    # past headers are in no export, and make every block a change
    state["staking"]["params"]["historical_entries"] = 0
    app = App(Store.open(None, buckets=2**8), min_gas_prices=DecCoins.EMPTY, check_invariants=True)
    app.init_chain(document)
    return Chain(app, {name: key(name) for name in names})


def lived() -> Chain:
    """Prices fed, one request executed, one waiting."""
    chain = begun()
    bob = key("bob").address
    for block in range(32):
        txs = [chain.tx("alice", [price_at(chain.time + BLOCK)], gas=GAS)]
        if block in (5, 31):
            coin = Coin("uakt", 10_000_000).to_wire()
            request = bme_pb.MsgMintACT(owner=bob, to=bob, coins_to_burn=coin)
            txs.append(chain.tx("bob", [request], gas=GAS))
        assert [result.code for result in chain.block(*txs).tx_results] == [0] * len(txs)
    ctx = chain.app.query_context()
    assert (len(list(bme.EXECUTED.under(ctx))), len(list(bme.PENDING.under(ctx)))) == (1, 1)
    return chain


def price_at(moment: int) -> pb.MsgAddPriceEntry:
    return pb.MsgAddPriceEntry(
        signer=key("alice").address,
        id=pb.DataID(denom="akt", base_denom="usd"),
        price=Dec.of("1.5").wire(),
        timestamp=timestamp(moment),
    )


def test_an_export_goes_on_alike() -> None:
    chain = lived()
    exported = json.loads(json.dumps(chain.app.export()))
    genesis.validate(exported)
    copied = App(Store.open(None, buckets=2**8), check_invariants=True)
    copied.init_chain(exported)
    height = exported["initial_height"]
    for step in range(24):
        block = BlockInput(height + step, chain.time + (step + 1) * BLOCK, b"p" * 20, [])
        results = [drain(app.execute_block(block)) for app in (chain.app, copied)]
        assert results[0] == results[1]
        assert chain.app.commit() == copied.commit()
    ctx = copied.query_context()
    assert len(list(bme.EXECUTED.under(ctx))) == 2
    assert oracle.price(ctx, "akt") == Dec.of("1.5")
