"""A marketplace to test in: tenants, providers, deployments, bids and leases in one line each.

Everything goes through real messages, so a test that needs a lease has lived through the
deployment, the bid and the lease that make one.
"""

from collections.abc import Sequence
from typing import Any

from akashpy.chain import escrow, group, market
from akashpy.chain.deployment import DEPLOYMENTS
from akashpy.types.address import Address
from akashpy.types.attributes import Attributes
from akashpy.types.coin import Coin, DecCoin
from akashpy.types.dec import Dec
from akashpy.types.deployment import Deployment, DeploymentID, Group, GroupID
from akashpy.types.deposit import Deposit, Source
from akashpy.types.duration import duration
from akashpy.types.escrow import Account, EscrowID, Payment, PaymentID
from akashpy.types.market import Bid, BidID, Lease, LeaseID, Order, OrderID
from akashpy.wire import base as wire_base
from akashpy.wire import deployment as wire_deployment
from akashpy.wire import escrow as wire_escrow
from akashpy.wire import market as wire_market
from akashpy.wire import provider as wire_provider
from tests.chain.conftest import Given

HASH = bytes(range(32))
HOUR = 3600 * 10**9
MIB = 2**20
RICH = 10**15
"""Base units a tenant or provider starts with in each denomination."""

Price = int | str | DecCoin
"""Base units per block in the market's denomination, unless it names its own."""


def value(number: int) -> Any:
    """A resource value as on the wire."""
    return wire_base.ResourceValue(val=str(number).encode())


def price_of(price: Price, denom: str) -> DecCoin:
    """A price in `denom`, unless it is a coin already."""
    return price if isinstance(price, DecCoin) else DecCoin(denom, Dec.of(price))


def unit(
    price: Price = 1000,
    denom: str = "uakt",
    *,
    id: int = 1,
    count: int = 1,
    cpu: int = 100,
    memory: int = 128 * MIB,
    storage: int = 128 * MIB,
    storage_attributes: Sequence[tuple[str, str]] = (),
    gpu: int = 0,
    gpu_attributes: Sequence[tuple[str, str]] = (),
) -> Any:
    """One resource unit of a group."""
    return wire_deployment.ResourceUnit(
        resource=wire_base.Resources(
            id=id,
            cpu=wire_base.CPU(units=value(cpu)),
            memory=wire_base.Memory(quantity=value(memory)),
            storage=[
                wire_base.Storage(
                    name="default",
                    quantity=value(storage),
                    attributes=Attributes.of(storage_attributes).to_wire(),
                )
            ],
            gpu=wire_base.GPU(units=value(gpu), attributes=Attributes.of(gpu_attributes).to_wire()),
        ),
        count=count,
        price=price_of(price, denom).to_wire(),
    )


def spec(
    *units: Any,
    name: str = "west",
    attributes: Sequence[tuple[str, str]] = (),
    all_of: Sequence[str] = (),
    any_of: Sequence[str] = (),
) -> Any:
    """A group of units; one plain unit by default."""
    return wire_deployment.GroupSpec(
        name=name,
        requirements=wire_base.PlacementRequirements(
            signed_by=wire_base.SignedBy(all_of=all_of, any_of=any_of),
            attributes=Attributes.of(attributes).to_wire(),
        ),
        resources=units or (unit(),),
    )


def deposit(amount: int, denom: str = "uakt", sources: Sequence[int] = (Source.BALANCE,)) -> Any:
    """A deposit as on the wire."""
    return Deposit(Coin(denom, amount), tuple(sources)).to_wire()


