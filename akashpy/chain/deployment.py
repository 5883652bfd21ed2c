"""Deployments: what a tenant asks for, and how it begins, changes and ends.

The tenant's messages. Orders are market's, money is escrow's; closing a deployment means closing
its account, and everything else follows from the account's end, whether a message or an empty
account caused it. Source: node `x/deployment/handler/server.go`, `x/market/hooks/hooks.go`
(v2.1.0).
"""

from collections.abc import Sequence
from dataclasses import replace

from akashpy import wire
from akashpy.chain import escrow, group, market, market_book, params
from akashpy.chain.gov import require_authority
from akashpy.chain.module import Handler, JsonState, Module
from akashpy.state.codecs import U8, U64, Fields, Str, record
from akashpy.state.collections import Index, IndexedMap, Item
from akashpy.state.context import Context
from akashpy.types.address import Address
from akashpy.types.coin import Coin
from akashpy.types.deployment import (
    Deployment,
    DeploymentClosed,
    DeploymentExists,
    DeploymentID,
    DeploymentNotFound,
    DeploymentReclamation,
    DeploymentState,
    Group,
    GroupClosed,
    GroupID,
    GroupOpen,
    GroupPaused,
    GroupSpec,
    GroupState,
    InvalidDeployment,
    InvalidDeposit,
    InvalidGroups,
    InvalidHash,
    InvalidParam,
    InvalidPrice,
    InvalidReclamation,
    Params,
    reclamation_from_wire,
    validate_close_deployment,
    validate_create_deployment,
    validate_group_message,
    validate_groups,
    validate_update_deployment,
    validate_update_params,
)
from akashpy.types.deposit import Deposit
from akashpy.types.errors import ChainError
from akashpy.types.escrow import Scope
from akashpy.types.events import typed
from akashpy.wire import deployment as pb

START_GROUP = "deployment-start-group"

DEPLOYMENTS: IndexedMap[DeploymentID, Deployment] = IndexedMap(
    "deployment",
    b"\x11",
    Fields(DeploymentID, Str, U64),
    record(Deployment),
    indexes={"state": Index(b"\x13", U8, lambda id, deployment: deployment.state)},
)
"""Deployments by (owner, dseq); index `state`. One is never removed, so a dseq is used once."""

PARAMS: Item[Params] = Item("deployment", b"\x01", record(Params))


def get_params(ctx: Context) -> Params:
    """The module's parameters."""
    return PARAMS.require(ctx, InvalidParam, "deployment parameters are not set: import a genesis")


# DEPLOYMENTS


def create_deployment(ctx: Context, msg: pb.MsgCreateDeployment) -> pb.MsgCreateDeploymentResponse:
    """Ask for one or more groups of resources, and lock the deposit that pays for them.

    Raises DeploymentExists, InvalidDeposit, InvalidReclamation, InvalidGroups, InvalidPrice,
    market.InvalidDeposit.
    """
    # LOAD
    id, deposit = DeploymentID.from_wire(msg.id), Deposit.from_wire(msg.deposit)
    specs = tuple(GroupSpec.from_wire(one) for one in msg.groups)
    reclamation = reclamation_from_wire(msg)
    # CHECK
    if DEPLOYMENTS.has(ctx, id):
        raise DeploymentExists  # the node names no id here (recorded)
    denoms = params.settlement_denoms(ctx)
    _check_deposit(get_params(ctx), deposit.amount, denoms)
    if reclamation is not None:
        _check_reclamation(ctx, reclamation)
    try:
        validate_groups(specs)
    except ChainError as error:
        raise InvalidGroups(str(error)) from None
    if specs[0].denom not in denoms:
        raise InvalidPrice(f"unsupported denomination {specs[0].denom}")
    owner = Address.parse(id.owner)
    deposits = escrow.authorize(ctx, owner, deposit, Scope.DEPLOYMENT)
    # APPLY
    deployment = Deployment(id, DeploymentState.ACTIVE, msg.hash, ctx.height, reclamation)
    DEPLOYMENTS.put(ctx, id, deployment)
    groups = group.create(ctx, id, specs)
    ctx.emit(typed(pb.EventDeploymentCreated(id=id.to_wire(), hash=msg.hash)))
    for one in groups:
        market_book.create_order(ctx, one.id, one.spec, reclamation)
    escrow.create_account(ctx, id.escrow, owner, deposits)
    return pb.MsgCreateDeploymentResponse()


