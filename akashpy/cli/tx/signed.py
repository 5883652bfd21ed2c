"""Signatures on transactions of files: by one account, several, or members of a group.

Files are the SDK's JSON, so that several people sign one transaction with either program. What is
signed is `akashpy.tx.modes`, what signatures look like `akashpy.tx.signatures`. The commands
themselves, whose help must load nothing, are `akashpy.cli.tx.signing`.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import click
from click.core import ParameterSource
from google.protobuf.any_pb2 import Any as Packed

from akashpy import wire
from akashpy.cli.home import open_keyring
from akashpy.cli.output import say
from akashpy.cli.tx.flags import sign_mode
from akashpy.cli.tx.offline import as_json, parts_of
from akashpy.cli.tx.session import Options, Session, perform, perform_unsigned
from akashpy.keys import group
from akashpy.keys.ring import KeyInfo, KeyringError
from akashpy.tx import build, signatures
from akashpy.tx.modes import DIRECT, NAMES, NotSignable, Place, sign_bytes
from akashpy.tx.signatures import Bits, Multi, Signature, Single
from akashpy.types.address import Address
from akashpy.types.coin import Coins
from akashpy.types.errors import ChainError, Panic
from akashpy.wire import signing as pb_signing
from akashpy.wire import tx as pb


class Draft:
    """A transaction of a file: what is signed, and who has signed already."""

    def __init__(self, body: bytes, auth_info: bytes, given: Sequence[bytes]) -> None:
        self.body = body
        self.info = pb.AuthInfo.FromString(auth_info)
        self.signatures = list(given)

    @property
    def raw(self) -> bytes:
        """The whole transaction's bytes."""
        info = self.info.SerializeToString(deterministic=True)
        return build.assemble(self.body, info, self.signatures)

    @property
    def signers(self) -> list[Address]:
        """Who has to sign."""
        return [Address.of(raw) for raw in build.decode(self.raw).signers]

    def require_signer(self, address: Address, name: str) -> None:
        """Raises ClickException for one who has not to sign."""
        if address not in self.signers:
            raise click.ClickException(
                f"tx intended signer does not match the given signer: {name}"
            )

    def put(self, signer: build.Signer, *, overwrite: bool) -> int:
        """Name a signer whose signature follows; its place. Raises ClickException."""
        wanted = signer.to_wire()
        if overwrite:
            del self.info.signer_infos[:]
            self.signatures.clear()
        if any(each.public_key == wanted.public_key for each in self.info.signer_infos):
            raise click.ClickException(
                "this key has signed already: replace the signatures with --overwrite"
            )
        self.info.signer_infos.append(wanted)
        self.signatures.append(b"")
        self._limit_direct()
        return len(self.signatures) - 1

    def document(self, mode: int, place: Place) -> bytes:
        """What is signed. Raises ClickException where nothing can be."""
        info = self.info.SerializeToString(deterministic=True)
        try:
            return sign_bytes(mode, self.body, info, place)
        except NotSignable as error:
            raise click.ClickException(str(error)) from error

    def _limit_direct(self) -> None:
        modes = [each.mode_info.single.mode for each in self.info.signer_infos]
        if modes.count(DIRECT) > 1:  # type: ignore[arg-type]  # an enum's number
            raise click.ClickException(
                "txs signed with CLI can have maximum 1 DIRECT signer: feature not supported: "
                "use --sign-mode amino-json for the others"
            )


def sign(
    file: Path,
    overwrite: bool,
    signature_only: bool,
    multisig: str,
    output_document: str,
    options: Options,
) -> None:
    """Sign a transaction that --generate-only wrote, and print it."""
    draft = Draft(*_parts(file))
    mode = _mode(options, multisig)

    async def act(session: Session) -> dict[str, Any]:
        if multisig:
            return await _sign_for_group(session, draft, _key(options, multisig), mode)
        await _sign(session, draft, mode, overwrite=overwrite)
        return _signatures_json(draft) if signature_only else as_json(draft.raw)

    perform(options, act, document=output_document)


