"""Reads of accounts, coins, certificates, providers, audits, escrow and validators."""

import pytest

from akashpy.node.queries.refusal import Refused
from akashpy.node.queries.table import QUERIES
from akashpy.types.address import Address
from akashpy.types.audit import InvalidAddress as AuditAddress
from akashpy.types.audit import ProviderNotFound as NoAudit
from akashpy.types.errors import ChainError, Status
from akashpy.types.provider import InvalidAddress, ProviderNotFound
from akashpy.wire import audit as wire_audit

BANK = "/cosmos.bank.v1beta1.Query/"
AUTH = "/cosmos.auth.v1beta1.Query/"
ESCROW = "/akash.escrow.v1.Query/"
AUDIT = "/akash.audit.v1.Query/"
CERT = "/akash.cert.v1.Query/Certificates"


def refused(asker, path, **fields):
    with pytest.raises(ChainError) as caught:
        asker.ask(path, **fields)
    return caught.value


def test_params_of_every_module_answer(asker):
    legacy = "/cosmos.params.v1beta1.Query/Params"  # one row of a store, not a module's
    paths = [path for path in QUERIES if path.endswith("/Params") and path != legacy]
    assert len(paths) >= 7
    for path in paths:
        named = {"params_type": "voting"} if path.startswith("/cosmos.gov.") else {}
        assert asker.ask(path, **named).ByteSize() > 0 or "bank" in path


def test_balances(asker):
    owner = asker.given.account("rich", uakt=5, uact=7)
    balances = asker.ask(BANK + "AllBalances", address=owner)
    shown = [(coin.denom, coin.amount) for coin in balances.balances]
    assert shown == [("uact", "7"), ("uakt", "5")]
    assert balances.pagination.total == 2
    assert asker.ask(BANK + "Balance", address=owner, denom="uakt").balance.amount == "5"
    assert asker.ask(BANK + "Balance", address=owner, denom="nope").balance.amount == "0"
    page = asker.ask(BANK + "AllBalances", address=owner, pagination={"limit": 1})
    rest = asker.ask(
        BANK + "AllBalances", address=owner, pagination={"key": page.pagination.next_key}
    )
    assert [c.denom for c in [*page.balances, *rest.balances]] == ["uact", "uakt"]
    bad = refused(asker, BANK + "Balance", address="x", denom="uakt")
    assert bad.status is Status.INVALID_ARGUMENT
    assert str(bad).startswith("invalid address: ")
    page = {"offset": 1, "key": b"u"}
    both = refused(asker, BANK + "AllBalances", address=owner, pagination=page)
    assert both.status is Status.INVALID_ARGUMENT


def test_supply_is_what_is_held(asker):
    asker.given.account("rich", uakt=5)
    held = asker.ask(BANK + "SupplyOf", denom="uakt").amount
    listed = {coin.denom: coin.amount for coin in asker.ask(BANK + "TotalSupply").supply}
    owners = asker.ask(BANK + "DenomOwners", denom="uakt").denom_owners
    assert held.amount == listed["uakt"]
    assert int(held.amount) == sum(int(each.balance.amount) for each in owners)


def test_metadata(asker):
    named = asker.ask(BANK + "DenomMetadata", denom="uakt").metadata
    assert (named.base, named.display) == ("uakt", "akt")
    missing = refused(asker, BANK + "DenomMetadata", denom="unope")
    assert (missing.status, str(missing)) == (
        Status.NOT_FOUND,
        "client metadata for denom unope",
    )


def test_accounts(asker):
    owner = asker.given.account("rich", uakt=5)
    found = asker.ask(AUTH + "Account", address=owner).account
    assert found.type_url == "/cosmos.auth.v1beta1.BaseAccount"
    info = asker.ask(AUTH + "AccountInfo", address=owner).info
    assert info.address == owner
    by_number = asker.ask(AUTH + "AccountAddressByID", account_id=info.account_number)
    assert by_number.account_address == owner
    nobody = asker.given.address("nobody")
    missing = refused(asker, AUTH + "Account", address=nobody)
    assert (missing.status, str(missing)) == (Status.NOT_FOUND, f"account {nobody} not found")
    modules = asker.ask(AUTH + "ModuleAccounts").accounts
    assert any(b"mint" in each.value for each in modules)
    named = asker.ask(AUTH + "ModuleAccountByName", name="mint").account
    assert named.type_url == "/cosmos.auth.v1beta1.ModuleAccount"
    assert refused(asker, AUTH + "ModuleAccountByName", name="x").status is Status.NOT_FOUND
    raw = asker.ask(AUTH + "AddressStringToBytes", address_string=owner).address_bytes
    assert asker.ask(AUTH + "AddressBytesToString", address_bytes=raw).address_string == owner


