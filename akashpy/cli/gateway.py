"""The tenant's commands of provider-services under their own names: manifests, status, logs, shell.

Flags, defaults and output are those of the Go program. The provider is found on chain by
--provider and known by the certificates it published; --provider-url skips the first. Must not
know how a gateway is spoken to.
"""

from __future__ import annotations

import asyncio
import json
import sys
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from akashpy.cli.network import node_options, run, transport
from akashpy.cli.output import say, show
from akashpy.cli.tx.flags import flag, gseq, number, oseq, signing_flags, stacked, switch
from akashpy.cli.tx.values import definition

if TYPE_CHECKING:
    from akashpy.client.client import Client
    from akashpy.client.provider import Credentials, GatewayError, ProviderGateway
    from akashpy.types.market import LeaseID

Options = dict[str, Any]

tenant_flags = stacked(
    flag("--dseq", type=number, required=True, help="Number of the deployment."),
    gseq,
    oseq,
    flag("--owner", default="", hidden=True),
    signing_flags,
    flag("--auth-type", type=click.Choice(["jwt", "mtls"]), default="jwt",
         help="By which the provider knows the tenant."),
    flag("--provider-url", default="", help="Gateway, instead of the one on chain."),
    switch("--offline", help="Ask no node; needs --provider-url."),
    flag("--sign-mode", default="direct", hidden=True),
    node_options,
)  # fmt: skip
provider = flag("--provider", required=True, help="The provider.")
maybe_provider = flag("--provider", default="", help="Only this provider.  [default: all leases']")
service = flag("--service", default="", help="Only this service.")
follow = switch("-f", "--follow", help="Go on until interrupted.")
tail = flag("-t", "--tail", type=int, default=-1, help="Lines from the end; -1 for all.")


@click.command("send-manifest")
@click.argument("sdl_path", metavar="SDL-PATH", type=click.Path(path_type=Path))
@maybe_provider
@tenant_flags
@click.option(
    "-o", "--output", type=click.Choice(["text", "json", "yaml"]), default="text", show_default=True
)
def send_manifest(sdl_path: Path, output: str, **options: Any) -> None:
    """Hand a deployment's manifest to the providers of its active leases."""
    manifest = definition(sdl_path).manifest()
    results = run(lambda: _send(manifest, options))
    if not results:
        raise click.ClickException(
            f"no active leases found for dseq={options['dseq']}: create one with "
            "`akashpy tx market lease create`"
        )
    show(results, output)
    if any(result["status"] != "PASS" for result in results):
        raise click.ClickException("submit manifest to some providers has been failed")


@click.command("get-manifest")
@provider
@tenant_flags
@click.option(
    "-o", "--output", type=click.Choice(["json", "yaml"]), default="yaml", show_default=True
)
def get_manifest(output: str, **options: Any) -> None:
    """Print the manifest that a provider runs."""

    async def ask(place: Place) -> list[dict[str, Any]]:
        return await place.gateway.manifest(place.lease)

    show(_at(options, ask), output)


@click.command("lease-status")
@provider
@tenant_flags
def lease_status(**options: Any) -> None:
    """Services, forwarded ports and IPs of a lease."""

    async def ask(place: Place) -> dict[str, Any]:
        return await place.gateway.lease_status(place.lease)

    _print(_at(options, ask))


@click.command("service-status")
@provider
@flag("--service", required=True, help="The service.")
@tenant_flags
def service_status(service: str, **options: Any) -> None:
    """How one service of a lease is doing."""

    async def ask(place: Place) -> dict[str, Any]:
        return await place.gateway.service_status(place.lease, service)

    _print(_at(options, ask))


@click.command("lease-logs")
@provider
@service
@follow
@tail
@tenant_flags
@click.option(
    "-o", "--output", type=click.Choice(["text", "json"]), default="text", show_default=True
)
def lease_logs(service: str, follow: bool, tail: int, output: str, **options: Any) -> None:
    """What a lease's services write."""

    async def ask(place: Place) -> None:
        names = [word for word in service.split(",") if word]
        lines = place.gateway.logs(
            place.lease, services=names, follow=follow, tail=None if tail < 0 else tail
        )
        async for line in lines:
            if output == "json":
                _print({"name": line.name, "message": line.message, "lease_id": place.id})
            else:
                click.echo(f"[{place.lease}][{line.name}] {line.message}")

    _at(options, ask)


