"""What is signed in each sign mode a chain accepts: direct, direct-aux and amino-json.

Textual is not among them, as on Akash. This module must not know state.
Source: Cosmos SDK 0.53 `x/auth/tx` DefaultSignModes, x/tx 0.14 `signing`.
"""

from typing import NamedTuple

from google.protobuf.any_pb2 import Any

from akashpy import wire
from akashpy.tx import amino
from akashpy.tx.amino import NotSignable as NotSignable
from akashpy.tx.sign import sign_doc as direct_doc
from akashpy.wire import tx as pb
from akashpy.wire.signing import SignMode

DIRECT = int(SignMode.SIGN_MODE_DIRECT)
TEXTUAL = int(SignMode.SIGN_MODE_TEXTUAL)
DIRECT_AUX = int(SignMode.SIGN_MODE_DIRECT_AUX)
AMINO_JSON = int(SignMode.SIGN_MODE_LEGACY_AMINO_JSON)
NAMES = {"direct": DIRECT, "amino-json": AMINO_JSON, "direct-aux": DIRECT_AUX}
"""The modes as the command line names them."""


class Place(NamedTuple):
    """Who signs, and where: `key` is the packed public key, which direct-aux signs as well."""

    chain_id: str
    address: str
    account_number: int
    sequence: int
    key: bytes = b""


def sign_bytes(mode: int, body: bytes, auth_info: bytes, place: Place) -> bytes:
    """The bytes that a signer in this mode signs. Raises NotSignable with the SDK's text."""
    if mode == DIRECT:
        return direct_doc(body, auth_info, place.chain_id, place.account_number)
    if mode == AMINO_JSON:
        return amino.sign_doc(
            body,
            auth_info,
            chain_id=place.chain_id,
            account_number=place.account_number,
            sequence=place.sequence,
        )
    if mode == DIRECT_AUX:
        payer = _payer(body, auth_info)
        if payer == place.address:
            raise NotSignable(
                f"fee payer {payer} cannot sign with SIGN_MODE_DIRECT_AUX: unauthorized"
            )
        return aux_doc(body, place)
    if mode == TEXTUAL:
        raise NotSignable("unsuppored sign mode SIGN_MODE_TEXTUAL")
    raise NotSignable(f"unsupported sign mode {name_of(mode)}")


def aux_doc(body: bytes, place: Place) -> bytes:
    """The bytes that a helping signer signs: everything but the fee and the other signers."""
    doc = pb.SignDocDirectAux(
        body_bytes=body,
        chain_id=place.chain_id,
        account_number=place.account_number,
        sequence=place.sequence,
    )
    doc.public_key.CopyFrom(Any.FromString(place.key))
    return doc.SerializeToString(deterministic=True)


def name_of(mode: int) -> str:
    """A mode's name on the wire, or its number."""
    return SignMode.Name(mode) if mode in SignMode.values() else str(mode)


def _payer(body: bytes, auth_info: bytes) -> str:
    payer = pb.AuthInfo.FromString(auth_info).fee.payer
    if payer:
        return payer
    msgs = pb.TxBody.FromString(body).messages
    signers = wire.signers(wire.unpack(msgs[0])) if msgs else ()
    if not signers:
        raise NotSignable("no signer found")
    return signers[0]
