"""MsgRevoke: a grant is taken back."""

import pytest

from akashpy.types.authz import MSG_SEND, GranteeIsGranter, NoAuthorizationFound
from akashpy.types.errors import ChainError, InvalidAddress, InvalidRequest, Unauthorized
from akashpy.wire import authz as pb
from tests.chain.authz.conftest import HOUR, Grants, send_limit


def test_says_what_was_taken_back(grants: Grants) -> None:
    grants.give(send_limit("5uakt"), HOUR)
    before = grants.given.rows()
    grants.given.events.clear()
    grants.given.run(pb.MsgRevoke(granter=grants.alice, grantee=grants.bob, msg_type_url=MSG_SEND))
    assert grants.found() is None
    assert [event.type for event in grants.given.events] == ["cosmos.authz.v1beta1.EventRevoke"]
    assert grants.given.events[0].value("msg_type_url") == f'"{MSG_SEND}"'
    left = set(grants.given.rows())
    assert not [key for key in left if key.startswith(b"authz/")]
    assert left < set(before)
    with grants.given.rejects(NoAuthorizationFound):
        grants.exec(grants.send("1uakt"))


def test_other_grants_of_the_pair_stay(grants: Grants) -> None:
    grants.give(send_limit("5uakt"), HOUR)
    grants.give(pb.GenericAuthorization(msg="/cosmos.bank.v1beta1.MsgMultiSend"), HOUR)
    grants.given.run(pb.MsgRevoke(granter=grants.alice, grantee=grants.bob, msg_type_url=MSG_SEND))
    assert grants.found("/cosmos.bank.v1beta1.MsgMultiSend") is not None
    grants.given.holds()


@pytest.mark.parametrize(
    ("granter", "grantee", "url", "error"),
    [
        ("alice", "bob", "", InvalidRequest),
        ("alice", "bob", "/x", NoAuthorizationFound),
        ("alice", "bob", "/" + "x" * 300, NoAuthorizationFound),
        ("bob", "alice", MSG_SEND, NoAuthorizationFound),
        ("alice", "alice", MSG_SEND, GranteeIsGranter),
    ],
)
def test_rejects(
    grants: Grants, granter: str, grantee: str, url: str, error: type[ChainError]
) -> None:
    grants.give(send_limit("5uakt"))
    message = pb.MsgRevoke(
        granter=grants.given.address(granter),
        grantee=grants.given.address(grantee),
        msg_type_url=url,
    )
    with grants.given.rejects(error):
        grants.given.run(message)


def test_rejects_bad_addresses(grants: Grants) -> None:
    for granter, grantee in ((grants.alice, "nobody"), ("nobody", grants.bob)):
        with grants.given.rejects(InvalidAddress):
            grants.given.run(pb.MsgRevoke(granter=granter, grantee=grantee, msg_type_url=MSG_SEND))


def test_a_module_account_is_no_way_around(grants: Grants) -> None:
    """Nobody can act for an account that never granted it: not even for a module's."""
    grants.give(send_limit("5uakt", grants.bob))
    with grants.given.rejects(Unauthorized):
        grants.exec(grants.send("1uakt"))
