"""What validators and delegators cost each block: votes, fees, inflation, and withdrawals.

A chain of 100 validators begins with so many delegations; then empty blocks with 100 votes, blocks
of reward withdrawals, and a proposal on which every delegator has voted is counted. Milliseconds or
microseconds of processor time, the best of several.
"""

import sys
from hashlib import sha256
from pathlib import Path
from tempfile import TemporaryDirectory
from time import process_time
from typing import Any

from akashpy import wire
from akashpy.chain import genesis, staking
from akashpy.chain.app import App
from akashpy.chain.gov.records import VOTES
from akashpy.chain.gov.tally import tally
from akashpy.keys.secp256k1 import PrivateKey
from akashpy.state.store import Store
from akashpy.state.tree import drained
from akashpy.tx.build import build
from akashpy.types.abci import BlockInput, BlockResult, VoteInfo
from akashpy.types.address import VALOPER, Address
from akashpy.types.coin import Coin, Coins
from akashpy.wire import crypto, distribution
from akashpy.wire import gov as gov_pb
from akashpy.wire import staking as pb

CHAIN_ID = "bench-1"
TIME = 1_700_000_000_000_000_000
VALIDATORS = 100
SIZES = (10_000, 100_000)
PEOPLE = 200
"""Accounts that withdraw; each has a delegation, the others' owners sign nothing."""
ROUNDS = 3
STAKE = 1_000_000
DONE = object()


def run(*, full: bool = False) -> list[tuple[str, float, str]]:
    """Rows of (what, figure, unit); a tenth of the delegations as well when `full`."""
    return [row for size in (SIZES if full else SIZES[1:]) for row in _measured(size)]


def _measured(delegations: int) -> list[tuple[str, float, str]]:
    keys = [PrivateKey(sha256(b"bench %d" % n).digest()) for n in range(PEOPLE)]
    name = f"{VALIDATORS} validators, {delegations:,} delegations"
    with TemporaryDirectory() as folder:
        app = App(Store.open(Path(folder) / "state"))
        app.init_chain(_document(keys, delegations))
        empty = min(_block(app, []) for _ in range(ROUNDS))
        paid = min(_block(app, _withdrawals(keys, turn)) for turn in range(ROUNDS))
        counted, longest = _tally(app, keys, delegations)
    return [
        (f"{name}: empty block with hash and commit", empty * 1e3, "ms"),
        (f"{name}: withdraw rewards, with signature", (paid - empty) * 1e6 / PEOPLE, "us"),
        (f"{name}: count {delegations:,} votes of a proposal", counted * 1e3, "ms"),
        (f"{name}: longest slice of that count", longest * 1e3, "ms"),
    ]


def _block(app: App, txs: list[bytes]) -> float:
    """Seconds of one block with every validator's vote."""
    height = app.height + 1
    powers = staking.last_validators(app.query_context())
    votes = tuple(VoteInfo(staking.consensus_address(value), power, 2) for value, power in powers)
    given = BlockInput(height, TIME + height * 6 * 10**9, votes[0].address, txs, votes)
    began = process_time()
    result: BlockResult = drained(app.execute_block(given))
    app.commit()
    took = process_time() - began
    assert not [each.log for each in result.tx_results if each.code]
    return took


def _tally(app: App, keys: list[PrivateKey], delegations: int) -> tuple[float, float]:
    """Seconds to count a vote of every delegator, in all and of its longest slice."""
    ctx = app.query_context().fork()
    proposal = gov_pb.Proposal(id=1, status=gov_pb.ProposalStatus.PROPOSAL_STATUS_VOTING_PERIOD)
    for number in range(delegations):
        voter = _delegator(keys, number)
        vote = gov_pb.Vote(proposal_id=1, voter=voter)
        vote.options.add(option=gov_pb.VoteOption.VOTE_OPTION_YES, weight="1.000000000000000000")
        VOTES.put(ctx, (1, voter.raw), vote)
    steps, slices = tally(ctx, proposal), list[float]()
    while True:
        began = process_time()
        more = next(steps, DONE) is not DONE
        slices.append(process_time() - began)
        if not more:
            return sum(slices), max(slices[1:])  # the first sorts rows that are not stored here


def _delegator(keys: list[PrivateKey], number: int) -> Address:
    if number < len(keys):
        return keys[number].address
    return Address.of(sha256(b"delegator %d" % number).digest()[:20])


def _withdrawals(keys: list[PrivateKey], sequence: int) -> list[bytes]:
    return [
        build(
            [
                distribution.MsgWithdrawDelegatorReward(
                    delegator_address=key.address, validator_address=_operator(number % VALIDATORS)
                )
            ],
            key,
            chain_id=CHAIN_ID,
            account_number=number,
            sequence=sequence,
            fee=[Coin("uakt", 5_000)],
            gas=400_000,
        )
        for number, key in enumerate(keys)
    ]


def _operator(number: int) -> Address:
    return Address.of(sha256(b"operator %d" % number).digest()[:20], prefix=VALOPER)


def _document(keys: list[PrivateKey], delegations: int) -> dict[str, Any]:
    coins, pool = Coins.parse("1000000000uakt"), Address.of_module(staking.NOT_BONDED_POOL)
    held = [(str(key.address), coins) for key in keys]
    stake = Coins.of([Coin("uakt", delegations * STAKE)])
    document = genesis.default("default", CHAIN_ID, TIME, accounts=[*held, (pool, stake)])
    state = document["app_state"]
    state["auth"]["accounts"] = state["auth"]["accounts"][: len(keys)]
    parsed = wire.from_json(pb.GenesisState, state["staking"])
    shares = str(delegations // VALIDATORS * STAKE * 10**18)
    for number in range(VALIDATORS):
        value = parsed.validators.add(
            operator_address=_operator(number),
            consensus_pubkey=wire.pack(
                crypto.Ed25519PubKey(key=sha256(b"consensus %d" % number).digest())
            ),
            status=staking.UNBONDED,
            tokens=str(delegations // VALIDATORS * STAKE),
            delegator_shares=shares,
            min_self_delegation="1",
        )
        value.unbonding_time.FromSeconds(0)
        rates = value.commission.commission_rates
        rates.rate, rates.max_rate, rates.max_change_rate = ("100000000000000000",) * 3
        value.commission.update_time.FromNanoseconds(TIME)
    for number in range(delegations):
        parsed.delegations.add(
            delegator_address=_delegator(keys, number),
            validator_address=_operator(number % VALIDATORS),
            shares=str(STAKE * 10**18),
        )
    state["staking"] = wire.to_json(parsed)
    return document


if __name__ == "__main__":
    for what, figure, unit in run(full="--full" in sys.argv):
        print(f"{what:70} {figure:10.1f} {unit}")
