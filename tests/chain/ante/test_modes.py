"""Sign modes other than direct, groups of keys, and the other kinds of key an account can have."""

from collections.abc import Callable, Sequence
from typing import NamedTuple

import pytest
from cryptography.hazmat.primitives.asymmetric import ec, ed25519
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from google.protobuf.any_pb2 import Any

from akashpy import wire
from akashpy.chain import auth
from akashpy.keys import group
from akashpy.keys.secp256k1 import PrivateKey
from akashpy.tx import build, modes, signatures
from akashpy.tx.modes import AMINO_JSON, DIRECT, DIRECT_AUX, TEXTUAL, Place
from akashpy.tx.signatures import Bits, Multi, Signature, Single
from akashpy.types.abci import CheckResult, TxResult
from akashpy.types.address import Address
from akashpy.types.coin import Coin
from akashpy.wire import bank, crypto
from akashpy.wire import tx as pb
from tests.chain.app.conftest import CHAIN_ID, Chain, key

FEE, GAS = [Coin("uakt", 5_000)], 200_000
A, B, C = (key(name) for name in "abc")
UNAUTHORIZED = ("sdk", 4)


def packed(own: PrivateKey) -> Any:
    return build.PublicKey.secp256k1(own.public).to_any()


def pair(threshold: int = 2, *members: Any) -> Any:
    return group.make(threshold, members or [packed(A), packed(B)])


def address(public: Any) -> Address:
    return group.address(public.type_url, public.value)


class Payment(NamedTuple):
    """A send of 7uakt to bob from the account of any key, not signed yet."""

    chain: Chain
    public: Any
    sequence: int = 0
    memo: str = ""

    @property
    def sender(self) -> Address:
        return address(self.public)

    @property
    def body(self) -> bytes:
        msg = bank.MsgSend(
            from_address=self.sender, to_address=key("bob").address,
            amount=[Coin("uakt", 7).to_wire()],
        )  # fmt: skip
        return build.body([msg], memo=self.memo)

    def auth_info(self, mode: pb.ModeInfo) -> bytes:
        signer = build.Signer(b"", self.sequence, key=self.public, mode_info=mode)
        return build.auth_info([signer], fee=FEE, gas=GAS)

    @property
    def place(self) -> Place:
        found = auth.require(self.chain.app.query_context(), self.sender.raw)
        public = self.public.SerializeToString(deterministic=True)
        return Place(CHAIN_ID, str(self.sender), found.number, self.sequence, public)

    def document(self, mode: int, info: bytes = b"") -> bytes:
        info = info or self.auth_info(pb.ModeInfo(single=pb.ModeInfo.Single(mode=mode)))  # type: ignore[arg-type]  # a number
        return modes.sign_bytes(mode, self.body, info, self.place)

    def signed(self, signature: Signature) -> bytes:
        mode, data = signatures.write(signature)
        return build.assemble(self.body, self.auth_info(mode), [data])


@pytest.fixture
def funded(chain: Chain) -> Callable[[Any], Payment]:
    def fund(public: Any) -> Payment:
        msg = bank.MsgSend(
            from_address=key("alice").address, to_address=address(public),
            amount=[Coin("uakt", 1_000_000).to_wire()],
        )  # fmt: skip
        assert chain.deliver(chain.tx("alice", [msg])).code == 0
        return Payment(chain, public)

    return fund


Funded = Callable[[Any], Payment]


def codes(result: CheckResult | TxResult) -> tuple[str, int]:
    return result.codespace, result.code


def refused(payment: Payment, signature: Signature) -> str:
    """The log with which both the mempool and a block refuse it; nobody was paid."""
    before = payment.chain.balance("bob")
    raw = payment.signed(signature)
    checked, delivered = payment.chain.check(raw), payment.chain.deliver(raw)
    assert codes(checked) == codes(delivered) == UNAUTHORIZED
    assert checked.log == delivered.log
    assert payment.chain.balance("bob") == before
    return checked.log