def _check_deposit(limits: Params, amount: Coin, settlement: Sequence[str]) -> None:
    """Raises InvalidDeposit for too little, or a denomination in which nothing settles.

    Others than the settlement's can be added later with MsgAccountDeposit.
    """
    limits.validate_deposit(amount)
    if amount.denom not in settlement:
        raise InvalidDeposit(f"deployments do not settle in {amount.denom}")


def _check_reclamation(ctx: Context, wanted: DeploymentReclamation) -> None:
    limits, window = market.get_params(ctx), wanted.min_window
    if window < 0 or not limits.min_reclamation_window <= window <= limits.max_reclamation_window:
        raise InvalidReclamation(
            f"min_window {window} ns is not within {limits.min_reclamation_window} "
            f"and {limits.max_reclamation_window} ns"
        )


def update_deployment(ctx: Context, msg: pb.MsgUpdateDeployment) -> pb.MsgUpdateDeploymentResponse:
    """Announce a new manifest by its hash; groups never change on chain.

    Raises DeploymentNotFound, DeploymentClosed, InvalidHash.
    """
    # LOAD and CHECK
    deployment = _active(ctx, DeploymentID.from_wire(msg.id))
    if deployment.hash == msg.hash:
        raise InvalidHash(f"{deployment.id} has this hash already")
    # APPLY and EMIT
    DEPLOYMENTS.put(ctx, deployment.id, replace(deployment, hash=msg.hash))
    ctx.emit(typed(pb.EventDeploymentUpdated(id=deployment.id.to_wire(), hash=msg.hash)))
    return pb.MsgUpdateDeploymentResponse()


def close_deployment(ctx: Context, msg: pb.MsgCloseDeployment) -> pb.MsgCloseDeploymentResponse:
    """End a deployment: providers are paid, the rest is refunded, every order and lease ends.

    Raises DeploymentNotFound, DeploymentClosed, and what escrow.close_account raises.
    """
    deployment = _active(ctx, DeploymentID.from_wire(msg.id))
    escrow.close_account(ctx, deployment.id.escrow)
    return pb.MsgCloseDeploymentResponse()


def account_ended(ctx: Context, ended: escrow.AccountEnded) -> None:
    """A deployment's account closed or ran dry: end the deployment with all its groups."""
    if ended.id.scope is not Scope.DEPLOYMENT:
        return
    deployment = DEPLOYMENTS.get(ctx, DeploymentID.of_escrow(ended.id))
    if deployment is None or deployment.state is not DeploymentState.ACTIVE:
        return
    DEPLOYMENTS.put(ctx, deployment.id, replace(deployment, state=DeploymentState.CLOSED))
    ctx.emit(typed(pb.EventDeploymentClosed(id=deployment.id.to_wire())))
    state = GroupState.INSUFFICIENT_FUNDS if ended.out_of_funds else GroupState.CLOSED
    for one in group.of_deployment(ctx, deployment.id):
        if one.state is not GroupState.CLOSED:
            group.close(ctx, one, state)
            market_book.group_closed(ctx, one.id, state, is_paying=False)


def _active(ctx: Context, id: DeploymentID) -> Deployment:
    deployment = DEPLOYMENTS.require(ctx, id, DeploymentNotFound, str(id))
    if deployment.state is not DeploymentState.ACTIVE:
        raise DeploymentClosed(str(id))
    return deployment


# GROUPS


def close_group(ctx: Context, msg: pb.MsgCloseGroup) -> pb.MsgCloseGroupResponse:
    """End one group with its order and lease; the deployment and its account stay.

    Raises GroupNotFound, GroupClosed.
    """
    wanted = _not_closed(ctx, GroupID.from_wire(msg.id))
    group.close(ctx, wanted, GroupState.CLOSED)
    market_book.group_closed(ctx, wanted.id, GroupState.CLOSED)
    return pb.MsgCloseGroupResponse()


def pause_group(ctx: Context, msg: pb.MsgPauseGroup) -> pb.MsgPauseGroupResponse:
    """Take a group off the market and end its lease, until it is started again.

    Raises GroupNotFound, GroupClosed, GroupPaused.
    """
    wanted = _not_closed(ctx, GroupID.from_wire(msg.id))
    if wanted.state is GroupState.PAUSED:
        raise GroupPaused(str(wanted.id))
    group.pause(ctx, wanted)
    market_book.group_closed(ctx, wanted.id, GroupState.PAUSED)
    return pb.MsgPauseGroupResponse()


