"""Typed reads of every module: `client.query.market.bids(owner=..., state="open")`.

Lists are async iterators that follow pages; single things raise the module's NotFound error. Each
read takes `height` (None: the latest). Must not know how requests travel.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any, NamedTuple

from akashpy.client.caller import PAGE_SIZE, Caller
from akashpy.types.address import Address
from akashpy.types.audit import AuditedProvider
from akashpy.types.cert import Certificate
from akashpy.types.coin import Coin, Coins
from akashpy.types.deployment import Deployment, DeploymentID, Group, GroupID
from akashpy.types.deployment import Params as DeploymentParams
from akashpy.types.escrow import Account, Payment
from akashpy.types.market import Bid, BidID, Lease, LeaseID, Order, OrderID
from akashpy.types.market import Params as MarketParams
from akashpy.types.provider import Provider
from akashpy.wire import audit as audit_pb
from akashpy.wire import auth as auth_pb
from akashpy.wire import bank as bank_pb
from akashpy.wire import cert as cert_pb
from akashpy.wire import chain as chain_pb
from akashpy.wire import deployment as deployment_pb
from akashpy.wire import escrow as escrow_pb
from akashpy.wire import market as market_pb
from akashpy.wire import provider as provider_pb
from akashpy.wire.crypto import Secp256k1PubKey

DEPLOYMENT = "/akash.deployment.v1beta4.Query/"
MARKET = "/akash.market.v1beta5.Query/"
ESCROW = "/akash.escrow.v1.Query/"
CERT = "/akash.cert.v1.Query/"
PROVIDER = "/akash.provider.v1beta4.Query/"
AUDIT = "/akash.audit.v1.Query/"
BANK = "/cosmos.bank.v1beta1.Query/"
AUTH = "/cosmos.auth.v1beta1.Query/"
SECP256K1 = "/cosmos.crypto.secp256k1.PubKey"
CHAIN = "/akashpy.chain.v1.Query/"


class DeploymentView(NamedTuple):
    """A deployment with its groups and the account that pays for it."""

    deployment: Deployment
    groups: tuple[Group, ...]
    account: Account


class BidView(NamedTuple):
    """A bid with its deposit's account."""

    bid: Bid
    account: Account


class LeaseView(NamedTuple):
    """A lease with its payment."""

    lease: Lease
    payment: Payment


class CertificateView(NamedTuple):
    """A published certificate with its serial number."""

    certificate: Certificate
    serial: int


class BaseAccount(NamedTuple):
    """What a signer needs to know of an account; `pub_key` is empty until it first signed."""

    address: Address
    number: int
    sequence: int
    pub_key: bytes


class _Module:
    def __init__(self, caller: Caller) -> None:
        self._caller = caller


class DeploymentQueries(_Module):
    """Deployments and groups."""

    async def deployments(
        self,
        *,
        owner: str = "",
        dseq: int = 0,
        state: str = "",
        height: int | None = None,
        page_size: int = PAGE_SIZE,
    ) -> AsyncIterator[DeploymentView]:
        """Deployments that match; state is "active" or "closed", empty means any."""
        request = deployment_pb.QueryDeploymentsRequest(
            filters={"owner": owner, "dseq": dseq, "state": state}
        )
        async for page in self._caller.pages(
            DEPLOYMENT + "Deployments",
            request,
            deployment_pb.QueryDeploymentsResponse,
            height=height,
            page_size=page_size,
        ):
            for each in page.deployments:
                yield _deployment(each)

    async def deployment(self, id: DeploymentID, *, height: int | None = None) -> DeploymentView:
        """One deployment. Raises DeploymentNotFound."""
        return _deployment(
            await self._caller.call(
                DEPLOYMENT + "Deployment",
                deployment_pb.QueryDeploymentRequest(id=id.to_wire()),
                deployment_pb.QueryDeploymentResponse,
                height=height,
            )
        )

    async def group(self, id: GroupID, *, height: int | None = None) -> Group:
        """One group. Raises GroupNotFound."""
        found = await self._caller.call(
            DEPLOYMENT + "Group",
            deployment_pb.QueryGroupRequest(id=id.to_wire()),
            deployment_pb.QueryGroupResponse,
            height=height,
        )
        return Group.from_wire(found.group)

    async def params(self, *, height: int | None = None) -> DeploymentParams:
        """The module's parameters."""
        found = await self._caller.call(
            DEPLOYMENT + "Params",
            deployment_pb.QueryParamsRequest(),
            deployment_pb.QueryParamsResponse,
            height=height,
        )
        return DeploymentParams.from_wire(found.params)


