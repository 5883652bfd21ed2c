"""The people's verbs as commands: parse, call one function, show."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import click

from akashpy.cli.network import NODE, node_status, run
from akashpy.cli.output import Command, output_option, show
from akashpy.cli.people import places
from akashpy.cli.people.progress import progress
from akashpy.cli.people.session import open_session, session_options


def verb(command: Command) -> Command:
    """Chain, key and output, as every people's verb takes them."""
    return session_options(output_option("table")(command))


@click.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--name", help="The deployment's name; by default the file's or its folder's.")
@click.option("--deposit", help="What to pay in advance, such as 5000000uakt; default the minimum.")
@click.option("--provider", help="Take the bid of this provider (address or host URI).")
@click.option("--bid-timeout", type=float, default=60.0, show_default=True, help="Seconds.")
@click.option("--ready-timeout", type=float, default=300.0, show_default=True, help="Seconds.")
@verb
def up(
    file: Path,
    name: str | None,
    deposit: str | None,
    provider: str | None,
    bid_timeout: float,
    ready_timeout: float,
    **options: Any,
) -> None:
    """Bring an SDL file up as a running service; the same command again updates it.

    Creates the deployment, waits for bids, takes the cheapest, sends the manifest and waits until
    every service runs. Interrupted, the same command goes on.

    \b
    Examples:
      akashpy up deploy.yaml
      akashpy up deploy.yaml --name blog --deposit 5000000uakt
      akashpy up deploy.yaml --provider akash1...
    """
    import sdl
    from akashpy.cli.people.launch import Wish
    from akashpy.cli.people.launch import up as bring_up

    try:
        definition = sdl.load(file)
    except sdl.SdlError as error:
        raise click.ClickException(f"{error} (`akashpy sdl check {file}` shows all)") from error
    wish = Wish(
        places.check_name(name) if name else places.name_for(file),
        str(file.resolve()),
        definition,
        _coin(deposit),
        provider,
        bid_timeout,
        ready_timeout,
    )

    async def main() -> dict[str, Any]:
        async with open_session(options) as session:
            with progress() as shown:
                return await bring_up(session, wish, shown)

    found = run(main)
    if options["output"] == "table":
        for service in found["services"]:
            for url in service["urls"] or ["(no public port)"]:
                click.echo(f"{service['name']}  {url}")
        return
    show(found, options["output"])


@click.command()
@click.argument("name", required=False)
@verb
def status(name: str | None, **options: Any) -> None:
    """How a deployment does: leases, services, and how long its money lasts.

    Without a name: what the node says of itself, as `akash status`.

    \b
    Examples:
      akashpy status blog
      akashpy status --node tcp://localhost:26657
    """
    if name is None:
        dev = places.dev_chain()
        node = options["node"] or (dev.rpc if dev else NODE)
        as_akash = "json" if options["output"] == "table" else options["output"]
        show(node_status(node), as_akash)
        return
    from akashpy.cli.people.inspect import status as look

    async def main() -> dict[str, Any]:
        async with open_session(options) as session:
            return await look(session, name)

    show(run(main), options["output"])


@click.command()
@click.option("-a", "--all", "everything", is_flag=True, help="Closed ones as well.")
@verb
def ps(everything: bool, **options: Any) -> None:
    """All deployments that were brought up from this machine, by name."""
    from akashpy.cli.people.inspect import listing

    async def main() -> list[dict[str, Any]]:
        async with open_session(options) as session:
            return await listing(session, everything=everything)

    show(run(main), options["output"])


@click.command()
@click.argument("name")
@click.option("-f", "--follow", is_flag=True, help="Go on as new lines come.")
@click.option("--tail", type=click.IntRange(min=0), help="Only this many of the last lines.")
@click.option("--service", multiple=True, help="Only this service; may be repeated.")
@session_options
def logs(
    name: str, follow: bool, tail: int | None, service: tuple[str, ...], **options: Any
) -> None:
    """What a deployment's services write.

    \b
    Examples:
      akashpy logs blog --tail 20
      akashpy logs blog -f --service web
    """
    from akashpy.cli.people.inspect import follow_logs

    async def main() -> None:
        async with open_session(options) as session:
            await follow_logs(session, name, service, follow=follow, tail=tail)

    try:
        run(main)
    except KeyboardInterrupt:
        sys.exit(130)


@click.command("exec", context_settings={"ignore_unknown_options": True})
@click.argument("name")
@click.argument("command", nargs=-1, required=True, type=click.UNPROCESSED)
@click.option("--service", help="Where to run it, if there are several services.")
@click.option("--replica", type=click.IntRange(min=0), default=0, show_default=True)
@click.option("-i", "--stdin", is_flag=True, help="Hand standard input to the command.")
@click.option("-t", "--tty", is_flag=True, help="Give the command a terminal.")
@session_options
def exec_(
    name: str,
    command: tuple[str, ...],
    service: str | None,
    replica: int,
    stdin: bool,
    tty: bool,
    **options: Any,
) -> None:
    """Run a command in a service; its exit code is this command's.

    \b
    Examples:
      akashpy exec blog ls -l
      akashpy exec blog --service web -it sh
    """
    from akashpy.cli.people.shell import Call, execute

    async def main() -> int:
        async with open_session(options) as session:
            return await execute(session, name, Call(command, service, replica, tty, stdin))

    sys.exit(run(main))


@click.command()
@click.argument("name")
@click.option("-y", "--yes", is_flag=True, help="Do not ask.")
@verb
def down(name: str, yes: bool, **options: Any) -> None:
    """End a deployment: its services stop, what is left of its deposit comes back.

    \b
    Examples:
      akashpy down blog -y
    """
    from akashpy.cli.people.inspect import close

    if not yes and sys.stdin.isatty():
        click.confirm(
            f"End {name}? Its services stop and their data is lost.", abort=True, err=True
        )

    async def main() -> dict[str, Any]:
        async with open_session(options) as session:
            with progress() as shown:
                return await close(session, name, shown)

    show(run(main), options["output"])


def _coin(text: str | None) -> Any:
    """The --deposit option as a Coin. Raises UsageError."""
    from akashpy.types.coin import Coin
    from akashpy.types.errors import ChainError

    if text is None:
        return None
    try:
        return Coin.parse(text)
    except ChainError as error:
        raise click.UsageError(
            f"--deposit {text!r} is not an amount; write base units such as 5000000uakt"
        ) from error
