"""Certificates that accounts publish so that the other side of a TLS connection can check them.

A certificate is valid from the block that publishes it until the one that revokes it; a revoked
serial number can never be used again. It must not know what certificates are used for.
Source: node v2.1 x/cert.
"""

from akashpy import wire
from akashpy.chain import params
from akashpy.chain.module import Handler, JsonState, Module
from akashpy.keys.x509 import check_published
from akashpy.state.codecs import U8, Raw, record
from akashpy.state.collections import Map
from akashpy.state.context import Context
from akashpy.types.address import Address
from akashpy.types.cert import (
    MAX_SERIAL_BYTES,
    Certificate,
    CertificateAlreadyRevoked,
    CertificateExists,
    CertificateID,
    CertificateNotFound,
    CertificateState,
    InvalidSerialNumber,
    InvalidState,
    parse_serial,
    validate_create_certificate_owner,
    validate_revoke_certificate,
)
from akashpy.types.errors import PlainError
from akashpy.wire import cert as pb

CERTIFICATES: Map[tuple[int, bytes, bytes], Certificate] = Map(
    "cert", b"\x11", (U8, Raw, Raw), record(Certificate)
)
"""(state, owner, serial as big-endian bytes) -> certificate."""

VALID, REVOKED = CertificateState.VALID, CertificateState.REVOKED


def find(ctx: Context, owner: bytes, serial: int) -> Certificate | None:
    """The certificate of (owner, serial) in whichever state, or None."""
    return CERTIFICATES.get(ctx, _key(VALID, owner, serial)) or CERTIFICATES.get(
        ctx, _key(REVOKED, owner, serial)
    )


def id_of(key: tuple[int, bytes, bytes]) -> CertificateID:
    """The id that a row's key stands for."""
    return CertificateID(Address.of(key[1]), int.from_bytes(key[2], "big"))


def serial_of(owner: Address, cert: bytes, pubkey: bytes) -> int:
    """The serial number of a certificate that `owner` may publish.

    Raises InvalidPubkeyValue, InvalidCertificateValue, PlainError.
    """
    serial = check_published(owner, cert, pubkey)
    if serial < 0:
        raise PlainError("x509: negative serial number")
    return serial


def _key(state: CertificateState, owner: bytes, serial: int) -> tuple[int, bytes, bytes]:
    size = (serial.bit_length() + 7) // 8
    if size > MAX_SERIAL_BYTES:
        raise InvalidSerialNumber
    return state, owner, serial.to_bytes(size, "big")


# MESSAGES


def validate_create(msg: pb.MsgCreateCertificate) -> None:
    """Raises InvalidAddress (sdk), InvalidPubkeyValue, InvalidCertificateValue, PlainError."""
    validate_create_certificate_owner(msg)
    serial_of(Address.parse(msg.owner), msg.cert, msg.pubkey)


def create(ctx: Context, msg: pb.MsgCreateCertificate) -> pb.MsgCreateCertificateResponse:
    """Publish a certificate under its own serial number. Raises CertificateExists."""
    owner = Address.parse(msg.owner)
    serial = serial_of(owner, msg.cert, msg.pubkey)
    if find(ctx, owner.raw, serial) is not None:
        raise CertificateExists
    CERTIFICATES.put(ctx, _key(VALID, owner.raw, serial), Certificate(VALID, msg.cert, msg.pubkey))
    return pb.MsgCreateCertificateResponse()


def revoke(ctx: Context, msg: pb.MsgRevokeCertificate) -> pb.MsgRevokeCertificateResponse:
    """Take a certificate back, for ever.

    Raises CertificateNotFound, CertificateAlreadyRevoked.
    """
    owner, serial = Address.parse(msg.id.owner).raw, parse_serial(msg.id.serial)
    found = find(ctx, owner, serial)
    if found is None:
        raise CertificateNotFound
    if found.state is REVOKED:
        raise CertificateAlreadyRevoked
    CERTIFICATES.remove(ctx, _key(VALID, owner, serial))
    CERTIFICATES.put(
        ctx, _key(REVOKED, owner, serial), Certificate(REVOKED, found.cert, found.pubkey)
    )
    return pb.MsgRevokeCertificateResponse()


# GENESIS


def default_genesis(preset: str) -> JsonState:
    """No certificates."""
    del preset
    return wire.to_json(pb.GenesisState())


def validate_genesis(state: JsonState) -> None:
    """Raises what publishing would raise, and InvalidState for a state that is none."""
    for entry in wire.from_json(pb.GenesisState, state).certificates:
        if int(entry.certificate.state) not in (int(VALID), int(REVOKED)):
            raise InvalidState
        serial_of(Address.parse(entry.owner), entry.certificate.cert, entry.certificate.pubkey)


def init_genesis(ctx: Context, state: JsonState) -> None:
    """Store certificates.

    Raises InvalidState for a revoked one unless the fix "cert-genesis" is on, CertificateExists.
    """
    for entry in wire.from_json(pb.GenesisState, state).certificates:
        value = Certificate.from_wire(entry.certificate)
        if value.state is not VALID and not params.is_fixed(ctx, "cert-genesis"):
            raise InvalidState
        owner = Address.parse(entry.owner)
        serial = serial_of(owner, value.cert, value.pubkey)
        if find(ctx, owner.raw, serial) is not None:
            raise CertificateExists(f"{owner}/{serial}")
        CERTIFICATES.put(ctx, _key(value.state, owner.raw, serial), value)


def export_genesis(ctx: Context) -> JsonState:
    """All certificates, valid ones first, each state in order of owners and serials."""
    state = pb.GenesisState()
    for key, value in CERTIFICATES.under(ctx):
        state.certificates.add(owner=Address.of(key[1]), certificate=value.to_wire())
    return wire.to_json(state)


def _one_state_each(ctx: Context) -> str | None:
    """Invariant: no serial number is both valid and revoked."""
    for key, value in CERTIFICATES.under(ctx, int(REVOKED)):
        if CERTIFICATES.has(ctx, (int(VALID), key[1], key[2])) or value.state is not REVOKED:
            return f"cert: {id_of(key)} is in two states"
    return None


MODULE = Module(
    name="cert",
    handlers={
        "/akash.cert.v1.MsgCreateCertificate": Handler(validate_create, create),
        "/akash.cert.v1.MsgRevokeCertificate": Handler(validate_revoke_certificate, revoke),
    },
    init_genesis=init_genesis,
    export_genesis=export_genesis,
    default_genesis=default_genesis,
    validate_genesis=validate_genesis,
    invariants=(_one_state_each,),
)
