"""`akashpy tx gov`."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from akashpy.cli.lazy import LazyGroup
from akashpy.cli.tx.flags import flag, switch, tx_flags
from akashpy.cli.tx.values import coins

if TYPE_CHECKING:
    from collections.abc import Callable

    from google.protobuf.message import Message

    from akashpy.cli.tx.session import Session
    from akashpy.wire import gov as wire

NUMBER = click.IntRange(0, 2**64 - 1)
OPTIONS = {
    "yes": 1, "Yes": 1, "abstain": 2, "Abstain": 2, "no": 3, "No": 3,
    "no_with_veto": 4, "no-with-veto": 4, "NoWithVeto": 4,
}  # fmt: skip
"""What people write for an option -> its number on the wire."""
JSON_FILE = click.Path(path_type=Path)


@click.group(cls=LazyGroup)
def gov() -> None:
    """Propose, deposit, vote."""


@gov.command("submit-proposal")
@click.argument("file", metavar="PROPOSAL.JSON", type=JSON_FILE)
@tx_flags
def submit_proposal(file: Path, **options: Any) -> None:
    """Make a proposal, as a JSON file describes it.

    \b
    {
      "messages": [{"@type": "/cosmos.bank.v1beta1.MsgUpdateParams", ...}],
      "metadata": "ipfs://CID",
      "deposit": "10000000uakt",
      "title": "A title",
      "summary": "A short summary",
      "expedited": false
    }

    The only signer of every message is the gov module's account.
    """
    described = _described(file)

    def make(session: Session) -> list[Message]:
        described.proposer = session.address
        return [described]

    _transact(options, make)


@gov.group("submit-legacy-proposal", invoke_without_command=True)
@flag("--title", default="", help="The proposal's title.")
@flag("--description", default="", help="The proposal's description.")
@flag("--type", "kind", default="Text", help="The proposal's type.")
@flag("--deposit", default="", help="The first deposit.")
@flag("--proposal", type=JSON_FILE, default=None, help="A file that says all this instead.")
@tx_flags
@click.pass_context
def submit_legacy_proposal(
    ctx: click.Context,
    /,
    title: str,
    description: str,
    kind: str,
    deposit: str,
    proposal: Path | None,
    **options: Any,
) -> None:
    """Propose a text, as before messages came."""
    if ctx.invoked_subcommand is not None:
        return
    from akashpy.wire import gov_v1beta1

    if proposal is not None:
        found = _object(proposal)
        title, description = str(found.get("title", "")), str(found.get("description", ""))
        kind, deposit = str(found.get("type", "Text")), str(found.get("deposit", ""))
    if kind.lower() != "text":
        raise click.UsageError(f"--type {kind!r}: only Text is known; use submit-proposal")
    text = gov_v1beta1.TextProposal(title=title, description=description)
    _propose_content(text, deposit, options)


@submit_legacy_proposal.command("param-change")
@click.argument("file", metavar="PROPOSAL.JSON", type=JSON_FILE)
@tx_flags
def param_change(file: Path, **options: Any) -> None:
    """Propose to change legacy parameters, which no module reads any more.

    \b
    {
      "title": "A title",
      "description": "Words",
      "changes": [{"subspace": "staking", "key": "MaxValidators", "value": 105}],
      "deposit": "10000000uakt"
    }
    """
    from akashpy.wire.params import ParamChange, ParameterChangeProposal

    found = _object(file)
    try:
        changes = [
            ParamChange(
                subspace=str(each["subspace"]),
                key=str(each["key"]),
                value=json.dumps(each["value"], separators=(",", ":")),
            )
            for each in found["changes"]
        ]
    except (KeyError, TypeError) as error:
        raise click.ClickException(
            f"{file}: changes must be a list of objects with subspace, key and value"
        ) from error
    content = ParameterChangeProposal(
        title=str(found.get("title", "")),
        description=str(found.get("description", "")),
        changes=changes,
    )
    _propose_content(content, str(found.get("deposit", "")), options)


def _propose_content(content: Message, deposit: str, options: dict[str, Any]) -> None:
    from akashpy.wire import gov_v1beta1, pack

    packed, amount = pack(content), coins(deposit, "deposit").to_wire()

    def make(session: Session) -> list[Message]:
        return [
            gov_v1beta1.MsgSubmitProposal(
                content=packed, initial_deposit=amount, proposer=session.address
            )
        ]

    _transact(options, make)


@gov.command("cancel-proposal")
@click.argument("proposal_id", type=NUMBER)
@tx_flags
def cancel_proposal(proposal_id: int, **options: Any) -> None:
    """Withdraw your own proposal before its voting period ends."""
    from akashpy.wire import gov as wire

    def make(session: Session) -> list[Message]:
        return [wire.MsgCancelProposal(proposal_id=proposal_id, proposer=session.address)]

    _transact(options, make)


@gov.command()
@click.argument("proposal_id", type=NUMBER)
@click.argument("amount", metavar="DEPOSIT")
@tx_flags
def deposit(proposal_id: int, amount: str, **options: Any) -> None:
    """Add to a proposal's deposit, such as 10000000uakt."""
    from akashpy.wire import gov as wire

    given = coins(amount, "deposit").to_wire()

    def make(session: Session) -> list[Message]:
        return [wire.MsgDeposit(proposal_id=proposal_id, depositor=session.address, amount=given)]

    _transact(options, make)


