"""Which modules this chain has, and the literal orders in which they begin, end and start.

This is the list to read when asking what runs when; adding a module is one import and one line in
MODULES. The orders name every module Akash has, so that one which is built later already has its
place. It must not know how blocks or transactions are run. Source of the orders: node v2.1
(module manager, util/partialord).
"""

from collections.abc import Callable
from functools import cache

from akashpy.chain import (
    audit,
    auth,
    authz,
    bank,
    bme,
    cert,
    consensus,
    deployment,
    distribution,
    epochs,
    escrow,
    evidence,
    feegrant,
    genutil,
    gov,
    market,
    mint,
    oracle,
    params,
    provider,
    slashing,
    staking,
    subspaces,
    upgrades,
    vesting,
)
from akashpy.chain.module import BlockHook, Invariant, Module
from akashpy.chain.router import Router
from akashpy.state.context import Context

MODULES: tuple[Module, ...] = (
    params.MODULE,
    subspaces.MODULE,
    consensus.MODULE,
    upgrades.MODULE,
    auth.MODULE,
    authz.MODULE,
    feegrant.MODULE,
    bank.MODULE,
    vesting.MODULE,
    staking.MODULE,
    mint.MODULE,
    distribution.MODULE,
    slashing.MODULE,
    evidence.MODULE,
    gov.MODULE,
    genutil.MODULE,
    cert.MODULE,
    audit.MODULE,
    provider.MODULE,
    oracle.MODULE,
    epochs.MODULE,
    bme.MODULE,
    escrow.MODULE,
    market.MODULE,
    deployment.MODULE,
)

PRE_BLOCK = ("upgrade", "auth")

BEGIN_BLOCK = (
    "epochs", "07-tendermint", "audit", "auth", "authz", "awasm", "bank", "cert", "chain",
    "consensus", "deployment", "distribution", "feegrant", "genutil", "gov", "market", "mint",
    "oracle", "params", "provider", "transfer", "upgrade", "vesting", "slashing", "bme", "wasm",
    "evidence", "escrow", "staking", "ibc",
)  # fmt: skip

END_BLOCK = (
    "gov", "staking", "07-tendermint", "audit", "auth", "authz", "awasm", "bank", "bme", "cert",
    "chain", "consensus", "deployment", "distribution", "epochs", "escrow", "evidence", "feegrant",
    "genutil", "ibc", "market", "mint", "oracle", "params", "provider", "slashing", "transfer",
    "upgrade", "vesting", "wasm",
)  # fmt: skip

GENESIS = (
    "chain", "auth", "authz", "bank", "distribution", "staking", "slashing", "gov", "vesting",
    "params", "audit", "upgrade", "mint", "crisis", "ibc", "evidence", "transfer", "consensus",
    "feegrant", "cert", "oracle", "deployment", "provider", "market", "genutil", "epochs", "bme",
    "escrow", "awasm", "wasm",
)  # fmt: skip
"""`chain` is our own and comes first: the others ask it which fixes are on."""


def _ordered(names: tuple[str, ...]) -> tuple[Module, ...]:
    by_name = {module.name: module for module in MODULES}
    missing = [name for name in by_name if name not in names]
    if missing and names is not PRE_BLOCK:
        raise TypeError(f"modules without a place in the order: {', '.join(missing)}")
    return tuple(by_name[name] for name in names if name in by_name)


def module(name: str) -> Module:
    """The module of this name. Raises KeyError."""
    for found in MODULES:
        if found.name == name:
            return found
    raise KeyError(name)


@cache
def router() -> Router:
    """The message and notification tables of all modules."""
    return Router(MODULES)


@cache
def genesis_order() -> tuple[Module, ...]:
    """The modules in the order in which genesis initialises them."""
    return _ordered(GENESIS)


@cache
def pre_block_hooks() -> tuple[Callable[[Context], None], ...]:
    """What runs before everything else in a block."""
    return tuple(hook for module in _ordered(PRE_BLOCK) for hook in module.pre_block)


@cache
def begin_block_hooks() -> tuple[Callable[[Context], None], ...]:
    """What runs before a block's transactions."""
    return tuple(hook for module in _ordered(BEGIN_BLOCK) for hook in module.begin_block)


@cache
def end_block_hooks() -> tuple[BlockHook, ...]:
    """What runs after a block's transactions."""
    return tuple(hook for module in _ordered(END_BLOCK) for hook in module.end_block)


@cache
def invariants() -> tuple[Invariant, ...]:
    """What must hold after every block."""
    return tuple(check for module in MODULES for check in module.invariants)
