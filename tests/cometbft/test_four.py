"""Four validators, and more that join: lost machines, votes, powers, absence, equal app hashes.

All tests here share the four, and the fifth that joins them; each works alone, too.
"""

from __future__ import annotations

import json
import shutil
from base64 import b64decode
from collections.abc import Callable
from typing import Any
from urllib.request import urlopen

import grpc
import pytest

from akashpy import wire
from akashpy.chain.authority import AUTHORITY
from akashpy.node.comet import merkle, times
from akashpy.node.comet.block import PART_SIZE
from akashpy.types.address import VALCONS, VALOPER, Address
from akashpy.types.coin import Coin, Coins
from akashpy.wire import cmtservice, crypto, gov, slashing, staking
from tests.cometbft.net import (
    ANSWER_S,
    STAKE,
    VALIDATORS,
    Account,
    Net,
    Peer,
    RpcError,
    command,
    deliver,
    landing,
    offer,
    sequence_at,
    state_sync,
    until,
)
from tests.nodes import key_of

BLOCKS = 200
"""Blocks under load while one validator is killed again and again."""
KILLS = 6
"""How often at least; more blocks are made where a slow machine needs them."""
BURST = 3
"""Payments that each of three senders offers a block."""
JAIL_S = 20
"""Seconds that a jailed validator has to wait once a proposal has said so."""
DOWN = 4
"""Blocks that the killed one misses before it is started again."""
SNAPSHOTS = ("--snapshot-interval", "20", "--snapshot-keep", "1000")
"""None is dropped, however long one takes to be fetched."""


@pytest.fixture(scope="module")
def fifth(four: Net) -> Peer:
    """A node that joins by block sync, is no validator, and keeps snapshots."""
    height = four.peers[0].height()
    found = four.joiner("fifth", *SNAPSHOTS, "--rest-port", "0")
    found.start()
    found.reach(height)
    until(lambda: not found.ask("status")["sync_info"]["catching_up"], "the fifth has caught up")
    return found


def operator(place: int) -> str:
    """The operator's address as a validator."""
    return str(Address.of(key_of(f"operator{place}").address.raw, prefix=VALOPER))


def validator(peer: Peer, place: int) -> staking.Validator:
    """What staking says of a validator."""
    asked = staking.QueryValidatorRequest(validator_addr=operator(place))
    path = "/cosmos.staking.v1beta1.Query/Validator"
    found: staking.Validator = peer.query(path, asked, staking.QueryValidatorResponse).validator
    return found


def signing(peer: Peer, consensus: str) -> slashing.ValidatorSigningInfo:
    """What slashing says of the validator with this consensus address."""
    address = str(Address.of(bytes.fromhex(consensus), prefix=VALCONS))
    asked = slashing.QuerySigningInfoRequest(cons_address=address)
    path = "/cosmos.slashing.v1beta1.Query/SigningInfo"
    found = peer.query(path, asked, slashing.QuerySigningInfoResponse)
    info: slashing.ValidatorSigningInfo = found.val_signing_info
    return info


def chain_time(peer: Peer) -> int:
    """The time of the newest block, in unix nanoseconds."""
    return times.parse(peer.ask("status")["sync_info"]["latest_block_time"])


def test_transactions_go_through_any_of_them(four: Net) -> None:
    alice = four.accounts["alice"]
    heights = [int(deliver(peer, alice.pay("bob"))["height"]) for peer in four.peers[:4]]
    for peer in four.peers[:4]:
        peer.reach(max(heights) + 1)
    four.require_same()


def test_a_proposal_changes_a_parameter(four: Net) -> None:
    peer = four.peers[1]
    asked = slashing.QueryParamsRequest()
    path = "/cosmos.slashing.v1beta1.Query/Params"
    params = peer.query(path, asked, slashing.QueryParamsResponse).params
    params.downtime_jail_duration.FromSeconds(JAIL_S)  # a genesis may not have less than a minute
    submit = gov.MsgSubmitProposal(
        messages=[wire.pack(slashing.MsgUpdateParams(authority=AUTHORITY, params=params))],
        initial_deposit=Coins.parse("20000000uakt").to_wire(),
        proposer=four.accounts["alice"].address,
        title="A shorter time in jail",
        summary="What a test can wait for",
    )
    # one after the other to the same node, which keeps their order: a vote lasts a few seconds
    offered = [offer(peer, four.accounts["alice"].sign(submit))]
    for place in range(3):
        voter = four.accounts[f"operator{place}"]
        yes = gov.VoteOption.VOTE_OPTION_YES
        vote = gov.MsgVote(proposal_id=1, voter=voter.address, option=yes)
        offered.append(offer(peer, voter.sign(vote)))
    for hash in offered:
        result = landing(peer, hash)["tx_result"]
        assert not result.get("code"), result

    def changed() -> bool:
        found = four.peers[2].query(path, asked, slashing.QueryParamsResponse).params
        return bool(found.downtime_jail_duration.ToSeconds() == JAIL_S)

    until(changed, "the parameter")
    four.require_same()


