"""Grants over time: removal when they have ended, genesis, order of lookups."""

from typing import Any

import pytest

from akashpy import wire
from akashpy.chain import authz, registry
from akashpy.chain.router import Router
from akashpy.state.context import Context
from akashpy.types.authz import MSG_SEND
from akashpy.types.errors import ChainError, InvalidAddress, PlainError, TxDecode
from akashpy.wire import authz as pb
from tests.chain.authz.conftest import HOUR, Grants, send_limit
from tests.chain.conftest import GENESIS_TIME, Given

MULTI = "/cosmos.bank.v1beta1.MsgMultiSend"


def rows(given: Given) -> list[bytes]:
    return [key for key in given.rows() if key.startswith(b"authz/")]


def test_ended_grants_are_removed_wholly(grants: Grants) -> None:
    grants.give(send_limit("5uakt"), HOUR)
    grants.give(pb.GenericAuthorization(msg=MULTI))
    grants.given.ctx.time = GENESIS_TIME + HOUR
    authz.prune(grants.given.ctx)
    assert grants.found() is not None
    grants.given.ctx.time += 1
    authz.prune(grants.given.ctx)
    assert grants.found() is None
    assert grants.found(MULTI) is not None
    assert len(rows(grants.given)) == 3  # the grant and its two indexes


def test_a_new_end_replaces_the_old_one(grants: Grants) -> None:
    grants.give(send_limit("5uakt"), HOUR)
    grants.give(send_limit("5uakt"), 3 * HOUR)
    grants.given.ctx.time += 2 * HOUR
    authz.prune(grants.given.ctx)
    assert grants.found() is not None
    grants.give(send_limit("5uakt"))
    grants.given.ctx.time += 2 * HOUR
    authz.prune(grants.given.ctx)
    assert grants.found() is not None


def test_a_block_removes_a_bounded_number(given: Given, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(authz, "PRUNED_PER_BLOCK", 3)
    grants = Grants(given)
    for number in range(5):
        authorization = send_limit("5uakt")
        granter = given.address(f"granter {number}").raw
        authz.save(given.ctx, granter, grants.bob.raw, authorization, GENESIS_TIME + HOUR)
    given.ctx.time += 2 * HOUR
    left = []
    for _ in range(3):
        assert list(authz.given_to(given.ctx, grants.bob.raw, MSG_SEND)) == []
        authz.prune(given.ctx)
        left.append(len(list(authz.GRANTS.under(given.ctx))))
    assert left == [2, 0, 0]
    assert rows(given) == []


def test_ones_grants_come_in_the_order_of_granters(given: Given) -> None:
    grants = Grants(given)
    granters = [given.address(f"granter {number}").raw for number in range(6)]
    for granter in granters:
        authz.save(given.ctx, granter, grants.bob.raw, send_limit("5uakt"), None)
        authz.save(given.ctx, granter, grants.carol.raw, send_limit("5uakt"), None)
        generic = pb.GenericAuthorization(msg=MULTI)
        authz.save(given.ctx, granter, grants.bob.raw, generic, None)
    found = [one.granter for one in authz.given_to(given.ctx, grants.bob.raw, MSG_SEND)]
    assert found == sorted(granters)


def test_genesis_carries_grants_over(grants: Grants) -> None:
    grants.give(send_limit("5uakt", grants.carol), HOUR)
    grants.give(pb.GenericAuthorization(msg=MULTI))
    state = authz.export_genesis(grants.given.ctx)
    authz.validate_genesis(state)
    fresh = Context.scratch(time=GENESIS_TIME, bus=Router(registry.MODULES))
    authz.init_genesis(fresh, state)
    assert authz.export_genesis(fresh) == state
    late = Context.scratch(time=GENESIS_TIME + 2 * HOUR)
    authz.init_genesis(late, state)
    assert [entry["authorization"]["@type"] for entry in _entries(late)] == [
        "/cosmos.authz.v1beta1.GenericAuthorization"
    ]


def _entries(ctx: Context) -> Any:
    return authz.export_genesis(ctx)["authorization"]


@pytest.mark.parametrize(
    ("changes", "error"),
    [
        ({"grantee": ""}, PlainError),
        ({"granter": ""}, PlainError),
        ({"granter": "nobody"}, InvalidAddress),
        ({"authorization": wire.pack(pb.MsgExec())}, TxDecode),
    ],
)
def test_genesis_refuses(grants: Grants, changes: dict[str, Any], error: type[ChainError]) -> None:
    fields = {
        "granter": grants.alice,
        "grantee": grants.bob,
        "authorization": wire.pack(send_limit("5uakt")),
    }
    state = pb.GenesisState(authorization=[pb.GrantAuthorization(**(fields | changes))])
    with grants.given.rejects(error):
        authz.validate_genesis(wire.to_json(state))
