"""Which messages stand under which name in akashpy.wire: the table that proto/generate.py reads.

A namespace holds every message and enum of the files whose path starts with one of `files`. Where
two of them would have one name, `renamed` gives the second its own.
"""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Namespace:
    """One module of akashpy.wire."""

    name: str
    says: str
    files: tuple[str, ...]
    renamed: dict[str, str] = field(default_factory=dict)

    def named(self, full: str) -> str:
        """Name in this namespace of the message with this full protobuf name."""
        return self.renamed.get(full, full.rsplit(".", 1)[1])


def _keys(curve: str, shown: str) -> dict[str, str]:
    return {f"cosmos.crypto.{curve}.{kind}": f"{shown}{kind}" for kind in ("PubKey", "PrivKey")}


_AKASH = (
    Namespace(
        "audit", "Attributes that auditors vouch for (akash.audit.v1).", ("akash/audit/v1/",)
    ),
    Namespace(
        "base",
        "Coins, pages, attributes, resources and deposits that all modules share.",
        (
            "akash/base/attributes/v1/",
            "akash/base/deposit/v1/",
            "akash/base/offchain/sign/v1/",
            "akash/base/resources/v1beta4/",
            "cosmos/base/v1beta1/",
            "cosmos/base/query/v1beta1/",
        ),
    ),
    Namespace("bme", "Burn-mint equilibrium (akash.bme.v1).", ("akash/bme/v1/",)),
    Namespace("cert", "Certificates (akash.cert.v1).", ("akash/cert/v1/",)),
    Namespace("chain", "What is our own (akashpy.chain.v1).", ("akashpy/chain/v1/",)),
    Namespace(
        "deployment",
        "Deployments and groups (akash.deployment v1 and v1beta4).",
        ("akash/deployment/v1/", "akash/deployment/v1beta4/"),
    ),
    Namespace("discovery", "Node information (akash.discovery.v1).", ("akash/discovery/v1/",)),
    Namespace("epochs", "Timers (akash.epochs.v1beta1).", ("akash/epochs/v1beta1/",)),
    Namespace(
        "escrow",
        "Escrow accounts and payments (akash.escrow v1, types.v1, id.v1).",
        ("akash/escrow/v1/", "akash/escrow/types/v1/", "akash/escrow/id/v1/"),
        {
            "akash.escrow.id.v1.Account": "AccountID",
            "akash.escrow.id.v1.Payment": "PaymentID",
        },
    ),
    Namespace(
        "inventory",
        "A provider's cluster (akash.inventory.v1) and Kubernetes' Quantity.",
        ("akash/inventory/v1/", "k8s.io/"),
    ),
    Namespace(
        "leasev1",
        "Lease calls of a provider (akash.provider.lease.v1).",
        ("akash/provider/lease/v1/",),
    ),
    Namespace("manifest", "Manifests (akash.manifest.v2beta3).", ("akash/manifest/v2beta3/",)),
    Namespace(
        "market",
        "Orders, bids and leases (akash.market v1 and v1beta5).",
        ("akash/market/v1/", "akash/market/v1beta5/"),
    ),
    Namespace("oracle", "Prices (akash.oracle.v2).", ("akash/oracle/v2/",)),
    Namespace(
        "provider", "Registered providers (akash.provider.v1beta4).", ("akash/provider/v1beta4/",)
    ),
    Namespace(
        "providerv1", "Status calls of a provider (akash.provider.v1).", ("akash/provider/v1/",)
    ),
    Namespace("wasm", "Contract message filter (akash.wasm.v1).", ("akash/wasm/v1/",)),
)

