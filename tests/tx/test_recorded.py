"""Transactions that a real Akash node (v2.1.0) took: read, verified and found good by our rules.

tests/vectors/recorded-txs.json holds one transaction of each kind as its Go client signed it.
"""

import json
from pathlib import Path
from typing import Any

import pytest

from akashpy import wire
from akashpy.keys.x509 import check_published
from akashpy.tx.build import decode
from akashpy.tx.sign import verify_direct
from akashpy.types import audit, cert, deployment, escrow, market, provider
from akashpy.types.address import Address
from akashpy.types.deployment import GroupSpec
from akashpy.types.provider import Provider

VECTORS = json.loads(
    (Path(__file__).parents[1] / "vectors" / "recorded-txs.json").read_text(encoding="utf-8")
)
TXS = {one["name"]: one for one in VECTORS["txs"]}
CHECKS = {
    "MsgCreateDeployment": deployment.validate_create_deployment,
    "MsgUpdateDeployment": deployment.validate_update_deployment,
    "MsgCloseDeployment": deployment.validate_close_deployment,
    "MsgCreateBid": market.validate_create_bid,
    "MsgCreateLease": market.validate_create_lease,
    "MsgWithdrawLease": market.validate_withdraw_lease,
    "MsgAccountDeposit": escrow.validate_account_deposit,
    "MsgCreateProvider": provider.validate_create_provider,
    "MsgUpdateProvider": provider.validate_update_provider,
    "MsgSignProviderAttributes": audit.validate_message,
    "MsgCreateCertificate": cert.validate_create_certificate_owner,
}


@pytest.mark.parametrize("name", TXS)
def test_a_recorded_transaction_is_read_and_its_signature_holds(name: str) -> None:
    recorded = TXS[name]
    found = decode(bytes.fromhex(recorded["tx"]))
    assert found.hash.hex().upper() == recorded["hash"]
    (public,), (signature,) = found.public_keys, found.signatures
    assert public is not None
    assert found.signers == (public.address.raw,)
    assert verify_direct(
        public.key,
        signature,
        found.body,
        found.auth_info,
        chain_id=VECTORS["chain_id"],
        account_number=recorded["account_number"],
    )


@pytest.mark.parametrize("name", TXS)
def test_a_recorded_message_is_good(name: str) -> None:
    (msg,) = decode(bytes.fromhex(TXS[name]["tx"])).msgs
    check: Any = CHECKS.get(msg.DESCRIPTOR.name)
    if check is None:
        assert msg.DESCRIPTOR.full_name.startswith("cosmos.")
    else:
        check(msg)


def message(name: str) -> Any:
    (msg,) = decode(bytes.fromhex(TXS[name]["tx"])).msgs
    return msg


def test_a_recorded_group_survives_our_values_to_the_byte() -> None:
    for group in message("deployment-create").groups:
        again = GroupSpec.from_wire(group).to_wire()
        assert wire.encode_gogo(again) == wire.encode_gogo(group) == group.SerializeToString()


def test_a_recorded_provider_survives_our_values() -> None:
    msg = message("provider-create")
    again = Provider.from_wire(msg).to_wire()
    assert wire.to_json(again) == wire.to_json(msg)


def test_a_recorded_certificate_is_taken() -> None:
    msg = message("cert-publish")
    assert check_published(Address.parse(msg.owner), msg.cert, msg.pubkey) > 0
