"""MsgExec: messages in another's name, by each kind of authorization."""

from google.protobuf.any_pb2 import Any as Packed

from akashpy import wire
from akashpy.chain import registry
from akashpy.chain.authz import execute
from akashpy.chain.authz_accept import accept
from akashpy.chain.router import Router
from akashpy.types.authz import (
    MSG_DEPOSIT,
    MSG_SEND,
    AuthorizationExpired,
    AuthorizationNumOfSigners,
    NoAuthorizationFound,
)
from akashpy.types.coin import Coin
from akashpy.types.errors import (
    InsufficientFunds,
    InvalidAddress,
    InvalidRequest,
    PlainError,
    TxDecode,
    Unauthorized,
    UnknownRequest,
)
from akashpy.types.escrow import InvalidID, UnauthorizedDepositScope
from akashpy.wire import authz as pb
from akashpy.wire.bank import MsgMultiSend
from akashpy.wire.base import Coin as WireCoin
from akashpy.wire.escrow import DepositAuthorization, MsgAccountDeposit
from akashpy.wire.evidence import MsgSubmitEvidence
from akashpy.wire.staking import (
    AuthorizationType,
    MsgBeginRedelegate,
    MsgDelegate,
    MsgUndelegate,
    StakeAuthorization,
)
from tests.chain.authz.conftest import HOUR, Grants, send_limit
from tests.chain.bazaar import Bazaar, deposit
from tests.chain.conftest import Given


def test_sends_within_the_limit_until_it_is_used_up(grants: Grants) -> None:
    grants.give(send_limit("5uakt,3uact"))
    response = grants.exec(grants.send("2uakt"))
    assert list(response.results) == [b""]
    assert grants.found() == send_limit("3uakt,3uact")
    assert grants.given.balance(grants.carol) == 1002
    with grants.given.rejects(
        InsufficientFunds, "requested amount is more than spend limit: insufficient funds"
    ):
        grants.exec(grants.send("4uakt"))
    grants.given.events.clear()
    grants.give(send_limit("3uakt"))
    grants.given.events.clear()
    grants.exec(grants.send("3uakt"))
    assert grants.found() is None
    assert grants.given.events[0].type == "cosmos.authz.v1beta1.EventRevoke"
    assert grants.given.balance(grants.alice) == 995
    grants.given.holds()


