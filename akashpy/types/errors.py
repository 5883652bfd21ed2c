"""The errors a chain can answer with: one class per codespace and code.

This module exists so that the error a rule raises, a node reports and a client catches is one
class. It holds the root, the registry and the codespaces `sdk`, `akash` and `undefined`; every
other codespace lives in the module of its name beside this one. It must not know state, transport
or any rule. Source of codes, texts and statuses: Cosmos SDK 0.53 and Akash node v2.1.
"""

from enum import IntEnum
from importlib import import_module
from typing import ClassVar, Self


class Status(IntEnum):
    """gRPC status codes, with their numbers on the wire."""

    OK = 0
    CANCELLED = 1
    UNKNOWN = 2
    INVALID_ARGUMENT = 3
    DEADLINE_EXCEEDED = 4
    NOT_FOUND = 5
    ALREADY_EXISTS = 6
    PERMISSION_DENIED = 7
    RESOURCE_EXHAUSTED = 8
    FAILED_PRECONDITION = 9
    ABORTED = 10
    OUT_OF_RANGE = 11
    UNIMPLEMENTED = 12
    INTERNAL = 13
    UNAVAILABLE = 14
    DATA_LOSS = 15
    UNAUTHENTICATED = 16


HIDDEN = ("undefined", 1)
"""What Go reports of an error whose number was lost on its way."""


class ChainError(Exception):
    """A refusal by the chain's rules.

    `codespace` and `code` are what clients decide on; `text` is the registered text, and `detail`
    what was wrong this time. `str()` is the log that a node written in Go shows: `detail: text`,
    or `text: after` where Go names the registered error first. It does that with a means that
    loses the number, so that such a refusal is reported as undefined/1.
    """

    codespace: ClassVar[str] = "undefined"
    code: ClassVar[int] = 1
    text: ClassVar[str] = ""
    status: ClassVar[Status] = Status.UNKNOWN

    def __init_subclass__(
        cls,
        *,
        codespace: str | None = None,
        code: int | None = None,
        text: str | None = None,
        status: Status | None = None,
    ) -> None:
        super().__init_subclass__()
        if codespace is not None:
            cls.codespace = codespace
        if text is not None:
            cls.text = text
        if status is not None:
            cls.status = status
        if code is None:
            return
        cls.code = code
        key = (cls.codespace, code)
        if key in REGISTRY:
            raise TypeError(
                f"error {key} is registered twice: {REGISTRY[key].__name__}, {cls.__name__}"
            )
        REGISTRY[key] = cls

    def __init__(self, detail: str = "", *, after: str = "") -> None:
        super().__init__(detail)
        self.detail = detail
        self.after = after
        self._hollow = False
        if after:
            self.codespace, self.code = HIDDEN  # type: ignore[misc]  # of this refusal only

    @classmethod
    def around(cls, detail: str) -> Self:
        """The error with `detail` before it even when that is empty, as Go's Wrap: ": text"."""
        made = cls(detail)
        made._hollow = not detail
        return made

    def __str__(self) -> str:
        text = ": ".join(part for part in (self.detail, self.text, self.after) if part)
        return f": {text}" if self._hollow else text

    def wrapped(self, detail: str) -> Self:
        """The same error with `detail` put before what it says (errors.Wrap of Go)."""
        before = self.detail or self._hollow
        return type(self)(f"{detail}: {self.detail}" if before else detail, after=self.after)


REGISTRY: dict[tuple[str, int], type[ChainError]] = {}

MODULES = {
    "audit": "audit",
    "authz": "authz",
    "bank": "bank",
    "bme": "bme",
    "cert": "cert",
    "crisis": "crisis",
    "deployment": "deployment",
    "distribution": "distribution",
    "escrow": "escrow",
    "evidence": "evidence",
    "feegrant": "feegrant",
    "gov": "gov",
    "market": "market",
    "oracle.v2": "oracle",
    "params": "params",
    "provider": "provider",
    "slashing": "slashing",
    "staking": "staking",
    "upgrade": "upgrade",
}
"""Codespace -> module of this package that registers its errors."""


def lookup(codespace: str, code: int) -> type[ChainError] | None:
    """The class of a codespace and code, or None when nothing is registered for them."""
    if codespace in MODULES:
        import_module(f"akashpy.types.{MODULES[codespace]}")
    return REGISTRY.get((codespace, code))


def registered() -> dict[tuple[str, int], type[ChainError]]:
    """Every registered error, of all codespaces."""
    for name in MODULES.values():
        import_module(f"akashpy.types.{name}")
    return REGISTRY


def rebuild(codespace: str, code: int, log: str) -> ChainError:
    """The error a node reported as `codespace`, `code` and `log`.

    An unregistered pair becomes a `ForeignError` that keeps the numbers.
    """
    found = lookup(codespace, code)
    if found is None:
        return ForeignError(codespace, code, log)
    if found.text and found.text in log:
        detail, _, after = log.rpartition(found.text)
        made = found(detail.removesuffix(": "), after=after.removeprefix(": "))
        made.codespace, made.code = codespace, code  # type: ignore[misc]  # as it was reported
        return made
    return found(log)


