"""The document that a signer signs in the mode amino-json, as hardware wallets show it.

How a message is written is `akashpy.wire.amino_json`. This module must not know keys or state.
Source: x/tx 0.14 `signing/aminojson`.
"""

from akashpy import wire
from akashpy.wire import tx as pb


class NotSignable(ValueError):
    """A transaction that has no document in the mode asked for; the text is the SDK's."""


def sign_doc(
    body: bytes, auth_info: bytes, *, chain_id: str, account_number: int, sequence: int
) -> bytes:
    """The bytes to sign in the mode amino-json.

    Raises NotSignable for extension options, unknown fields and messages without such a form.
    """
    try:
        content = wire.decode_strict(pb.TxBody, body)[0]
        info = pb.AuthInfo.FromString(auth_info)
        if content.extension_options or content.non_critical_extension_options:
            raise NotSignable(
                "SIGN_MODE_LEGACY_AMINO_JSON does not support protobuf extension options: "
                "invalid request"
            )
        if not info.HasField("fee"):
            raise NotSignable("fee cannot be nil when tipper is not signer")
        return _text(content, info.fee, chain_id, account_number, sequence).encode()
    except NotSignable:
        raise
    except ValueError as error:
        raise NotSignable(str(error)) from error


def _text(body: pb.TxBody, fee: pb.Fee, chain_id: str, account_number: int, sequence: int) -> str:
    """Names in their order, without blanks; what is empty and not named here is left out."""
    quote = wire.json_text
    coins = ",".join(wire.amino_json(coin) for coin in fee.amount)
    paid = f'"amount":[{coins}],"gas":"{fee.gas_limit}"'
    if fee.granter:
        paid += f',"granter":{quote(fee.granter)}'
    if fee.payer:
        paid += f',"payer":{quote(fee.payer)}'
    msgs = ",".join(wire.amino_json(msg) for msg in body.messages)
    text = (
        f'{{"account_number":"{account_number}","chain_id":{quote(chain_id)},"fee":{{{paid}}},'
        f'"memo":{quote(body.memo)},"msgs":{f"[{msgs}]" if msgs else "null"},'
        f'"sequence":"{sequence}"'
    )
    if body.timeout_height:
        text += f',"timeout_height":"{body.timeout_height}"'
    if body.HasField("timeout_timestamp"):
        text += f',"timeout_timestamp":{wire.amino_json(body.timeout_timestamp)}'
    if body.unordered:
        text += ',"unordered":true'
    return text + "}"