def paid(payment: Payment, signature: Signature) -> TxResult:
    """The result of a payment that both the mempool and a block take."""
    before = payment.chain.balance("bob")
    raw = payment.signed(signature)
    checked = payment.chain.check(raw)
    assert (checked.code, checked.log) == (0, "")
    delivered = payment.chain.deliver(raw)
    assert delivered.code == 0
    assert payment.chain.balance("bob") == before + 7
    return delivered


def why(payment: Payment, reason: str) -> str:
    return (
        f"signature verification failed; please verify account number "
        f"({payment.place.account_number}) and chain-id ({CHAIN_ID}): ({reason}): unauthorized"
    )


# AMINO JSON


def test_amino_json(funded: Funded) -> None:
    payment = funded(packed(A))._replace(memo="a <memo> & more")
    paid(payment, Single(AMINO_JSON, A.sign(payment.document(AMINO_JSON))))


@pytest.mark.parametrize(
    "change", [{"memo": "x"}, {"sequence": 0, "memo": "y"}], ids=["memo", "other"]
)
def test_invalid_amino_json_over_something_else(funded: Funded, change: dict[str, str]) -> None:
    payment = funded(packed(A))
    other = payment._replace(**change)
    log = refused(payment, Single(AMINO_JSON, A.sign(other.document(AMINO_JSON))))
    assert log == (
        f"signature verification failed; please verify account number "
        f"({payment.place.account_number}), sequence (0) and chain-id ({CHAIN_ID}): unauthorized"
    )


def test_invalid_direct_signature_called_amino_json(funded: Funded) -> None:
    payment = funded(packed(A))
    assert "sequence (0)" in refused(payment, Single(AMINO_JSON, A.sign(payment.document(DIRECT))))


# DIRECT AUX AND THE MODES THAT ARE NOT


def test_invalid_direct_aux_of_the_fee_payer(funded: Funded) -> None:
    payment = funded(packed(A))
    signature = A.sign(modes.aux_doc(payment.body, payment.place))
    assert refused(payment, Single(DIRECT_AUX, signature)) == why(
        payment,
        f"fee payer {A.address} cannot sign with SIGN_MODE_DIRECT_AUX: unauthorized",
    )


def test_direct_aux_beside_a_fee_payer(funded: Funded) -> None:
    payment = funded(packed(A))
    payer = funded(packed(B)).place
    body, chain = payment.body, payment.chain
    info = build.auth_info(
        [build.Signer(A.public, 0, DIRECT_AUX), build.Signer(B.public, 0)],
        fee=FEE, gas=GAS, payer=str(B.address),
    )  # fmt: skip
    helping = A.sign(modes.sign_bytes(DIRECT_AUX, body, info, payment.place))
    paying = B.sign(modes.sign_bytes(DIRECT, body, info, payer))
    raw = build.assemble(body, info, [helping, paying])
    before = chain.balance("bob")
    assert chain.check(raw).log == ""
    assert chain.deliver(raw).code == 0
    assert (chain.balance("bob"), chain.balance("b")) == (before + 7, 1_000_000 - 5_000)


@pytest.mark.parametrize(
    ("mode", "reason"),
    [
        (TEXTUAL, "unsuppored sign mode SIGN_MODE_TEXTUAL"),
        (0, "unsupported sign mode SIGN_MODE_UNSPECIFIED"),
        (191, "unsupported sign mode SIGN_MODE_EIP_191"),
        (77, "unsupported sign mode 77"),
    ],
)
def test_invalid_modes(funded: Funded, mode: int, reason: str) -> None:
    payment = funded(packed(A))
    signature = Single(mode, A.sign(payment.document(DIRECT)))
    assert refused(payment, signature) == why(payment, reason)


# GROUPS OF KEYS


def members(payment: Payment, mode: int, *signers: PrivateKey, bits: Bits | None = None) -> Multi:
    """The signatures of some members of a group of two, direct ones over the final auth info."""
    chosen = [[A, B].index(own) for own in signers]
    bits = bits or Bits.of(2, chosen)
    empty = Multi(bits, tuple(Single(mode, b"") for _ in signers))
    info = payment.auth_info(signatures.write(empty)[0])
    document = payment.document(mode, info)
    return Multi(bits, tuple(Single(mode, own.sign(document)) for own in signers))