def test_one_is_killed_again_and_again_under_load(four: Net) -> None:
    victim, others = four.peers[3], four.peers[:3]
    senders = [four.accounts[name] for name in ("bob", "carol", "dave")]
    start = height = others[0].height()
    kills = 0
    down_at: int | None = None
    while height < start + BLOCKS or kills < KILLS:
        for peer, sender in zip(others, senders, strict=True):
            for _ in range(BURST):
                offer(peer, sender.pay("alice"))
        if victim.process is None:
            if down_at is not None and height >= down_at + DOWN:
                victim.launch()
        else:
            assert victim.process.poll() is None, victim.told()
            if height >= start + 25 * kills + 5 and victim.height() >= height - 1:
                victim.kill()
                kills, down_at = kills + 1, height
        height = others[0].reach(height + 1)
    if victim.process is None:
        victim.launch()
    for peer in four.peers[:4]:
        peer.reach(height + 3)
    assert four.require_same(four.peers[:4]) >= start + BLOCKS
    for sender in senders:
        until(
            lambda: sequence_at(victim, sender) == sender.sequence,  # noqa: B023  # asked at once
            f"all {sender.sequence} of {sender.name} have landed, as {victim.home.name} knows",
        )
    assert not validator(victim, 3).jailed


def test_one_takes_blocks_back_and_is_sent_them_again(four: Net) -> None:
    peer = four.peers[3]
    peer.reach(4)
    peer.stop()
    heights = [rolled_back(peer, "--hard") for _ in range(3)]
    assert heights == [heights[0], heights[0] - 1, heights[0] - 2]
    peer.start()
    peer.reach(heights[0] + 3)
    four.require_same(four.peers[:4])


def rolled_back(peer: Peer, *words: str) -> int:
    """Take the newest block of a stopped node back; the height of its state then."""
    told = command(peer.home, "rollback", "--cometbft", peer.program, *words)
    found = told.split("height ")[1].split()[0]
    return int(found)


def test_a_fifth_joins_by_block_sync(four: Net, fifth: Peer) -> None:
    assert int(fifth.ask("status")["sync_info"]["earliest_block_height"]) == 1
    four.require_same([*four.peers[:4], fifth])


def test_a_sixth_joins_by_state_sync(four: Net, fifth: Peer) -> None:
    sixth = four.joiner("sixth")
    state_sync(sixth, of=fifth, other=four.peers[0])
    sixth.start()
    try:
        sixth.reach(fifth.height() + 2)
        first = int(sixth.ask("status")["sync_info"]["earliest_block_height"])
        assert first > 1
        four.require_same([fifth, sixth], first)
        deliver(sixth, four.accounts["dave"].pay("bob"))
    finally:
        sixth.kill()


def test_a_silent_one_is_jailed_and_comes_back(four: Net) -> None:
    silent, honest = four.peers[3], four.peers[0]
    address, account = silent.consensus, four.accounts["operator3"]
    until(lambda: address in honest.powers(), "it is a validator")
    silent.kill()
    until(lambda: address not in honest.powers(), "the silent one is out")
    assert validator(honest, 3).jailed
    unjail = slashing.MsgUnjail(validator_addr=operator(3))
    early = landing(honest, offer(honest, account.sign(unjail)))["tx_result"]
    assert "validator still jailed" in early["log"], early
    silent.start()
    silent.reach(honest.height())
    free = signing(honest, address).jailed_until.ToNanoseconds()
    until(lambda: chain_time(silent) > free, "its time in jail is over")
    deliver(silent, account.sign(unjail))
    until(lambda: address in honest.powers(), "the silent one is back")
    four.require_same(four.peers[:4])


def test_one_with_more_delegated_enters_the_set(four: Net, fifth: Peer) -> None:
    carol = four.accounts["carol"]
    key = json.loads((fifth.home / "config/priv_validator_key.json").read_text())
    create = staking.MsgCreateValidator(
        description=staking.Description(moniker="fifth"),
        commission=staking.CommissionRates(
            rate="100000000000000000",
            max_rate="200000000000000000",
            max_change_rate="10000000000000000",
        ),
        min_self_delegation="1",
        validator_address=Address.of(key_of("carol").address.raw, prefix=VALOPER),
        pubkey=wire.pack(crypto.Ed25519PubKey(key=b64decode(key["pub_key"]["value"]))),
        value=Coin("uakt", 1_000_000).to_wire(),
    )
    landed = deliver(four.peers[0], carol.sign(create))
    four.peers[0].reach(int(landed["height"]) + 3)
    before = four.peers[0].powers()
    assert len(before) == VALIDATORS
    assert fifth.consensus not in before  # there is no room for the weakest
    delegate = staking.MsgDelegate(
        delegator_address=carol.address,
        validator_address=create.validator_address,
        amount=Coin("uakt", STAKE).to_wire(),
    )
    deliver(four.peers[0], carol.sign(delegate))
    until(lambda: fifth.consensus in four.peers[0].powers(), "the fifth is a validator")
    after = until(four.peers[0].powers, "powers")
    assert len(after) == VALIDATORS
    assert set(before) - set(after) == {four.peers[3].consensus}
    four.require_same([*four.peers[:4], fifth])


