"""Reads of planned and past upgrades. Source: SDK 0.53 `x/upgrade/keeper/grpc_query.go`."""

from __future__ import annotations

from akashpy.chain import upgrade
from akashpy.chain.authority import AUTHORITY
from akashpy.node.queries.method import Methods
from akashpy.state.context import Context
from akashpy.types.upgrade import NoModuleVersionFound
from akashpy.wire import upgrade as pb


def current_plan(ctx: Context, req: pb.QueryCurrentPlanRequest) -> pb.QueryCurrentPlanResponse:
    """The scheduled upgrade, if any."""
    del req
    return pb.QueryCurrentPlanResponse(plan=upgrade.plan(ctx))


def applied_plan(ctx: Context, req: pb.QueryAppliedPlanRequest) -> pb.QueryAppliedPlanResponse:
    """The height at which an upgrade was carried out; 0 when it was not."""
    return pb.QueryAppliedPlanResponse(height=upgrade.done_height(ctx, req.name))


def upgraded_consensus_state(
    ctx: Context, req: pb.QueryUpgradedConsensusStateRequest
) -> pb.QueryUpgradedConsensusStateResponse:
    """Nothing: this chain keeps no state of other chains' clients."""
    del ctx, req
    return pb.QueryUpgradedConsensusStateResponse()


def module_versions(
    ctx: Context, req: pb.QueryModuleVersionsRequest
) -> pb.QueryModuleVersionsResponse:
    """The version of one module's state, or of all."""
    found = dict(upgrade.versions(ctx))
    if req.module_name:
        if req.module_name not in found:
            raise NoModuleVersionFound(
                f"x/upgrade: QueryModuleVersions module {req.module_name} not found"
            )
        found = {req.module_name: found[req.module_name]}
    return pb.QueryModuleVersionsResponse(
        module_versions=[
            pb.ModuleVersion(name=name, version=version) for name, version in found.items()
        ]
    )


def authority(ctx: Context, req: pb.QueryAuthorityRequest) -> pb.QueryAuthorityResponse:
    """Who may plan upgrades."""
    del ctx, req
    return pb.QueryAuthorityResponse(address=AUTHORITY)


METHODS: Methods = {
    "CurrentPlan": current_plan,
    "AppliedPlan": applied_plan,
    "UpgradedConsensusState": upgraded_consensus_state,
    "ModuleVersions": module_versions,
    "Authority": authority,
}