def start_group(ctx: Context, msg: pb.MsgStartGroup) -> pb.MsgStartGroupResponse:
    """Offer a paused group again, as a new order.

    Raises GroupNotFound, GroupClosed, GroupOpen, DeploymentNotFound; DeploymentClosed with the fix
    "deployment-start-group" on (without it an order opens that nobody can ever lease).
    """
    wanted = _not_closed(ctx, GroupID.from_wire(msg.id))
    if wanted.state is GroupState.OPEN:
        raise GroupOpen(str(wanted.id))
    id = wanted.id.deployment
    deployment = DEPLOYMENTS.require(ctx, id, DeploymentNotFound, str(id))
    if params.is_fixed(ctx, START_GROUP) and deployment.state is not DeploymentState.ACTIVE:
        raise DeploymentClosed(str(id))
    group.start(ctx, wanted)
    market_book.create_order(ctx, wanted.id, wanted.spec, deployment.reclamation)
    return pb.MsgStartGroupResponse()


def _not_closed(ctx: Context, id: GroupID) -> Group:
    wanted = group.require(ctx, id)
    if wanted.state is GroupState.CLOSED:
        raise GroupClosed(str(id))
    return wanted


# PARAMETERS AND GENESIS


def update_params(ctx: Context, msg: pb.MsgUpdateParams) -> pb.MsgUpdateParamsResponse:
    """Replace the parameters. Raises gov.InvalidSigner, InvalidParam."""
    require_authority(msg.authority)
    new = Params.from_wire(msg.params)
    new.validate()
    PARAMS.put(ctx, new)
    return pb.MsgUpdateParamsResponse()


def default_genesis(preset: str) -> JsonState:
    """No deployments, Akash's default parameters."""
    del preset
    return wire.to_json(pb.GenesisState(params=Params().to_wire()))


def validate_genesis(state: JsonState) -> None:
    """Raises InvalidParam, and what ids and groups raise; InvalidDeployment for one named twice."""
    genesis = wire.from_json(pb.GenesisState, state)
    Params.from_wire(genesis.params).validate()
    seen: set[DeploymentID] = set()
    for entry in genesis.deployments:
        deployment = Deployment.from_wire(entry.deployment)
        deployment.id.validate()
        if deployment.id in seen:
            raise InvalidDeployment(f"duplicate deployment {deployment.id}")
        seen.add(deployment.id)
        for one in map(Group.from_wire, entry.groups):
            one.id.validate()
            if one.id.deployment != deployment.id:
                raise InvalidDeployment(f"group {one.id} is listed under {deployment.id}")
            one.spec.validate()


def init_genesis(ctx: Context, state: JsonState) -> None:
    """Store parameters, deployments and groups."""
    genesis = wire.from_json(pb.GenesisState, state)
    PARAMS.put(ctx, Params.from_wire(genesis.params))
    for entry in genesis.deployments:
        deployment = Deployment.from_wire(entry.deployment)
        DEPLOYMENTS.put(ctx, deployment.id, deployment)
        for one in map(Group.from_wire, entry.groups):
            group.GROUPS.put(ctx, one.id, one)


def export_genesis(ctx: Context) -> JsonState:
    """Everything `init_genesis` reads."""
    entries = [
        pb.GenesisDeployment(
            deployment=deployment.to_wire(),
            groups=[one.to_wire() for one in group.of_deployment(ctx, id)],
        )
        for id, deployment in DEPLOYMENTS.under(ctx)
    ]
    return wire.to_json(pb.GenesisState(deployments=entries, params=get_params(ctx).to_wire()))


def _active_deployments_have_accounts(ctx: Context) -> str | None:
    for id, _ in DEPLOYMENTS.index("state").under(ctx, DeploymentState.ACTIVE):
        if not escrow.is_open(ctx, id.escrow):
            return f"deployment {id} is active, its account is not open"
    return None


_V = "/akash.deployment.v1beta4."

MODULE = Module(
    name="deployment",
    handlers={
        _V + "MsgCreateDeployment": Handler(validate_create_deployment, create_deployment),
        _V + "MsgUpdateDeployment": Handler(validate_update_deployment, update_deployment),
        _V + "MsgCloseDeployment": Handler(validate_close_deployment, close_deployment),
        _V + "MsgCloseGroup": Handler(validate_group_message, close_group),
        _V + "MsgPauseGroup": Handler(validate_group_message, pause_group),
        _V + "MsgStartGroup": Handler(validate_group_message, start_group),
        _V + "MsgUpdateParams": Handler(validate_update_params, update_params),
    },
    init_genesis=init_genesis,
    export_genesis=export_genesis,
    default_genesis=default_genesis,
    validate_genesis=validate_genesis,
    subscribers={escrow.AccountEnded: account_ended},
    invariants=(_active_deployments_have_accounts,),
)