def test_one_that_signs_twice_is_slashed_for_ever(four: Net, fifth: Peer) -> None:
    liar, honest = four.peers[2], four.peers[0]
    address = liar.consensus
    before = int(validator(honest, 2).tokens)
    first = honest.height()
    twin = four.joiner("twin")
    shutil.copy(liar.home / "config/priv_validator_key.json", twin.home / "config")
    config = twin.home / "config/config.toml"
    config.write_text(config.read_text().replace("[mempool]\n", "[mempool]\nbroadcast = false\n"))
    twin.start()
    try:
        # what only the twin knows of makes its proposals differ from the liar's
        until(differing(twin, four.accounts["erin"], lambda: address not in honest.powers()),
              "the liar is out")  # fmt: skip
    finally:
        twin.kill()
    found = validator(honest, 2)
    assert found.jailed
    assert int(found.tokens) == before - before * 5 // 100
    assert signing(honest, address).tombstoned
    four.require_same([four.peers[0], four.peers[1], fifth])
    require_evidence_shown(fifth, first, address)


def differing(twin: Peer, sender: Account, done: Callable[[], bool]) -> Callable[[], bool]:
    """`done`, with another payment for the twin alone whenever it has a new block."""
    seen = 0

    def check() -> bool:
        nonlocal seen
        height = twin.height()
        if height > seen:
            seen = height
            raw = sender.pay("bob")
            try:
                taken = twin.ask("broadcast_tx_sync", tx=f"0x{raw.hex()}")["code"] == 0
            except (OSError, RpcError):
                taken = False
            sender.sequence -= not taken
        return done()

    return check


def require_evidence_shown(peer: Peer, first: int, address: str) -> None:
    """gRPC and REST show the block that proves the double signing as CometBFT has it."""

    def proving(height: int) -> Any:
        found = peer.ask("block", height=height)
        return found if found["block"]["evidence"]["evidence"] else None

    last = peer.height()
    found = next(filter(None, map(proving, range(first, last + 1))))
    height = int(found["block"]["header"]["height"])
    told = found["block"]["evidence"]["evidence"][0]["value"]

    until(lambda: followed(peer, height), "the block is read from CometBFT")
    with grpc.insecure_channel(peer.ready["grpc"]) as channel:
        ask = channel.unary_unary(
            "/cosmos.base.tendermint.v1beta1.Service/GetBlockByHeight",
            request_serializer=lambda request: request.SerializeToString(),
            response_deserializer=cmtservice.GetBlockByHeightResponse.FromString,
        )
        shown = ask(cmtservice.GetBlockByHeightRequest(height=height), timeout=ANSWER_S)
    (proof,) = shown.block.evidence.evidence
    votes = (proof.duplicate_vote_evidence.vote_a, proof.duplicate_vote_evidence.vote_b)
    for vote, name in zip(votes, ("vote_a", "vote_b"), strict=True):
        assert vote.validator_address.hex().upper() == address
        assert vote.signature == b64decode(told[name]["signature"])
        assert vote.block_id.hash.hex().upper() == told[name]["block_id"]["hash"]
    assert shown.sdk_block.evidence == shown.block.evidence
    # CometBFT votes for the hash over the whole encoded block: ours is the same to the byte
    encoded = shown.block.SerializeToString()
    parts = [encoded[at : at + PART_SIZE] for at in range(0, len(encoded), PART_SIZE)]
    assert merkle.root(parts).hex().upper() == found["block_id"]["parts"]["hash"]
    page = f"{peer.ready['rest']}/cosmos/base/tendermint/v1beta1/blocks/{height}"
    with urlopen(page, timeout=ANSWER_S) as response:
        (item,) = json.load(response)["block"]["evidence"]["evidence"]
    shown_vote = item["duplicate_vote_evidence"]["vote_a"]
    assert shown_vote["signature"] == told["vote_a"]["signature"]


def followed(peer: Peer, height: int) -> bool:
    """Whether our servers have read the block from CometBFT."""
    page = f"{peer.ready['rest']}/cosmos/base/tendermint/v1beta1/blocks/latest"
    with urlopen(page, timeout=ANSWER_S) as response:
        return int(json.load(response)["block"]["header"]["height"]) >= height