@pytest.mark.parametrize("mode", [AMINO_JSON, DIRECT])
def test_two_of_two(funded: Funded, mode: int) -> None:
    payment = funded(pair())
    done = paid(payment, members(payment, mode, A, B))
    shown = [value for event in done.events for k, value in event.attributes if k == "signature"]
    assert len(shown) == 3  # of A, of B, of both
    stored = auth.require(payment.chain.app.query_context(), payment.sender.raw).pub_key
    assert stored == payment.public.SerializeToString(deterministic=True)


def test_one_of_two(funded: Funded) -> None:
    payment = funded(pair(1))
    paid(payment, members(payment, AMINO_JSON, B))


def test_members_may_sign_in_different_modes(funded: Funded) -> None:
    payment = funded(pair())
    bits = Bits.of(2, [0, 1])
    modes_only = Multi(bits, (Single(AMINO_JSON, b""), Single(DIRECT, b"")))
    info = payment.auth_info(signatures.write(modes_only)[0])
    paid(
        payment,
        Multi(
            bits,
            (
                Single(AMINO_JSON, A.sign(payment.document(AMINO_JSON, info))),
                Single(DIRECT, B.sign(payment.document(DIRECT, info))),
            ),
        ),
    )


def test_a_group_in_a_group(funded: Funded) -> None:
    inner = pair(1)
    payment = funded(pair(2, inner, packed(C)))
    document = payment.document(AMINO_JSON)
    part = Multi(Bits.of(2, [1]), (Single(AMINO_JSON, B.sign(document)),))
    paid(payment, Multi(Bits.of(2, [0, 1]), (part, Single(AMINO_JSON, C.sign(document)))))


def test_each_member_that_signs_is_charged(funded: Funded) -> None:
    one, both = funded(pair(1)), funded(pair(1, packed(B), packed(A)))
    used = paid(one, members(one, AMINO_JSON, A)).gas_used
    document = both.document(AMINO_JSON)
    two = Multi(
        Bits.of(2, [0, 1]),
        (Single(AMINO_JSON, B.sign(document)), Single(AMINO_JSON, A.sign(document))),
    )
    more = paid(both, two).gas_used - used
    bytes_more = len(both.signed(two)) - len(one.signed(members(one, AMINO_JSON, A)))
    assert more >= 1_000 + 10 * bytes_more


def forged(payment: Payment) -> Sequence[tuple[str, Multi]]:
    good = members(payment, DIRECT, A, B)
    first, second = good.parts
    three = Bits.of(3, [0, 1])
    return (
        ("bit array size is incorrect, expecting: 2", Multi(three, good.parts)),
        ("signature size is incorrect 1", members(payment, DIRECT, A)),
        (
            "not enough signatures set, have 1, expected 2",
            members(payment, DIRECT, A, B, bits=Bits.of(2, [0])),
        ),
        ("unable to verify signature at index 0", Multi(good.bits, (second, first))),
        ("unable to verify signature at index 1", Multi(good.bits, (first, first))),
        (
            "unable to parse pubkey of index 0",
            Multi(good.bits, (Multi(Bits.of(1, [0]), (first,)), second)),
        ),
    )


@pytest.mark.parametrize("which", range(6))
def test_invalid_group_signatures(funded: Funded, which: int) -> None:
    payment = funded(pair())
    reason, signature = forged(payment)[which]
    if which == 5:  # other modes make other bytes: sign those
        mode = signatures.write(signature)[0]
        document = payment.document(DIRECT, payment.auth_info(mode))
        inner = Multi(Bits.of(1, [0]), (Single(DIRECT, A.sign(document)),))
        signature = Multi(signature.bits, (inner, Single(DIRECT, B.sign(document))))
    assert refused(payment, signature) == why(payment, reason)


def test_invalid_one_signature_for_a_group(funded: Funded) -> None:
    payment = funded(pair())
    raw = payment.signed(Single(DIRECT, A.sign(payment.document(DIRECT))))
    result = payment.chain.check(raw)
    assert codes(result) == ("undefined", 1)
    assert result.log == ("expected *signing.MultiSignatureData, got, *signing.SingleSignatureData")