def sign_batch(
    files: tuple[Path, ...],
    append: bool,
    signature_only: bool,
    multisig: str,
    output_document: str,
    options: Options,
) -> None:
    """Sign every transaction of files, one per line, with sequences that follow each other."""
    drafts = [Draft(*parts) for file in files for parts in _lines(file)]
    mode = _mode(options, multisig)

    async def act(session: Session) -> None:
        texts = []
        batch = [_appended(drafts, options)] if append else drafts
        for index, draft in enumerate(batch):
            if multisig:
                found = _key(options, multisig)
                made = await _sign_for_group(session, draft, found, mode, later=index)
            else:
                await _sign(session, draft, mode, overwrite=True, later=index)
                made = _signatures_json(draft) if signature_only else as_json(draft.raw)
            texts.append(json.dumps(made, separators=(",", ":"), ensure_ascii=False))
        _write("\n".join(texts), output_document)

    perform(options, act)


def multi_sign(
    file: Path,
    name: str,
    parts: tuple[Path, ...],
    signature_only: bool,
    skip_signature_verification: bool,
    output_document: str,
    options: Options,
) -> None:
    """Join the signatures of a group's members (of `sign --multisig`) to the group's own."""
    draft = Draft(*_parts(file))
    found = _group(options, name)
    given = [one for part in parts for one in _descriptors(part)]

    async def act(session: Session) -> dict[str, Any]:
        place = await session.place(found.address)
        _join(draft, found, given, place, is_trusting=skip_signature_verification)
        return _signatures_json(draft) if signature_only else as_json(draft.raw)

    perform_unsigned(options, act, document=output_document)


def multisign_batch(
    file: Path,
    name: str,
    parts: tuple[Path, ...],
    no_auto_increment: bool,
    output_document: str,
    options: Options,
) -> None:
    """Join the signatures of `sign-batch --multisig`, line by line, to transactions of the group.

    Line N of each file of signatures is for transaction N.
    """
    drafts = [Draft(*each) for each in _lines(file)]
    found = _group(options, name)
    given = [_signature_lines(part) for part in parts]
    for part, lines in zip(parts, given, strict=True):
        if len(lines) < len(drafts):
            raise click.ClickException(
                f"{part} has {len(lines)} signatures for {len(drafts)} transactions: "
                "each member signs all of them with sign-batch --multisig"
            )

    async def act(session: Session) -> None:
        chain, number, sequence = await session.place(found.address)
        texts = []
        for index, draft in enumerate(drafts):
            at = sequence if no_auto_increment else sequence + index
            _join(draft, found, [lines[index] for lines in given], (chain, number, at))
            texts.append(json.dumps(as_json(draft.raw), separators=(",", ":"), ensure_ascii=False))
        _write("\n".join(texts), output_document)

    perform_unsigned(options, act)


def validate_signatures(file: Path, options: Options) -> None:
    """Whether a transaction's signatures are those of its signers, in their order.

    Without --offline each is verified against the accounts of the chain, too.
    """
    draft = Draft(*_parts(file))

    async def act(session: Session) -> None:
        signers = draft.signers
        lines = ["Signers:", *(f"  {at}: {one}" for at, one in enumerate(signers)), ""]
        lines.append("Signatures:")
        is_right = len(draft.info.signer_infos) == len(signers)
        for index, info in enumerate(draft.info.signer_infos):
            public = info.public_key
            own = group.address(public.type_url, public.value)
            state = "OK"
            if index >= len(signers) or own != signers[index]:
                state, is_right = "ERROR: signature does not match its respective signer", False
            if is_right and not options["offline"]:
                why = await _wrong(session, draft, index, own)
                if why:
                    say(f"failed to verify signature: {why}")
                    raise click.ClickException("signatures validation failed")
            lines.append(f"  {index}: {own}\t\t\t[{state}]")
        click.echo("\n".join([*lines, ""]))
        if not is_right:
            raise click.ClickException("signatures validation failed")

    perform_unsigned(options, act, needs_place=not options["offline"])


# SIGNING


async def _sign(
    session: Session, draft: Draft, mode: int, *, overwrite: bool, later: int = 0
) -> None:
    account = session.account
    draft.require_signer(account.address, session.options["sender"])
    chain, number, sequence = await session.place()
    sequence += later
    at = draft.put(build.Signer(account.public, sequence, mode), overwrite=overwrite)
    packed = draft.info.signer_infos[at].public_key.SerializeToString(deterministic=True)
    place = Place(chain, account.address, number, sequence, packed)
    draft.signatures[at] = await account.sign(draft.document(mode, place))


