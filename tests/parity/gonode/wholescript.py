"""Steps of a script over the modules that have none of their own beside the Go node.

Money, grants, fee allowances, certificates, providers, auditors, leases, and what only a proposal
may do: each accepted case and as many refusals as there are. Nothing here compares anything.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from google.protobuf.any_pb2 import Any as Packed
from google.protobuf.message import Message
from google.protobuf.timestamp_pb2 import Timestamp

from akashpy import wire
from akashpy.client.client import Client
from akashpy.keys.x509 import Certificate
from akashpy.types.address import VALOPER, Address
from akashpy.types.attributes import Attributes
from akashpy.types.coin import Coin
from akashpy.types.deployment import DeploymentID, GroupID
from akashpy.types.deposit import Source
from akashpy.types.duration import SECOND, duration
from akashpy.types.market import BidID
from akashpy.wire import (
    audit,
    auth,
    authz,
    bank,
    bme,
    cert,
    deployment,
    distribution,
    escrow,
    feegrant,
    market,
    provider,
    staking,
    upgrade,
)
from tests.chain.bazaar import HASH, deposit, first_order, price_of, spec, unit
from tests.nodes import key_of

GOV = str(Address.of_module("gov"))
LATER = 4_000_000_000
SEND = "/cosmos.bank.v1beta1.MsgSend"
DELEGATE = "/cosmos.staking.v1beta1.MsgDelegate"
DEPOSIT = "/akash.escrow.v1.MsgAccountDeposit"
NOBODY = "akash1wzx503lp87luspmhy44zdkqgh725at6fdpuwqe"
Step = tuple[str, Message]


def who(name: str) -> str:
    """The address of a key."""
    return str(key_of(name).address)


def operator(name: str) -> str:
    """The operator address of a key."""
    return str(key_of(name).address.with_prefix(VALOPER))


def coins(text: str) -> Any:
    """Coins as on the wire, in any order and with any amount."""
    return [Coin.parse(each).to_wire() for each in text.split(",") if each]


# MONEY


def pay(sender: str, to: str, amount: str) -> Message:
    """MsgSend by name; `to` an address."""
    return bank.MsgSend(from_address=who(sender), to_address=to, amount=coins(amount))


def several(sender: str, amount: str, *parts: tuple[str, str]) -> Message:
    """MsgMultiSend with one input."""
    return bank.MsgMultiSend(
        inputs=[bank.Input(address=who(sender), coins=coins(amount))],
        outputs=[bank.Output(address=to, coins=coins(part)) for to, part in parts],
    )


def money() -> Sequence[Step]:
    """Sends and their refusals."""
    negative = bank.MsgSend(from_address=who("tenant"), to_address=who("other"))
    negative.amount.add(denom="uakt", amount="-5")
    unsorted = pay("tenant", who("other"), "5uakt,3uact")
    return (
        ("tenant", pay("tenant", who("other"), "5uact,7uakt")),
        ("tenant", pay("tenant", who("fresh"), "5000000uakt")),
        ("tenant", pay("tenant", who("tenant"), "5uakt")),
        ("tenant", unsorted),
        ("tenant", negative),
        ("tenant", pay("tenant", who("other"), "")),
        ("tenant", pay("tenant", who("other"), "0uakt")),
        ("tenant", pay("tenant", who("other"), "5uakt,5uakt")),
        ("tenant", pay("tenant", who("other"), "5nothing")),
        ("tenant", pay("tenant", who("other"), "900000000000000000uakt")),
        ("tenant", pay("tenant", "akash1nonsense", "5uakt")),
        ("tenant", pay("tenant", "", "5uakt")),
        ("tenant", pay("tenant", GOV, "5uakt")),
        ("tenant", pay("tenant", str(Address.of_module("bonded_tokens_pool")), "5uakt")),
        ("tenant", several("tenant", "9uakt", (who("other"), "4uakt"), (who("house"), "5uakt"))),
        ("tenant", several("tenant", "9uakt", (who("other"), "4uakt"), (who("house"), "6uakt"))),
        ("tenant", several("tenant", "9uakt", (who("other"), "4uakt"), (GOV, "5uakt"))),
        ("tenant", several("tenant", "9uakt")),
        ("tenant", several("tenant", "900000000000000000uakt", (NOBODY, "900000000000000000uakt"))),
        ("tenant", bank.MsgUpdateParams(authority=who("tenant"))),
        ("tenant", bank.MsgSetSendEnabled(authority=who("tenant"))),
        ("tenant", auth.MsgUpdateParams(authority=who("tenant"))),
    )


# GRANTS


def grant(granter: str, grantee: str, value: Message | None, end: int | None = LATER) -> Message:
    """MsgGrant; `end` unix seconds."""
    made = authz.Grant()
    if value is not None:
        packed = isinstance(value, Packed)
        made.authorization.CopyFrom(value if packed else wire.pack(value))
    if end is not None:
        made.expiration.CopyFrom(Timestamp(seconds=end))
    return authz.MsgGrant(granter=who(granter), grantee=who(grantee), grant=made)


def exec(grantee: str, *msgs: Message) -> Message:
    """MsgExec."""
    return authz.MsgExec(grantee=who(grantee), msgs=[wire.pack(msg) for msg in msgs])


def revoke(granter: str, grantee: str, url: str) -> Message:
    """MsgRevoke."""
    return authz.MsgRevoke(granter=who(granter), grantee=who(grantee), msg_type_url=url)


def stake(amount: str, *validators: str, kind: int = 1) -> Message:
    """A StakeAuthorization with an allow list."""
    made = staking.StakeAuthorization(authorization_type=kind)  # type: ignore[arg-type]  # a number
    if amount:
        made.max_tokens.CopyFrom(Coin.parse(amount).to_wire())
    made.allow_list.address.extend(validators)
    return made


def lodging(limits: str, scopes: Sequence[int] = (1, 2)) -> Message:
    """A DepositAuthorization."""
    return escrow.DepositAuthorization(
        scopes=scopes,  # type: ignore[arg-type]  # numbers of scopes
        spend_limit=Coin("uakt", 0).to_wire(),
        spend_limits=coins(limits),
    )


def delegate(name: str, to: str, amount: str) -> Message:
    """MsgDelegate."""
    return staking.MsgDelegate(
        delegator_address=who(name), validator_address=to, amount=coins(amount)[0]
    )


def grants() -> Sequence[Step]:
    """Authorizations of every kind, used, exhausted, refused and taken back."""
    first, second = operator("validator"), operator("house")
    foreign = Packed(type_url="/cosmos.bank.v1beta1.MsgSend")
    sending = bank.SendAuthorization(spend_limit=coins("100uakt"))
    listed = bank.SendAuthorization(spend_limit=coins("100uakt"), allow_list=[who("house")])
    generic = authz.GenericAuthorization(msg=SEND)
    house = who("house")
    return (
        ("tenant", grant("tenant", "other", sending)),
        ("other", exec("other", pay("tenant", who("house"), "60uakt"))),
        ("other", exec("other", pay("tenant", who("house"), "60uakt"))),
        ("other", exec("other", pay("tenant", who("house"), "40uakt"))),
        ("other", exec("other", pay("tenant", who("house"), "1uakt"))),
        ("tenant", grant("tenant", "other", listed)),
        ("other", exec("other", pay("tenant", who("provider"), "1uakt"))),
        ("other", exec("other", pay("tenant", who("house"), "1uakt"))),
        ("other", exec("other", pay("tenant", who("house"), "1uact"))),
        ("tenant", grant("tenant", "other", generic, None)),
        ("other", exec("other", pay("tenant", house, "1uact"), pay("other", NOBODY, "1uakt"))),
        ("other", exec("other", pay("tenant", who("house"), "900000000000000000uact"))),
        ("other", exec("other")),
        ("house", exec("house", pay("tenant", who("house"), "1uakt"))),
        ("tenant", grant("tenant", "tenant", generic)),
        ("tenant", grant("tenant", "other", None)),
        ("tenant", grant("tenant", "other", foreign)),
        ("tenant", grant("tenant", "other", generic, 5)),
        ("tenant", grant("tenant", "other", authz.GenericAuthorization(msg="/no.such.Msg"))),
        ("tenant", grant("tenant", "other", authz.GenericAuthorization())),
        ("tenant", grant("tenant", "other", bank.SendAuthorization())),
        ("tenant", grant("tenant", "cli", stake("1000uakt", first))),
        ("cli", exec("cli", delegate("tenant", first, "600uakt"))),
        ("cli", exec("cli", delegate("tenant", first, "600uakt"))),
        ("cli", exec("cli", delegate("tenant", first, "400uakt"))),
        ("cli", exec("cli", delegate("tenant", first, "1uakt"))),
        ("tenant", grant("tenant", "cli", stake("0uakt", first))),
        ("tenant", grant("tenant", "cli", stake("5uakt", kind=0))),
        ("tenant", grant("tenant", "cli", stake("", first))),
        ("cli", exec("cli", delegate("tenant", second, "4uakt"))),
        ("house", grant("house", "tenant", lodging("3000000uact,9000000uakt"))),
        ("house", grant("house", "other", lodging(""))),
        ("house", grant("house", "other", lodging("5uact", ()))),
        ("tenant", revoke("tenant", "other", SEND)),
        ("tenant", revoke("tenant", "other", SEND)),
        ("tenant", revoke("tenant", "other", "")),
        ("tenant", revoke("tenant", "tenant", SEND)),
        ("other", exec("other", pay("tenant", who("house"), "1uakt"))),
    )  # fmt: skip


# FEE ALLOWANCES


def allow(granter: str, grantee: str, value: Message | None) -> Message:
    """MsgGrantAllowance."""
    made = feegrant.MsgGrantAllowance(granter=who(granter), grantee=who(grantee))
    if value is not None:
        made.allowance.CopyFrom(wire.pack(value))
    return made


def disallow(granter: str, grantee: str) -> Message:
    """MsgRevokeAllowance."""
    return feegrant.MsgRevokeAllowance(granter=who(granter), grantee=who(grantee))


def basic(limit: str, end: int = LATER) -> Any:
    """A BasicAllowance."""
    return feegrant.BasicAllowance(spend_limit=coins(limit), expiration=Timestamp(seconds=end))


def allowances() -> Sequence[Step]:
    """Fee allowances of every kind; `paid_by` uses them."""
    periodic = feegrant.PeriodicAllowance(
        basic=basic("90000uakt"),
        period=duration(3600 * SECOND),
        period_spend_limit=coins("25000uakt"),
        period_can_spend=coins("25000uakt"),
        period_reset=Timestamp(seconds=LATER - 7200),
    )
    wrong = feegrant.PeriodicAllowance(
        basic=basic("90000uakt"), period=duration(0), period_spend_limit=coins("5uakt")
    )
    filtered = feegrant.AllowedMsgAllowance(
        allowance=wire.pack(basic("90000uakt")), allowed_messages=[SEND]
    )
    bare = feegrant.AllowedMsgAllowance(allowance=wire.pack(basic("90000uakt")))
    return (
        ("house", allow("house", "tenant", basic("50000uakt"))),
        ("house", allow("house", "tenant", basic("50000uakt"))),
        ("house", allow("house", "provider", periodic)),
        ("house", allow("house", "other", filtered)),
        ("house", allow("house", "fresh", basic("50000uakt"))),
        ("house", allow("house", "house", basic("5uakt"))),
        ("house", allow("house", "cli", basic("5uakt", 5))),
        ("house", allow("house", "cli", None)),
        ("house", allow("house", "cli", wrong)),
        ("house", allow("house", "cli", bare)),
        ("house", feegrant.MsgPruneAllowances(pruner=who("house"))),
        ("house", disallow("house", "cli")),
    )


PAID_BY: Sequence[tuple[str, str, Message]] = (
    ("tenant", "house", pay("tenant", who("other"), "1uakt")),
    ("tenant", "house", pay("tenant", who("other"), "2uakt")),
    ("tenant", "house", pay("tenant", who("other"), "3uakt")),  # used up
    ("provider", "house", pay("provider", who("other"), "1uakt")),
    ("provider", "house", pay("provider", who("other"), "2uakt")),  # more than the period gives
    ("other", "house", pay("other", who("tenant"), "1uakt")),
    ("other", "house", delegate("other", operator("validator"), "5uakt")),
    ("other", "tenant", pay("other", who("tenant"), "1uakt")),  # no such allowance
)  # fmt: skip


# CERTIFICATES, PROVIDERS, AUDITORS


def certificates() -> Sequence[Step]:
    """Certificates published, repeated, revoked, refused."""
    pair = Certificate.generate(key_of("tenant").address, serial=1234)
    foreign = Certificate.generate(key_of("other").address, serial=77)

    def publish(**changes: Any) -> Message:
        fields = {"owner": who("tenant"), "cert": pair.cert_pem, "pubkey": pair.pubkey_pem}
        return cert.MsgCreateCertificate(**(fields | changes))

    def take_back(serial: str) -> Message:
        return cert.MsgRevokeCertificate(id=cert.ID(owner=who("tenant"), serial=serial))

    return (
        ("tenant", publish()),
        ("tenant", publish()),
        ("tenant", publish(cert=foreign.cert_pem)),
        ("tenant", publish(cert=b"")),
        ("tenant", publish(cert=b"nonsense")),
        ("tenant", publish(pubkey=b"")),
        ("tenant", publish(pubkey=b"nonsense")),
        ("tenant", take_back("99")),
        ("tenant", take_back("x")),
        ("tenant", take_back("")),
        ("tenant", take_back("1234")),
        ("tenant", take_back("1234")),
        ("tenant", publish()),
    )


def offering(name: str, uri: str = "https://p.example.com:8443", **more: Any) -> Any:
    """The fields of a provider."""
    region = [("region", "us-west")]
    return {
        "owner": who(name), "host_uri": uri, "attributes": Attributes.of(region).to_wire(),
    } | more  # fmt: skip


def providers() -> Sequence[Step]:
    """Providers registered, changed, audited, refused."""
    create, update = provider.MsgCreateProvider, provider.MsgUpdateProvider
    twice = [{"key": "region", "value": "a"}, {"key": "region", "value": "b"}]
    vouched = Attributes.of([("region", "us-west"), ("tier", "community")]).to_wire()
    sign, unsign = audit.MsgSignProviderAttributes, audit.MsgDeleteProviderAttributes
    host, auditor = who("house"), who("other")
    return (
        ("house", update(**offering("house"))),
        ("house", create(**offering("house", ""))),
        ("house", create(**offering("house", "p.example.com"))),
        ("house", create(**offering("house", "https://p.example.com/path"))),
        ("house", create(**offering("house", attributes=twice))),
        ("house", create(**offering("house", attributes=[{"key": "Bad Key", "value": "a"}]))),
        ("house", create(**offering("house", info={"website": "\x00"}))),
        ("house", create(**offering("house", info={"email": "a@b.c", "website": "https://a.b"}))),
        ("house", create(**offering("house"))),
        ("house", update(**offering("house", "https://q.example.com:8443"))),
        ("house", update(**offering("house", attributes=twice))),
        ("house", provider.MsgDeleteProvider(owner=host)),
        ("tenant", provider.MsgDeleteProvider(owner=who("tenant"))),
        ("other", sign(owner=host, auditor=auditor, attributes=vouched)),
        ("other", sign(owner=host, auditor=auditor, attributes=vouched[:1])),
        ("other", sign(owner=host, auditor=auditor)),
        ("other", sign(owner=NOBODY, auditor=auditor, attributes=vouched)),
        ("other", sign(owner="x", auditor=auditor, attributes=vouched)),
        ("other", unsign(owner=host, auditor=auditor, keys=["tier"])),
        ("other", unsign(owner=host, auditor=auditor, keys=["missing"])),
        ("cli", unsign(owner=host, auditor=who("cli"))),
        ("cli", sign(owner=host, auditor=who("cli"), attributes=vouched)),
        ("cli", unsign(owner=host, auditor=who("cli"))),
    )


# LEASES


def deploy(
    dseq: int, *groups: Any, money: Any = None, owner: str = "tenant", **more: Any
) -> Message:
    """MsgCreateDeployment in uact."""
    fields: dict[str, Any] = {
        "id": DeploymentID(who(owner), dseq).to_wire(),
        "groups": groups or [spec(unit(100_000, "uact"))],
        "hash": HASH,
        "deposit": money or deposit(500_000, "uact"),
    }
    return deployment.MsgCreateDeployment(**(fields | more))


def bid_id(dseq: int, name: str = "house", gseq: int = 1, oseq: int = 1) -> BidID:
    """The bid of a provider on an order of the tenant."""
    order = first_order(DeploymentID(who("tenant"), dseq), gseq, oseq)
    return order.with_provider(Address.parse(who(name)))


def offer(id: BidID, price: str = "100.5", money: Any = None, **more: Any) -> Message:
    """MsgCreateBid."""
    fields: dict[str, Any] = {
        "id": id.to_wire(),
        "price": price_of(price, "uact").to_wire(),
        "deposit": money or deposit(500_000, "uact"),
    }
    return market.MsgCreateBid(**(fields | more))


def top_up(dseq: int, money: Any, signer: str = "tenant") -> Message:
    """MsgAccountDeposit."""
    account = DeploymentID(who("tenant"), dseq).escrow
    return escrow.MsgAccountDeposit(signer=who(signer), id=account.to_wire(), deposit=money)


def leases() -> Sequence[Step]:
    """Deployments from their making to their end, in either denomination."""
    one, two, three, dear = bid_id(1), bid_id(2), bid_id(3), bid_id(4)
    two_b = bid_id(2, gseq=2)
    again = bid_id(2, oseq=2)
    take, withdraw = market.MsgCreateLease, market.MsgWithdrawLease
    close, leave = market.MsgCloseLease, market.MsgCloseBid
    pause, start, end = (
        deployment.MsgPauseGroup, deployment.MsgStartGroup, deployment.MsgCloseGroup,
    )  # fmt: skip
    update, finish = deployment.MsgUpdateDeployment, deployment.MsgCloseDeployment

    def group(dseq: int, gseq: int = 1) -> Any:
        return GroupID(who("tenant"), dseq, gseq).to_wire()

    def whole(dseq: int) -> Any:
        return DeploymentID(who("tenant"), dseq).to_wire()

    far = [spec(unit(5, "uact"), attributes=(("region", "eu"),))]
    vouched = [
        spec(unit(5_000, "uact"), attributes=(("region", "us-west"),), all_of=(who("other"),))
    ]
    pair = (spec(unit(5_000, "uact")), spec(unit(6_000, "uact", id=1), name="east"))
    return (
        ("tenant", deploy(1)),
        ("tenant", deploy(1)),
        ("tenant", deploy(0)),
        ("tenant", deploy(9, money=deposit(5_000_000, "uakt"))),
        ("tenant", deploy(9, spec(unit(5, "uakt")))),
        ("tenant", deploy(9, money=deposit(1, "uact"))),
        ("tenant", deploy(9, money=deposit(500_000, "nothing"))),
        ("tenant", deploy(9, money=deposit(9 * 10**17, "uact"))),
        ("tenant", deploy(9, money=deposit(500_000, "uact", ()))),
        ("tenant", deploy(9, hash=b"")),
        ("tenant", deploy(9, spec(unit(0, "uact")))),
        ("tenant", deploy(9, spec(unit(5, "uact", cpu=1)))),
        ("tenant", deploy(9, spec(unit(5, "uact", memory=1)))),
        ("tenant", deploy(9, spec(unit(5, "uact", storage=1)))),
        ("tenant", deploy(9, spec(unit(5, "uact", count=0)))),
        ("tenant", deploy(9, spec(unit(5, "uact", count=10_000)))),
        ("tenant", deploy(9, spec(name=""))),
        ("tenant", deploy(9, spec(unit(5, "uact")), spec(unit(5, "uact")))),
        ("tenant", deploy(9, groups=[])),
        ("house", offer(one, "200000")),
        ("house", offer(one, "0")),
        ("house", offer(one, money=deposit(1, "uact"))),
        ("house", offer(one, money=deposit(9 * 10**17, "uact"))),
        ("house", offer(bid_id(8))),
        ("cli", offer(bid_id(1, "cli"))),
        ("tenant", offer(bid_id(1, "tenant"))),
        ("tenant", take(bid_id=one.to_wire())),
        ("house", offer(one)),
        ("house", offer(one)),
        ("provider", offer(bid_id(1, "provider"), "99", deposit(500_000, "uakt"))),
        ("tenant", take(bid_id=one.to_wire())),
        ("tenant", take(bid_id=one.to_wire())),
        ("tenant", take(bid_id=bid_id(1, "provider").to_wire())),
        ("provider", leave(id=bid_id(1, "provider").to_wire(), reason=10_000)),
        ("house", withdraw(id=one.lease.to_wire())),
        ("house", withdraw(id=bid_id(8).lease.to_wire())),
        ("tenant", top_up(1, deposit(400_000, "uact"))),
        ("other", top_up(1, deposit(400_000, "uact"), "other")),
        ("tenant", top_up(1, deposit(400_000, "uakt"))),
        ("tenant", top_up(1, deposit(2_000_000, "uact", (Source.GRANT, Source.BALANCE)))),
        ("tenant", top_up(1, deposit(0, "uact"))),
        ("tenant", top_up(8, deposit(5, "uact"))),
        ("other", top_up(1, deposit(5, "uact", (Source.GRANT,)), "other")),
        ("tenant", update(id=whole(1), hash=bytes(32))),
        ("tenant", update(id=whole(1), hash=bytes(32))),
        ("tenant", update(id=whole(1), hash=b"x")),
        ("tenant", update(id=whole(8), hash=bytes(32))),
        ("house", withdraw(id=one.lease.to_wire()), ),
        ("tenant", close(id=one.lease.to_wire(), reason=20_001)),
        ("tenant", close(id=one.lease.to_wire())),
        ("house", withdraw(id=one.lease.to_wire())),
        ("house", leave(id=one.to_wire(), reason=10_000)),
        ("tenant", deploy(2, *pair)),
        ("house", offer(two, "3")),
        ("house", offer(two_b, "4")),
        ("tenant", take(bid_id=two.to_wire())),
        ("tenant", take(bid_id=two_b.to_wire())),
        ("tenant", pause(id=group(2))),
        ("tenant", pause(id=group(2))),
        ("tenant", start(id=group(2))),
        ("tenant", start(id=group(2))),
        ("house", offer(again, "3")),
        ("tenant", take(bid_id=again.to_wire())),
        ("house", leave(id=again.to_wire(), reason=10_001)),
        ("house", leave(id=again.to_wire(), reason=10_001)),
        ("house", leave(id=two_b.to_wire(), reason=5)),
        ("tenant", end(id=group(2, 2))),
        ("tenant", end(id=group(2, 2))),
        ("tenant", start(id=group(2, 2))),
        ("tenant", end(id=group(8))),
        ("tenant", finish(id=whole(2))),
        ("tenant", finish(id=whole(2))),
        ("tenant", finish(id=whole(8))),
        ("tenant", update(id=whole(2), hash=HASH)),
        ("tenant", top_up(2, deposit(5, "uact"))),
        ("tenant", deploy(3, *vouched)),
        ("provider", offer(bid_id(3, "provider"), "7")),
        ("house", offer(three, "7")),
        ("tenant", deploy(5, *far)),
        ("house", offer(bid_id(5), "5")),
        ("tenant", deploy(4)),
        ("house", offer(dear, "99999.999999999999999999")),
        ("tenant", take(bid_id=dear.to_wire())),
        ("house", leave(id=three.to_wire(), reason=10_000)),
        ("tenant", start(id=group(3))),
        ("tenant", finish(id=whole(5))),
        ("tenant", market.MsgLeaseStartReclaim(id=dear.lease.to_wire(), reason=10_001)),
        ("tenant", deploy(6, money=deposit(600_000, "uact", (Source.GRANT,)))),
        ("tenant", finish(id=whole(6))),
    )  # fmt: skip


def overdrawn() -> Sequence[Step]:
    """What can still be done with the lease that has cost more than there is."""
    dear = bid_id(4)
    withdraw = market.MsgWithdrawLease(id=dear.lease.to_wire())
    return (
        ("house", withdraw),
        ("tenant", top_up(4, deposit(100_000, "uact"))),
        ("house", withdraw),
        ("house", market.MsgCloseBid(id=dear.to_wire(), reason=10_000)),
        ("tenant", deployment.MsgCloseDeployment(id=DeploymentID(who("tenant"), 4).to_wire())),
        ("house", withdraw),
    )


# WHAT ONLY A PROPOSAL MAY DO

CHANGES: dict[str, dict[str, Any]] = {
    "/akash.bme.v1": {"max_pending_attempts": 5},
    "/akash.deployment.v1beta4": {"min_deposits": [{"denom": "uact", "amount": "7"}]},
    "/akash.market.v1beta5": {"order_max_bids": 33},
    "/akash.oracle.v2": {"max_prune_per_epoch": "77"},
    "/cosmos.auth.v1beta1": {"tx_sig_limit": "9"},
    "/cosmos.bank.v1beta1": {"default_send_enabled": True},
    "/cosmos.distribution.v1beta1": {"community_tax": "0.070000000000000000"},
    "/cosmos.gov.v1": {"quorum": "0.250000000000000000"},
    "/cosmos.mint.v1beta1": {"blocks_per_year": "123456"},
    "/cosmos.slashing.v1beta1": {"signed_blocks_window": "777"},
    "/cosmos.staking.v1beta1": {"max_validators": 55},
}
"""Package of a module -> what a proposal sets in its parameters, as JSON."""


async def changed(client: Client, package: str, height: int, **more: Any) -> Message:
    """MsgUpdateParams of governance: the chain's parameters with some changed."""
    response = next(
        method.output
        for method in wire.service_methods(f"{package[1:]}.Query")
        if method.path == f"{package}.Query/Params"
    )
    request = wire.class_named(f"{package[1:]}.QueryParamsRequest")
    shown: Any = wire.to_json(
        await client.call(f"{package}.Query/Params", request(), response, height=height)
    )
    kind: Callable[..., Any] = wire.message_class(f"{package}.MsgUpdateParams")
    value = {"authority": GOV, "params": shown["params"] | CHANGES[package] | more}
    made: Message = wire.from_json(kind, value)
    return made


def decrees() -> Sequence[Sequence[Message]]:
    """Messages of proposals beside the parameters, each a proposal."""
    spend = distribution.MsgCommunityPoolSpend
    vault = bme.MsgFundVault(authority=GOV, source=GOV, amount=coins("5uakt")[0])
    return (
        [spend(authority=GOV, recipient=who("fresh"), amount=coins("12345uakt"))],
        [spend(authority=GOV, recipient=who("fresh"), amount=coins("900000000000000000uakt"))],
        [
            pay_from_gov("1uakt"),
            spend(authority=GOV, recipient=GOV, amount=coins("5uakt")),
        ],
        [
            bank.MsgSetSendEnabled(
                authority=GOV, send_enabled=[bank.SendEnabled(denom="uact", enabled=False)]
            )
        ],
        [upgrade.MsgCancelUpgrade(authority=GOV)],
        [upgrade.MsgSoftwareUpgrade(authority=GOV, plan=upgrade.Plan(name="late", height=3))],
        [vault],
    )


def pay_from_gov(amount: str) -> Message:
    """MsgSend of the gov account's own coins."""
    return bank.MsgSend(from_address=GOV, to_address=who("fresh"), amount=coins(amount))