_COSMOS = (
    Namespace("auth", "Accounts (cosmos.auth.v1beta1).", ("cosmos/auth/v1beta1/",)),
    Namespace(
        "authz", "Grants to act for another (cosmos.authz.v1beta1).", ("cosmos/authz/v1beta1/",)
    ),
    Namespace("bank", "Balances and supply (cosmos.bank.v1beta1).", ("cosmos/bank/v1beta1/",)),
    Namespace(
        "cmtservice",
        "Blocks and validators as the SDK serves them (cosmos.base.tendermint.v1beta1).",
        ("cosmos/base/tendermint/v1beta1/",),
    ),
    Namespace(
        "consensus", "Consensus parameters (cosmos.consensus.v1).", ("cosmos/consensus/v1/",)
    ),
    Namespace(
        "crypto",
        "Keys and multi-signatures (cosmos.crypto).",
        ("cosmos/crypto/",),
        {
            **_keys("secp256k1", "Secp256k1"),
            **_keys("secp256r1", "Secp256r1"),
            **_keys("ed25519", "Ed25519"),
        },
    ),
    Namespace(
        "distribution", "Rewards (cosmos.distribution.v1beta1).", ("cosmos/distribution/v1beta1/",)
    ),
    Namespace("evidence", "Misbehaviour (cosmos.evidence.v1beta1).", ("cosmos/evidence/v1beta1/",)),
    Namespace(
        "feegrant",
        "Fees paid for another (cosmos.feegrant.v1beta1).",
        ("cosmos/feegrant/v1beta1/",),
    ),
    Namespace(
        "genutil", "Genesis transactions (cosmos.genutil.v1beta1).", ("cosmos/genutil/v1beta1/",)
    ),
    Namespace("gov", "Proposals and votes (cosmos.gov.v1).", ("cosmos/gov/v1/",)),
    Namespace(
        "gov_v1beta1", "Older proposals and votes (cosmos.gov.v1beta1).", ("cosmos/gov/v1beta1/",)
    ),
    Namespace("ics23", "Merkle proofs (cosmos.ics23.v1).", ("cosmos/ics23/v1/",)),
    Namespace("mint", "Inflation (cosmos.mint.v1beta1).", ("cosmos/mint/v1beta1/",)),
    Namespace(
        "node", "A node's own settings (cosmos.base.node.v1beta1).", ("cosmos/base/node/v1beta1/",)
    ),
    Namespace("params", "Legacy parameters (cosmos.params.v1beta1).", ("cosmos/params/v1beta1/",)),
    Namespace(
        "reflection",
        "What an application consists of (cosmos.base.reflection, reflection and autocli).",
        ("cosmos/base/reflection/", "cosmos/reflection/v1/", "cosmos/autocli/v1/"),
    ),
    Namespace(
        "signing", "Sign modes (cosmos.tx.signing.v1beta1).", ("cosmos/tx/signing/v1beta1/",)
    ),
    Namespace(
        "slashing", "Liveness and jailing (cosmos.slashing.v1beta1).", ("cosmos/slashing/v1beta1/",)
    ),
    Namespace(
        "staking",
        "Validators and delegations (cosmos.staking.v1beta1).",
        ("cosmos/staking/v1beta1/",),
    ),
    Namespace(
        "store",
        "Commit information and snapshots (cosmos.store).",
        ("cosmos/store/v1beta1/", "cosmos/store/snapshots/v1/"),
    ),
    Namespace("tx", "Transactions and their service (cosmos.tx.v1beta1).", ("cosmos/tx/v1beta1/",)),
    Namespace(
        "upgrade", "Planned upgrades (cosmos.upgrade.v1beta1).", ("cosmos/upgrade/v1beta1/",)
    ),
    Namespace(
        "vesting", "Vesting accounts (cosmos.vesting.v1beta1).", ("cosmos/vesting/v1beta1/",)
    ),
)

_COMET = (
    Namespace(
        "abci",
        "Application interface (tendermint.abci) and results of transactions (cosmos.base.abci).",
        ("tendermint/abci/", "cosmos/base/abci/v1beta1/"),
    ),
    Namespace("p2p", "Node information (tendermint.p2p).", ("tendermint/p2p/",)),
    Namespace(
        "tendermint",
        "Blocks, votes, validators, keys and proofs (tendermint types, crypto, version, libs).",
        ("tendermint/types/", "tendermint/crypto/", "tendermint/version/", "tendermint/libs/"),
    ),
)

NAMESPACES: tuple[Namespace, ...] = tuple(
    sorted((*_AKASH, *_COSMOS, *_COMET), key=lambda space: space.name)
)