@click.command("lease-events")
@provider
@service
@follow
@tail
@tenant_flags
def lease_events(service: str, follow: bool, tail: int, **options: Any) -> None:
    """What happened to a lease's workloads."""

    async def ask(place: Place) -> None:
        names = [word for word in service.split(",") if word]
        async for event in place.gateway.events(place.lease, services=names, follow=follow):
            _print(event | {"lease_id": place.id})

    _at(options, ask)


@click.command("lease-shell")
@click.argument("service_name")
@click.argument("command", nargs=-1, required=True, type=click.UNPROCESSED)
@provider
@switch("--stdin", help="Hand on standard input.")
@switch("--tty", help="As an interactive terminal.")
@flag("--replica-index", type=click.IntRange(min=0), default=0, help="Which replica.")
@tenant_flags
def lease_shell(
    service_name: str,
    command: tuple[str, ...],
    stdin: bool,
    tty: bool,
    replica_index: int,
    **options: Any,
) -> None:
    """Run a command in a service and end with its exit code; a single word is split on spaces."""
    from akashpy.cli.people.shell import Call, converse

    if tty and not sys.stdin.isatty():
        raise click.ClickException("input is not a terminal, cannot setup TTY")
    words = _split(command[0]) if len(command) == 1 else command
    call = Call(words, service_name, replica_index, tty, stdin)

    async def ask(place: Place) -> int:
        return await converse(place.gateway, place.lease, service_name, call)

    code = _at(options, ask)
    if code:
        say(f"Error: lease shell failed: remote process exited with code {code}")
        sys.exit(code)


@click.command("migrate-hostnames")
@click.argument("hostnames", metavar="HOSTNAME...", nargs=-1, required=True)
@provider
@tenant_flags
def migrate_hostnames(hostnames: tuple[str, ...], **options: Any) -> None:
    """Take host names over from another of your leases at this provider to the one named."""

    async def ask(place: Place) -> None:
        await place.gateway.migrate_hostnames(hostnames, place.lease.dseq, place.lease.gseq)

    _at(options, ask)


@click.command("migrate-endpoints")
@click.argument("endpoints", metavar="ENDPOINT...", nargs=-1, required=True)
@provider
@tenant_flags
def migrate_endpoints(endpoints: tuple[str, ...], **options: Any) -> None:
    """Take leased addresses over from another of your leases at this provider."""

    async def ask(place: Place) -> None:
        await place.gateway.migrate_endpoints(endpoints, place.lease.dseq, place.lease.gseq)

    _at(options, ask)


@click.command("provider-status")
@click.argument("address", default="")
@flag("--provider-url", default="", help="Gateway, instead of the one on chain.")
@switch("--offline", help="Ask no node; needs --provider-url.")
@node_options
def provider_status(address: str, **options: Any) -> None:
    """What a provider says of itself, as `provider-services status`."""
    from akashpy.client.provider import Anonymous

    async def main() -> dict[str, Any]:
        async with _chain(options) as client, _gateway(client, address, Anonymous(), options) as at:
            return await at.status()

    _print(_refusing(main))


@dataclass(frozen=True, slots=True)
class Place:
    """A lease at its provider's gateway."""

    gateway: ProviderGateway
    lease: LeaseID

    @property
    def id(self) -> dict[str, Any]:
        """The lease as the Go program prints it."""
        lease = self.lease
        return {
            "owner": lease.owner,
            "dseq": lease.dseq,
            "gseq": lease.gseq,
            "oseq": lease.oseq,
            "provider": lease.provider,
            "bseq": 0,
        }


def _at(options: Options, ask: Callable[[Place], Awaitable[Any]]) -> Any:
    """Ask the gateway of the lease that the flags name. Ends the command when it refuses."""
    from akashpy.types.market import LeaseID

    owner, who = _tenant(options)

    async def main() -> Any:
        async with (
            _chain(options) as client,
            _gateway(client, options["provider"], who, options) as gateway,
        ):
            lease = LeaseID(
                owner, options["dseq"], options["gseq"], options["oseq"], options["provider"]
            )
            return await ask(Place(gateway, lease))

    return _refusing(main)


