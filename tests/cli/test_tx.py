"""`akashpy tx`: what each flag does, and how refusals read. The life itself is test_walk.py."""

from __future__ import annotations

import json
from base64 import b64decode
from pathlib import Path
from typing import Any

import pytest

from tests.cli.conftest import Cli, address
from tests.walk import PROVIDER, SDL

TO = address("other")
SEND = ("tx", "bank", "send", "tenant", TO, "5uakt")
OFFLINE = ("--offline", "--gas", "70000", "-a", "0", "-s", "3", "--chain-id", "c")


def written(folder: Path, name: str, text: str) -> str:
    """The path of a file with a text."""
    path = folder / name
    path.write_text(text)
    return str(path)


@pytest.fixture
def sdl(tmp_path: Path) -> str:
    """An SDL file priced in uact."""
    return written(tmp_path, "deploy.yaml", SDL.format(image="nginx:1"))


def certified(cli: Cli, name: str = "tenant") -> None:
    """Give an account a published client certificate."""
    assert cli("tx", "cert", "generate", "client", "--from", name).code == 0
    cli.tx("cert", "publish", "client", "--from", name)


# sending


def test_a_transaction_prints_its_included_result(cli: Cli) -> None:
    before = cli.balance("other")
    said: Any = cli(*SEND, "--note", "for you", "--yes").value
    assert (said["code"], said["raw_log"]) == (0, "")
    assert int(said["height"]) > 0
    assert said["tx"]["body"]["memo"] == "for you"
    assert said["events"][0]["type"] == "coin_spent"
    assert cli.balance("other") == before + 5
    assert cli("query", "tx", said["txhash"], "-o", "json").value == said


