"""What a signer of a transaction signs, and signing it.

Only the sign mode direct: the bytes as they are, the chain's id and the account's number. This
module must not know state. Source: Cosmos SDK 0.53 `x/tx/signing/direct`.
"""

from functools import lru_cache
from hashlib import sha256

from akashpy.keys.secp256k1 import PrivateKey, verify
from akashpy.wire import tx as wire


def sign_doc(body: bytes, auth_info: bytes, chain_id: str, account_number: int) -> bytes:
    """The bytes to sign in the mode direct."""
    return wire.SignDoc(
        body_bytes=body,
        auth_info_bytes=auth_info,
        chain_id=chain_id,
        account_number=account_number,
    ).SerializeToString(deterministic=True)


def sign_direct(
    key: PrivateKey, body: bytes, auth_info: bytes, *, chain_id: str, account_number: int
) -> bytes:
    """One signer's signature of a transaction."""
    return key.sign(sign_doc(body, auth_info, chain_id, account_number))


def digest(body: bytes, auth_info: bytes, chain_id: str, account_number: int) -> bytes:
    """The SHA-256 of what is signed in the mode direct."""
    return sha256(sign_doc(body, auth_info, chain_id, account_number)).digest()


def digest_of_fields(signed: bytes, chain_id: str, account_number: int) -> bytes:
    """As `digest`, with body and auth info given as the fields that a SignDoc begins with."""
    return sha256(signed + _rest(chain_id, account_number)).digest()


@lru_cache(maxsize=50_000)
def _rest(chain_id: str, account_number: int) -> bytes:
    """The fields of a SignDoc behind body and auth info."""
    return sign_doc(b"", b"", chain_id, account_number)


def verify_direct(
    public: bytes,
    signature: bytes,
    body: bytes,
    auth_info: bytes,
    *,
    chain_id: str,
    account_number: int,
) -> bool:
    """Whether a transaction's signature is by this compressed key, for this chain and account."""
    return verify(public, sign_doc(body, auth_info, chain_id, account_number), signature)