async def _send(manifest: list[Any], options: Options) -> list[dict[str, str]]:
    """One row a provider: PASS, or FAIL with what it said."""
    from akashpy.client.errors import ClientError
    from akashpy.client.provider import GatewayError

    owner, who = await asyncio.to_thread(_tenant, options)
    results = []
    async with _chain(options) as client:
        for address in await _providers(client, owner, options):
            row = {"provider": address, "status": "PASS"}
            try:
                async with _gateway(client, address, who, options) as gateway:
                    await gateway.send_manifest(options["dseq"], manifest)
            except GatewayError as error:
                row["status"] = "FAIL"
                row["error"] = f"remote server returned {error.status}"
                row["errorMessage"] = error.text
            except ClientError as error:
                row |= {"status": "FAIL", "error": str(error)}
            results.append(row)
    return results


async def _providers(client: Client | None, owner: str, options: Options) -> list[str]:
    """Whom the deployment is leased from: each provider once, in the order of the leases."""
    if client is None:
        if not options["provider"]:
            raise click.UsageError("--offline needs --provider and --provider-url")
        return [options["provider"]]
    found: dict[str, None] = {}
    async for view in client.query.market.leases(
        owner=owner, dseq=options["dseq"], provider=options["provider"], state="active"
    ):
        found[view.lease.id.provider] = None
    return list(found)


def _tenant(options: Options) -> tuple[str, Credentials]:
    """The tenant's address and how the gateway is to know it."""
    from akashpy.cli.tx.sender import key_of
    from akashpy.client.provider import CertificateCredentials, TokenCredentials
    from akashpy.keys.x509 import Certificate, CertificateFileError

    if not options["sender"]:
        raise click.UsageError('required flag(s) "from" not set: name the key that signs')
    key = key_of(options)
    owner = options["owner"] or str(key.address)
    if options["auth_type"] == "jwt":
        return owner, TokenCredentials(key)
    try:
        return owner, CertificateCredentials(Certificate.load(options["home"], key))
    except CertificateFileError as error:
        raise click.ClickException(
            f"{error} (`akashpy tx cert generate client`, or --auth-type jwt)"
        ) from error


@asynccontextmanager
async def _chain(options: Options) -> AsyncIterator[Client | None]:
    """The node, or None with --offline."""
    from akashpy.client.client import Client

    if options["offline"]:
        if not options["provider_url"]:
            raise click.UsageError("--offline needs --provider-url")
        yield None
        return
    async with transport(options) as node:
        yield Client(node)


@asynccontextmanager
async def _gateway(
    client: Client | None, address: str, who: Credentials, options: Options
) -> AsyncIterator[ProviderGateway]:
    from akashpy.client.provider import ProviderGateway
    from akashpy.types.address import Address

    url = options["provider_url"]
    if client is not None and not url:
        async with ProviderGateway.of(client, address, who) as gateway:
            yield gateway
        return
    published: list[bytes] = []
    if client is not None:
        listed = client.query.cert.certificates(owner=address, state="valid")
        published = [view.certificate.cert async for view in listed]
    async with ProviderGateway.at(url, Address.parse(address), published, who) as gateway:
        yield gateway


def _refusing(main: Callable[[], Any]) -> Any:
    """Run it; a gateway's refusal ends the command as in the Go program."""
    from akashpy.client.provider import GatewayError

    try:
        return run(main)
    except click.ClickException as error:
        if isinstance(error.__cause__, GatewayError):
            raise click.ClickException(_words(error.__cause__)) from error
        raise


def _words(error: GatewayError) -> str:
    if error.text:
        say(f"provider error messsage:\n{error.text}\n")  # spelled as scripts know it
    return f"remote server returned {error.status}"


def _split(text: str) -> tuple[str, ...]:
    """A command in one word, split on spaces outside of double quotes."""
    words: list[str] = []
    word, is_quoted, has_word = "", False, False
    for char in text:
        if char == '"':
            is_quoted, has_word = not is_quoted, True
        elif char == " " and not is_quoted:
            if word or has_word:
                words.append(word)
            word, has_word = "", False
        else:
            word += char
    if word or has_word:
        words.append(word)
    if not words:
        raise click.UsageError("the command is empty")
    return tuple(words)


def _print(value: Any) -> None:
    """JSON over several lines, as the Go program prints it."""
    click.echo(json.dumps(value, indent=2, ensure_ascii=False))
