"""Groups that load a command when it is used, and cobra's habit of flags in any place."""

from __future__ import annotations

import click
import pytest
from click.testing import CliRunner

from akashpy.cli.lazy import SWITCHES, Entry, LazyGroup
from akashpy.cli.main import main
from tests.cli.conftest import Cli, address
from tests.cli.test_help import paths


@click.group(cls=LazyGroup, table={"inner": Entry(f"{__name__}:inner", "inside", 1)})
@click.option("--own", default="none")
def outer(own: str) -> None:
    """A root."""
    click.echo(f"own={own}")


@click.group(cls=LazyGroup)
def inner() -> None:
    """A group in a table."""


@inner.command()
@click.argument("word")
@click.option("--flag", default="none")
@click.option("-y", "--yes", is_flag=True)
def leaf(word: str, flag: str, yes: bool) -> None:
    """A command."""
    click.echo(f"{word} {flag} {yes}")


@pytest.mark.parametrize(
    "words",
    [
        "inner leaf w --flag f -y",
        "inner leaf --flag f -y w",
        "inner --flag f leaf -y w",
        "--flag f inner -y leaf w",
        "--flag=f -y inner leaf w",
        "-y --flag f inner leaf w",
        "-y inner --flag=f leaf w",
    ],
)
def test_flags_may_stand_anywhere(words: str) -> None:
    done = CliRunner().invoke(outer, words.split())
    assert (done.exit_code, done.output) == (0, "own=none\nw f True\n")


def test_a_groups_own_flag_stays_with_it() -> None:
    done = CliRunner().invoke(outer, ["--own", "x", "--flag", "f", "inner", "leaf", "w"])
    assert done.output == "own=x\nw f False\n"


def test_words_after_a_double_dash_are_no_flags() -> None:
    done = CliRunner().invoke(outer, ["inner", "leaf", "--", "--flag"])
    assert done.output == "own=none\n--flag none False\n"


def test_wrong_usage_ends_as_the_table_says() -> None:
    assert CliRunner().invoke(outer, ["inner", "leaf"]).exit_code == 1
    assert CliRunner().invoke(outer, ["inner", "leaf", "w", "--flog"]).exit_code == 1
    assert CliRunner().invoke(outer, ["nothing"]).exit_code == 2


@pytest.mark.parametrize(
    ("words", "code", "text"),
    [
        ("tx bank sent", 1, "No such command 'sent'. Did you mean send?"),
        ("query markt", 1, "No such command 'markt'. Did you mean market?"),
        ("txx", 2, "No such command 'txx'. Did you mean tx?"),
        ("deploymet", 2, "Did you mean query deployment or tx deployment?"),
        ("check", 2, "Did you mean sdl check?"),
        ("query bank balances", 1, "Missing argument 'ADDRESS'."),
        ("query market bid get --dseq x", 1, "'x' is not a valid integer"),
        ("tx deployment close --from tenant", 1, "Missing option '--dseq'"),
        ("sdl chek", 2, "No such command 'chek'. Did you mean check or schema?"),
        ("lease-status --dseq 5 --from tenant", 1, "Missing option '--provider'"),
    ],
)
def test_wrong_usage_of_akashs_trees_exits_with_one(
    alone: Cli, words: str, code: int, text: str
) -> None:
    done = alone(*words.split())
    assert done.code == code
    assert text in done.err
    assert done.out == ""


@pytest.mark.parametrize(
    "words",
    [
        "tx bank send tenant {to} 5uakt --offline --gas 70000 -a 0 -s 3 --chain-id c",
        "--offline tx bank send tenant {to} 5uakt --gas 70000 -a 0 -s 3 --chain-id c",
        "--gas 70000 --chain-id c tx -a 0 --offline bank -s 3 send tenant {to} 5uakt",
        "tx --gas=70000 bank --account-number 0 --sequence=3 send --chain-id c tenant "
        "--offline {to} 5uakt",
        "tx bank send --offline --gas 70000 -a 0 -s 3 --chain-id c tenant {to} 5uakt",
    ],
)
def test_flags_of_a_transaction_may_stand_anywhere(alone: Cli, words: str) -> None:
    signed = alone(*words.format(to=address("other")).split()).value
    assert signed["auth_info"]["signer_infos"][0]["sequence"] == "3"
    assert signed["auth_info"]["fee"]["gas_limit"] == "70000"
    assert len(signed["signatures"]) == 1


def test_the_groups_know_which_flags_take_no_value() -> None:
    """A flag before a subcommand takes the next word unless it is a switch."""
    switches: set[str] = set()
    valued: set[str] = set()
    for words in paths():
        command: click.Command = main
        for word in words:
            assert isinstance(command, click.Group)
            found = command.get_command(click.Context(command), word)
            assert found is not None
            command = found
        for option in command.params:
            if isinstance(option, click.Option):
                names = (*option.opts, *option.secondary_opts)
                (switches if option.is_flag or option.count else valued).update(names)
    ambiguous = switches & valued
    assert {name for name in ambiguous if name.startswith("--")} == {"--pubkey"}  # keys add, show
    assert switches - ambiguous - SWITCHES == set()
    assert SWITCHES & valued == set()