class PlainError(ChainError, codespace="undefined", code=1):
    """An error that Akash raises without registering it; `detail` is its whole text."""


class ForeignError(ChainError):
    """An error of a codespace or code that this program does not know."""

    def __init__(self, codespace: str, code: int, log: str) -> None:
        super().__init__(log)
        self.codespace = codespace  # type: ignore[misc]  # this class alone has them per instance
        self.code = code  # type: ignore[misc]  # as above

    def wrapped(self, detail: str) -> "ForeignError":
        """The same numbers with `detail` put before the log."""
        return ForeignError(self.codespace, self.code, f"{detail}: {self.detail}")


class SdkError(ChainError, codespace="sdk"):
    """A refusal of the codespace `sdk`."""


class TxDecode(SdkError, code=2, text="tx parse error"): ...


class InvalidSequence(SdkError, code=3, text="invalid sequence"): ...


class Unauthorized(SdkError, code=4, text="unauthorized"): ...


class InsufficientFunds(SdkError, code=5, text="insufficient funds"): ...


class UnknownRequest(SdkError, code=6, text="unknown request"): ...


class InvalidAddress(SdkError, code=7, text="invalid address"): ...


class InvalidPubKey(SdkError, code=8, text="invalid pubkey"): ...


class UnknownAddress(SdkError, code=9, text="unknown address"): ...


class InvalidCoins(SdkError, code=10, text="invalid coins"): ...


class OutOfGas(SdkError, code=11, text="out of gas"): ...


class MemoTooLarge(SdkError, code=12, text="memo too large"): ...


class InsufficientFee(SdkError, code=13, text="insufficient fee"): ...


class TooManySignatures(SdkError, code=14, text="maximum number of signatures exceeded"): ...


class NoSignatures(SdkError, code=15, text="no signatures supplied"): ...


class JSONMarshal(SdkError, code=16, text="failed to marshal JSON bytes"): ...


class JSONUnmarshal(SdkError, code=17, text="failed to unmarshal JSON bytes"): ...


class InvalidRequest(SdkError, code=18, text="invalid request"): ...


class TxInMempoolCache(SdkError, code=19, text="tx already in mempool"): ...


class MempoolIsFull(SdkError, code=20, text="mempool is full"): ...


class TxTooLarge(SdkError, code=21, text="tx too large"): ...


class KeyNotFound(SdkError, code=22, text="key not found"): ...


class WrongPassword(SdkError, code=23, text="invalid account password"): ...


class InvalidSigner(
    SdkError, code=24, text="tx intended signer does not match the given signer"
): ...


class InvalidGasAdjustment(SdkError, code=25, text="invalid gas adjustment"): ...


class InvalidHeight(SdkError, code=26, text="invalid height"): ...


class InvalidVersion(SdkError, code=27, text="invalid version"): ...


class InvalidChainID(SdkError, code=28, text="invalid chain-id"): ...


class InvalidType(SdkError, code=29, text="invalid type"): ...


class TxTimeoutHeight(SdkError, code=30, text="tx timeout height"): ...


class UnknownExtensionOptions(SdkError, code=31, text="unknown extension options"): ...


class WrongSequence(SdkError, code=32, text="incorrect account sequence"): ...


class PackAny(SdkError, code=33, text="failed packing protobuf message to Any"): ...


class UnpackAny(SdkError, code=34, text="failed unpacking protobuf message from Any"): ...


class Logic(SdkError, code=35, text="internal logic error"): ...


class Conflict(SdkError, code=36, text="conflict"): ...


class NotSupported(SdkError, code=37, text="feature not supported"): ...


class NotFound(SdkError, code=38, text="not found"): ...


class IO(SdkError, code=39, text="internal IO error"): ...


class AppConfig(SdkError, code=40, text="error in app.toml"): ...


class InvalidGasLimit(SdkError, code=41, text="invalid gas limit"): ...


class TxTimeout(SdkError, code=42, text="tx timeout"): ...


class Panic(ChainError, codespace="undefined", code=111222, text="panic"):
    """A handler failed in a way that no rule foresees; the SDK reports it with this number."""


class AkashError(ChainError, codespace="akash", status=Status.INVALID_ARGUMENT):
    """A refusal of the codespace `akash`."""


class AttributesDuplicateKeys(AkashError, code=1, text="attributes cannot have duplicate keys"): ...


class InvalidAttributeKey(AkashError, code=2, text="attribute key does not match regexp"): ...


class InvalidDepositor(AkashError, code=3, text="invalid depositor"): ...


class InvalidDepositSource(AkashError, code=4, text="invalid deposit source"): ...
