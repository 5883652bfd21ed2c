"""Bodies that cannot be read are refused in the words of Go's decoder."""

from __future__ import annotations

from typing import Any

import pytest

from provider.gateway.gojson import GoJsonError, dumps, loads
from provider.gateway.golang import parse_bool, parse_index, parse_int, parse_uint

VALUE = "looking for beginning of value"


@pytest.mark.parametrize(
    ("body", "text"),
    [
        ("", "EOF"),
        ("  \n", "EOF"),
        ("[", "unexpected EOF"),
        ('{"a":', "unexpected EOF"),
        ('"abc', "unexpected EOF"),
        ("tru", "unexpected EOF"),
        ("{nope", "invalid character 'n' looking for beginning of object key string"),
        ("{,}", "invalid character ',' looking for beginning of object key string"),
        ('{"a":1,}', "invalid character '}' looking for beginning of object key string"),
        ('{"a" 1}', "invalid character '1' after object key"),
        ('{"a":1 2}', "invalid character '2' after object key:value pair"),
        ("[1 2]", "invalid character '2' after array element"),
        ("[1,]", f"invalid character ']' {VALUE}"),
        ("nope", "invalid character 'o' in literal null (expecting 'u')"),
        ("'a'", f"invalid character '\\'' {VALUE}"),
        ("<html>", f"invalid character '<' {VALUE}"),
        ("-x", "invalid character 'x' in numeric literal"),
        ("[1.x]", "invalid character 'x' after decimal point in numeric literal"),
        ("[1ex]", "invalid character 'x' in exponent of numeric literal"),
        ('"\\x"', "invalid character 'x' in string escape code"),
        ('"\\u00g0"', "invalid character 'g' in \\u hexadecimal character escape"),
        ('"a\nb"', "invalid character '\\n' in string literal"),
        ('"a\x01b"', "invalid character '\\x01' in string literal"),
    ],
)
def test_the_error_is_gos(body: str, text: str) -> None:
    with pytest.raises(GoJsonError) as error:
        loads(body.encode())
    assert str(error.value) == text


@pytest.mark.parametrize(
    ("body", "value"),
    [
        ("null", None),
        ("[]", []),
        (' {"a": [1, -2.5e+3, true, "\\u00e4\\n"]} ', {"a": [1, -2500.0, True, "ä\n"]}),
        ("[] trailing", []),
        ("0", 0),
    ],
)
def test_the_first_value_is_read(body: str, value: Any) -> None:
    assert loads(body.encode()) == value


def test_writing_escapes_what_go_escapes() -> None:
    written = dumps({"a": "<b> & \u2028ä", "n": None})
    assert written == '{"a":"\\u003cb\\u003e \\u0026 \\u2028ä","n":null}'


def test_numbers_and_flags_are_read_as_go_reads_them() -> None:
    assert (parse_uint("007"), parse_int("-1"), parse_bool("T"), parse_index("0x10")) == (
        7,
        -1,
        True,
        16,
    )


@pytest.mark.parametrize(
    ("read", "text", "error"),
    [
        (parse_uint, "abc", 'strconv.ParseUint: parsing "abc": invalid syntax'),
        (parse_uint, "+1", 'strconv.ParseUint: parsing "+1": invalid syntax'),
        (parse_uint, str(1 << 64), f'strconv.ParseUint: parsing "{1 << 64}": value out of range'),
        (parse_int, "1_0", 'strconv.ParseInt: parsing "1_0": invalid syntax'),
        (parse_int, str(1 << 63), f'strconv.ParseInt: parsing "{1 << 63}": value out of range'),
        (parse_bool, "maybe", 'strconv.ParseBool: parsing "maybe": invalid syntax'),
    ],
)
def test_what_cannot_be_read_is_named(read: Any, text: str, error: str) -> None:
    with pytest.raises(ValueError, match="strconv") as raised:
        read(text)
    assert str(raised.value) == error
