"""Reads of deployments and groups, each with the money behind it. Service of the deployment module.

It must not change anything nor check rights. Source: node v2.1 `x/deployment/keeper/grpc_query.go`.
"""

from __future__ import annotations

from akashpy.chain.deployment import DEPLOYMENTS, get_params
from akashpy.chain.escrow_records import ACCOUNTS
from akashpy.chain.group import GROUPS
from akashpy.node.queries import address
from akashpy.node.queries.listing import OWNER, STATE, Filters, Listing, page, point
from akashpy.node.queries.method import Methods
from akashpy.node.queries.refusal import invalid
from akashpy.state.codecs import U64, Fields, Str
from akashpy.state.context import Context
from akashpy.types.deployment import (
    Deployment,
    DeploymentID,
    DeploymentNotFound,
    DeploymentState,
    GroupID,
    GroupNotFound,
)
from akashpy.types.escrow import AccountNotFound
from akashpy.wire import deployment as pb

LIST: Listing[DeploymentID, Deployment] = Listing(
    table=DEPLOYMENTS,
    key=Fields(DeploymentID, Str, U64),
    states=(DeploymentState.ACTIVE, DeploymentState.CLOSED),
    marks={STATE: b"", OWNER: b"\x01"},
)


def deployments(
    ctx: Context, req: pb.QueryDeploymentsRequest
) -> pb.QueryDeploymentsResponse:
    """Deployments that match the filters; owner and dseq together name one."""
    wanted = req.filters

    def accepts(found: Deployment) -> bool:
        return (
            wanted.owner in ("", found.id.owner)
            and wanted.dseq in (0, found.id.dseq)
            and wanted.state in ("", found.state.name)
        )

    if wanted.owner and wanted.dseq and not req.pagination.key:
        _known_state(wanted.state)
        result = point(DEPLOYMENTS.get(ctx, DeploymentID(wanted.owner, wanted.dseq)), accepts)
    else:
        filters = Filters(accepts, state=wanted.state, owner=wanted.owner)
        result = page(ctx, LIST, req.pagination, filters)
    return pb.QueryDeploymentsResponse(
        deployments=[_shown(ctx, found) for found in result.items], pagination=result.response
    )


def deployment(ctx: Context, req: pb.QueryDeploymentRequest) -> pb.QueryDeploymentResponse:
    """One deployment. Raises DeploymentNotFound."""
    address.owner(req.id.owner)
    found = DEPLOYMENTS.require(ctx, DeploymentID.from_wire(req.id), DeploymentNotFound)
    return _shown(ctx, found)


def group(ctx: Context, req: pb.QueryGroupRequest) -> pb.QueryGroupResponse:
    """One group. Raises GroupNotFound."""
    address.owner(req.id.owner)
    found = GROUPS.require(ctx, GroupID.from_wire(req.id), GroupNotFound)
    return pb.QueryGroupResponse(group=found.to_wire())


def params(ctx: Context, req: pb.QueryParamsRequest) -> pb.QueryParamsResponse:
    """The module's parameters."""
    del req
    return pb.QueryParamsResponse(params=get_params(ctx).to_wire())


def _shown(ctx: Context, found: Deployment) -> pb.QueryDeploymentResponse:
    account = ACCOUNTS.require(ctx, str(found.id.escrow), AccountNotFound)
    return pb.QueryDeploymentResponse(
        deployment=found.to_wire(),
        groups=[group.to_wire() for _, group in GROUPS.under(ctx, found.id)],
        escrow_account=account.to_wire(),
    )


def _known_state(text: str) -> None:
    if text and not DeploymentState.named(text):
        raise invalid("invalid state value")


METHODS: Methods = {
    "Deployments": deployments,
    "Deployment": deployment,
    "Group": group,
    "Params": params,
}
