"""Reads of deployments and groups, each with the money behind it. Service of the deployment module.

It must not change anything nor check rights. Source: node v2.1 `x/deployment/keeper/grpc_query.go`.
"""

from __future__ import annotations

from akashpy.chain.deployment import DEPLOYMENTS, get_params
from akashpy.chain.group import GROUPS
from akashpy.node.queries import address, funds
from akashpy.node.queries.listing import (
    OWNER,
    STATE,
    Filters,
    Listing,
    named_state,
    page,
    point,
)
from akashpy.node.queries.method import Methods
from akashpy.state.codecs import U64, Fields, Str
from akashpy.state.context import Context
from akashpy.state.overlay import end_of
from akashpy.types.deployment import (
    DeploymentID,
    DeploymentNotFound,
    DeploymentState,
    GroupID,
    GroupNotFound,
)
from akashpy.wire import deployment as pb

KEY = Fields(DeploymentID, Str, U64)
LIST: Listing[pb.Deployment] = Listing(
    table=DEPLOYMENTS,
    message=pb.Deployment,
    key=KEY,
    states=(DeploymentState.ACTIVE, DeploymentState.CLOSED),
    marks={STATE: b"", OWNER: b"\x01"},
)


def deployments(ctx: Context, req: pb.QueryDeploymentsRequest) -> pb.QueryDeploymentsResponse:
    """Deployments that match the filters; owner and dseq together name one."""
    wanted = req.filters

    state = named_state(LIST, wanted.state) if wanted.state else 0

    def accepts(found: pb.Deployment) -> bool:
        return (
            wanted.owner in ("", found.id.owner)
            and wanted.dseq in (0, found.id.dseq)
            and state in (0, found.state)
        )

    if wanted.owner and wanted.dseq and not req.pagination.key:
        result = point(ctx, LIST, DeploymentID(wanted.owner, wanted.dseq), accepts)
    else:
        filters = Filters(accepts, state=wanted.state, owner=wanted.owner)
        result = page(ctx, LIST, req.pagination, filters)
    return pb.QueryDeploymentsResponse(
        deployments=[_shown(ctx, found) for found in result.items], pagination=result.response
    )


def deployment(ctx: Context, req: pb.QueryDeploymentRequest) -> pb.QueryDeploymentResponse:
    """One deployment. Raises DeploymentNotFound."""
    address.owner(req.id.owner)
    row = ctx.get(DEPLOYMENTS.key(DeploymentID.from_wire(req.id)))
    if row is None:
        raise DeploymentNotFound()
    return _shown(ctx, pb.Deployment.FromString(row))


def group(ctx: Context, req: pb.QueryGroupRequest) -> pb.QueryGroupResponse:
    """One group. Raises GroupNotFound."""
    address.owner(req.id.owner)
    found = GROUPS.require(ctx, GroupID.from_wire(req.id), GroupNotFound)
    return pb.QueryGroupResponse(group=found.to_wire())


def params(ctx: Context, req: pb.QueryParamsRequest) -> pb.QueryParamsResponse:
    """The module's parameters."""
    del req
    return pb.QueryParamsResponse(params=get_params(ctx).to_wire())


def _shown(ctx: Context, found: pb.Deployment) -> pb.QueryDeploymentResponse:
    id = DeploymentID.from_wire(found.id)
    base = GROUPS.base + KEY.encode(id)
    return pb.QueryDeploymentResponse(
        deployment=found,
        groups=[pb.Group.FromString(row) for _, row in ctx.iterate(base, end_of(base))],
        escrow_account=funds.account(ctx, id.escrow),
    )


METHODS: Methods = {
    "Deployments": deployments,
    "Deployment": deployment,
    "Group": group,
    "Params": params,
}
