"""gogoproto's JSON both ways, against what a Go node answered.

wire_answers.json holds REST answers by gRPC method; wire_txs.json transactions with their typed
events, whose attribute values are JSON text.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from google.protobuf.duration_pb2 import Duration

from akashpy import wire
from akashpy.wire import (
    bank,
    base,
    cert,
    deployment,
    epochs,
    genutil,
    inventory,
    market,
    mint,
    signing,
    staking,
    tx,
)

VECTORS = Path(__file__).parents[1] / "vectors"
ANSWERS = json.loads((VECTORS / "wire_answers.json").read_text())
TXS = json.loads((VECTORS / "wire_txs.json").read_text())
EVENTS = [
    pytest.param(event, id=f"{name}-{event['type']}")
    for name, vector in TXS.items()
    for event in vector["events"]
]


def method(path: str) -> wire.Method:
    service = path.split("/")[1]
    return next(found for found in wire.service_methods(service) if found.path == path)


@pytest.mark.parametrize("vector", ANSWERS, ids=lambda vector: vector["method"])
def test_answer_of_a_node(vector: dict[str, Any]) -> None:
    kind = method(vector["method"]).output
    message = wire.from_json(kind, vector["answer"])
    over_the_wire = wire.decode(kind, message.SerializeToString())
    # Compared as text: the order of keys is part of what clients see.
    assert json.dumps(wire.to_json(over_the_wire)) == json.dumps(vector["answer"])


@pytest.mark.parametrize("name", TXS)
def test_transaction(name: str) -> None:
    message = wire.from_json(tx.Tx, TXS[name]["tx"])
    assert json.dumps(wire.to_json(message)) == json.dumps(TXS[name]["tx"])


@pytest.mark.parametrize("event", EVENTS)
def test_attributes_of_a_typed_event(event: dict[str, Any]) -> None:
    kind = wire.class_named(event["type"])
    values = {key: json.loads(text) for key, text in event["attributes"].items()}
    found = wire.to_json(wire.from_json(kind, values))
    assert {key: wire.json_text(value) for key, value in found.items()} == event["attributes"]


def test_defaults_are_written() -> None:
    assert wire.to_json(market.MsgCreateBid()) == {
        "id": {"owner": "", "dseq": "0", "gseq": 0, "oseq": 0, "provider": "", "bseq": 0},
        "price": {"denom": "", "amount": "0.000000000000000000"},
        "deposit": {"amount": {"denom": "", "amount": "0"}, "sources": []},
        "resources_offer": [],
        "reclamation_window": None,
    }


def test_unset_bytes_are_null_and_set_ones_base64() -> None:
    assert wire.to_json(cert.Certificate(pubkey=b"\x01\x02")) == {
        "state": "invalid",
        "cert": None,
        "pubkey": "AQI=",
    }


def test_an_integer_in_bytes_is_text() -> None:
    value = base.ResourceValue(val=b"134217728")
    assert wire.to_json(value) == {"val": "134217728"}
    assert wire.from_json(base.ResourceValue, {"val": "134217728"}) == value


def test_a_decimal_in_bytes_is_text() -> None:
    value = mint.QueryInflationResponse(inflation=b"130026064174988493")
    assert wire.to_json(value) == {"inflation": "0.130026064174988493"}
    assert wire.from_json(mint.QueryInflationResponse, wire.to_json(value)) == value


def test_a_number_held_by_pointer_is_null_when_unset() -> None:
    found = wire.to_json(staking.MsgEditValidator())
    assert (found["commission_rate"], found["min_self_delegation"]) == (None, None)


def test_a_time_held_by_value_is_year_one_when_unset() -> None:
    assert wire.to_json(epochs.EpochInfo())["start_time"] == "0001-01-01T00:00:00Z"


def test_an_unknown_enum_value_is_a_number() -> None:
    found = wire.to_json(deployment.Deployment(state=77))  # type: ignore[arg-type]  # unknown on purpose
    assert found["state"] == 77


def test_only_the_member_of_a_oneof_that_is_set() -> None:
    single = tx.ModeInfo(single=tx.ModeInfo.Single(mode=signing.SignMode.SIGN_MODE_DIRECT))
    assert wire.to_json(single) == {"single": {"mode": "SIGN_MODE_DIRECT"}}
    assert wire.to_json(tx.ModeInfo()) == {}


def test_raw_json_stays_json() -> None:
    state = genutil.GenesisState(gen_txs=[b'{"body":{"memo":"x"}}'])
    assert wire.to_json(state) == {"gen_txs": [{"body": {"memo": "x"}}]}
    assert wire.from_json(genutil.GenesisState, wire.to_json(state)) == state


def test_a_quantity_is_its_text() -> None:
    pair = inventory.ResourcePair(capacity=inventory.Quantity(string="1500m"))
    pair.attributes.add(key="class", value="ram")
    found = wire.to_json(pair)
    assert found["capacity"] == "1500m"
    assert wire.to_json(wire.from_json(inventory.ResourcePair, found)) == found


def test_a_well_known_type_inside_any_has_a_value() -> None:
    body = tx.TxBody(extension_options=[wire.pack(Duration(seconds=5))])
    found = wire.to_json(body)["extension_options"]
    assert found == [{"@type": "/google.protobuf.Duration", "value": "5s"}]
    assert wire.from_json(tx.TxBody, wire.to_json(body)) == body


def test_an_unknown_any_is_an_error() -> None:
    body = tx.TxBody()
    body.messages.add(type_url="/no.such.Message")
    with pytest.raises(wire.UnknownType, match=r"unable to resolve type URL /no\.such\.Message"):
        wire.to_json(body)


def test_text_is_escaped_as_go_does() -> None:
    assert wire.json_text({"memo": "<a> & é \u2028"}) == (
        '{"memo":"\\u003ca\\u003e \\u0026 é \\u2028"}'
    )


def test_names_in_camel_case_are_read() -> None:
    found = wire.from_json(bank.MsgSend, {"fromAddress": "a", "to_address": "b"})
    assert found == bank.MsgSend(from_address="a", to_address="b")


def test_null_leaves_a_field_unset() -> None:
    found = wire.from_json(market.MsgCreateBid, {"id": None, "resources_offer": None})
    assert found == market.MsgCreateBid()
    assert not found.HasField("id")


@pytest.mark.parametrize("value", [7, "7"])
def test_integers_may_be_text_or_number(value: object) -> None:
    found = wire.from_json(deployment.DeploymentID, {"dseq": value})
    assert found.dseq == 7


@pytest.mark.parametrize(
    ("kind", "value", "text"),
    [
        (bank.MsgSend, {"form_address": "a"}, 'unknown field "form_address"'),
        (bank.MsgSend, [], "expected an object"),
        (bank.MsgSend, {"amount": {}}, "amount: expected a list"),
        (bank.MsgSend, {"amount": [{"amount": "x"}]}, r"amount\[0\].amount: invalid integer 'x'"),
        (bank.MsgSend, {"from_address": 5}, "from_address: expected a text"),
        (base.DecCoin, {"amount": "1.0000000000000000001"}, "exceeds max precision"),
        (base.DecCoin, {"amount": "one"}, "failed to set decimal string"),
        (deployment.DeploymentID, {"dseq": "-1"}, "dseq: "),
        (deployment.DeploymentID, {"dseq": True}, "expected an integer"),
        (deployment.DeploymentID, {"dseq": 1.0}, "expected an integer"),
        (deployment.DeploymentID, {"dseq": str(1 << 64)}, "dseq: "),
        (deployment.Deployment, {"state": "opened"}, "unknown value 'opened' for enum"),
        (deployment.Deployment, {"hash": "!"}, "hash: "),
        (tx.TxBody, {"unordered": 1}, "expected true or false"),
        (tx.TxBody, {"messages": [{"type": "x"}]}, "@type"),
        (tx.TxBody, {"messages": [{"@type": "/no.such"}]}, "unable to resolve type URL /no.such"),
        (tx.TxBody, {"timeout_timestamp": "yesterday"}, "invalid RFC 3339 time"),
        (market.MsgCreateBid, {"reclamation_window": "1 day"}, "invalid duration"),
    ],
)
def test_json_that_does_not_fit(kind: Any, value: object, text: str) -> None:
    with pytest.raises(wire.MalformedJson, match=text):
        wire.from_json(kind, value)


def test_a_redelegations_answer_is_written_as_go_writes_it() -> None:
    from akashpy.wire import staking

    answer = staking.QueryRedelegationsResponse()
    moved = answer.redelegation_responses.add()
    moved.redelegation.delegator_address = "a"
    entry = moved.entries.add(balance="5")
    entry.redelegation_entry.creation_height = 7
    entry.redelegation_entry.initial_balance = "6"
    entry.redelegation_entry.shares_dst = "1" + "0" * 18
    found: Any = wire.to_json(answer)
    (shown,) = found["redelegation_responses"]
    assert shown["redelegation"]["entries"] is None
    assert shown["entries"] == [
        {
            "redelegation_entry": {
                "creation_height": 7,
                "completion_time": "0001-01-01T00:00:00Z",
                "initial_balance": "6",
                "shares_dst": "1.000000000000000000",
            },
            "balance": "5",
        }
    ]


@pytest.mark.parametrize(
    ("nanos", "shown"),
    [
        (0, "1970-01-01T00:00:09Z"),
        (194_436_850, "1970-01-01T00:00:09.19443685Z"),
        (500_000_000, "1970-01-01T00:00:09.5Z"),
        (1, "1970-01-01T00:00:09.000000001Z"),
    ],
)
def test_a_redelegations_time_has_no_zeros_at_its_end(nanos: int, shown: str) -> None:
    from akashpy.wire import staking

    answer = staking.QueryRedelegationsResponse()
    entry = answer.redelegation_responses.add().entries.add(balance="5").redelegation_entry
    entry.completion_time.seconds, entry.completion_time.nanos = 9, nanos
    found: Any = wire.to_json(answer)
    (response,) = found["redelegation_responses"]
    assert response["entries"][0]["redelegation_entry"]["completion_time"] == shown
