"""The groups of `akashpy query`, each in the module of its name."""

from __future__ import annotations

import click

from akashpy.cli.lazy import Entry, LazyGroup

GROUPS = {
    name: Entry(f"akashpy.cli.query.{name}:{name}", summary)
    for name, summary in (
        ("audit", "what auditors vouch for"),
        ("auth", "accounts"),
        ("authz", "who may act for whom"),
        ("bank", "balances and supply"),
        ("bme", "minting and burning of ACT, and its vault"),
        ("cert", "certificates"),
        ("deployment", "deployments and groups"),
        ("distribution", "rewards, commission and the community pool"),
        ("epochs", "named lengths of time"),
        ("escrow", "accounts and payments of deployments and bids"),
        ("evidence", "validators who signed twice"),
        ("feegrant", "who pays whose fees"),
        ("gov", "proposals, deposits and votes"),
        ("market", "orders, bids and leases"),
        ("mint", "inflation"),
        ("oracle", "prices"),
        ("params", "this chain's settlement denominations and fixes"),
        ("provider", "providers"),
        ("slashing", "how validators sign"),
        ("staking", "validators and stake"),
    )
} | {
    "block": Entry("akashpy.cli.query.chain:block", "a block by height"),
    "block-results": Entry("akashpy.cli.query.chain:block_results", "a block's results"),
    "tx": Entry("akashpy.cli.query.chain:tx", "a transaction by hash"),
    "txs": Entry("akashpy.cli.query.chain:txs", "transactions by their events"),
}


@click.group("query", cls=LazyGroup, table=GROUPS)
def query() -> None:
    """Read the chain.

    \b
    Examples:
      akashpy query bank balances akash1...
      akashpy query deployment list --owner akash1... --state active
      akashpy query market bid list --owner akash1... --dseq 123 -o json
    """
