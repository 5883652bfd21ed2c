"""The one door to the wire: generated messages, `Any`, type URLs, gogoproto's JSON, Go's bytes.

It is the only part that knows proto version paths (`v1beta5` and the like). Everything loads on
first use, so `import akashpy.wire` costs next to nothing and never loads gRPC.

Messages stand in two places:

- in one namespace per module, fully typed: `from akashpy.wire import market` and then
  `market.MsgCreateBid`, `market.Lease.State`. Newer and older packages of one module share a
  namespace where no name collides (akash.market.v1 and v1beta5);
- under their plain name when only one namespace has it: `from akashpy.wire import MsgCreateBid`.
  A name that several have (MsgUpdateParams, Params, GenesisState, Account) is an AttributeError
  that names them.

Renamed because they would collide inside their namespace: `escrow.AccountID` and
`escrow.PaymentID` (akash.escrow.id.v1), `crypto.Secp256k1PubKey`, `crypto.Secp256r1PubKey`,
`crypto.Ed25519PubKey` and the PrivKeys beside them. `base` holds Coin, DecCoin, PageRequest and
what all modules share.

Functions: pack, unpack, decode, type_url, message_class, class_named, load_all, file_descriptors;
service_names, service_methods; signer_paths, signers; to_json, from_json, json_text, amino_json;
encode_gogo, set_required; decode_tx_raw, decode_strict, reject_unknown_fields, reject_non_adr027.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from akashpy.wire._amino import amino_json as amino_json
    from akashpy.wire._errors import MalformedJson as MalformedJson
    from akashpy.wire._errors import MalformedMessage as MalformedMessage
    from akashpy.wire._errors import UnknownField as UnknownField
    from akashpy.wire._errors import UnknownService as UnknownService
    from akashpy.wire._errors import UnknownType as UnknownType
    from akashpy.wire._errors import WireError as WireError
    from akashpy.wire._fromjson import from_json as from_json
    from akashpy.wire._plain import *  # noqa: F403  # generated, with its own __all__
    from akashpy.wire._registry import class_named as class_named
    from akashpy.wire._registry import decode as decode
    from akashpy.wire._registry import file_descriptors as file_descriptors
    from akashpy.wire._registry import load_all as load_all
    from akashpy.wire._registry import message_class as message_class
    from akashpy.wire._registry import pack as pack
    from akashpy.wire._registry import type_url as type_url
    from akashpy.wire._registry import unpack as unpack
    from akashpy.wire._required import encode_gogo as encode_gogo
    from akashpy.wire._required import set_required as set_required
    from akashpy.wire._services import HttpRule as HttpRule
    from akashpy.wire._services import Method as Method
    from akashpy.wire._services import service_methods as service_methods
    from akashpy.wire._services import service_names as service_names
    from akashpy.wire._signers import signer_paths as signer_paths
    from akashpy.wire._signers import signers as signers
    from akashpy.wire._strict import decode_strict as decode_strict
    from akashpy.wire._strict import reject_non_adr027 as reject_non_adr027
    from akashpy.wire._strict import reject_unknown_fields as reject_unknown_fields
    from akashpy.wire._tojson import Json as Json
    from akashpy.wire._tojson import json_text as json_text
    from akashpy.wire._tojson import to_json as to_json
    from akashpy.wire._txraw import decode_tx_raw as decode_tx_raw

_HOMES = {
    "_amino": ("amino_json",),
    "_errors": (
        "MalformedJson",
        "MalformedMessage",
        "UnknownField",
        "UnknownService",
        "UnknownType",
        "WireError",
    ),
    "_fromjson": ("from_json",),
    "_registry": (
        "class_named",
        "decode",
        "file_descriptors",
        "load_all",
        "message_class",
        "pack",
        "type_url",
        "unpack",
    ),
    "_required": ("encode_gogo", "set_required"),
    "_services": ("HttpRule", "Method", "service_methods", "service_names"),
    "_signers": ("signer_paths", "signers"),
    "_strict": ("decode_strict", "reject_non_adr027", "reject_unknown_fields"),
    "_tojson": ("Json", "json_text", "to_json"),
    "_txraw": ("decode_tx_raw",),
}
_HOME = {name: home for home, names in _HOMES.items() for name in names}


def __getattr__(name: str) -> object:
    """A function or error above, a namespace, or a message by its plain name; then remembered."""
    if home := _HOME.get(name):
        found: object = getattr(import_module(f"akashpy.wire.{home}"), name)
    elif name.startswith("_"):
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    else:
        found = _message_or_namespace(name)
    globals()[name] = found
    return found


def _message_or_namespace(name: str) -> object:
    from akashpy.wire._names import NAMES, NAMESPACES  # a long table, needed only here

    if name in NAMESPACES:
        return import_module(f"akashpy.wire.{name}")
    spaces = NAMES.get(name, ())
    if len(spaces) == 1:
        return getattr(import_module(f"akashpy.wire.{spaces[0]}"), name)
    if spaces:
        choices = ", ".join(f"{space}.{name}" for space in spaces)
        raise AttributeError(f"{name!r} is several messages; say which: {choices}")
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
