"""`akashpy tx|query authz|feegrant`: the flags, the lists, and somebody else's money at work."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from akashpy.types.address import VALOPER, Address
from tests.cli.conftest import Cli, address

SEND = "/cosmos.bank.v1beta1.MsgSend"
NEVER = ("--offline", "--gas", "70000", "-a", "0", "-s", "3", "--chain-id", "c", "--generate-only")


def written(cli: Cli, *words: str) -> Any:
    """The one message of a transaction that is only written."""
    said = cli("tx", *words, "--from", "tenant", "--generate-only", "--gas", "9").value
    return said["body"]["messages"][0]


def test_a_grant_to_send_is_used_listed_and_taken_back(cli: Cli, tmp_path: Path) -> None:
    tenant, other = address("tenant"), address("other")
    cli.tx("authz", "grant", other, "send", "--spend-limit", "9uakt", "--from", "tenant",
           "--allow-list", f"{address('bidder')},{other}")  # fmt: skip
    listed = cli("query", "authz", "grants", tenant, other, "-o", "json").value["grants"]
    assert listed == [
        {
            "authorization": {
                "@type": "/cosmos.bank.v1beta1.SendAuthorization",
                "spend_limit": [{"denom": "uakt", "amount": "9"}],
                "allow_list": [address("bidder"), other],
            },
            "expiration": None,
        }
    ]
    file = tmp_path / "send.json"
    unsigned = cli("tx", "bank", "send", tenant, other, "4uakt", "--generate-only", "--gas", "1")
    file.write_text(unsigned.out)
    before = cli.balance("tenant")
    cli.tx("authz", "exec", str(file), "--from", "other")
    assert cli.balance("tenant") == before - 4
    for list_ in (("grants-by-granter", tenant), ("grants-by-grantee", other)):
        found = cli("query", "authz", *list_, "-o", "json").value["grants"]
        assert [(one["granter"], one["grantee"]) for one in found] == [(tenant, other)]
    one = cli("query", "authz", "grants", tenant, other, SEND, "-o", "json").value["grants"]
    assert one[0]["authorization"]["spend_limit"] == [{"denom": "uakt", "amount": "5"}]
    cli.tx("authz", "revoke", other, SEND, "--from", "tenant")
    said = cli.refused("query", "authz", "grants", tenant, other, SEND)
    assert "authorization not found for /cosmos.bank.v1beta1.MsgSend type" in said


def test_a_fee_granter_pays(cli: Cli) -> None:
    tenant, other = address("tenant"), address("other")
    cli.tx("feegrant", "grant", other, "--spend-limit", "100000uakt", "--from", "tenant")
    payer, sender = cli.balance("tenant"), cli.balance("other")
    cli.tx("bank", "send", "other", other, "1uakt", "--fee-granter", tenant, "--gas", "200000")
    assert (cli.balance("tenant"), cli.balance("other")) == (payer - 5000, sender)
    one = cli("query", "feegrant", "grant", tenant, other, "-o", "json").value
    assert one["allowance"]["spend_limit"] == [{"denom": "uakt", "amount": "95000"}]
    for list_ in (("grants-by-granter", tenant), ("grants-by-grantee", other)):
        found = cli("query", "feegrant", *list_, "-o", "json").value["allowances"]
        assert found == [one]
    said: Any = cli.tx("bank", "send", "other", other, "1uakt", "--fee-granter", tenant)
    fee = int(said["tx"]["auth_info"]["fee"]["amount"][0]["amount"])
    assert 1.2 < int(said["gas_wanted"]) / int(said["gas_used"]) < 1.7
    assert cli.balance("tenant") == payer - 5000 - fee
    cli.tx("feegrant", "revoke", other, "--from", "tenant")
    assert "fee-grant not found" in cli.refused("query", "feegrant", "grant", tenant, other)


def test_a_deposit_grant_is_written_as_akash_does(cli: Cli) -> None:
    message = written(cli, "authz", "grant", address("other"), "deposit", "--scope",
                      "deployment,bid", "--spend-limit", "5uact,3uakt",
                      "--expiration", "1893456000")  # fmt: skip
    assert message["grant"] == {
        "authorization": {
            "@type": "/akash.escrow.v1.DepositAuthorization",
            "spend_limit": {"denom": "uakt", "amount": "0"},
            "scopes": ["deployment", "bid"],
            "spend_limits": [
                {"denom": "uact", "amount": "5"},
                {"denom": "uakt", "amount": "3"},
            ],
        },
        "expiration": "2030-01-01T00:00:00Z",
    }


def test_other_kinds(cli: Cli) -> None:
    other = address("other")
    message = written(cli, "authz", "grant", other, "generic", "--msg-type", SEND)
    assert message["grant"]["authorization"]["msg"] == SEND
    valoper = str(Address.of(bytes(20), prefix=VALOPER))
    with_limit = ("--spend-limit", "7uakt")
    for kind, list_ in (("delegate", "allowed"), ("unbond", "deny"), ("redelegate", "deny")):
        said = cli("tx", "authz", "grant", other, kind, f"--{list_}-validators", valoper,
                   *with_limit, "--from", "tenant", "--generate-only", "--gas", "9")  # fmt: skip
        stake = said.value["body"]["messages"][0]["grant"]["authorization"]
        assert stake["max_tokens"] == {"denom": "uakt", "amount": "7"}
        assert stake[f"{list_.removesuffix('ed')}_list"] == {"address": [valoper]}


def test_periods_and_messages(cli: Cli) -> None:
    message = written(cli, "feegrant", "grant", address("other"), "--spend-limit", "9uakt",
                      "--period", "60", "--period-limit", "5uakt", "--expiration",
                      "2030-01-01T00:00:00Z", "--allowed-messages", SEND)  # fmt: skip
    allowance = message["allowance"]
    assert allowance["allowed_messages"] == [SEND]
    inner = allowance["allowance"]
    assert (inner["period"], inner["basic"]["expiration"]) == ("60s", "2030-01-01T00:00:00Z")
    assert inner["period_can_spend"] == [{"denom": "uakt", "amount": "5"}]


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("authz", "grant", "OTHER", "send"), "--spend-limit should be greater than zero"),
        (("authz", "grant", "OTHER", "generic"), "generic needs --msg-type"),
        (("authz", "grant", "OTHER", "delegate"), "--allowed-validators or --deny-validators"),
        (("authz", "grant", "OTHER", "deposit", "--spend-limit", "1uakt"), "deposit needs --scope"),
        (
            ("authz", "grant", "OTHER", "deposit", "--spend-limit", "1uakt", "--scope", "x"),
            "--scope 'x' is none",
        ),
        (("authz", "grant", "nobody", "generic", "--msg-type", SEND), "address 'nobody'"),
        (("authz", "grant", "TENANT", "generic", "--msg-type", SEND), "should be different"),
        (("authz", "exec", "/nowhere.json"), "/nowhere.json"),
        (("feegrant", "grant", "OTHER", "--period", "5"), "period limit was not set"),
        (("feegrant", "grant", "OTHER", "--period-limit", "5uakt"), "period clock was not set"),
        (("feegrant", "grant", "OTHER", "--expiration", "soon"), "--expiration 'soon'"),
        (
            ("feegrant", "grant", "OTHER", "--period", "999999999", "--period-limit", "5uakt",
             "--expiration", "2030-01-01T00:00:00Z"),
            "cannot reset after --expiration",
        ),
    ],
)  # fmt: skip
def test_refuses(alone: Cli, words: tuple[str, ...], said: str) -> None:
    named = {"OTHER": address("other"), "TENANT": address("tenant")}
    full = [named.get(word, word) for word in words]
    done = alone("tx", *full, "--from", "tenant", *NEVER)
    assert done.code != 0
    assert json.dumps(said)[1:-1].replace('\\"', '"') in done.err
