"""The legacy parameter store: values by subspace and key, which no module reads any more.

Modules keep their own parameters; old clients still ask for subspaces and old proposals still
change them, so both are served as Akash's node does: a change is checked, stored, and without
effect. It must not know governance. Source: Cosmos SDK 0.53 x/params, node v2.1 initParamsKeeper.
"""

import json
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from akashpy.chain.module import Module
from akashpy.state.codecs import RawBytes, Str
from akashpy.state.collections import Map
from akashpy.state.context import Context
from akashpy.types.coin import validate_denom
from akashpy.types.dec import Dec
from akashpy.types.errors import ChainError, Panic, PlainError
from akashpy.types.params import (
    EmptyChanges,
    EmptyKey,
    EmptySubspace,
    EmptyValue,
    SettingParameter,
    UnknownSubspace,
)
from akashpy.wire.params import ParamChange

VALUES: Map[tuple[str, str], bytes] = Map("params", b"", (Str, Str), RawBytes)
"""(subspace, key) -> the value as JSON."""


def _whole(bits: int, *, least: int, quoted: bool) -> Callable[[Any], Any]:
    """A whole number; Go's JSON quotes those of 64 bits."""

    def check(value: Any) -> Any:
        if isinstance(value, str) is not quoted or isinstance(value, bool):
            raise PlainError("invalid parameter type")
        text = str(value)
        if not text.removeprefix("-").isascii() or not text.removeprefix("-").isdigit():
            raise PlainError(f"{text} is not a whole number")
        number = int(text) if len(text) < 25 else 2**64
        if not least <= number < 2**bits:
            raise PlainError(f"invalid parameter value: {text}")
        return text if quoted else number

    return check


def _is(kind: type) -> Callable[[Any], Any]:
    """A value of this JSON type, kept as it is."""

    def check(value: Any) -> Any:
        if not isinstance(value, kind):
            raise PlainError("invalid parameter type")
        return value

    return check


def _fraction(value: Any) -> Any:
    found = Dec.of(_is(str)(value))
    if found.is_negative or found > Dec.ONE:
        raise PlainError(f"invalid parameter value: {found}")
    return str(found)


def _denom(value: Any) -> Any:
    validate_denom(_is(str)(value))
    return value


_count = _whole(64, least=1, quoted=True)
_small = _whole(32, least=1, quoted=False)
_span = _whole(63, least=1, quoted=True)

KEYS: Mapping[str, Mapping[str, Callable[[Any], Any]]] = {
    "auth": {
        "MaxMemoCharacters": _count,
        "TxSigLimit": _count,
        "TxSizeCostPerByte": _count,
        "SigVerifyCostED25519": _count,
        "SigVerifyCostSecp256k1": _count,
    },
    "bank": {"SendEnabled": _is(list), "DefaultSendEnabled": _is(bool)},
    "staking": {
        "UnbondingTime": _span,
        "MaxValidators": _small,
        "MaxEntries": _small,
        "HistoricalEntries": _whole(32, least=0, quoted=False),
        "BondDenom": _denom,
        "MinCommissionRate": _fraction,
    },
    "distribution": {"communitytax": _fraction, "withdrawaddrenabled": _is(bool)},
    "slashing": {
        "SignedBlocksWindow": _span,
        "MinSignedPerWindow": _fraction,
        "DowntimeJailDuration": _span,
        "SlashFractionDoubleSign": _fraction,
        "SlashFractionDowntime": _fraction,
    },
    "gov": {"depositparams": _is(dict), "votingparams": _is(dict), "tallyparams": _is(dict)},
    "crisis": {"ConstantFee": _is(dict)},
    "transfer": {"SendEnabled": _is(bool), "ReceiveEnabled": _is(bool)},
    "ibc": {"AllowedClients": _is(list)},
    "deployment": {"MinDeposits": _is(list)},
    "market": {
        "BidMinDeposit": _is(dict),
        "BidMinDeposits": _is(list),
        "OrderMaxBids": _small,
    },
}
"""Subspace -> key -> what its value must be; the check gives the value to store."""


def value_of(ctx: Context, subspace: str, key: str) -> str:
    """The stored JSON, empty where nothing was ever set. Raises UnknownSubspace."""
    if subspace not in KEYS:
        raise UnknownSubspace(subspace)
    return (VALUES.get(ctx, (subspace, key)) or b"").decode()


def keys_of(ctx: Context, subspace: str) -> list[str]:
    """The keys of a subspace that were ever set."""
    return [key[1] for key, _ in VALUES.under(ctx, subspace)]


def validate_changes(changes: Iterable[ParamChange]) -> None:
    """Raises EmptyChanges, EmptySubspace, EmptyKey, EmptyValue."""
    given = list(changes)
    if not given:
        raise EmptyChanges
    for each in given:
        if not each.subspace:
            raise EmptySubspace
        if not each.key:
            raise EmptyKey
        if not each.value:
            raise EmptyValue


def change(ctx: Context, changes: Iterable[ParamChange]) -> None:
    """Check and store values.

    Raises UnknownSubspace, SettingParameter; Panic for a key that the subspace does not have.
    """
    for each in changes:
        keys = KEYS.get(each.subspace)
        if keys is None:
            raise UnknownSubspace(each.subspace)
        check = keys.get(each.key)
        if check is None:
            raise Panic(f"parameter {each.key} not registered")
        try:
            value = check(_parsed(each.value))
        except ChainError as error:
            raise SettingParameter(f"key: {each.key}, value: {each.value}, err: {error}") from error
        row = json.dumps(value, separators=(",", ":"), ensure_ascii=False).encode()
        VALUES.put(ctx, (each.subspace, each.key), row)


def _parsed(text: str) -> Any:
    if text.count("[") + text.count("{") > 100:
        raise PlainError("value has too many parts")
    try:
        return json.loads(text, parse_float=_no_fraction)
    except ValueError as error:
        raise PlainError("value is not JSON") from error


def _no_fraction(text: str) -> None:
    raise ValueError(f"{text}: fractions are written as text")


MODULE = Module(name="params")
