"""The root of the `akashpy` command: a table of what there is, not of what it does."""

from __future__ import annotations

import click

from akashpy.cli.lazy import Entry, LazyGroup

AKASH = 1
"""Exit code of wrong usage in the trees that are Akash's."""

COMMANDS = {
    "up": Entry("akashpy.cli.people.commands:up", "bring an SDL file up as a running service"),
    "down": Entry("akashpy.cli.people.commands:down", "end a deployment"),
    "ps": Entry("akashpy.cli.people.commands:ps", "all deployments, by name"),
    "status": Entry("akashpy.cli.people.commands:status", "how a deployment does"),
    "logs": Entry("akashpy.cli.people.commands:logs", "what a deployment's services write"),
    "exec": Entry("akashpy.cli.people.commands:exec_", "run a command in a service"),
    "dev": Entry("akashpy.cli.dev.command:dev", "run a chain and providers on this machine"),
    "keys": Entry("akashpy.cli.keys:keys", "make, list and remove the keys that sign", AKASH),
    "q": Entry("akashpy.cli.query.tree:query", "the same as query", AKASH),
    "query": Entry("akashpy.cli.query.tree:query", "read the chain, as Akash's query tree", AKASH),
    "tx": Entry("akashpy.cli.tx.tree:tx", "sign and send transactions, as Akash's tx tree", AKASH),
    "auth": Entry("akashpy.cli.auth:auth", "tokens that tell a provider who asks", AKASH),
    "events": Entry("akashpy.cli.events:events", "what happens on the chain, live", AKASH),
    "oracle": Entry("akashpy.cli.oracle.command:oracle", "feed prices to the chain"),
    "genesis": Entry("akashpy.cli.genesis:genesis", "make the genesis of a chain", AKASH),
    "prepare-genesis": Entry(
        "akashpy.cli.genesis:prepare", "give a genesis a public network's parameters", AKASH
    ),
    "node": Entry("akashpy.cli.node.tree:node", "make and run a chain, or join one"),
    "sdl": Entry("akashpy.cli.sdl:sdl", "check, format, describe and convert SDL files"),
} | {
    name: Entry(f"akashpy.cli.gateway:{name.replace('-', '_')}", summary, AKASH)
    for name, summary in (
        ("send-manifest", "hand a manifest to the providers"),
        ("get-manifest", "the manifest that a provider runs"),
        ("lease-status", "services, ports and IPs of a lease"),
        ("lease-events", "what happened to a lease's workloads"),
        ("lease-logs", "what a lease's services write"),
        ("lease-shell", "run a command in a service of a lease"),
        ("migrate-hostnames", "take host names over to a lease"),
        ("migrate-endpoints", "take leased addresses over to a lease"),
        ("service-status", "how one service of a lease is doing"),
        ("provider-status", "what a provider says of itself"),
    )
}


@click.group(
    cls=LazyGroup,
    table=COMMANDS,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)
@click.version_option(package_name="akashpy", prog_name="akashpy")
def main() -> None:
    """A compute marketplace that speaks Akash: deploy, watch, pay; run the chain.

    \b
    Examples:
      akashpy dev                   # a chain, a provider and funded keys; leave it running
      akashpy up deploy.yaml        # in another terminal: an SDL file as a running service
      akashpy query market bid list --owner akash1... --dseq 1
      akashpy tx bank send alice akash1... 5uakt
    """
