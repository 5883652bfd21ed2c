"""Texts of paths and query strings to fields: every kind of field, every refusal in Go's words."""

import pytest

from akashpy.node.rest_fields import FieldError, fill, fill_query
from akashpy.wire import abci, bank, cmtservice, gov, market, tx


def filled(kind, query, taken=()):
    message = kind()
    fill_query(message, query, taken)
    return message


def refused(kind, query):
    with pytest.raises(FieldError) as caught:
        filled(kind, query)
    return str(caught.value)


def test_dotted_names_and_numbers():
    found = filled(market.QueryBidsRequest, "filters.dseq=0x10&filters.gseq=2&pagination.limit=010")
    assert (found.filters.dseq, found.filters.gseq, found.pagination.limit) == (16, 2, 8)


def test_a_default_value_makes_its_message_present():
    assert filled(market.QueryBidsRequest, "pagination.limit=0").HasField("pagination")


def test_names_in_camel_case_and_unknown_ones():
    found = filled(market.QueryBidsRequest, "pagination.countTotal=T&nope=1&filters.nope.x=2")
    assert found.pagination.count_total


def test_a_name_with_a_nul_is_another_name():
    found = filled(market.QueryBidsRequest, "pagination%00.limit=1&filters%00=1")
    assert found == market.QueryBidsRequest()


def test_escapes_plus_and_empty_parts():
    found = filled(market.QueryBidsRequest, "&filters.owner=a%20b+c%C3%A9&&")
    assert found.filters.owner == "a b cé"


def test_the_first_of_several_values_counts_and_a_list_takes_all():
    found = filled(tx.GetTxsEventRequest, "query=a&query=b&events=x&events=y%3D1")
    assert (found.query, list(found.events)) == ("a", ["x", "y=1"])


@pytest.mark.parametrize("text", ["ORDER_BY_DESC", "2"])
def test_enums_by_name_and_number(text):
    assert filled(tx.GetTxsEventRequest, f"order_by={text}").order_by == 2


@pytest.mark.parametrize("text", ["-_8%3D", "-_8=", "%2B%2F8%3D"])
def test_bytes_in_both_alphabets(text):
    assert filled(market.QueryBidsRequest, f"pagination.key={text}").pagination.key == b"\xfb\xff"


def test_times():
    found = gov.Proposal()
    fill(found, "submit_time", ["2026-11-22T13:57:46.364459316Z"])
    assert (found.submit_time.seconds, found.submit_time.nanos) == (1795355866, 364459316)
    params = gov.Params()
    fill(params, "voting_period", ["1h0.5s"])
    assert (params.voting_period.seconds, params.voting_period.nanos) == (3600, 500_000_000)
    fill(params, "voting_period", ["null"])
    assert params.voting_period.seconds == 3600


def test_what_the_path_took_stays():
    taken = ("address",)
    found = filled(bank.QueryBalanceRequest, "address=x&denom=uakt", taken)
    assert (found.address, found.denom) == ("", "uakt")


@pytest.mark.parametrize(
    ("kind", "query", "text"),
    [
        (market.QueryBidsRequest, "filters.dseq=x", 'parsing "x": invalid syntax'),
        (market.QueryBidsRequest, "filters.dseq=-1", 'ParseUint: parsing "-1": invalid syntax'),
        (market.QueryBidsRequest, "filters.dseq=", 'ParseUint: parsing "": invalid syntax'),
        (market.QueryBidsRequest, "filters.dseq=1__0", "invalid syntax"),
        (market.QueryBidsRequest, "filters.dseq=%D9%A1", "invalid syntax"),
        (market.QueryBidsRequest, "filters.gseq=4294967296", "value out of range"),
        (
            cmtservice.GetBlockByHeightRequest,
            "height=9223372036854775808",
            'strconv.ParseInt: parsing "9223372036854775808": value out of range',
        ),
        (
            market.QueryBidsRequest,
            "pagination.reverse=yes",
            'strconv.ParseBool: parsing "yes": invalid syntax',
        ),
        (market.QueryBidsRequest, "pagination.key=a*b", "illegal base64 data at input byte 1"),
        (market.QueryBidsRequest, "pagination.key=abcde", "illegal base64 data at input byte 4"),
        (tx.GetTxsEventRequest, "order_by=UP", "UP is not a valid tx.OrderBy"),
        (tx.GetTxsEventRequest, "order_by=ORDER_BY_DESC%00", "is not a valid tx.OrderBy"),
        (tx.GetTxsEventRequest, "order_by=9", "9 is not a valid tx.OrderBy"),
        (
            market.QueryBidsRequest,
            "filters.owner.x=1",
            "unexpected nested field x in filters.owner",
        ),
        (tx.GetTxsEventRequest, "events.x=1", "unexpected repeated field in events.x"),
        (
            market.QueryBidsRequest,
            "pagination=1",
            "field type *query.PageRequest is not supported in query",
        ),
        (abci.TxResponse, "timestamp.x=1", "unexpected nested field x in timestamp"),
        (gov.Proposal, "submit_time=now", "bad Timestamp: "),
        (gov.Params, "voting_period=soon", "bad Duration: "),
        (market.QueryBidsRequest, "filters.owner=%zz", 'invalid URL escape "%zz"'),
        (market.QueryBidsRequest, "filters.owner=%F", 'invalid URL escape "%F"'),
        (market.QueryBidsRequest, "filters.owner=%FF", "'%FF' is not UTF-8"),
        (market.QueryBidsRequest, "a=1;b=2", "invalid semicolon separator in query"),
    ],
)
def test_refusals(kind, query, text):
    assert text in refused(kind, query)
