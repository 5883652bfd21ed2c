"""A small town on a real chain: what there is for a mutated input to meet, and how its people sign.

Exists so that an input that is almost right finds a deployment, a lease, a grant, a proposal or a
validator where it looks for one. It must not know what is mutated.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from typing import Any, NamedTuple

from google.protobuf.message import Message

from akashpy import wire
from akashpy.chain import auth
from akashpy.keys import group
from akashpy.keys.secp256k1 import PrivateKey
from akashpy.keys.x509 import Certificate
from akashpy.node.comet.block import tx_hash
from akashpy.tx import build, modes, signatures
from akashpy.tx.modes import AMINO_JSON, DIRECT, Place
from akashpy.tx.signatures import Bits, Multi, Single
from akashpy.types.address import VALOPER, Address
from akashpy.types.attributes import Attributes
from akashpy.types.coin import Coin
from akashpy.types.deployment import DeploymentID
from akashpy.types.duration import duration
from akashpy.types.market import OrderID
from akashpy.wire import (
    audit,
    authz,
    bank,
    cert,
    deployment,
    distribution,
    escrow,
    feegrant,
    gov,
    market,
    oracle,
    provider,
    staking,
    vesting,
)  # fmt: skip
from tests.chain.bazaar import HASH, deposit, price_of, spec, unit
from tests.node.realchain import CHAIN, RealChain, address, key

NAMES = ("tenant", "provider", "provider2", "other", "validator")
FEE, GAS = [Coin("uakt", 5_000)], 2_000_000
BORN = datetime(2026, 1, 1, tzinfo=UTC)


def group_key() -> Any:
    """The key of two people together."""
    return group.make(2, [packed(key("tenant")), packed(key("other"))])


def packed(own: PrivateKey) -> Any:
    """A key as a transaction holds it."""
    return build.PublicKey.secp256k1(own.public).to_any()


GROUP = group_key()
PAIR = group.address(GROUP.type_url, GROUP.value)
"""The account of two people together."""
KEYS: dict[bytes, PrivateKey] = {address(name).raw: key(name) for name in NAMES}
TENANT, PROVIDER, OTHER = address("tenant"), address("provider"), address("other")
OPERATOR = address("validator").with_prefix(VALOPER)
ORDERS = [OrderID(TENANT, dseq, 1, 1) for dseq in (1, 2, 3)]
LEASE = ORDERS[0].with_provider(PROVIDER).lease
CERTIFICATE = Certificate.generate(TENANT, not_before=BORN, serial=7)


def founding() -> Iterator[Message]:
    """What the town's people did: one message, one transaction, all of them valid."""
    coins = [Coin("uakt", 10**10).to_wire()]
    yield bank.MsgSend(from_address=TENANT, to_address=PAIR, amount=coins)
    yield provider.MsgCreateProvider(
        owner=PROVIDER,
        host_uri="https://provider.example.com:8443",
        attributes=Attributes.of([("region", "west")]).to_wire(),
    )
    yield audit.MsgSignProviderAttributes(
        owner=PROVIDER, auditor=OTHER, attributes=Attributes.of([("region", "west")]).to_wire()
    )
    yield cert.MsgCreateCertificate(
        owner=TENANT, cert=CERTIFICATE.cert_pem, pubkey=CERTIFICATE.pubkey_pem
    )
    for order in ORDERS:
        yield deployment.MsgCreateDeployment(
            id=DeploymentID(TENANT, order.dseq).to_wire(),
            groups=[spec(unit(denom="uakt"))],
            hash=HASH,
            deposit=deposit(5_000_000),
        )
    for order in ORDERS[:2]:
        yield market.MsgCreateBid(
            id=order.with_provider(PROVIDER).to_wire(),
            price=price_of(500, "uakt").to_wire(),
            deposit=deposit(500_000),
        )
    yield market.MsgCreateLease(bid_id=ORDERS[0].with_provider(PROVIDER).to_wire())
    yield staking.MsgDelegate(
        delegator_address=TENANT, validator_address=OPERATOR, amount=Coin("uakt", 10**7).to_wire()
    )
    generic = authz.GenericAuthorization(msg="/cosmos.bank.v1beta1.MsgSend")
    granted = authz.MsgGrant(granter=TENANT, grantee=OTHER)
    granted.grant.authorization.CopyFrom(wire.pack(generic))
    yield granted
    allowed = feegrant.MsgGrantAllowance(granter=PROVIDER, grantee=OTHER)
    allowed.allowance.CopyFrom(wire.pack(feegrant.BasicAllowance(spend_limit=coins)))
    yield allowed
    yield gov.MsgSubmitProposal(
        proposer=TENANT,
        messages=[],
        metadata="a note",
        title="A title",
        summary="A summary",
        initial_deposit=[Coin("uakt", 10_000_000).to_wire()],
    )


