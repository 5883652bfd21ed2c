"""Queries of authorizations and fee allowances: pairs, lists, pages, refusals."""

from collections.abc import Callable
from typing import Any

import pytest

from akashpy import wire
from akashpy.chain import authz, feegrant
from akashpy.node.queries.refusal import Refused
from akashpy.node.queries.table import QUERIES
from akashpy.types.address import Address
from akashpy.types.authz import MSG_SEND, NoAuthorizationFound
from akashpy.types.errors import PlainError, Status
from akashpy.wire import authz as authz_pb
from akashpy.wire import feegrant as fee_pb
from akashpy.wire.base import PageRequest
from tests.chain.conftest import Given

MULTI = "/cosmos.bank.v1beta1.MsgMultiSend"
AUTHZ = "/cosmos.authz.v1beta1.Query/"
FEEGRANT = "/cosmos.feegrant.v1beta1.Query/"


@pytest.fixture
def chain() -> Given:
    """Four friends each grant bob two messages and fees; alice grants carol as well."""
    given = Given()
    for granter in ("alice", "dave", "erin", "frank"):
        for grantee in ("bob", "carol") if granter == "alice" else ("bob",):
            pair = given.address(granter).raw, given.address(grantee).raw
            for url in (MSG_SEND, MULTI):
                generic = authz_pb.GenericAuthorization(msg=url)
                authz.save(given.ctx, *pair, generic, None)
            given.run(
                fee_pb.MsgGrantAllowance(
                    granter=given.address(granter),
                    grantee=given.address(grantee),
                    allowance=wire.pack(fee_pb.BasicAllowance()),
                )
            )
    return given


def ask(chain: Given, path: str, **fields: Any) -> Any:
    query = QUERIES[path]
    return query.respond(chain.ctx, query.request(**fields))


def test_a_pair(chain: Given) -> None:
    pair = {"granter": chain.address("alice"), "grantee": chain.address("bob")}
    found = ask(chain, AUTHZ + "Grants", **pair)
    assert [wire.unpack(one.authorization).msg for one in found.grants] == [MSG_SEND, MULTI]  # type: ignore[attr-defined]  # generic ones
    assert found.pagination.total == 2
    found = ask(chain, AUTHZ + "Grants", **pair, msg_type_url=MULTI)
    assert len(found.grants) == 1
    assert not found.HasField("pagination")
    text = "authorization not found for /x type: authorization not found"
    with pytest.raises(NoAuthorizationFound) as caught:
        ask(chain, AUTHZ + "Grants", **pair, msg_type_url="/x")
    assert str(caught.value) == text
    one = ask(chain, FEEGRANT + "Allowance", **pair).allowance
    assert (one.granter, one.grantee) == (pair["granter"], pair["grantee"])


def test_lists_by_either_side(chain: Given) -> None:
    alice, bob = chain.address("alice"), chain.address("bob")
    found = ask(chain, AUTHZ + "GranterGrants", granter=alice).grants
    assert len(found) == 4
    assert {one.granter for one in found} == {alice}
    found = ask(chain, AUTHZ + "GranteeGrants", grantee=bob).grants
    assert len(found) == 8
    assert {one.grantee for one in found} == {bob}
    assert len(ask(chain, FEEGRANT + "Allowances", grantee=bob).allowances) == 4
    found = ask(chain, FEEGRANT + "AllowancesByGranter", granter=alice).allowances
    assert {one.granter for one in found} == {alice}
    assert len(found) == 2


def pages(chain: Given, path: str, read: Callable[[Any], Any], **fields: Any) -> list[Any]:
    """All items, two a page; items are written and removed meanwhile."""
    items: list[Any] = []
    key = b""
    for turn in range(10):
        page = PageRequest(key=key, limit=2)
        answer = ask(chain, path, pagination=page, **fields)
        items.extend(read(answer))
        key = answer.pagination.next_key
        if not key:
            return items
        late = Address.of(bytes([turn]) * 20).raw
        authz.save(chain.ctx, late, late, authz_pb.GenericAuthorization(msg=MULTI), None)
    raise AssertionError("pages without end")


def test_pages_follow_each_other(chain: Given) -> None:
    alice, bob = chain.address("alice"), chain.address("bob")
    grantee = pages(chain, AUTHZ + "GranteeGrants", lambda answer: answer.grants, grantee=bob)
    whole = ask(chain, AUTHZ + "GranteeGrants", grantee=bob).grants
    assert grantee == list(whole)
    assert len(grantee) == 8
    granter = pages(chain, AUTHZ + "GranterGrants", lambda answer: answer.grants, granter=alice)
    assert len(granter) == 4
    fees = pages(chain, FEEGRANT + "Allowances", lambda answer: answer.allowances, grantee=bob)
    assert len({one.granter for one in fees}) == 4


def test_what_is_not_there(chain: Given) -> None:
    dave, carol = chain.address("dave"), chain.address("carol")
    with pytest.raises(Refused) as caught:
        ask(chain, FEEGRANT + "Allowance", granter=dave, grantee=carol)
    assert (caught.value.status, str(caught.value)) == (
        Status.INTERNAL,
        "fee-grant not found: not found",
    )
    assert not ask(chain, AUTHZ + "Grants", granter=dave, grantee=carol).grants
    assert feegrant.GRANTS.get(chain.ctx, (carol.raw, dave.raw)) is None


@pytest.mark.parametrize(
    ("path", "fields"),
    [
        (AUTHZ + "Grants", {"granter": "x"}),
        (AUTHZ + "GranterGrants", {"granter": "x"}),
        (AUTHZ + "GranteeGrants", {}),
        (FEEGRANT + "Allowance", {"granter": "x"}),
        (FEEGRANT + "Allowances", {"grantee": "x"}),
        (FEEGRANT + "AllowancesByGranter", {}),
    ],
)
def test_bad_addresses(chain: Given, path: str, fields: dict[str, str]) -> None:
    with pytest.raises(PlainError):
        ask(chain, path, **fields)
