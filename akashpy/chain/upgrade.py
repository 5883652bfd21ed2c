"""The planned upgrade: scheduled and cancelled by governance, and the record of those done.

It keeps the plan, what was applied at which height, and the version of each module's state. It
must not know any upgrade: what happens at the height of a plan is the business of
`akashpy.chain.upgrades`. Source: Cosmos SDK 0.53 x/upgrade/keeper.
"""

from collections.abc import Iterator, Mapping

from akashpy import wire
from akashpy.chain.authority import AUTHORITY
from akashpy.chain.module import Handler
from akashpy.state.codecs import U64, Bytes, RawBytes
from akashpy.state.collections import Item, Map
from akashpy.state.context import Context
from akashpy.types.errors import InvalidRequest
from akashpy.types.upgrade import InvalidSigner, validate_plan
from akashpy.wire import upgrade as pb

STORE = "upgrade"
PLAN = Item(STORE, b"\x00", RawBytes)
DONE: Map[tuple[int, bytes], bytes] = Map(STORE, b"\x01", (U64, Bytes), RawBytes)
"""(height, name) of every upgrade that was carried out."""
VERSIONS: Map[bytes, bytes] = Map(STORE, b"\x02", Bytes, RawBytes)
"""Module -> version of its state, 8 bytes."""
PROTOCOL = Item(STORE, b"\x03", RawBytes)
"""How many upgrades were carried out, 8 bytes."""


def plan(ctx: Context) -> pb.Plan | None:
    """The scheduled upgrade, or None."""
    row = PLAN.get(ctx)
    return None if row is None else pb.Plan.FromString(row)


def schedule(ctx: Context, value: pb.Plan) -> None:
    """Plan an upgrade instead of the one planned before. Raises InvalidRequest."""
    validate_plan(value)
    if value.height < ctx.height:
        raise InvalidRequest("upgrade cannot be scheduled in the past")
    if done_height(ctx, value.name):
        raise InvalidRequest(f"upgrade with name {value.name} has already been completed")
    PLAN.put(ctx, wire.encode_gogo(value))


def clear(ctx: Context) -> None:
    """Forget the plan; nothing happens when there is none."""
    if PLAN.get(ctx) is not None:
        PLAN.remove(ctx)


def done_height(ctx: Context, name: str) -> int:
    """The height at which the upgrade of this name was carried out, 0 when it was not."""
    wanted = name.encode()
    for (height, done), _ in DONE.under(ctx):
        if done == wanted:
            return height
    return 0


def last_done(ctx: Context) -> str:
    """The name of the latest upgrade, empty when there was none."""
    for key, _ in DONE.under(ctx, reverse=True):
        return key[1].decode()
    return ""


def finish(ctx: Context, value: pb.Plan, versions: Mapping[str, int]) -> None:
    """Record an upgrade as carried out at this height, with the versions after it."""
    put_versions(ctx, versions)
    number = int.from_bytes(PROTOCOL.get(ctx) or b"", "big") + 1
    PROTOCOL.put(ctx, number.to_bytes(8, "big"))
    clear(ctx)
    DONE.put(ctx, (ctx.height, value.name.encode()), b"\x01")


def versions(ctx: Context) -> Iterator[tuple[str, int]]:
    """Each module's version of its state, by name."""
    for name, row in VERSIONS.under(ctx):
        yield name.decode(), int.from_bytes(row, "big")


def put_versions(ctx: Context, found: Mapping[str, int]) -> None:
    """Store each module's version."""
    for name in sorted(found):
        VERSIONS.put(ctx, name.encode(), found[name].to_bytes(8, "big"))


# MESSAGES


def software_upgrade(ctx: Context, msg: pb.MsgSoftwareUpgrade) -> pb.MsgSoftwareUpgradeResponse:
    """Schedule an upgrade. Raises InvalidSigner, InvalidRequest."""
    _require_authority(msg.authority)
    schedule(ctx, msg.plan)
    return pb.MsgSoftwareUpgradeResponse()


def cancel_upgrade(ctx: Context, msg: pb.MsgCancelUpgrade) -> pb.MsgCancelUpgradeResponse:
    """Forget the planned upgrade, if any. Raises InvalidSigner."""
    _require_authority(msg.authority)
    clear(ctx)
    return pb.MsgCancelUpgradeResponse()


def _require_authority(authority: str) -> None:
    if authority != AUTHORITY:
        raise InvalidSigner(f"expected {AUTHORITY} got {authority}")


_URL = "/cosmos.upgrade.v1beta1."
HANDLERS = {
    f"{_URL}MsgSoftwareUpgrade": Handler(None, software_upgrade),
    f"{_URL}MsgCancelUpgrade": Handler(None, cancel_upgrade),
}