def test_invalid_signatures_of_a_group_for_one_key(funded: Funded) -> None:
    payment = funded(packed(A))
    signature = Multi(Bits.of(1, [0]), (Single(DIRECT, bytes(64)),))
    assert refused(payment, signature) == why(payment, "expected <nil>, got *secp256k1.PubKey")


def test_invalid_group_of_more_keys_than_may_sign(funded: Funded) -> None:
    many = pair(1, *(packed(key(str(number))) for number in range(8)))
    payment = funded(many)
    result = payment.chain.check(payment.signed(Multi(Bits.of(8, [0]), (Single(DIRECT, b"x"),))))
    assert (codes(result), result.log) == (
        ("sdk", 14),
        "signatures: 8, limit: 7: maximum number of signatures exceeded",
    )


@pytest.mark.parametrize("rest", [b"\x12\x01x", b"\x0a"], ids=["unknown field", "cut"])
def test_invalid_bytes_in_a_groups_signature(funded: Funded, rest: bytes) -> None:
    payment = funded(pair())
    mode, data = signatures.write(members(payment, AMINO_JSON, A, B))
    raw = build.assemble(payment.body, payment.auth_info(mode), [data + rest])
    assert codes(payment.chain.check(raw)) == ("undefined", 1)


def test_modes_and_signatures_that_contradict_each_other_break_nothing(funded: Funded) -> None:
    payment = funded(pair())
    mode, _ = signatures.write(members(payment, AMINO_JSON, A, B))
    lonely = signatures.join([bytes(64)])
    raw = build.assemble(payment.body, payment.auth_info(mode), [lonely])
    assert codes(payment.chain.check(raw)) == ("undefined", 111222)
    huge = pb.ModeInfo(multi=mode.multi)
    huge.multi.bitarray.extra_bits_stored = 200
    both = signatures.join([bytes(64)] * 2)
    raw = build.assemble(payment.body, payment.auth_info(huge), [both])
    assert codes(payment.chain.check(raw)) == ("undefined", 111222)
    assert payment.chain.deliver(raw).code == 111222


def test_gas_of_a_group_is_estimated_without_signatures(funded: Funded) -> None:
    payment = funded(pair())
    used = paid(payment, members(payment, AMINO_JSON, A, B)).gas_used
    again = payment._replace(sequence=1)
    modes_only = pb.ModeInfo(multi=pb.ModeInfo.Multi(mode_infos=[
        pb.ModeInfo(single=pb.ModeInfo.Single(mode=AMINO_JSON)) for _ in range(2)  # type: ignore[arg-type]  # a number
    ]))  # fmt: skip
    raw = build.assemble(again.body, again.auth_info(modes_only), [signatures.join([b"", b""])])
    estimate, result = payment.chain.app.simulate(raw)
    assert result.code == 0
    assert used < estimate < 3 * used


# OTHER KINDS OF KEY


def test_an_ed25519_key(funded: Funded) -> None:
    secret = ed25519.Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
    raw = secret.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)
    payment = funded(wire.pack(crypto.Ed25519PubKey(key=raw)))
    assert len(payment.sender.raw) == 20
    paid(payment, Single(AMINO_JSON, secret.sign(payment.document(AMINO_JSON))))
    later = payment._replace(sequence=1)
    assert refused(later, Single(DIRECT, bytes(64))) == why(
        later, "unable to verify single signer signature"
    )


def test_a_secp256r1_key(funded: Funded) -> None:
    secret = ec.derive_private_key(12345, ec.SECP256R1())
    point = secret.public_key().public_bytes(Encoding.X962, PublicFormat.CompressedPoint)
    payment = funded(wire.pack(crypto.Secp256r1PubKey(key=point)))
    assert len(payment.sender.raw) == 32
    r, s = decode_dss_signature(secret.sign(payment.document(DIRECT), ec.ECDSA(SHA256())))
    order = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551
    low = min(s, order - s)
    high = r.to_bytes(32, "big") + (order - low).to_bytes(32, "big")
    assert refused(payment, Single(DIRECT, high)) == why(
        payment, "unable to verify single signer signature"
    )
    paid(payment, Single(DIRECT, r.to_bytes(32, "big") + low.to_bytes(32, "big")))
