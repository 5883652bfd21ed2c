"""Deployments: ids, records, parameters, and every check of a message in Akash's order."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from akashpy.types import deployment as d
from akashpy.types.address import Address
from akashpy.types.attributes import Attributes
from akashpy.types.coin import Coin, DecCoin
from akashpy.types.dec import Dec
from akashpy.types.deployment import (
    Deployment,
    DeploymentID,
    DeploymentReclamation,
    DeploymentState,
    Group,
    GroupID,
    GroupSpec,
    GroupState,
    Params,
)
from akashpy.types.deposit import Deposit, Source
from akashpy.types.duration import HOUR, duration, nanoseconds
from akashpy.types.errors import (
    ChainError,
    InvalidAddress,
    InvalidAttributeKey,
    InvalidDepositSource,
    InvalidSequence,
    Panic,
    PlainError,
)
from akashpy.types.escrow import EscrowID, Scope
from akashpy.wire import deployment as wire


def test_ids_and_their_texts(owner: Address) -> None:
    id = DeploymentID(owner, 5)
    id.validate()
    assert str(id) == f"{owner}/5"
    assert DeploymentID.parse(str(id)) == id
    assert id.with_gseq(2) == GroupID(owner, 5, 2)
    assert id.with_gseq(2).deployment == id
    assert str(id.with_gseq(2)) == f"{owner}/5/2"
    assert DeploymentID.from_wire(id.to_wire()) == id
    assert GroupID.from_wire(id.with_gseq(2).to_wire()) == id.with_gseq(2)
    assert DeploymentID.of_escrow(id.escrow) == id
    assert str(id.escrow) == f"deployment/{owner}/5"


@pytest.mark.parametrize(
    ("dseq", "gseq", "error", "text"),
    [
        (0, 1, InvalidSequence, "DeploymentID: Invalid Deployment Sequence: invalid sequence"),
        (1, 0, InvalidSequence, "GroupID: Invalid Group Sequence: invalid sequence"),
    ],
)
def test_zero_sequences(
    owner: Address, dseq: int, gseq: int, error: type[ChainError], text: str
) -> None:
    with pytest.raises(error) as caught:
        GroupID(owner, dseq, gseq).validate()
    assert str(caught.value).endswith(text)


def test_bad_owner() -> None:
    with pytest.raises(InvalidAddress) as caught:
        GroupID("me", 1, 1).validate()
    assert str(caught.value) == (
        "GroupID: Invalid DeploymentID: DeploymentID: Invalid Owner Address: invalid address"
    )


def test_paths_that_are_no_id(owner: Address) -> None:
    with pytest.raises(d.InvalidIDPath):
        DeploymentID.parse(f"{owner}")
    with pytest.raises(PlainError, match="bech32"):
        DeploymentID.parse("me/1")
    with pytest.raises(PlainError, match="ParseUint"):
        DeploymentID.parse(f"{owner}/x")
    with pytest.raises(d.InvalidEscrowID):
        DeploymentID.of_escrow(EscrowID(Scope.BID, f"{owner}/1"))


def test_records_survive_the_wire(owner: Address, group: GroupSpec) -> None:
    id = DeploymentID(owner, 5)
    plain = Deployment(id, DeploymentState.ACTIVE, b"h" * 32, 7)
    assert Deployment.from_wire(plain.to_wire()) == plain
    warned = replace(plain, reclamation=DeploymentReclamation(0))
    assert Deployment.from_wire(warned.to_wire()) == warned
    record = Group(id.with_gseq(1), GroupState.INSUFFICIENT_FUNDS, group, 7)
    assert Group.from_wire(record.to_wire()) == record
    assert Deployment.WIRE() is wire.Deployment
    assert Group.WIRE() is wire.Group


def test_state_names_are_the_wires() -> None:
    assert GroupState.INSUFFICIENT_FUNDS.name == "insufficient_funds"
    assert GroupState.named("open") is GroupState.OPEN
    assert GroupState.named("OPEN") is None
    assert GroupState.of(9) == 9


@pytest.mark.parametrize("length", [0, 1, -1, HOUR, -HOUR - 1, 10**18 + 3])
def test_durations(length: int) -> None:
    assert nanoseconds(duration(length)) == length


def test_a_spec_that_is_remembered_is_nobodys_to_change(group: GroupSpec) -> None:
    """Reading and writing the same spec again is quick, and every message stays its own."""
    first = group.to_wire()
    whole = first.SerializeToString(deterministic=True)
    first.name, first.resources[0].count = "changed", 77
    second = group.to_wire()
    assert second.SerializeToString(deterministic=True) == whole
    assert GroupSpec.from_wire(first) != group
    assert GroupSpec.from_wire(second) == group
    second.name = "changed"
    assert GroupSpec.from_wire(group.to_wire()) == group
    huge = replace(group, name="x" * 10_000)
    for _ in range(2):
        assert GroupSpec.from_wire(huge.to_wire()) == huge
    for number in range(2_000):
        other = replace(group, name=f"group {number}")
        assert GroupSpec.from_wire(other.to_wire()) == other
    assert GroupSpec.from_wire(group.to_wire()) == group


def test_group_price(group: GroupSpec) -> None:
    group.validate()
    assert group.price() == DecCoin("uakt", Dec.of("31.5"))
    assert group.denom == "uakt"


def with_price(group: GroupSpec, place: int, price: DecCoin) -> GroupSpec:
    units = list(group.resources)
    units[place] = replace(units[place], price=price)
    return replace(group, resources=tuple(units))


def test_mixed_denominations(group: GroupSpec) -> None:
    mixed = with_price(group, 1, DecCoin("uact", Dec.of(1)))
    with pytest.raises(PlainError) as caught:
        mixed.validate()
    assert str(caught.value) == "multi-denonimation group: (uact == uakt fails)"
    with pytest.raises(Panic):
        mixed.price()


def test_group_refusals_in_order(group: GroupSpec) -> None:
    with pytest.raises(PlainError, match="empty group spec name denomination"):
        replace(group, name="", resources=()).validate()
    with pytest.raises(PlainError, match="invalid total CPU"):
        replace(group, resources=()).validate()
    with pytest.raises(PlainError, match="group west: error: invalid price object"):
        with_price(group, 0, DecCoin("uakt", Dec.of(-1))).validate()


def test_group_lists(group: GroupSpec) -> None:
    d.validate_groups([group, replace(group, name="east")])
    with pytest.raises(d.InvalidGroups):
        d.validate_groups([])
    with pytest.raises(d.DuplicateGroupName, match="duplicate deployment group name west"):
        d.validate_groups([group, group])
    free = with_price(
        with_price(group, 0, DecCoin("uact", Dec.of(1))), 1, DecCoin("uact", Dec.of(1))
    )
    with pytest.raises(d.InvalidPrice, match="inconsistent group denomination: uakt != uact"):
        d.validate_groups([group, free])
    with pytest.raises(PlainError, match="empty group spec name"):
        d.validate_groups([replace(group, name="")])


@pytest.fixture
def create(owner: Address, group: GroupSpec) -> wire.MsgCreateDeployment:
    return wire.MsgCreateDeployment(
        id=DeploymentID(owner, 5).to_wire(),
        groups=[group.to_wire()],
        hash=b"h" * 32,
        deposit=Deposit(Coin("uakt", 5)).to_wire(),
    )


def test_a_good_creation(create: wire.MsgCreateDeployment) -> None:
    d.validate_create_deployment(create)
    create.reclamation.min_window.FromNanoseconds(HOUR)
    d.validate_create_deployment(create)
    create.deposit.amount.CopyFrom(Coin("uact", 0).to_wire())
    d.validate_create_deployment(create)


Msg = wire.MsgCreateDeployment


@pytest.mark.parametrize(
    ("spoil", "error"),
    [
        (lambda m: setattr(m.id, "owner", "me"), InvalidAddress),
        (lambda m: setattr(m.id, "dseq", 0), InvalidSequence),
        (lambda m: setattr(m.deposit.amount, "denom", "!"), PlainError),
        (lambda m: setattr(m.deposit.amount, "amount", "-1"), PlainError),
        (lambda m: m.deposit.ClearField("sources"), InvalidDepositSource),
        (lambda m: m.deposit.sources.append(7), InvalidDepositSource),
        (lambda m: m.deposit.sources.append(Source.BALANCE), InvalidDepositSource),
        (lambda m: m.ClearField("groups"), d.InvalidGroups),
        (lambda m: m.ClearField("hash"), d.EmptyHash),
        (lambda m: setattr(m, "hash", b"h" * 31), d.InvalidHash),
        (lambda m: m.reclamation.min_window.FromNanoseconds(-1), d.InvalidReclamation),
        (lambda m: m.groups[0].ClearField("name"), PlainError),
        (
            lambda m: (
                m.groups[0]
                .resources[0]
                .resource.cpu.attributes.extend(Attributes.of([("!", "")]).to_wire())
            ),
            InvalidAttributeKey,
        ),
        (lambda m: setattr(m.deposit.amount, "denom", "uact"), d.InvalidDeposit),
    ],
)
def test_each_refusal_of_a_creation(
    create: Msg, spoil: Callable[[Msg], None], error: type[ChainError]
) -> None:
    spoil(create)
    with pytest.raises(error) as caught:
        d.validate_create_deployment(create)
    assert type(caught.value) is error


def test_the_order_of_a_creations_checks(create: Msg) -> None:
    create.ClearField("groups")
    create.ClearField("hash")
    create.deposit.ClearField("sources")
    with pytest.raises(InvalidDepositSource, match="empty deposit sources"):
        d.validate_create_deployment(create)
    create.deposit.sources.append(1)
    with pytest.raises(d.InvalidGroups):
        d.validate_create_deployment(create)


def test_texts_of_deposits(create: Msg) -> None:
    create.deposit.amount.denom = "uact"
    with pytest.raises(d.InvalidDeposit, match=r"Mismatched denominations \(uact != uakt\)"):
        d.validate_create_deployment(create)
    with pytest.raises(InvalidDepositSource, match="duplicate deposit source type 1"):
        Deposit(Coin("uakt", 0), (Source.BALANCE, Source.BALANCE)).validate()
    with pytest.raises(InvalidDepositSource, match="empty deposit source type 0"):
        Deposit(Coin("uakt", 0), (Source.INVALID,)).validate()
    Deposit(Coin("uakt", 0), (Source.GRANT, Source.BALANCE)).validate()


def test_updates_and_closings(owner: Address) -> None:
    id = DeploymentID(owner, 5).to_wire()
    d.validate_update_deployment(wire.MsgUpdateDeployment(id=id, hash=b"h" * 32))
    d.validate_close_deployment(wire.MsgCloseDeployment(id=id))
    for hash, error in ((b"", d.EmptyHash), (b"h", d.InvalidHash)):
        with pytest.raises(error):
            d.validate_update_deployment(wire.MsgUpdateDeployment(id=id, hash=hash))
    with pytest.raises(InvalidAddress):
        d.validate_close_deployment(wire.MsgCloseDeployment())
    for kind in (wire.MsgCloseGroup, wire.MsgPauseGroup, wire.MsgStartGroup):
        d.validate_group_message(kind(id=GroupID(owner, 5, 1).to_wire()))
        with pytest.raises(InvalidSequence):
            d.validate_group_message(kind(id=GroupID(owner, 5, 0).to_wire()))


def test_default_parameters() -> None:
    params = Params()
    params.validate()
    assert [str(coin) for coin in params.min_deposits] == ["500000uakt", "500000uact"]
    assert Params.from_wire(params.to_wire()) == params
    params.validate_deposit(Coin("uact", 500_000))
    with pytest.raises(d.InvalidDeposit) as low:
        params.validate_deposit(Coin("uact", 499_999))
    assert str(low.value) == "Deposit too low - 499999 < 500000uact: Deposit invalid"
    with pytest.raises(d.InvalidDeposit) as other:
        params.validate_deposit(Coin("uusd", 1))
    assert str(other.value) == "Deposit invalid: Invalid deposit denomination uusd"


@pytest.mark.parametrize(
    ("coins", "error"),
    [
        ((Coin("uact", 1), Coin("uact", 2)), PlainError),
        ((Coin("uact", 2**31 - 1),), d.InvalidParam),
        ((Coin("uact", -1),), d.InvalidParam),
        ((Coin("uakt", 1),), d.InvalidParam),
        ((), d.InvalidParam),
    ],
)
def test_bad_parameters(coins: tuple[Coin, ...], error: type[ChainError]) -> None:
    with pytest.raises(error) as caught:
        Params(coins).validate()
    assert type(caught.value) is error
    assert error is PlainError or "parameter invalid: Min Deposit" in str(caught.value)


def test_parameter_updates(owner: Address) -> None:
    good = wire.MsgUpdateParams(authority=owner, params=Params().to_wire())
    d.validate_update_params(good)
    good.authority = "gov"
    with pytest.raises(PlainError, match="invalid authority address: decoding bech32 failed"):
        d.validate_update_params(good)


def test_a_deposit_reads_as_go_prints_it() -> None:
    assert str(Deposit(Coin("uakt", 5))) == "{5uakt [balance]}"
    assert str(Deposit(Coin("uakt", 5), (Source.GRANT, 9))) == "{5uakt [grant 9]}"