class MarketQueries(_Module):
    """Orders, bids and leases. Filters are exact; empty and 0 mean any."""

    async def orders(
        self,
        *,
        owner: str = "",
        dseq: int = 0,
        gseq: int = 0,
        oseq: int = 0,
        state: str = "",
        height: int | None = None,
        page_size: int = PAGE_SIZE,
    ) -> AsyncIterator[Order]:
        """Orders that match; state is "open", "active" or "closed"."""
        wanted = {"owner": owner, "dseq": dseq, "gseq": gseq, "oseq": oseq, "state": state}
        request = market_pb.QueryOrdersRequest(filters=wanted)
        async for page in self._caller.pages(
            MARKET + "Orders",
            request,
            market_pb.QueryOrdersResponse,
            height=height,
            page_size=page_size,
        ):
            for each in page.orders:
                yield Order.from_wire(each)

    async def order(self, id: OrderID, *, height: int | None = None) -> Order:
        """One order. Raises OrderNotFound."""
        found = await self._caller.call(
            MARKET + "Order",
            market_pb.QueryOrderRequest(id=id.to_wire()),
            market_pb.QueryOrderResponse,
            height=height,
        )
        return Order.from_wire(found.order)

    async def bids(
        self,
        *,
        owner: str = "",
        dseq: int = 0,
        gseq: int = 0,
        oseq: int = 0,
        provider: str = "",
        state: str = "",
        height: int | None = None,
        page_size: int = PAGE_SIZE,
    ) -> AsyncIterator[BidView]:
        """Bids that match; state is "open", "active", "lost" or "closed"."""
        wanted = _lease_filter(owner, dseq, gseq, oseq, provider, state)
        request = market_pb.QueryBidsRequest(filters=wanted)
        async for page in self._caller.pages(
            MARKET + "Bids",
            request,
            market_pb.QueryBidsResponse,
            height=height,
            page_size=page_size,
        ):
            for each in page.bids:
                yield _bid(each)

    async def bid(self, id: BidID, *, height: int | None = None) -> BidView:
        """One bid. Raises BidNotFound."""
        return _bid(
            await self._caller.call(
                MARKET + "Bid",
                market_pb.QueryBidRequest(id=id.to_wire()),
                market_pb.QueryBidResponse,
                height=height,
            )
        )

    async def leases(
        self,
        *,
        owner: str = "",
        dseq: int = 0,
        gseq: int = 0,
        oseq: int = 0,
        provider: str = "",
        state: str = "",
        height: int | None = None,
        page_size: int = PAGE_SIZE,
    ) -> AsyncIterator[LeaseView]:
        """Leases that match; state is "active", "insufficient_funds", "closed", "reclaiming"."""
        wanted = _lease_filter(owner, dseq, gseq, oseq, provider, state)
        request = market_pb.QueryLeasesRequest(filters=wanted)
        async for page in self._caller.pages(
            MARKET + "Leases",
            request,
            market_pb.QueryLeasesResponse,
            height=height,
            page_size=page_size,
        ):
            for each in page.leases:
                yield _lease(each)

    async def lease(self, id: LeaseID, *, height: int | None = None) -> LeaseView:
        """One lease. Raises LeaseNotFound."""
        return _lease(
            await self._caller.call(
                MARKET + "Lease",
                market_pb.QueryLeaseRequest(id=id.to_wire()),
                market_pb.QueryLeaseResponse,
                height=height,
            )
        )

    async def params(self, *, height: int | None = None) -> MarketParams:
        """The module's parameters."""
        found = await self._caller.call(
            MARKET + "Params",
            market_pb.QueryParamsRequest(),
            market_pb.QueryParamsResponse,
            height=height,
        )
        return MarketParams.from_wire(found.params)


class EscrowQueries(_Module):
    """Escrow accounts and payments."""

    async def accounts(
        self, *, state: str = "", xid: str = "", height: int | None = None
    ) -> AsyncIterator[Account]:
        """Accounts in one state or all; `xid` is a prefix like "deployment/akash1.../12"."""
        request = escrow_pb.QueryAccountsRequest(state=state, xid=xid)
        async for page in self._caller.pages(
            ESCROW + "Accounts", request, escrow_pb.QueryAccountsResponse, height=height
        ):
            for each in page.accounts:
                yield Account.from_wire(each)

    async def payments(
        self, *, state: str = "", xid: str = "", height: int | None = None
    ) -> AsyncIterator[Payment]:
        """Payments in one state or all; `xid` is a prefix like "deployment/akash1.../12"."""
        request = escrow_pb.QueryPaymentsRequest(state=state, xid=xid)
        async for page in self._caller.pages(
            ESCROW + "Payments", request, escrow_pb.QueryPaymentsResponse, height=height
        ):
            for each in page.payments:
                yield Payment.from_wire(each)


class CertQueries(_Module):
    """Published certificates."""

    async def certificates(
        self,
        *,
        owner: str = "",
        serial: int | None = None,
        state: str = "",
        height: int | None = None,
    ) -> AsyncIterator[CertificateView]:
        """Certificates that match; a serial number needs its owner."""
        wanted = {"owner": owner, "serial": "" if serial is None else str(serial), "state": state}
        request = cert_pb.QueryCertificatesRequest(filter=wanted)
        async for page in self._caller.pages(
            CERT + "Certificates", request, cert_pb.QueryCertificatesResponse, height=height
        ):
            for each in page.certificates:
                yield CertificateView(Certificate.from_wire(each.certificate), int(each.serial))


