"""The groups of `akashpy tx`, each in the module of its name."""

from __future__ import annotations

import click

from akashpy.cli.lazy import Entry, LazyGroup

GROUPS = {
    name: Entry(f"akashpy.cli.tx.{name}:{name}", summary)
    for name, summary in (
        ("audit", "vouch for providers"),
        ("authz", "let others act or pay deposits in your name"),
        ("bank", "send coins"),
        ("bme", "mint ACT from AKT and burn it back"),
        ("cert", "make, publish and revoke certificates"),
        ("deployment", "create, update and close deployments"),
        ("distribution", "withdraw rewards, give to the community"),
        ("escrow", "add funds to a deployment"),
        ("evidence", "nothing to send"),
        ("feegrant", "pay the fees of others"),
        ("gov", "propose, deposit and vote"),
        ("market", "bid, lease and withdraw"),
        ("oracle", "feed a price"),
        ("provider", "register a provider"),
        ("slashing", "bring a validator back"),
        ("staking", "run a validator, stake with validators"),
        ("upgrade", "propose upgrades of the chain"),
        ("vesting", "make accounts whose coins unlock over time"),
    )
} | {
    "broadcast": Entry("akashpy.cli.tx.files:broadcast", "send a signed transaction from a file"),
    "decode": Entry("akashpy.cli.tx.files:decode", "a transaction's bytes as JSON"),
    "encode": Entry("akashpy.cli.tx.files:encode", "a transaction's JSON as bytes"),
    "multi-sign": Entry("akashpy.cli.tx.signing:multi_sign", "join the signatures of a group"),
    "multisign": Entry("akashpy.cli.tx.signing:multi_sign", "the same"),
    "multi-sign-batch": Entry("akashpy.cli.tx.signing:multisign_batch", "the same for many"),
    "multisign-batch": Entry(
        "akashpy.cli.tx.signing:multisign_batch", "join a group's signatures of sign-batch"
    ),
    "sign": Entry("akashpy.cli.tx.signing:sign", "sign a transaction from a file"),
    "sign-batch": Entry("akashpy.cli.tx.signing:sign_batch", "sign the transactions of files"),
    "validate-signatures": Entry(
        "akashpy.cli.tx.signing:validate_signatures", "check a transaction's signatures"
    ),
}


@click.group("tx", cls=LazyGroup, table=GROUPS)
def tx() -> None:
    """Sign and send transactions.

    \b
    Every flag has an environment variable: --keyring-backend is AKASH_KEYRING_BACKEND.
    Examples:
      akashpy tx bank send alice akash1... 5uakt --from alice --keyring-backend test --yes
      akashpy tx deployment create deploy.yaml --from alice --yes
      akashpy tx market lease create --dseq 123 --provider akash1... --from alice --yes
    """
