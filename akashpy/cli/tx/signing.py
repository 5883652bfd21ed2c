"""`akashpy tx sign | sign-batch | multi-sign | multisign-batch | validate-signatures`.

What they do is `akashpy.cli.tx.signed`, which loads when one of them runs.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from akashpy.cli.tx.flags import flag, switch, tx_flags

FILE = click.argument("file", type=click.Path(path_type=Path, allow_dash=True))
OUTPUT = flag("--output-document", default="", help="Write to this file, not standard output.")
ONLY = switch("--signature-only", help="Print only the signatures.")
MULTISIG = flag("--multisig", default="", help="Sign for this group of keys (name or address).")


@click.command()
@FILE
@switch("--overwrite", help="Replace the signatures that are there; else one is added.")
@ONLY
@MULTISIG
@OUTPUT
@tx_flags
def sign(
    file: Path,
    overwrite: bool,
    signature_only: bool,
    multisig: str,
    output_document: str,
    **options: Any,
) -> None:
    """Sign a transaction that --generate-only wrote, and print it."""
    from akashpy.cli.tx import signed

    signed.sign(file, overwrite, signature_only, multisig, output_document, options)


@click.command("sign-batch")
@click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path))
@switch("--append", help="Make one transaction of all messages.")
@ONLY
@MULTISIG
@OUTPUT
@tx_flags
def sign_batch(
    files: tuple[Path, ...],
    append: bool,
    signature_only: bool,
    multisig: str,
    output_document: str,
    **options: Any,
) -> None:
    """Sign every transaction of files, one per line, with sequences that follow each other."""
    from akashpy.cli.tx import signed

    signed.sign_batch(files, append, signature_only, multisig, output_document, options)


@click.command("multi-sign")
@FILE
@click.argument("name")
@click.argument("parts", nargs=-1, required=True, type=click.Path(exists=True, path_type=Path))
@ONLY
@switch("--skip-signature-verification", help="Do not look whether the signatures are right.")
@OUTPUT
@tx_flags
def multi_sign(
    file: Path,
    name: str,
    parts: tuple[Path, ...],
    signature_only: bool,
    skip_signature_verification: bool,
    output_document: str,
    **options: Any,
) -> None:
    """Join the signatures of a group's members (of `sign --multisig`) to the group's own."""
    from akashpy.cli.tx import signed

    signed.multi_sign(
        file, name, parts, signature_only, skip_signature_verification, output_document, options
    )


@click.command("multisign-batch")
@FILE
@click.argument("name")
@click.argument("parts", nargs=-1, required=True, type=click.Path(exists=True, path_type=Path))
@switch("--no-auto-increment", help="Use one sequence for all transactions.")
@OUTPUT
@tx_flags
def multisign_batch(
    file: Path,
    name: str,
    parts: tuple[Path, ...],
    no_auto_increment: bool,
    output_document: str,
    **options: Any,
) -> None:
    """Join the signatures of a group's members (of `sign-batch --multisig`), one per line."""
    from akashpy.cli.tx import signed

    signed.multisign_batch(file, name, parts, no_auto_increment, output_document, options)


@click.command("validate-signatures")
@FILE
@tx_flags
def validate_signatures(file: Path, **options: Any) -> None:
    """Whether a transaction's signatures are those of its signers, in their order.

    Without --offline each is verified against the accounts of the chain, too.
    """
    from akashpy.cli.tx import signed

    signed.validate_signatures(file, options)
