"""Four validators, and more that join: lost machines, votes, powers, absence, equal app hashes."""

from __future__ import annotations

import json
import shutil
import time
from base64 import b64decode
from pathlib import Path

from akashpy import wire
from akashpy.chain.authority import AUTHORITY
from akashpy.types.address import VALCONS, VALOPER, Address
from akashpy.types.coin import Coin, Coins
from akashpy.wire import crypto, gov, slashing, staking
from tests.cometbft.net import STAKE, VALIDATORS, Net, Peer, deliver, offer, until
from tests.nodes import key_of

BLOCKS = 200
"""Blocks under load while one validator is killed again and again."""
BURST = 3
"""Payments that each of three senders offers a block."""
SYNC_INTERVAL = 40
"""Blocks between two snapshots, of which two are kept: long enough for one to be fetched whole."""


def operator(place: int) -> str:
    """The operator's address as a validator."""
    return str(Address.of(key_of(f"operator{place}").address.raw, prefix=VALOPER))


def validator(peer: Peer, place: int) -> staking.Validator:
    """What staking says of a validator."""
    asked = staking.QueryValidatorRequest(validator_addr=operator(place))
    path = "/cosmos.staking.v1beta1.Query/Validator"
    found: staking.Validator = peer.query(path, asked, staking.QueryValidatorResponse).validator
    return found


def test_transactions_go_through_any_of_them(four: Net) -> None:
    alice = four.accounts["alice"]
    heights = [int(deliver(peer, alice.pay("bob"))["height"]) for peer in four.peers]
    for peer in four.peers:
        peer.reach(max(heights) + 1)
    four.require_same()


def test_a_proposal_changes_a_parameter(four: Net) -> None:
    peer = four.peers[1]
    asked = staking.QueryParamsRequest()
    path = "/cosmos.staking.v1beta1.Query/Params"
    params = peer.query(path, asked, staking.QueryParamsResponse).params
    params.max_entries = 5
    submit = gov.MsgSubmitProposal(
        messages=[wire.pack(staking.MsgUpdateParams(authority=AUTHORITY, params=params))],
        initial_deposit=Coins.parse("20000000uakt").to_wire(),
        proposer=four.accounts["alice"].address,
        title="More entries",
        summary="Five unbondings at once",
    )
    deliver(peer, four.accounts["alice"].sign(submit))
    for place in range(3):
        voter = four.accounts[f"operator{place}"]
        yes = gov.VoteOption.VOTE_OPTION_YES
        deliver(
            four.peers[place],
            voter.sign(gov.MsgVote(proposal_id=1, voter=voter.address, option=yes)),
        )

    def changed() -> bool:
        found = four.peers[2].query(path, asked, staking.QueryParamsResponse).params
        return bool(found.max_entries == 5)

    until(changed, "the parameter")
    four.require_same()


def test_one_is_killed_again_and_again_under_load(four: Net) -> None:
    victim, others = four.peers[3], four.peers[:3]
    senders = [four.accounts[name] for name in ("bob", "carol", "dave")]
    start = height = others[0].height()
    kills = sent = 0
    down_at: int | None = None
    while height < start + BLOCKS:
        for peer, sender in zip(others, senders, strict=True):
            for _ in range(BURST):
                offer(peer, sender.pay("alice"))
                sent += 1
        due = height >= start + 25 * kills + 5
        if victim.process is not None and due and victim.height() >= height - 1:
            victim.kill()
            kills, down_at = kills + 1, height
        elif down_at is not None and height >= down_at + 4:
            victim.start()
            down_at = None
        others[0].reach(height + 1)
        height = others[0].height()
    if victim.process is None:
        victim.start()
    for peer in four.peers:
        peer.reach(start + BLOCKS + 3)
    assert kills >= 6
    assert four.require_same() >= start + BLOCKS
    spent = [four.peers[3].ask("tx_search", query=f"\"transfer.sender='{each.address}'\"")
             for each in senders]  # fmt: skip
    assert sum(int(each["total_count"]) for each in spent) >= sent


def test_a_fifth_joins_by_block_sync(four: Net) -> None:
    height = four.peers[0].height()
    fifth = four.joiner("fifth", "--snapshot-interval", str(SYNC_INTERVAL))
    fifth.start()
    fifth.reach(height, 90)
    until(lambda: not fifth.ask("status")["sync_info"]["catching_up"], "the fifth has caught up")
    four.require_same()


