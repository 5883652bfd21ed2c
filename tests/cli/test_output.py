"""How results are printed."""

from __future__ import annotations

import json

import pytest
import yaml

from akashpy.cli.output import render
from tests.cli.conftest import Cli, address

VALUE = {"height": "5", "list": [{"id": {"dseq": "1"}, "on": True}, {"id": {"dseq": "2"}}]}


def test_json_is_compact_and_keeps_the_order() -> None:
    text = render(VALUE | {"name": "é"}, "json")
    assert text == (
        '{"height":"5","list":[{"id":{"dseq":"1"},"on":true},{"id":{"dseq":"2"}}],"name":"é"}'
    )


@pytest.mark.parametrize("form", ["yaml", "text"])
def test_yaml_reads_back(form: str) -> None:
    text = render(VALUE, form)
    assert yaml.safe_load(text) == VALUE
    assert not text.endswith("\n")


def test_a_table_has_a_row_for_each_item() -> None:
    lines = render(VALUE, "table").splitlines()
    assert [line.split() for line in lines] == [["id.dseq", "on"], ["1", "true"], ["2"]]


def test_a_table_of_one_thing_has_a_row_for_each_name() -> None:
    lines = render({"a": 1, "b": {"c": "x", "d": None}}, "table").splitlines()
    assert [line.split() for line in lines] == [["name", "value"], ["a", "1"], ["b.c", "x"],
                                                ["b.d"]]  # fmt: skip


def test_a_plain_value_has_a_table_too() -> None:
    assert render("x", "table").split() == ["value", "x"]
    assert render(["x", "y"], "table").split() == ["x", "y"]


@pytest.mark.parametrize("form", ["json", "yaml", "text", "table"])
def test_the_same_answer_in_every_form(cli: Cli, form: str) -> None:
    done = cli("query", "bank", "balances", address("other"), "-o", form)
    assert (done.code, done.err) == (0, "")
    if form == "table":
        assert ["uact", "1000000000000"] in [line.split() for line in done.out.splitlines()]
        return
    found = json.loads(done.out) if form == "json" else yaml.safe_load(done.out)
    assert {"denom": "uact", "amount": "1000000000000"} in found["balances"]


def test_queries_print_text_and_transactions_json_unless_told(cli: Cli) -> None:
    assert cli("query", "deployment", "params").out.startswith("params:")
    assert cli("query", "deployment", "params", env={"AKASH_OUTPUT": "json"}).value
    sent = cli("tx", "bank", "send", "tenant", address("other"), "1uakt", "--yes")
    assert sent.value["code"] == 0


def test_an_unknown_form_is_refused(alone: Cli) -> None:
    assert "is not one of" in alone.refused("query", "bank", "balances", "x", "-o", "xml")