class ProviderQueries(_Module):
    """Providers."""

    async def providers(self, *, height: int | None = None) -> AsyncIterator[Provider]:
        """All providers."""
        async for page in self._caller.pages(
            PROVIDER + "Providers",
            provider_pb.QueryProvidersRequest(),
            provider_pb.QueryProvidersResponse,
            height=height,
        ):
            for each in page.providers:
                yield Provider.from_wire(each)

    async def provider(self, owner: str, *, height: int | None = None) -> Provider:
        """One provider. Raises ProviderNotFound."""
        found = await self._caller.call(
            PROVIDER + "Provider",
            provider_pb.QueryProviderRequest(owner=owner),
            provider_pb.QueryProviderResponse,
            height=height,
        )
        return Provider.from_wire(found.provider)


class AuditQueries(_Module):
    """What auditors vouch for."""

    async def provider(
        self, owner: str, *, height: int | None = None
    ) -> tuple[AuditedProvider, ...]:
        """Every record about one provider. Raises ProviderNotFound when there is none."""
        found = await self._caller.call(
            AUDIT + "ProviderAttributes",
            audit_pb.QueryProviderAttributesRequest(owner=owner),
            audit_pb.QueryProvidersResponse,
            height=height,
        )
        return tuple(AuditedProvider.from_wire(each) for each in found.providers)


class BankQueries(_Module):
    """Balances and supply, in base units."""

    async def balance(self, owner: str, denom: str, *, height: int | None = None) -> int:
        """What an account holds of one denomination."""
        found = await self._caller.call(
            BANK + "Balance",
            bank_pb.QueryBalanceRequest(address=owner, denom=denom),
            bank_pb.QueryBalanceResponse,
            height=height,
        )
        return int(found.balance.amount or 0)

    async def balances(self, owner: str, *, height: int | None = None) -> Coins:
        """All that an account holds."""
        coins: list[Coin] = []
        async for page in self._caller.pages(
            BANK + "AllBalances",
            bank_pb.QueryAllBalancesRequest(address=owner),
            bank_pb.QueryAllBalancesResponse,
            height=height,
        ):
            coins += [Coin.from_wire(coin) for coin in page.balances]
        return Coins.of(coins)

    async def supply(self, denom: str, *, height: int | None = None) -> int:
        """Base units of a denomination in existence."""
        found = await self._caller.call(
            BANK + "SupplyOf",
            bank_pb.QuerySupplyOfRequest(denom=denom),
            bank_pb.QuerySupplyOfResponse,
            height=height,
        )
        return int(found.amount.amount or 0)


class AuthQueries(_Module):
    """Accounts."""

    async def account(self, address: str, *, height: int | None = None) -> BaseAccount:
        """One account. Raises StatusRefusal with NOT_FOUND for one that never received coins."""
        found = await self._caller.call(
            AUTH + "AccountInfo",
            auth_pb.QueryAccountInfoRequest(address=address),
            auth_pb.QueryAccountInfoResponse,
            height=height,
        )
        info = found.info
        key = b""
        if info.pub_key.type_url == SECP256K1:
            key = Secp256k1PubKey.FromString(info.pub_key.value).key
        return BaseAccount(Address.parse(info.address), info.account_number, info.sequence, key)


class ChainQueries(_Module):
    """Parameters of chains made with akashpy; Akash's own network does not have them."""

    async def params(self, *, height: int | None = None) -> chain_pb.Params:
        """Settlement denominations and fixes. Raises StatusRefusal where they do not exist."""
        found = await self._caller.call(
            CHAIN + "Params",
            chain_pb.QueryParamsRequest(),
            chain_pb.QueryParamsResponse,
            height=height,
        )
        return found.params


class Queries:
    """All modules' reads."""

    def __init__(self, caller: Caller) -> None:
        self.deployment = DeploymentQueries(caller)
        self.market = MarketQueries(caller)
        self.escrow = EscrowQueries(caller)
        self.cert = CertQueries(caller)
        self.provider = ProviderQueries(caller)
        self.audit = AuditQueries(caller)
        self.bank = BankQueries(caller)
        self.auth = AuthQueries(caller)
        self.chain = ChainQueries(caller)


def _lease_filter(
    owner: str, dseq: int, gseq: int, oseq: int, provider: str, state: str
) -> dict[str, Any]:
    return {
        "owner": owner,
        "dseq": dseq,
        "gseq": gseq,
        "oseq": oseq,
        "provider": provider,
        "state": state,
    }


def _deployment(found: deployment_pb.QueryDeploymentResponse) -> DeploymentView:
    return DeploymentView(
        Deployment.from_wire(found.deployment),
        tuple(Group.from_wire(group) for group in found.groups),
        Account.from_wire(found.escrow_account),
    )


def _bid(found: market_pb.QueryBidResponse) -> BidView:
    return BidView(Bid.from_wire(found.bid), Account.from_wire(found.escrow_account))


def _lease(found: market_pb.QueryLeaseResponse) -> LeaseView:
    return LeaseView(Lease.from_wire(found.lease), Payment.from_wire(found.escrow_payment))