def test_a_sixth_joins_by_state_sync(four: Net) -> None:
    fifth = four.peers[4]
    taken = fifth.home / "data/snapshots"
    until(lambda: list(taken.glob("*/manifest")), "a snapshot")
    fifth.reach(max(int(each.parent.name) for each in taken.glob("*/manifest")) + 3)
    sixth = four.joiner("sixth")
    trusted = fifth.height() - 15
    block = fifth.ask("commit", height=trusted)["signed_header"]["commit"]["block_id"]["hash"]
    path = sixth.home / "config/config.toml"
    path.write_text(
        path.read_text()
        + f'\n[statesync]\nenable = true\nrpc_servers = "{fifth.rpc},{four.peers[0].rpc}"\n'
        f'trust_height = {trusted}\ntrust_hash = "{block}"\ntrust_period = "24h"\n'
        'discovery_time = "5s"\nchunk_request_timeout = "10s"\n'
    )
    sixth.start()
    sixth.reach(fifth.height() + 2, 90)
    assert int(sixth.ask("status")["sync_info"]["earliest_block_height"]) > 1
    first = int(sixth.ask("status")["sync_info"]["earliest_block_height"])
    four.require_same([fifth, sixth], first)
    deliver(sixth, four.accounts["dave"].pay("bob"))


def test_a_silent_one_is_jailed_and_comes_back(four: Net) -> None:
    silent = four.peers[3]
    address = silent.consensus
    assert address in four.peers[0].powers()
    silent.kill()
    until(lambda: address not in four.peers[0].powers(), "the silent one is out", 90)
    assert validator(four.peers[0], 3).jailed
    silent.start()
    silent.reach(four.peers[0].height())
    account = four.accounts["operator3"]
    unjail = slashing.MsgUnjail(validator_addr=operator(3))
    jailed = time.monotonic()
    raw = account.sign(unjail)
    found = silent.ask("broadcast_tx_sync", tx=f"0x{raw.hex()}")
    assert time.monotonic() - jailed < 60
    assert not found["code"]
    landed = until(lambda: silent.ask("tx", hash=f"0x{found['hash']}"), "the answer")
    assert "validator still jailed" in landed["tx_result"]["log"], landed
    time_up = jailed + 62
    until(lambda: time.monotonic() > time_up, "a minute in jail", 90)
    deliver(silent, account.sign(unjail))
    until(lambda: address in four.peers[0].powers(), "the silent one is back")
    four.require_same(four.peers[:4])


def test_one_with_more_delegated_enters_the_set(four: Net) -> None:
    newcomer, carol = four.peers[4], four.accounts["carol"]
    key = json.loads((newcomer.home / "config/priv_validator_key.json").read_text())
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
    assert newcomer.consensus not in before  # there is no room for the weakest
    delegate = staking.MsgDelegate(
        delegator_address=carol.address,
        validator_address=create.validator_address,
        amount=Coin("uakt", 2 * STAKE).to_wire(),
    )
    deliver(four.peers[0], carol.sign(delegate))
    until(lambda: newcomer.consensus in four.peers[0].powers(), "the fifth is a validator")
    after = until(four.peers[0].powers, "powers")
    assert len(after) == VALIDATORS
    assert set(before) - set(after) == {four.peers[3].consensus}
    four.require_same(four.peers[:5])


def test_one_that_signs_twice_is_slashed_for_ever(four: Net, tmp_path: Path) -> None:
    liar, honest = four.peers[2], four.peers[0]
    address = liar.consensus
    before = int(validator(honest, 2).tokens)
    twin = four.joiner("twin")
    shutil.copy(liar.home / "config/priv_validator_key.json", twin.home / "config")
    twin.start()
    until(lambda: address not in honest.powers(), "the liar is out", 120)
    found = validator(honest, 2)
    assert found.jailed
    assert int(found.tokens) == before - before * 5 // 100
    asked = slashing.QuerySigningInfoRequest(cons_address=_valcons(address))
    path = "/cosmos.slashing.v1beta1.Query/SigningInfo"
    info = honest.query(path, asked, slashing.QuerySigningInfoResponse).val_signing_info
    assert info.tombstoned
    twin.kill()
    four.require_same([four.peers[0], four.peers[1]])


def _valcons(address: str) -> str:
    return str(Address.of(bytes.fromhex(address), prefix=VALCONS))