def test_gas_and_fees_have_akashs_defaults(cli: Cli) -> None:
    said: Any = cli(*SEND, "--yes").value
    gas, fee = int(said["gas_wanted"]), said["tx"]["auth_info"]["fee"]
    assert 1.2 < gas / int(said["gas_used"]) < 1.7
    assert fee["amount"] == [{"denom": "uakt", "amount": str(-(-gas * 25 // 1000))}]
    doubled: Any = cli(*SEND, "--yes", "--gas-adjustment", "3").value
    assert abs(int(doubled["gas_wanted"]) - 2 * gas) < 5000


@pytest.mark.parametrize(
    ("flags", "fee"),
    [
        (("--fees", "777uakt"), [{"denom": "uakt", "amount": "777"}]),
        (("--gas-prices", "0.1uakt"), [{"denom": "uakt", "amount": "9000"}]),
        (("--gas-prices", "0.1uact"), [{"denom": "uact", "amount": "9000"}]),
    ],
)
def test_fees_as_told(cli: Cli, flags: tuple[str, ...], fee: list[dict[str, str]]) -> None:
    said: Any = cli(*SEND, "--gas", "90000", *flags, "--yes").value
    assert said["tx"]["auth_info"]["fee"]["amount"] == fee
    assert said["gas_wanted"] == "90000"


def test_flags_come_from_the_environment(cli: Cli) -> None:
    said: Any = cli(
        *SEND, env={"AKASH_YES": "true", "AKASH_FEES": "123uakt", "AKASH_NOTE": "env"}
    ).value
    assert said["tx"]["body"]["memo"] == "env"
    assert said["tx"]["auth_info"]["fee"]["amount"][0]["amount"] == "123"


def test_a_flag_wins_over_the_environment(cli: Cli) -> None:
    said: Any = cli(*SEND, "--note", "flag", "--yes", env={"AKASH_NOTE": "env"}).value
    assert said["tx"]["body"]["memo"] == "flag"


def test_the_sender_may_be_an_address(cli: Cli) -> None:
    said: Any = cli("tx", "bank", "send", address("tenant"), TO, "1uakt", "-y").value
    assert said["tx"]["body"]["messages"][0]["from_address"] == address("tenant")


def test_async_does_not_wait(cli: Cli) -> None:
    before = cli.balance("other")
    said: Any = cli(*SEND, "--yes", "-b", "async").value
    assert (said["height"], said["tx"], len(said["txhash"])) == ("0", None, 64)
    for _ in range(100):
        if cli("query", "tx", said["txhash"]).code == 0:
            break
    assert cli.balance("other") == before + 5


def test_a_timeout_height_is_kept(cli: Cli) -> None:
    said: Any = cli(*SEND, "--yes", "--timeout-height", "1000000").value
    assert said["tx"]["body"]["timeout_height"] == "1000000"


def test_an_unordered_transaction_takes_no_sequence(cli: Cli) -> None:
    def sequence() -> str:
        found = cli("query", "auth", "account", address("tenant"), "-o", "json").value
        return str(found["account"].get("sequence"))

    before = sequence()
    flags = ("--unordered", "--timeout-duration", "1m", "--gas", "100000", "--yes")
    said: Any = cli(*SEND, *flags).value
    assert said["tx"]["body"]["unordered"] is True
    assert sequence() == before


def test_multi_send_shares_or_repeats(cli: Cli) -> None:
    to = (address("other"), address("auditor"))
    before = cli.balance("auditor")
    cli.tx("bank", "multi-send", "tenant", *to, "10uakt")
    assert cli.balance("auditor") == before + 10
    cli.tx("bank", "multi-send", "tenant", *to, "10uakt", "--split")
    assert cli.balance("auditor") == before + 15


# asking, drafting, trying


def test_without_yes_it_asks_and_a_no_sends_nothing(cli: Cli) -> None:
    before = cli.balance("other")
    done = cli(*SEND, input="n\n")
    assert (done.code, done.out) == (1, "")
    assert "MsgSend" in done.err
    assert "transaction declined by user input" in done.err
    assert cli(*SEND, input="").code == 1
    assert cli.balance("other") == before
    assert cli(*SEND, input="y\n").value["code"] == 0


def test_generate_only_prints_an_unsigned_transaction(cli: Cli) -> None:
    draft: Any = cli(*SEND, "--generate-only").value
    assert list(draft) == ["body", "auth_info", "signatures"]
    assert draft["signatures"] == draft["auth_info"]["signer_infos"] == []
    assert int(draft["auth_info"]["fee"]["gas_limit"]) > 0
    by_address: Any = cli(
        "tx", "bank", "send", address("provider"), TO, "5uakt", "--generate-only", "--gas", "9"
    ).value
    assert by_address["auth_info"]["fee"]["gas_limit"] == "9"


def test_dry_run_says_the_gas_and_sends_nothing(cli: Cli) -> None:
    before = cli.balance("other")
    done = cli(*SEND, "--dry-run")
    assert (done.code, done.out) == (0, "")
    assert int(done.err.removeprefix("gas estimate: ")) > 10_000
    assert cli.balance("other") == before


def test_draft_sign_send_in_three_steps(cli: Cli, tmp_path: Path) -> None:
    before = cli.balance("other")
    draft = written(tmp_path, "draft.json", cli(*SEND, "--generate-only").out)
    assert "no signature" in cli.refused("tx", "broadcast", draft)
    signed = written(tmp_path, "signed.json", cli("tx", "sign", draft, "--from", "tenant").out)
    encoded = cli("tx", "encode", signed).out.strip()
    decoded = cli("tx", "decode", encoded).value
    assert decoded == json.loads(Path(signed).read_text())
    assert cli("tx", "decode", "-x", b64decode(encoded).hex()).value == decoded
    assert "--overwrite" in cli.refused("tx", "sign", signed, "--from", "tenant")
    only = cli("tx", "sign", draft, "--from", "tenant", "--signature-only").value
    (one,) = only["signatures"]
    assert [one["data"]["single"]["signature"]] == decoded["signatures"]
    assert cli("tx", "broadcast", signed).value["code"] == 0
    assert cli.balance("other") == before + 5
    said = cli.refused("tx", "broadcast", signed)
    assert "tx already in mempool (sdk/19)" in said


def test_offline_signs_without_a_node(alone: Cli) -> None:
    signed: Any = alone(*SEND, *OFFLINE).value
    assert signed["auth_info"]["signer_infos"][0]["sequence"] == "3"
    assert len(b64decode(signed["signatures"][0])) == 64


@pytest.mark.parametrize(
    ("words", "text"),
    [
        ((*SEND, "--offline"), "tx client: cannot simulate tx in offline mode"),
        ((*SEND, "--offline", "--gas", "1"), "--offline needs --account-number and --sequence"),
        ((*SEND, *OFFLINE[:-2]), "--offline needs --chain-id"),
        ((*SEND, "--gas", "much"), "--gas 'much' is neither \"auto\" nor a positive number"),
        (
            (*SEND, "--gas", "5", "--fees", "1uakt", "--gas-prices", "1uakt", *OFFLINE),
            "cannot provide both fees and gas prices",
        ),
        ((*SEND, "--unordered"), "--unordered needs --timeout-duration"),
        ((*SEND, "--timeout-duration", "soon"), "write it like 1h30m or 90s"),
        (
            (*SEND, "--sign-mode", "direct-aux", *OFFLINE),
            "cannot sign with SIGN_MODE_DIRECT_AUX: unauthorized",
        ),
        ((*SEND, "--ledger"), "--ledger is not available"),
        ((*SEND, "--fee-payer", TO), "has to sign as well"),
        (("tx", "bank", "send", "nobody", TO, "5uakt"), "--from nobody: "),
        (("tx", "bank", "send", "tenant", TO, "5"), "write it like 5uakt"),
        (("tx", "bank", "send", "tenant", TO, "-5uakt"), "No such option"),
        (("tx", "deployment", "close", "--dseq", "5"), 'required flag(s) "from" not set'),
        (("tx", "audit", "attr", "create", TO, "k", "--from", "tenant"), "'k' has no value"),
        (("tx", "encode", "nowhere.json"), "nowhere.json"),
        (("tx", "decode", "???"), "is no base64"),
        (("tx", "decode", "aGVsbG8="), "tx parse error (sdk/2)"),
    ],
    ids=lambda value: " ".join(value)[:60] if isinstance(value, tuple) else "",
)
def test_wrong_flags_are_refused_before_anything_is_sent(
    alone: Cli, words: tuple[str, ...], text: str
) -> None:
    assert text in alone.refused(*words)


# refusals


@pytest.mark.parametrize(
    ("words", "texts"),
    [
        (
            ("tx", "bank", "send", "tenant", TO, "9000000000000000uakt"),
            ("is smaller than 9000000000000000uakt: insufficient funds (sdk/5)", "add funds"),
        ),
        ((*SEND, "--gas", "20000"), ("out of gas", "(sdk/11)", "raise --gas")),
        ((*SEND, "--timeout-height", "1"), ("tx timeout height (sdk/30)", "--timeout-height")),
        ((*SEND, "--chain-id", "other-1"), ("--chain-id is 'other-1'",)),
        ((*SEND, "-s", "99"), ("account sequence mismatch, expected", "(sdk/32)")),
        (
            ("tx", "bank", "send", "tenant", "akash1bad", "5uakt"),
            ("invalid address",),
        ),
        (
            ("tx", "deployment", "close", "--dseq", "77", "--from", "tenant"),
            ("Deployment not found (deployment/4)", "list --owner"),
        ),
        (
            ("tx", "market", "lease", "create", "--dseq", "77", "--provider", TO, "--from",
             "tenant"),
            ("invalid bid: bid not found (market/18)",),
        ),
        (
            ("tx", "market", "bid", "create", "--owner", TO, "--dseq", "77", "--price", "1uakt",
             "--from", "auditor"),
            ("(market/",),
        ),
        (
            ("tx", "cert", "revoke", "client", "--serial", "5", "--from", "tenant"),
            ("certificate not found (cert/1)",),
        ),
        (
            ("tx", "escrow", "deposit", "deployment", "5uakt", "--dseq", "77", "--from",
             "tenant"),
            ("account not found (escrow/3)",),
        ),
        (
            ("tx", "audit", "attr", "delete", TO, "--from", "tenant", "--gas", "90000"),
            ("invalid provider: address not found (audit/1)",),
        ),
        (
            ("tx", "audit", "attr", "create", TO, "--from", "tenant"),
            ("invalid provider: address not found (provider/3)",),
        ),
        (
            ("tx", "deployment", "group", "pause", "--owner", TO, "--dseq", "5", "--from",
             "tenant"),
            (f"needs the signature of {TO}", "sign with that account's key"),
        ),
    ],
    ids=lambda value: " ".join(value)[:60] if isinstance(value, tuple) else "",
)  # fmt: skip
def test_a_refusal_has_the_chains_text_its_code_and_a_remedy(
    cli: Cli, words: tuple[str, ...], texts: tuple[str, ...]
) -> None:
    said = cli.refused(*words, "--yes")
    assert said.startswith("Error: ")
    for text in texts:
        assert text in said


def test_a_node_that_does_not_answer_is_named(alone: Cli) -> None:
    assert "no answer from http://127.0.0.1:1/" in alone.refused(*SEND, "--yes")
    assert "write tcp://host:port" in alone.refused(*SEND, "--yes", "--node", "ftp://x")


# certificates


def test_a_certificate_is_made_once(alone: Cli) -> None:
    words = ("tx", "cert", "generate", "client", "--from", "tenant")
    assert alone(*words).code == 0
    path = alone.home / f"{address('tenant')}.pem"
    before = path.read_bytes()
    assert "--overwrite" in alone.refused(*words)
    assert path.read_bytes() == before
    assert alone(*words, "--overwrite").code == 0
    assert path.read_bytes() != before
    assert path.stat().st_mode & 0o77 == 0


def test_a_servers_certificate_names_its_domains_and_times(alone: Cli) -> None:
    from akashpy.keys.x509 import Certificate
    from tests.nodes import key_of

    done = alone(
        "tx", "cert", "generate", "server", "a.example", "10.0.0.1", "--from", "provider",
        "--start-time", "2030-01-02T03:04:05Z", "--valid-duration", "48h",
    )  # fmt: skip
    assert done.code == 0
    made = Certificate.load(alone.home, key_of("provider")).certificate
    assert made.not_valid_before_utc.isoformat() == "2030-01-02T03:04:05+00:00"
    assert (made.not_valid_after_utc - made.not_valid_before_utc).days == 2
    assert "a.example" in str(made.extensions)


def test_publish_needs_a_file_and_revoke_ends_it(cli: Cli) -> None:
    words = ("--from", "other")
    assert "could not open certificate PEM file" in cli.refused(
        "tx", "cert", "publish", "client", *words
    )
    certified(cli, "other")
    listed = cli("query", "cert", "list", "--owner", TO, "-o", "json").value["certificates"]
    assert [each["certificate"]["state"] for each in listed] == ["valid"]
    assert "(cert/3)" in cli.refused("tx", "cert", "publish", "client", *words, "-y")
    cli.tx("cert", "revoke", "client", *words)
    assert "(cert/4)" in cli.refused("tx", "cert", "revoke", "client", *words, "-y")
    assert "--to-genesis is not available" in cli.refused(
        "tx", "cert", "publish", "client", "--to-genesis", *words
    )


# deployments


def test_a_deployment_needs_a_published_certificate(cli: Cli, sdl: str) -> None:
    create = ("tx", "deployment", "create", sdl, "--from", "auditor", "--yes")
    assert "could not open certificate PEM file" in cli.refused(*create)
    cli("tx", "cert", "generate", "client", "--from", "auditor")
    assert "has not been committed to the chain" in cli.refused(*create)
    cli.tx("cert", "publish", "client", "--from", "auditor")
    assert cli(*create).code == 0
    cli.tx("cert", "revoke", "client", "--from", "auditor")
    assert "is revoked" in cli.refused(*create)


@pytest.mark.parametrize("denom", ["uact", "uakt"])
def test_the_deposit_is_the_minimum_in_the_denomination_of_the_price(
    cli: Cli, tmp_path: Path, denom: str
) -> None:
    text = SDL.format(image="nginx:1").replace("uact", denom)
    certified(cli)
    said: Any = cli(
        "tx", "deployment", "create", written(tmp_path, "d.yaml", text), "--from", "tenant", "-y"
    ).value
    (message,) = said["tx"]["body"]["messages"]
    assert message["deposit"] == {
        "amount": {"denom": denom, "amount": "500000"},
        "sources": ["grant", "balance"],
    }


def test_a_denomination_without_deposits_is_refused(cli: Cli, tmp_path: Path) -> None:
    text = SDL.format(image="nginx:1").replace("uact", "uother")
    certified(cli)
    said = cli.refused(
        "tx", "deployment", "create", written(tmp_path, "d.yaml", text), "--from", "tenant", "-y"
    )
    assert "uother" in said


def test_dseq_is_the_latest_height_and_moves_on_when_taken(cli: Cli, sdl: str) -> None:
    certified(cli)
    create = ("tx", "deployment", "create", sdl, "--from", "tenant", "--yes")
    first: Any = cli(*create).value
    dseq = int(first["tx"]["body"]["messages"][0]["id"]["dseq"])
    assert 0 < dseq < int(first["height"])
    ahead = int(first["height"]) + 2000
    cli(*create, "--dseq", str(ahead))
    said = cli.refused(*create, "--dseq", str(ahead))
    assert "Deployment exists (deployment/3)" in said
    assert "choose another --dseq" in said


def test_the_order_of_sources_is_kept(cli: Cli, sdl: str) -> None:
    certified(cli)
    create = ("tx", "deployment", "create", sdl, "--from", "tenant", "--generate-only")
    draft: Any = cli(*create, "--deposit", "600000uact", "--deposit-sources", "balance").value
    deposit = draft["body"]["messages"][0]["deposit"]
    assert deposit == {"amount": {"denom": "uact", "amount": "600000"}, "sources": ["balance"]}
    assert "allowed are grant and balance" in cli.refused(*create, "--deposit-sources", "luck")


def test_a_wrong_sdl_file_is_refused_with_its_place(cli: Cli, tmp_path: Path) -> None:
    certified(cli)
    create = ("tx", "deployment", "create")
    bad = written(tmp_path, "bad.yaml", SDL.format(image="nginx:1").replace("100m", "lots"))
    said = cli.refused(*create, bad, "--from", "tenant", "-y")
    assert "bad.yaml" in said
    assert "nofile.yaml" in cli.refused(*create, "nofile.yaml", "--from", "tenant", "-y")


def test_a_group_is_paused_started_and_closed(cli: Cli, sdl: str) -> None:
    certified(cli)
    said: Any = cli("tx", "deployment", "create", sdl, "--from", "tenant", "-y").value
    dseq = said["tx"]["body"]["messages"][0]["id"]["dseq"]
    group = ("--owner", address("tenant"), "--dseq", dseq, "--from", "tenant")
    look = ("query", "deployment", "group", "get", "--owner", address("tenant"), "--dseq", dseq)
    for verb, state in (("pause", "paused"), ("start", "open"), ("close", "closed")):
        cli.tx("deployment", "group", verb, *group)
        assert cli(*look, "-o", "json").value["state"] == state
    assert "(deployment/15)" in cli.refused("tx", "deployment", "group", "start", *group, "-y")


# markets


def test_a_bid_is_made_with_defaults_and_closed(cli: Cli, sdl: str, tmp_path: Path) -> None:
    certified(cli)
    file = written(tmp_path, "provider.yaml", PROVIDER)
    cli("tx", "provider", "create", file, "--from", "bidder", "-y")
    said: Any = cli("tx", "deployment", "create", sdl, "--from", "tenant", "-y").value
    dseq = said["tx"]["body"]["messages"][0]["id"]["dseq"]
    order = ("--owner", address("tenant"), "--dseq", dseq, "--from", "bidder")
    made: Any = cli("tx", "market", "bid", "create", *order, "--price", "1.5uact", "-y").value
    (message,) = made["tx"]["body"]["messages"]
    assert message["price"] == {"denom": "uact", "amount": "1.500000000000000000"}
    assert message["deposit"]["amount"] == {"denom": "uact", "amount": "500000"}
    assert "(market/21)" in cli.refused(
        "tx", "market", "bid", "create", *order, "--price", "1uact", "-y"
    )
    closed: Any = cli("tx", "market", "bid", "close", *order, "--reason", "10001", "-y").value
    (message,) = closed["tx"]["body"]["messages"]
    assert message["reason"] == "lease_closed_reason_decommission"


def test_reclaiming_is_there_under_both_names(cli: Cli) -> None:
    order = ("--owner", TO, "--dseq", "77", "--from", "provider", "--yes")
    for group in ("bid", "lease"):
        said = cli.refused("tx", "market", group, "start-reclaim", *order)
        assert "(market/" in said


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("host: https://x.example:8443\nattributes: [{key: a}]\n", "'value' is missing"),
        ("attributes: []\n", "'host' is missing"),
        ("[]\n", "is missing or no map"),
        ("host: [", "provider.yaml"),
        ("host: http://x.example\n", "(provider/"),
    ],
)
def test_a_wrong_provider_file_is_refused(
    cli: Cli, tmp_path: Path, text: str, expected: str
) -> None:
    file = written(tmp_path, "provider.yaml", text)
    said = cli.refused("tx", "provider", "create", file, "--from", "other", "-y")
    assert expected in said


def test_a_table_of_a_result_has_what_fits_a_line(cli: Cli) -> None:
    file = ("tx", "audit", "attr", "create", TO, "k", "v", "--from", "auditor", "-y")
    lines = [line.split() for line in cli(*file, "-o", "table").out.splitlines()]
    assert [line[0] for line in lines] == [
        "name", "height", "txhash", "code", "gas_wanted", "gas_used", "timestamp", "events",
    ]  # fmt: skip
    assert lines[-1][1] == "akash.audit.v1.EventTrustedAuditorCreated"


def test_what_became_of_a_transaction_may_be_unknown(
    cli: Cli, monkeypatch: pytest.MonkeyPatch
) -> None:
    """After the patience the command ends, names the transaction and says what to do."""
    monkeypatch.setattr("akashpy.cli.tx.session.PATIENCE", 0.0)
    said = cli.refused(*SEND, "--timeout-height", "1000000", "--yes")
    assert "outcome unknown after 0 s (it is in no block yet)" in said
    hash = said.split()[2].rstrip(":")
    assert f"`akashpy query tx {hash}`" in said