def further() -> Iterator[Message]:
    """Messages that the town could take as they are, to be mutated: one of each kind or so."""
    order = ORDERS[1]
    coin = Coin("uakt", 1_000).to_wire()
    yield from founding()
    yield market.MsgCreateLease(bid_id=order.with_provider(PROVIDER).to_wire())
    yield market.MsgCloseLease(id=LEASE.to_wire())
    yield market.MsgWithdrawLease(id=LEASE.to_wire())
    yield market.MsgCloseBid(id=order.with_provider(PROVIDER).to_wire(), reason=10_002)
    yield market.MsgLeaseStartReclaim(id=LEASE.to_wire(), reason=10_002)
    yield deployment.MsgUpdateDeployment(id=DeploymentID(TENANT, 3).to_wire(), hash=b"h" * 32)
    yield deployment.MsgCloseDeployment(id=DeploymentID(TENANT, 3).to_wire())
    yield deployment.MsgPauseGroup(id=ORDERS[2].group.to_wire())
    yield deployment.MsgStartGroup(id=ORDERS[2].group.to_wire())
    yield deployment.MsgCloseGroup(id=ORDERS[2].group.to_wire())
    yield escrow.MsgAccountDeposit(
        signer=TENANT, id=DeploymentID(TENANT, 1).escrow.to_wire(), deposit=deposit(1_000_000)
    )
    yield cert.MsgRevokeCertificate(id=cert.ID(owner=TENANT, serial="7"))
    yield audit.MsgDeleteProviderAttributes(owner=PROVIDER, auditor=OTHER, keys=["region"])
    yield provider.MsgUpdateProvider(owner=PROVIDER, host_uri="https://p.example.com:8443")
    execute = authz.MsgExec(grantee=OTHER)
    sending = bank.MsgSend(from_address=TENANT, to_address=OTHER, amount=[coin])
    execute.msgs.append(wire.pack(sending))
    yield execute
    yield authz.MsgRevoke(
        granter=TENANT, grantee=OTHER, msg_type_url="/cosmos.bank.v1beta1.MsgSend"
    )
    yield feegrant.MsgRevokeAllowance(granter=PROVIDER, grantee=OTHER)
    yield feegrant.MsgPruneAllowances(pruner=OTHER)
    held = bank.Input(address=TENANT, coins=[coin])
    yield bank.MsgMultiSend(inputs=[held], outputs=[bank.Output(address=OTHER, coins=[coin])])
    yield staking.MsgUndelegate(delegator_address=TENANT, validator_address=OPERATOR, amount=coin)
    yield staking.MsgBeginRedelegate(
        delegator_address=TENANT, validator_src_address=OPERATOR, validator_dst_address=OPERATOR,
        amount=coin,
    )  # fmt: skip
    yield staking.MsgEditValidator(validator_address=OPERATOR, min_self_delegation="5")
    yield distribution.MsgWithdrawDelegatorReward(
        delegator_address=TENANT, validator_address=OPERATOR
    )
    yield distribution.MsgWithdrawValidatorCommission(validator_address=OPERATOR)
    yield distribution.MsgSetWithdrawAddress(delegator_address=TENANT, withdraw_address=OTHER)
    yield distribution.MsgFundCommunityPool(depositor=TENANT, amount=[coin])
    yield gov.MsgVote(voter=TENANT, proposal_id=1, option=1)
    yield gov.MsgDeposit(depositor=OTHER, proposal_id=1, amount=[coin])
    yield gov.MsgCancelProposal(proposer=TENANT, proposal_id=1)
    yield oracle.MsgAddPriceEntry(signer=OTHER, id=oracle.DataID(denom="akt", base_denom="usd"))
    yield vesting.MsgCreateVestingAccount(
        from_address=TENANT, to_address=Address.of(b"v" * 20), amount=[coin], end_time=2**33
    )
    yield vesting.MsgCreatePeriodicVestingAccount(
        from_address=TENANT, to_address=Address.of(b"w" * 20), start_time=1,
        vesting_periods=[vesting.Period(length=5, amount=[coin])],
    )  # fmt: skip
    waiting = market.MsgCreateBid(
        id=ORDERS[2].with_provider(PROVIDER).to_wire(),
        price=price_of(400, "uakt").to_wire(),
        deposit=deposit(500_000),
    )
    waiting.reclamation_window.CopyFrom(duration(3600 * 10**9))
    yield waiting


