"""Akash's flags of transactions: names, defaults and environment variables.

Must not know what a transaction says; what flags mean is `akashpy.cli.tx.session`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import click
from click.core import ParameterSource

from akashpy.cli.home import keyring_options
from akashpy.cli.network import node_options
from akashpy.cli.output import Command, output_option

GAS_PRICES = "0.025uakt"
SOURCES = "grant,balance"
REASON_UNSPECIFIED = 10_002


def flag(*names: str, **settings: Any) -> Callable[[Command], Command]:
    """An option that AKASH_<NAME> sets as well."""
    long = next(name for name in names if name.startswith("--"))
    settings.setdefault("envvar", f"AKASH_{long[2:].upper().replace('-', '_')}")
    settings.setdefault("show_default", settings.get("default") not in (None, ""))
    return click.option(*names, **settings)


def switch(*names: str, help: str) -> Callable[[Command], Command]:
    """A flag without a value."""
    return flag(*names, is_flag=True, show_default=False, help=help)


def stacked(*decorators: Callable[[Command], Command]) -> Callable[[Command], Command]:
    """Several decorators as one, the first outermost."""

    def add(command: Command) -> Command:
        for decorate in reversed(decorators):
            command = decorate(command)
        return command

    return add


class GoDuration(click.ParamType[int]):
    """A length of time as Go writes it (1h30m, 15s), as whole nanoseconds."""

    name = "duration"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> int:
        """Read the text. Fails for one that Go would not read."""
        from sdl.quantity import QuantityError, parse_duration

        if isinstance(value, int):
            return value
        try:
            return parse_duration(str(value))
        except QuantityError as error:
            self.fail(f"{error}; write it like 1h30m or 90s", param, ctx)


DURATION = GoDuration()

signing_flags = stacked(
    flag("--from", "sender", default="", help="Name or address of the key that signs."),
    keyring_options(),
)

tx_flags = stacked(
    signing_flags,
    flag("--chain-id", default="", help="Refuse a node of any other chain."),
    flag("--gas", default="auto", help='Gas limit; "auto" asks the node.'),
    flag("--gas-adjustment", type=float, default=1.5, help="Times the gas that a trial used."),
    flag("--gas-prices", default=None, help=f"Price of gas.  [default: {GAS_PRICES}]"),
    flag("--fees", default="", help="Fee to pay, instead of gas times price."),
    flag("--fee-granter", default="", help="Account that grants the fee."),
    flag("--fee-payer", default="", help="Account that pays the fee, and signs as well."),
    flag("--note", default="", help="A note in the transaction."),
    flag("--timeout-height", type=click.IntRange(min=0), default=0, show_default=False,
         help="Last height at which it may be included."),
    flag("--timeout-duration", type=DURATION, default=None, show_default=False,
         help="How long it may be included, such as 10m."),
    switch("--unordered", help="Without a sequence; needs --timeout-duration."),
    flag("-b", "--broadcast-mode", type=click.Choice(["sync", "async", "block"]), default="sync",
         help="async does not wait for the node's answer."),
    flag("--sign-mode", type=click.Choice(["direct", "amino-json", "direct-aux"]),
         default="direct", help="How the signature is made."),
    switch("--aux", help="Sign for a transaction whose fee somebody else pays: --sign-mode "
                         "direct-aux, unless another is given."),
    flag("-a", "--account-number", type=click.IntRange(min=0), default=None,
         help="The signer's account number, where it is not asked."),
    flag("-s", "--sequence", type=click.IntRange(min=0), default=None,
         help="The signer's sequence, where it is not asked."),
    switch("--generate-only", help="Print the unsigned transaction."),
    switch("--dry-run", help="Only estimate the gas."),
    switch("--offline", help="Ask no node; print the signed transaction."),
    switch("--ledger", help="Sign with a Ledger device."),
    switch("-y", "--yes", help="Do not ask before sending."),
    node_options,
    output_option("json"),
)  # fmt: skip
"""Everything that every transaction takes."""


def sign_mode(options: Mapping[str, Any]) -> str:
    """The mode of --sign-mode; where none was given, --aux means direct-aux."""
    source = click.get_current_context().get_parameter_source("sign_mode")
    if options.get("aux") and source is ParameterSource.DEFAULT:
        return "direct-aux"
    return str(options["sign_mode"])


deposit_sources = flag(
    "--deposit-sources", "sources", default=SOURCES, help="Whose money, in this order."
)
gseq = flag("--gseq", type=click.IntRange(1, 2**32 - 1), default=1, help="Number of the group.")
oseq = flag("--oseq", type=click.IntRange(1, 2**32 - 1), default=1, help="Number of the order.")
number = click.IntRange(0, 2**64 - 1)
deployment_flags = stacked(
    flag("--owner", default="", help="The tenant.  [default: the signer]"),
    flag("--dseq", type=number, required=True, help="Number of the deployment."),
)
group_flags = stacked(
    flag("--owner", required=True, help="The tenant."),
    flag("--dseq", type=number, required=True, help="Number of the deployment."),
    gseq,
)
lease_flags = stacked(
    deployment_flags, gseq, oseq, flag("--provider", required=True, help="The provider.")
)