async def _sign_for_group(
    session: Session, draft: Draft, found: KeyInfo, mode: int, *, later: int = 0
) -> dict[str, Any]:
    """A member's signature in the group's name, as JSON of its own."""
    account = session.account
    public = build.PublicKey.secp256k1(account.public).to_any()
    if found.public_any.type_url != group.GROUP or not _belongs(found.public_any, public):
        raise click.ClickException("signing key is not a part of multisig key")
    draft.require_signer(found.address, found.name)
    chain, number, sequence = await session.place(found.address)
    place = Place(chain, found.address, number, sequence + later, public.SerializeToString())
    signature = await account.sign(draft.document(mode, place))
    return _descriptors_json([(public, Single(mode, signature), sequence + later)])


def _join(
    draft: Draft,
    found: KeyInfo,
    given: Sequence[tuple[Packed, Signature]],
    place: tuple[str, int, int],
    *,
    is_trusting: bool = False,
) -> None:
    """Sign a transaction for a group with its members' signatures. Raises ClickException."""
    chain, number, sequence = place
    made: dict[int, Signature] = {}
    members = group.read(found.public_any.value).members
    for public, signature in given:
        if not is_trusting:
            own = group.address(public.type_url, public.value)
            at = Place(chain, own, number, sequence, public.SerializeToString())
            _require_right(draft, public, signature, at)
        made[_index(members, public)] = signature
    chosen = sorted(made)
    whole = Multi(Bits.of(len(members), chosen), tuple(made[index] for index in chosen))
    mode, data = signatures.write(whole)
    signer = build.Signer(b"", sequence, key=found.public_any, mode_info=mode)
    draft.signatures[draft.put(signer, overwrite=True)] = data


def _belongs(whole: Packed, member: Packed) -> bool:
    if whole.type_url != group.GROUP:
        return bool(whole == member)
    members = group.read(whole.value).members
    return any(_belongs(Packed(type_url=url, value=data), member) for url, data in members)


def _require_right(draft: Draft, public: Packed, signature: Signature, place: Place) -> None:
    why = _refusal(draft, public, signature, place)
    if why:
        raise click.ClickException(
            f"couldn't verify signature for address {place.address} {why}: sign with "
            "--sign-mode amino-json, this chain id, and the group's account number and sequence"
        )


def _refusal(draft: Draft, public: Packed, signature: Signature | None, place: Place) -> str:
    info = draft.info.SerializeToString(deterministic=True)

    def document(mode: int) -> bytes:
        return sign_bytes(mode, draft.body, info, place)

    try:
        return signatures.refusal(public.type_url, public.value, signature, document)
    except (ChainError, Panic) as error:
        return str(error)


async def _wrong(session: Session, draft: Draft, index: int, own: Address) -> str:
    info = draft.info.signer_infos[index]
    chain, number, sequence = await session.place(own)
    place = Place(chain, own, number, sequence, info.public_key.SerializeToString())
    signature = signatures.read(info.mode_info, draft.signatures[index])
    return _refusal(draft, info.public_key, signature, place)


def _index(members: Sequence[group.Member], public: Packed) -> int:
    for index, member in enumerate(members):
        if member == (public.type_url, public.value):
            return index
    raise click.ClickException(
        f"provided key {group.address(public.type_url, public.value)} doesn't exist in pubkeys: "
        "it is no member of the group"
    )


def _appended(drafts: Sequence[Draft], options: Options) -> Draft:
    """One transaction of all messages; fee and note are those of the flags, gas the sum."""
    msgs = [msg for draft in drafts for msg in pb.TxBody.FromString(draft.body).messages]
    body = pb.TxBody(messages=msgs, memo=options["note"])
    fee = pb.Fee(
        amount=[coin.to_wire() for coin in Coins.parse(options["fees"])] if options["fees"] else [],
        gas_limit=sum(draft.info.fee.gas_limit for draft in drafts),
        payer=options["fee_payer"],
        granter=options["fee_granter"],
    )
    info = pb.AuthInfo(fee=fee).SerializeToString(deterministic=True)
    return Draft(body.SerializeToString(deterministic=True), info, [])


# FLAGS AND FILES


