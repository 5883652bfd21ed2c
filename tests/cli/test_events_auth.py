"""`akashpy events` and `akashpy auth jwt`."""

from __future__ import annotations

import json
import time

import pytest

from akashpy.keys.jwt import decode
from tests.cli.conftest import Cli, address
from tests.nodes import key_of


def test_events_are_printed_one_a_line_from_a_height_on(cli: Cli) -> None:
    assert cli("tx", "cert", "generate", "client", "--from", "provider").code == 0
    cli.tx("cert", "publish", "client", "--from", "provider")
    sent = cli("tx", "audit", "attr", "create", address("other"), "a", "b", "--from", "provider",
               "-y").value  # fmt: skip
    height = str(sent["height"])
    done = cli("events", "--since", height, "--blocks", "1")
    assert (done.code, done.err) == (0, "")
    rows = [json.loads(line) for line in done.out.splitlines()]
    assert rows == [
        {
            "height": int(height),
            "type": "akash.audit.v1.EventTrustedAuditorCreated",
            "event": {"owner": address("other"), "auditor": address("provider")},
        }
    ]
    everything = cli("events", "--since", height, "--blocks", "1", "--all").out.splitlines()
    kinds = {json.loads(line)["type"] for line in everything}
    assert {"tx", "message", "coin_spent"} < kinds


def test_events_follow_new_blocks(cli: Cli) -> None:
    assert cli("events", "--blocks", "2").code == 0


def test_events_of_blocks_that_are_gone_are_refused(cli: Cli) -> None:
    assert "write tcp://host:port" in cli.refused("events", "--node", "ftp://x")


def test_a_token_says_who_and_until_when(alone: Cli) -> None:
    now = int(time.time())
    done = alone("auth", "jwt", "--from", "tenant")
    token = decode(done.out.strip())
    assert token.issuer == address("tenant")
    token.verify(key_of("tenant").public)
    token.claims.validate(time.time())
    assert token.claims.access == "full"
    assert now + 900 <= (token.claims.expires_at or 0) <= time.time() + 900


def test_a_token_with_a_scope_and_times(alone: Cli) -> None:
    now = int(time.time())
    words = ("--access", "scoped", "--scope", "logs,status", "--exp", "2h", "--nbf", "10m")
    claims = decode(alone("auth", "jwt", "--from", "tenant", *words).out.strip()).claims
    assert (claims.access, claims.scope) == ("scoped", ("logs", "status"))
    assert claims.not_before is not None
    assert claims.expires_at is not None
    assert claims.expires_at - claims.not_before == 7200
    assert now + 600 <= claims.not_before <= time.time() + 600


@pytest.mark.parametrize(
    ("words", "text"),
    [
        ("", 'required flag(s) "from" not set'),
        ("--from tenant --exp soon", "write 15m, 1h or a unix time"),
        ("--from tenant --exp 5", "`nbf` value is invalid. expected"),
        ("--from tenant --scope logs", "--scope is only for --access scoped"),
        ("--from tenant --access scoped", "scope goes with access scoped"),
        ("--from tenant --access scoped --scope cook", "scope 'cook' is unknown"),
        ("--from tenant --access granular", "list of permissions"),
        ("--from tenant --access much", "is not one of"),
        ("--from nobody", "--from nobody: "),
    ],
)
def test_wrong_wishes_are_refused(alone: Cli, words: str, text: str) -> None:
    assert text in alone.refused("auth", "jwt", *words.split())