class Bazaar:
    """Messages and reads over a Given; everything settles in `denom`."""

    def __init__(self, given: Given, denom: str | None = None) -> None:
        self.given = given
        self.denom = denom or ("uact" if given.preset == "akash" else "uakt")
        self.tenant = self.rich("tenant")

    @property
    def ctx(self) -> Any:
        """The chain's context."""
        return self.given.ctx

    def rich(self, name: str) -> Address:
        """An account with plenty of both denominations."""
        return self.given.account(name, uakt=RICH, uact=RICH)

    def provider(self, name: str, *attributes: tuple[str, str]) -> Address:
        """A registered provider."""
        owner = self.rich(name)
        self.given.run(
            wire_provider.MsgCreateProvider(
                owner=owner,
                host_uri=f"https://{name}.example.com:8443",
                attributes=Attributes.of(attributes).to_wire(),
            )
        )
        return owner

    # Messages, unsent.

    def deployment_message(
        self,
        dseq: int = 1,
        *,
        owner: Address | None = None,
        groups: Sequence[Any] | None = None,
        amount: int = 5_000_000,
        notice: int | None = None,
        **changes: Any,
    ) -> Any:
        """MsgCreateDeployment; `notice` is the reclamation window in nanoseconds."""
        fields: dict[str, Any] = {
            "id": DeploymentID(owner or self.tenant, dseq).to_wire(),
            "groups": groups if groups is not None else [spec(unit(denom=self.denom))],
            "hash": HASH,
            "deposit": deposit(amount, self.denom),
        }
        if notice is not None:
            fields["reclamation"] = wire_deployment.DeploymentReclamation(
                min_window=duration(notice)
            )
        return wire_deployment.MsgCreateDeployment(**(fields | changes))

    def bid_message(
        self,
        order: OrderID,
        provider: Address,
        price: Price = 500,
        *,
        amount: int = 500_000,
        notice: int | None = None,
        **changes: Any,
    ) -> Any:
        """MsgCreateBid; `notice` is the reclamation window in nanoseconds."""
        fields: dict[str, Any] = {
            "id": order.with_provider(provider).to_wire(),
            "price": price_of(price, self.denom).to_wire(),
            "deposit": deposit(amount, self.denom),
        }
        if notice is not None:
            fields["reclamation_window"] = duration(notice)
        return wire_market.MsgCreateBid(**(fields | changes))

    # Steps.

    def deploy(self, dseq: int = 1, **options: Any) -> DeploymentID:
        """Create a deployment; the options are those of `deployment_message`."""
        message = self.deployment_message(dseq, **options)
        self.given.run(message)
        return DeploymentID.from_wire(message.id)

    def deploy_groups(self, dseq: int, *prices: Price, **options: Any) -> DeploymentID:
        """Create a deployment with one group per highest price."""
        groups = [
            spec(unit(price, self.denom), name=f"group{number}")
            for number, price in enumerate(prices, start=1)
        ]
        return self.deploy(dseq, groups=groups, **options)

    def bid(self, order: OrderID, provider: Address, price: Price = 500, **options: Any) -> BidID:
        """Place a bid; the options are those of `bid_message`."""
        self.given.run(self.bid_message(order, provider, price, **options))
        return order.with_provider(provider)

    def lease(self, bid: BidID) -> LeaseID:
        """Take a bid."""
        self.given.run(wire_market.MsgCreateLease(bid_id=bid.to_wire()))
        return bid.lease

    def leased(
        self, dseq: int = 1, provider: Address | None = None, price: Price = 500, **options: Any
    ) -> LeaseID:
        """A deployment with one group, a bid and a lease, all in the present block."""
        id = self.deploy(dseq, **options)
        chosen = provider or self.provider(f"provider{dseq}")
        return self.lease(self.bid(first_order(id), chosen, price))

    def withdraw(self, lease: LeaseID) -> None:
        """The provider withdraws."""
        self.given.run(wire_market.MsgWithdrawLease(id=lease.to_wire()))

    def close_lease(self, lease: LeaseID) -> None:
        """The tenant closes a lease."""
        self.given.run(wire_market.MsgCloseLease(id=lease.to_wire()))

    def close_bid(self, bid: BidID, reason: int = 10_002) -> None:
        """The provider closes its bid."""
        self.given.run(wire_market.MsgCloseBid(id=bid.to_wire(), reason=reason))

    def close(self, id: DeploymentID) -> None:
        """The tenant closes a deployment."""
        self.given.run(wire_deployment.MsgCloseDeployment(id=id.to_wire()))

    def close_group(self, id: GroupID) -> None:
        """The tenant closes a group."""
        self.given.run(wire_deployment.MsgCloseGroup(id=id.to_wire()))

    def pause(self, id: GroupID) -> None:
        """The tenant pauses a group."""
        self.given.run(wire_deployment.MsgPauseGroup(id=id.to_wire()))

    def start(self, id: GroupID) -> None:
        """The tenant starts a group."""
        self.given.run(wire_deployment.MsgStartGroup(id=id.to_wire()))

    def top_up(
        self,
        id: DeploymentID | EscrowID,
        amount: int,
        *,
        signer: Address | None = None,
        denom: str = "",
    ) -> None:
        """Add money to an account."""
        account = id if isinstance(id, EscrowID) else id.escrow
        self.given.run(
            wire_escrow.MsgAccountDeposit(
                signer=signer or self.tenant,
                id=account.to_wire(),
                deposit=deposit(amount, denom or self.denom),
            )
        )

    # Reads.

    def deployment(self, id: DeploymentID) -> Deployment:
        """The stored deployment."""
        return _found(DEPLOYMENTS.get(self.ctx, id))

    def group(self, id: GroupID) -> Group:
        """The stored group."""
        return _found(group.GROUPS.get(self.ctx, id))

    def order(self, id: OrderID) -> Order:
        """The stored order."""
        return _found(market.ORDERS.get(self.ctx, id))

    def bid_of(self, id: BidID) -> Bid:
        """The stored bid."""
        return _found(market.BIDS.get(self.ctx, id))

    def lease_of(self, id: LeaseID) -> Lease:
        """The stored lease."""
        return _found(market.LEASES.get(self.ctx, id))

    def account(self, id: DeploymentID | BidID | EscrowID) -> Account:
        """The stored escrow account."""
        key = id if isinstance(id, EscrowID) else id.escrow
        return _found(escrow.ACCOUNTS.get(self.ctx, str(key)))

    def payment(self, id: LeaseID | PaymentID) -> Payment:
        """The stored payment."""
        key = id if isinstance(id, PaymentID) else id.payment
        return _found(escrow.PAYMENTS.get(self.ctx, str(key)))

    def told(self) -> list[str]:
        """The story of the events since the last call: short names, and transfers with amounts."""
        story = []
        for event in self.given.events:
            if event.type.startswith("akash"):
                story.append(event.type.rsplit(".", 1)[1])
            elif event.type == "transfer":
                story.append(f"transfer {event.value('amount')}")
        self.given.events.clear()
        return story


def first_order(id: DeploymentID, gseq: int = 1, oseq: int = 1) -> OrderID:
    """An order of a deployment, the first of its first group by default."""
    return OrderID(id.owner, id.dseq, gseq, oseq)


def _found(value: Any) -> Any:
    assert value is not None
    return value