@gov.command()
@click.argument("proposal_id", type=NUMBER)
@click.argument("option")
@flag("--metadata", default="", help="A word on the vote.")
@tx_flags
def vote(proposal_id: int, option: str, metadata: str, **options: Any) -> None:
    """Vote yes, no, no_with_veto or abstain; a later vote replaces an earlier one."""
    from akashpy.wire import gov as wire

    chosen: Any = _option(option)

    def make(session: Session) -> list[Message]:
        return [
            wire.MsgVote(
                proposal_id=proposal_id, voter=session.address, option=chosen, metadata=metadata
            )
        ]

    _transact(options, make)


@gov.command("weighted-vote")
@click.argument("proposal_id", type=NUMBER)
@click.argument("weighted_options")
@flag("--metadata", default="", help="A word on the vote.")
@tx_flags
def weighted_vote(proposal_id: int, weighted_options: str, metadata: str, **options: Any) -> None:
    """Split a vote, such as yes=0.6,no=0.3,abstain=0.1."""
    from akashpy.wire import gov as wire

    split = _split(weighted_options)

    def make(session: Session) -> list[Message]:
        return [
            wire.MsgVoteWeighted(
                proposal_id=proposal_id, voter=session.address, options=split, metadata=metadata
            )
        ]

    _transact(options, make)


@gov.command("draft-proposal")
@switch("--skip-metadata", help="Do not ask for metadata.")
def draft_proposal(skip_metadata: bool) -> None:
    """Ask for a proposal's parts and write draft_proposal.json and draft_metadata.json."""
    title = click.prompt("Enter proposal title")
    summary = click.prompt("Enter proposal summary")
    metadata = ""
    if not skip_metadata:
        found = {"title": title, "authors": [click.prompt("Enter proposal authors", default="")]}
        found["summary"] = summary
        for name in ("details", "proposal_forum_url", "vote_option_context"):
            found[name] = click.prompt(f"Enter proposal {name.replace('_', ' ')}", default="")
        Path("draft_metadata.json").write_text(json.dumps(found, indent=1) + "\n")
        metadata = click.prompt("Enter where the metadata will lie", default="ipfs://CID")
    kind = click.prompt("Enter message type (empty for a text)", default="", show_default=False)
    messages = [_skeleton(kind)] if kind else []
    drafted = {
        "messages": messages,
        "metadata": metadata,
        "deposit": click.prompt("Enter proposal deposit"),
        "title": title,
        "summary": summary,
        "expedited": click.confirm("Enter proposal expedited", default=False),
    }
    Path("draft_proposal.json").write_text(json.dumps(drafted, indent=1) + "\n")
    click.echo("The draft proposal has successfully been generated: draft_proposal.json", err=True)


def _skeleton(kind: str) -> dict[str, Any]:
    """A message of this type with every field empty. Raises ClickException."""
    from akashpy.types.address import Address
    from akashpy.wire import UnknownType, message_class, to_json

    url = kind if kind.startswith("/") else f"/{kind}"
    try:
        made = message_class(url)()
    except UnknownType as error:
        raise click.ClickException(
            f"{url}: {error}; see the messages of `proposal` docs"
        ) from error
    found: dict[str, Any] = {"@type": url, **to_json(made)}
    if "authority" in found:
        found["authority"] = str(Address.of_module("gov"))
    return found


def _transact(options: dict[str, Any], make: Callable[[Session], list[Message]]) -> None:
    from akashpy.cli.tx.session import transact

    async def write(session: Session) -> list[Message]:
        return make(session)

    transact(options, write)


def _described(file: Path) -> wire.MsgSubmitProposal:
    """The message of a proposal.json, without its proposer. Raises ClickException."""
    from akashpy.wire import WireError, from_json, gov

    found = _object(file)
    try:
        described = from_json(
            gov.MsgSubmitProposal,
            {
                "messages": found.get("messages") or [],
                "metadata": found.get("metadata", ""),
                "title": found.get("title", ""),
                "summary": found.get("summary", ""),
                "expedited": bool(found.get("expedited", False)),
            },
        )
    except WireError as error:
        raise click.ClickException(f"{file}: {error}") from error
    described.initial_deposit.extend(coins(str(found.get("deposit", "")), "deposit").to_wire())
    return described


def _object(file: Path) -> dict[str, Any]:
    try:
        found = json.loads(file.read_text())
        if not isinstance(found, dict):
            raise ValueError("it holds no JSON object")
    except (OSError, ValueError) as error:
        raise click.ClickException(f"{file}: {error}") from error
    return found


def _option(text: str) -> int:
    if text not in OPTIONS:
        raise click.UsageError(
            f"'{text}' is not a valid vote option, available options: yes/no/no_with_veto/abstain"
        )
    return OPTIONS[text]


def _split(text: str) -> list[wire.WeightedVoteOption]:
    from akashpy.types.dec import Dec
    from akashpy.types.errors import ChainError
    from akashpy.wire import gov

    made = []
    for part in text.split(","):
        name, equals, weight = part.partition("=")
        chosen: Any = _option(name)
        if not equals:
            raise click.UsageError(f"weight field does not exist for {name} option")
        try:
            made.append(gov.WeightedVoteOption(option=chosen, weight=str(Dec.of(weight))))
        except ChainError as error:
            raise click.UsageError(f"{part!r}: {error}; write it like yes=0.6,no=0.4") from error
    return made