def test_providers(asker):
    owners = sorted(asker.bazaar.provider(f"p{n}") for n in range(5))
    whole = asker.ask("/akash.provider.v1beta4.Query/Providers")
    assert sorted(each.owner for each in whole.providers) == owners
    assert whole.pagination.total == 5
    seen, key = [], b""
    for _ in range(3):
        page = asker.ask(
            "/akash.provider.v1beta4.Query/Providers", pagination={"limit": 2, "key": key}
        )
        seen += [each.owner for each in page.providers]
        key = page.pagination.next_key
    assert key == b""
    assert seen == [each.owner for each in whole.providers]
    one = "/akash.provider.v1beta4.Query/Provider"
    assert asker.ask(one, owner=owners[0]).provider.owner == owners[0]
    assert type(refused(asker, one, owner="bad")) is InvalidAddress
    assert type(refused(asker, one, owner=asker.bazaar.tenant)) is ProviderNotFound


def test_audits(asker):
    owner, auditor = asker.bazaar.provider("p"), asker.bazaar.rich("auditor")
    attribute = {"key": "region", "value": "us"}
    asker.given.run(
        wire_audit.MsgSignProviderAttributes(owner=owner, auditor=auditor, attributes=[attribute])
    )
    for method, fields in {
        "AllProvidersAttributes": {},
        "ProviderAttributes": {"owner": owner},
        "ProviderAuditorAttributes": {"owner": owner, "auditor": auditor},
        "AuditorAttributes": {"auditor": auditor},
    }.items():
        found = asker.ask(AUDIT + method, **fields).providers
        assert [(each.owner, each.auditor) for each in found] == [(owner, auditor)]
    assert type(refused(asker, AUDIT + "ProviderAttributes", owner="bad")) is AuditAddress
    assert type(refused(asker, AUDIT + "ProviderAttributes", owner=auditor)) is NoAudit
    assert not asker.ask(AUDIT + "AuditorAttributes", auditor=owner).providers


def test_escrow_by_state_and_prefix(asker):
    bazaar = asker.bazaar
    for dseq in (1, 12, 123):
        bazaar.deploy(dseq)
    bazaar.close(bazaar.deploy(5))
    path = ESCROW + "Accounts"
    opened = asker.ask(path, state="open").accounts
    assert [each.id.xid.rpartition("/")[2] for each in opened] == ["1", "12", "123"]
    prefix = f"deployment/{bazaar.tenant}/1"
    assert len(asker.ask(path, xid=prefix).accounts) == 3
    assert len(asker.ask(path, state="closed", xid=prefix).accounts) == 0
    seen, key = [], b""
    for _ in range(4):
        page = asker.ask(path, pagination={"limit": 1, "key": key})
        seen += [each.id.xid for each in page.accounts]
        key = page.pagination.next_key
    assert key == b""
    assert seen == [each.id.xid for each in asker.ask(path).accounts]
    assert len(seen) == 4
    bad = refused(asker, path, state="nope")
    assert (bad.status, str(bad)) == (Status.INVALID_ARGUMENT, "invalid state value")
    broken = refused(asker, path, pagination={"key": b"12345678"})
    assert str(broken).startswith("pagination: invalid key: invalid checksum")


def test_payments(asker):
    lease = asker.bazaar.leased(7)
    found = asker.ask(ESCROW + "Payments", state="open").payments
    assert [each.id.xid for each in found] == [f"1/1/{lease.provider}"]


def test_certificates_of_nobody_and_bad_filters(asker):
    assert not asker.ask(CERT, filter={"owner": asker.bazaar.tenant}).certificates
    owner = refused(asker, CERT, filter={"owner": "bad"})
    assert owner.status is Status.INTERNAL
    serial = refused(asker, CERT, filter={"owner": asker.bazaar.tenant, "serial": "x"})
    assert (serial.status, str(serial)) == (Status.INVALID_ARGUMENT, "invalid serial number")
    state = refused(asker, CERT, filter={"state": "nope"})
    assert str(state) == "invalid state value"
    assert isinstance(refused(asker, CERT, pagination={"offset": 1}), Refused)


def test_staking_of_a_chain_without_validators(asker):
    path = "/cosmos.staking.v1beta1.Query/"
    assert not asker.ask(path + "Validators").validators
    assert asker.ask(path + "Pool").pool.bonded_tokens == "0"
    bad = refused(asker, path + "Validators", status="x")
    assert str(bad) == "invalid validator status x"
    operator = Address.of(bytes(20), prefix="akashvaloper")
    missing = refused(asker, path + "Validator", validator_addr=operator)
    assert (missing.status, str(missing)) == (
        Status.NOT_FOUND,
        f"validator {operator} not found",
    )