def test_marks_the_events_of_each_message(grants: Grants) -> None:
    grants.give(send_limit("5uakt"))
    grants.given.events.clear()
    grants.exec(grants.send("1uakt"), grants.send("1uakt", sender=grants.bob))
    marks = [event.value("authz_msg_index") for event in grants.given.events]
    assert marks == ["0"] * (len(marks) // 2) + ["1"] * (len(marks) // 2)


def test_needs_no_grant_for_ones_own_messages(grants: Grants) -> None:
    grants.exec(grants.send("1uakt", sender=grants.bob))
    assert grants.given.balance(grants.bob) == 999


def test_only_to_those_on_the_list(grants: Grants) -> None:
    grants.give(send_limit("5uakt", grants.bob, grants.carol))
    grants.exec(grants.send("1uakt"))
    assert grants.found() == send_limit("4uakt", grants.bob, grants.carol)
    with grants.given.rejects(Unauthorized, f"cannot send to {grants.alice} address: unauthorized"):
        grants.exec(grants.send("1uakt", to=grants.alice))


def test_a_generic_one_has_no_limit(grants: Grants) -> None:
    grants.give(pb.GenericAuthorization(msg=MSG_SEND), HOUR)
    grants.exec(grants.send("900uakt"))
    assert grants.given.balance(grants.alice) == 100
    assert grants.found() is not None


def test_one_refusal_refuses_all(grants: Grants) -> None:
    grants.give(pb.GenericAuthorization(msg=MSG_SEND))
    with grants.given.rejects(InsufficientFunds):
        grants.exec(grants.send("900uakt"), grants.send("900uakt"))


def test_the_grant_ends_with_its_time(grants: Grants) -> None:
    grants.give(send_limit("5uakt"), 12_000_000_000)
    grants.given.advance(2)
    grants.exec(grants.send("1uakt"))
    grants.given.advance()
    with grants.given.rejects(AuthorizationExpired, "authorization expired"):
        grants.exec(grants.send("1uakt"))


def test_rejects_without_a_grant(grants: Grants) -> None:
    text = (
        f"failed to get grant with given granter: {grants.alice}, grantee: {grants.bob} & "
        f"msgType: {MSG_SEND} : authorization not found"
    )
    with grants.given.rejects(NoAuthorizationFound, text):
        grants.exec(grants.send("1uakt"))


def test_rejects_what_is_no_request(grants: Grants) -> None:
    with grants.given.rejects(PlainError, "empty address string is not allowed"):
        grants.exec(grants.send("1uakt"), grantee="")
    with grants.given.rejects(InvalidAddress):
        grants.exec(grants.send("1uakt"), grantee="nobody")
    with grants.given.rejects(InvalidRequest, "messages cannot be empty: invalid request"):
        grants.exec()


def test_rejects_a_message_of_nobody_and_of_two(grants: Grants) -> None:
    two = MsgMultiSend()
    for owner in (grants.alice, grants.bob):
        two.inputs.add(address=owner, coins=[WireCoin(denom="uakt", amount="1")])
    for msg in (two, MsgMultiSend()):
        with grants.given.rejects(AuthorizationNumOfSigners):
            grants.exec(msg)


def test_checks_all_messages_before_the_first_runs(grants: Grants) -> None:
    bad = MsgAccountDeposit(signer=grants.bob)
    with grants.given.rejects(InvalidID, "msg 1: invalid scope: invalid ID"):
        grants.exec(grants.send("1uakt"), bad)


def test_rejects_a_message_that_nothing_runs(grants: Grants) -> None:
    one = MsgSubmitEvidence(submitter=grants.bob)
    router = Router([module for module in registry.MODULES if module.name != "evidence"])
    grants.given.ctx.bus = router
    text = "unrecognized message route: /cosmos.evidence.v1beta1.MsgSubmitEvidence: unknown request"
    with grants.given.rejects(UnknownRequest, text):
        execute(grants.given.ctx, pb.MsgExec(grantee=grants.bob, msgs=[wire.pack(one)]))


def test_inside_one_another_up_to_a_depth(grants: Grants) -> None:
    inner = grants.send("1uakt", sender=grants.bob)
    for _ in range(8):
        inner = pb.MsgExec(grantee=grants.bob, msgs=[wire.pack(inner)])
    grants.exec(inner)
    assert grants.given.balance(grants.bob) == 999
    inner = pb.MsgExec(grantee=grants.bob, msgs=[wire.pack(inner)])
    with grants.given.rejects(TxDecode, "max depth exceeded: tx parse error"):
        grants.exec(inner)


def test_up_to_a_number_of_messages(grants: Grants) -> None:
    msgs = [grants.send("1uakt", sender=grants.bob)] * 99
    grants.exec(*msgs)
    with grants.given.rejects(TxDecode, "call limit exceeded: tx parse error"):
        grants.exec(*msgs, msgs[0])


def test_rejects_what_is_no_message(grants: Grants) -> None:
    packed = Packed(type_url="/cosmos.base.v1beta1.Coin")
    with grants.given.rejects(TxDecode):
        grants.given.run(pb.MsgExec(grantee=grants.bob, msgs=[packed]))


def test_a_grant_to_execute_reaches_no_further_than_its_own(grants: Grants) -> None:
    """bob may send carol's MsgExec, but carol has no grant of alice."""
    message = grants.message(pb.GenericAuthorization(msg="/cosmos.authz.v1beta1.MsgExec"))
    message.granter = grants.carol
    grants.given.run(message)
    inner = pb.MsgExec(grantee=grants.carol, msgs=[wire.pack(grants.send("1uakt"))])
    with grants.given.rejects(NoAuthorizationFound):
        grants.exec(inner)


# DEPOSITS, IN FULL OR NOT AT ALL


def deposits(limits: str, *scopes: int) -> DepositAuthorization:
    return DepositAuthorization(
        scopes=scopes or (1,),  # type: ignore[arg-type]  # numbers of scopes
        spend_limit=Coin("uakt", 0).to_wire(),
        spend_limits=[Coin.parse(part).to_wire() for part in limits.split(",")],
    )


def test_deposits_for_another_are_strict(given: Given) -> None:
    bazaar, grants = Bazaar(given), Grants(given)
    id = bazaar.deploy()
    message = MsgAccountDeposit(signer=grants.alice, id=id.escrow.to_wire(), deposit=deposit(30))
    grants.give(deposits("50uakt"))
    grants.exec(message)
    assert grants.found(MSG_DEPOSIT) == deposits("20uakt")
    with given.rejects(InsufficientFunds, "insufficient funds"):
        grants.exec(message)
    grants.give(deposits("50uact"))
    with given.rejects(Unauthorized, "unauthorized"):
        grants.exec(message)
    grants.give(deposits("50uakt", 2))
    with given.rejects(UnauthorizedDepositScope, "unauthorized deposit scope"):
        grants.exec(message)
    grants.give(deposits("30uakt", 2, 1))
    grants.exec(message)
    assert grants.found(MSG_DEPOSIT) is None
    given.holds()


# STAKE, DECIDED WITHOUT ITS HANDLERS


def stake(most: int | None = None, **lists: list[str]) -> StakeAuthorization:
    made = StakeAuthorization(
        authorization_type=AuthorizationType.AUTHORIZATION_TYPE_DELEGATE,
        **{
            name: StakeAuthorization.Validators(address=value)  # type: ignore[arg-type]
            for name, value in lists.items()
        },
    )
    if most is not None:
        made.max_tokens.CopyFrom(WireCoin(denom="uakt", amount=str(most)))
    return made


FIVE = WireCoin(denom="uakt", amount="5")


def test_stakes_within_the_limit_with_allowed_validators(given: Given) -> None:
    msg = MsgDelegate(validator_address="one", amount=FIVE)
    answer = accept(given.ctx, stake(8, allow_list=["two", "one"]), msg)
    assert answer == (True, stake(3, allow_list=["two", "one"]), False)
    assert accept(given.ctx, stake(5, deny_list=["two"]), msg) == (True, None, True)
    assert accept(given.ctx, stake(deny_list=["two"]), msg).updated == stake(deny_list=["two"])
    moved = MsgBeginRedelegate(
        validator_src_address="two", validator_dst_address="one", amount=FIVE
    )
    assert accept(given.ctx, stake(deny_list=["two"]), moved).allowed


def test_refuses_stake_beyond_limit_lists_and_messages(given: Given) -> None:
    msg = MsgUndelegate(validator_address="one", amount=FIVE)
    for authorization, error in (
        (stake(4, allow_list=["one"]), PlainError),
        (stake(8, allow_list=["two"]), Unauthorized),
        (stake(8, deny_list=["one"]), Unauthorized),
    ):
        with given.rejects(error):
            accept(given.ctx, authorization, msg)
    with given.rejects(InvalidRequest, "unknown msg type: invalid request"):
        accept(given.ctx, stake(8), pb.MsgExec())
    other = MsgDelegate(validator_address="one", amount=WireCoin(denom="uact", amount="1"))
    with given.rejects(PlainError, "invalid coin denoms: uakt, uact"):
        accept(given.ctx, stake(8), other)