def _mode(options: Options, multisig: str) -> int:
    """The sign mode; for a group amino-json unless a flag says another."""
    source = click.get_current_context().get_parameter_source("sign_mode")
    options["sign_mode"] = sign_mode(options)
    if multisig and source is ParameterSource.DEFAULT and not options["aux"]:
        options["sign_mode"] = "amino-json"
    if multisig and options["sign_mode"] != "amino-json":
        raise click.UsageError(
            "members sign before the group's signature is known, which only amino-json allows: "
            "leave --sign-mode and --aux out with --multisig"
        )
    return NAMES[options["sign_mode"]]


def _key(options: Options, name: str) -> KeyInfo:
    ring = open_keyring(options["home"], options["keyring_backend"], options["keyring_dir"])
    try:
        return ring.get(name)
    except (KeyringError, ChainError) as error:
        raise click.ClickException(f"error getting account from keybase: {error}") from error


def _group(options: Options, name: str) -> KeyInfo:
    found = _key(options, name)
    if found.public_any.type_url != group.GROUP:
        raise click.ClickException(f'"{name}" must be of type multi: {found.kind}')
    return found


def _parts(file: Path) -> tuple[bytes, bytes, list[bytes]]:
    from akashpy.cli.tx.files import parts_in

    return parts_in(file)


def _lines(file: Path) -> list[tuple[bytes, bytes, list[bytes]]]:
    try:
        lines = [line for line in file.read_text().splitlines() if line.strip()]
        return [parts_of(json.loads(line)) for line in lines]
    except (OSError, ValueError, wire.WireError) as error:
        raise click.ClickException(f"{file}: {error}") from error


def _write(text: str, path: str) -> None:
    if path:
        Path(path).write_text(text + "\n")
    else:
        click.echo(text)


# SIGNATURES AS JSON


def _signatures_json(draft: Draft) -> dict[str, Any]:
    found = []
    for info, data in zip(draft.info.signer_infos, draft.signatures, strict=True):
        signature = signatures.read(info.mode_info, data)
        if signature is not None:
            found.append((info.public_key, signature, info.sequence))
    return _descriptors_json(found)


def _descriptors_json(found: Sequence[tuple[Packed, Signature, int]]) -> dict[str, Any]:
    return wire.to_json(
        pb_signing.SignatureDescriptors(
            signatures=[
                pb_signing.SignatureDescriptor(
                    public_key=public, data=_data(signature), sequence=sequence
                )
                for public, signature, sequence in found
            ]
        )
    )


def _data(signature: Signature) -> pb_signing.SignatureDescriptor.Data:
    if isinstance(signature, Single):
        single = pb_signing.SignatureDescriptor.Data.Single(
            mode=signature.mode,  # type: ignore[arg-type]  # a number is a mode on the wire
            signature=signature.signature,
        )
        return pb_signing.SignatureDescriptor.Data(single=single)
    multi = pb_signing.SignatureDescriptor.Data.Multi(
        bitarray=signature.bits.to_wire(), signatures=[_data(part) for part in signature.parts]
    )
    return pb_signing.SignatureDescriptor.Data(multi=multi)


def _descriptors(file: Path) -> list[tuple[Packed, Signature]]:
    return _signatures_in(file, _read(file))


def _signature_lines(file: Path) -> list[tuple[Packed, Signature]]:
    """The signatures of all lines, in their order."""
    lines = [line for line in _read(file).splitlines() if line.strip()]
    return [one for line in lines for one in _signatures_in(file, line)]


def _signatures_in(file: Path, content: str) -> list[tuple[Packed, Signature]]:
    try:
        found = wire.from_json(pb_signing.SignatureDescriptors, json.loads(content))
    except (ValueError, wire.WireError) as error:
        raise click.ClickException(f"{file}: {error}") from error
    return [(one.public_key, _tree(one.data)) for one in found.signatures]


def _read(file: Path) -> str:
    try:
        return file.read_text()
    except (OSError, ValueError) as error:
        raise click.ClickException(f"{file}: {error}") from error


def _tree(data: pb_signing.SignatureDescriptor.Data) -> Signature:
    if data.HasField("single"):
        return Single(int(data.single.mode), data.single.signature)
    bits = data.multi.bitarray
    return Multi(Bits(bits.extra_bits_stored, bits.elems), tuple(map(_tree, data.multi.signatures)))