TEXTS = (
    *(str(address(name)) for name in NAMES), str(PAIR), OPERATOR, str(Address.of_module("gov")),
    str(Address.of_module("bonded_tokens_pool")), "uakt", "uact", "1000000", "5", "west", "region",
    str(LEASE), str(ORDERS[0]), f"{TENANT}/1", "default", "https://p.example.com:8443",
)  # fmt: skip
"""What people, places and things in this town are called."""


class Pen(NamedTuple):
    """Signs for a town's people over what a context knows of their accounts."""

    ctx: Any

    def sign(self, msgs: Sequence[Message], mode: int = DIRECT, **body: Any) -> bytes:
        """A transaction signed by all who must, as far as they live here."""
        asked = dict.fromkeys(Address.of_signer(who).raw for msg in msgs for who in _signers(msg))
        people = list(asked) or [TENANT.raw]
        content = build.body(msgs, **body)
        info = build.auth_info([self._signer(raw, mode) for raw in people], fee=FEE, gas=GAS)
        return build.assemble(
            content, info, [self._signature(raw, mode, content, info) for raw in people]
        )

    def unsigned(self, msgs: Sequence[Message]) -> bytes:
        """A transaction whose signature nobody made."""
        info = build.auth_info([build.Signer(key("other").public, 0)], fee=FEE, gas=GAS)
        return build.assemble(build.body(msgs), info, [bytes(64)])

    def _account(self, raw: bytes) -> tuple[int, int]:
        found = auth.account(self.ctx, raw)
        return (found.number, found.sequence) if found is not None else (0, 0)

    def _signer(self, raw: bytes, mode: int) -> build.Signer:
        sequence = self._account(raw)[1]
        if raw != PAIR.raw:
            return build.Signer(KEYS.get(raw, key("other")).public, sequence, mode)
        parts = Multi(Bits.of(2, [0, 1]), (Single(mode, b""), Single(mode, b"")))
        return build.Signer(b"", sequence, key=GROUP, mode_info=signatures.write(parts)[0])

    def _signature(self, raw: bytes, mode: int, content: bytes, info: bytes) -> bytes:
        number, sequence = self._account(raw)
        document = modes.sign_bytes(
            mode, content, info, Place(CHAIN, str(Address.of(raw)), number, sequence)
        )
        if raw != PAIR.raw:
            return KEYS.get(raw, key("other")).sign(document)
        parts = [Single(mode, key(name).sign(document)) for name in ("tenant", "other")]
        return signatures.write(Multi(Bits.of(2, [0, 1]), tuple(parts)))[1]


def _signers(msg: Message) -> Sequence[str]:
    return wire.signers(msg)


async def found_town(chain: RealChain) -> list[bytes]:
    """Let the town's people do what they did; the transactions, all of which landed."""
    sent = []
    for msg in founding():
        raw = Pen(chain.app.query_context()).sign([msg])
        done = await chain.core.broadcast(raw, "sync")
        assert done.check.code == 0, (msg, done.check)
        await chain.blocks(1)
        landed = chain.core.tx(tx_hash(raw))
        assert landed is not None, msg
        assert landed.result.code == 0, (msg, landed.result.log)
        sent.append(raw)
    return sent


MODES = (DIRECT, DIRECT, DIRECT, AMINO_JSON)
"""How often people sign in which mode."""
