"""The document a chain starts from: made, checked, read and written back.

It exists so that `akashpy dev`, tests and operators get a genesis from one place, and so that an
exported chain can be imported. It must not know stores or blocks; a module's own part is that
module's business. Source of the layout: Cosmos SDK 0.53 AppGenesis.
"""

from base64 import b64encode
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from google.protobuf.timestamp_pb2 import Timestamp

from akashpy import wire
from akashpy.chain import consensus, registry, staking
from akashpy.chain.module import JsonState
from akashpy.state.context import Context
from akashpy.types.abci import ValidatorUpdate
from akashpy.types.address import VALOPER, Address
from akashpy.types.coin import Coin, Coins
from akashpy.types.errors import ChainError, PlainError
from akashpy.wire import auth as auth_pb
from akashpy.wire import bank as bank_pb
from akashpy.wire import crypto
from akashpy.wire import staking as staking_pb
from akashpy.wire.tendermint import ConsensusParams

APP_NAME = "akash"
MAX_CHAIN_ID = 50
BOND_DENOM = "uakt"
COMMISSION = ("100000000000000000", "200000000000000000", "10000000000000000")
"""Rate, maximum and maximum change of the first validator's commission, times 10^18."""


class GenesisValidator(NamedTuple):
    """The first validator: 32 bytes of its ed25519 key, its operator's account, uakt staked."""

    pub_key: bytes
    operator: str
    stake: int
    moniker: str = "node0"


@dataclass(frozen=True, slots=True)
class Genesis:
    """A genesis document, read. `time` is in unix nanoseconds."""

    chain_id: str
    time: int
    initial_height: int
    params: ConsensusParams
    app_state: Mapping[str, JsonState]


# MAKE


def default(
    preset: str,
    chain_id: str,
    time: int,
    accounts: Iterable[tuple[str, Coins]] = (),
    validator: tuple[bytes, str, int] | GenesisValidator | None = None,
    more: Sequence[GenesisValidator] = (),
) -> dict[str, Any]:
    """A new chain's genesis.json: `preset` is "default" or "akash", `time` unix nanoseconds.

    A validator's stake is created beside what its operator's account is given; `more` are further
    validators.
    Raises PlainError for an unknown preset.
    """
    state = {module.name: module.default_genesis(preset) for module in registry.genesis_order()}
    state = {name: part for name, part in state.items() if part}
    balances: dict[str, Coins] = {}
    for address, coins in accounts:
        balances[address] = balances.get(address, Coins.EMPTY) + coins
    staked = [*([] if validator is None else [GenesisValidator(*validator)]), *more]
    for each in staked:
        balances.setdefault(each.operator, Coins.EMPTY)
        state["staking"] = _staked(state["staking"], each, time)
    state["auth"] = _with_accounts(state["auth"], balances)
    if staked:
        pool = Address.of_module(staking.NOT_BONDED_POOL)
        balances[pool] = Coins.of([Coin(BOND_DENOM, sum(each.stake for each in staked))])
    state["bank"] = _with_balances(state["bank"], balances)
    return _document(chain_id, time, 1, consensus.default(), state)


def _with_accounts(state: JsonState, addresses: Iterable[str]) -> JsonState:
    parsed = wire.from_json(auth_pb.GenesisState, state)
    for number, address in enumerate(addresses):
        parsed.accounts.append(
            wire.pack(auth_pb.BaseAccount(address=address, account_number=number))
        )
    return wire.to_json(parsed)


def _with_balances(state: JsonState, balances: Mapping[str, Coins]) -> JsonState:
    parsed = wire.from_json(bank_pb.GenesisState, state)
    total = Coins.EMPTY
    for address in sorted(balances, key=lambda text: Address.parse(text).raw):
        coins = balances[address]
        if coins:
            parsed.balances.add(address=address, coins=coins.to_wire())
            total = total + coins
    parsed.supply.extend(total.to_wire())
    return wire.to_json(parsed)


def _staked(state: JsonState, first: GenesisValidator, time: int) -> JsonState:
    parsed = wire.from_json(staking_pb.GenesisState, state)
    operator = Address.parse(first.operator).with_prefix(VALOPER)
    shares = str(first.stake * 10**18)
    key = wire.pack(crypto.Ed25519PubKey(key=first.pub_key))
    value = parsed.validators.add(
        operator_address=operator,
        consensus_pubkey=key,
        status=staking.UNBONDED,
        tokens=str(first.stake),
        delegator_shares=shares,
        min_self_delegation="1",
    )
    value.description.moniker = first.moniker
    value.unbonding_time.FromSeconds(0)
    rates = value.commission.commission_rates
    rates.rate, rates.max_rate, rates.max_change_rate = COMMISSION
    value.commission.update_time.FromNanoseconds(time)
    parsed.delegations.add(
        delegator_address=first.operator, validator_address=operator, shares=shares
    )
    return wire.to_json(parsed)


def _document(
    chain_id: str, time: int, height: int, params: ConsensusParams, state: Mapping[str, JsonState]
) -> dict[str, Any]:
    return {
        "app_name": APP_NAME,
        "genesis_time": text_of_time(time),
        "chain_id": chain_id,
        "initial_height": height,
        "app_hash": None,
        "app_state": dict(state),
        "consensus": {"params": params_to_json(params)},
    }


# READ


def validate(document: Mapping[str, Any]) -> None:
    """Check a genesis.json wholly, without starting anything. Raises PlainError, naming where."""
    genesis = read(document)
    for module in registry.genesis_order():
        part = genesis.app_state.get(module.name)
        if part is not None:
            _in_place(module.name, module.validate_genesis, part)


def _in_place(name: str, check: Any, part: JsonState) -> None:
    try:
        check(part)
    except (ChainError, wire.WireError) as error:
        raise PlainError(f"app_state.{name}: {error}") from error


def read(document: Mapping[str, Any]) -> Genesis:
    """The parts of a genesis.json; an absent `chain` means the preset "akash".

    Raises PlainError for a malformed frame, or state of a module this version does not have.
    """
    chain_id = document.get("chain_id")
    if not isinstance(chain_id, str) or not 0 < len(chain_id) <= MAX_CHAIN_ID:
        raise PlainError(f"genesis: chain_id must have 1 to {MAX_CHAIN_ID} characters")
    try:
        time = Timestamp()
        time.FromJsonString(str(document.get("genesis_time")))
        height = int(document.get("initial_height") or 1)
    except ValueError as error:
        raise PlainError(f"genesis: genesis_time or initial_height: {error}") from error
    if height < 1:
        raise PlainError(f"genesis: initial_height must be at least 1, got {height}")
    found = document.get("consensus", {}).get("params") or document.get("consensus_params")
    params = params_from_json(found) if found else consensus.default()
    state = dict(document.get("app_state") or {})
    known = {module.name for module in registry.MODULES}
    for name in state:
        if name not in known:
            raise PlainError(
                f"genesis: app_state.{name}: this version has no module of that name; "
                f"remove it or use one that has. Modules: {', '.join(sorted(known))}"
            )
    if "chain" not in state:
        state["chain"] = registry.module("chain").default_genesis("akash")
    return Genesis(chain_id, time.ToNanoseconds(), height, params, state)


def require_same_validators(document: Mapping[str, Any], found: Sequence[ValidatorUpdate]) -> None:
    """Raises PlainError when the document lists validators that are not the staking module's."""
    consensus_part = document.get("consensus") or {}
    listed = consensus_part.get("validators") or document.get("validators")
    if not listed:
        return
    ours = sorted((b64encode(each.pub_key).decode(), str(each.power)) for each in found)
    theirs = sorted((str(each["pub_key"]["value"]), str(each["power"])) for each in listed)
    if ours != theirs:
        raise PlainError(
            f"genesis: validators {theirs} differ from those of app_state.staking {ours}"
        )


def text_of_time(time: int) -> str:
    """Unix nanoseconds as RFC 3339."""
    stamp = Timestamp()
    stamp.FromNanoseconds(time)
    return stamp.ToJsonString()


# CONSENSUS PARAMETERS, in CometBFT's JSON


def params_to_json(params: ConsensusParams) -> dict[str, Any]:
    """Consensus parameters as a genesis.json holds them: numbers as text, durations in ns."""
    return {
        "block": {
            "max_bytes": str(params.block.max_bytes),
            "max_gas": str(params.block.max_gas),
        },
        "evidence": {
            "max_age_num_blocks": str(params.evidence.max_age_num_blocks),
            "max_age_duration": str(params.evidence.max_age_duration.ToNanoseconds()),
            "max_bytes": str(params.evidence.max_bytes),
        },
        "validator": {"pub_key_types": list(params.validator.pub_key_types)},
        "version": {"app": str(params.version.app)},
        "abci": {"vote_extensions_enable_height": str(params.abci.vote_extensions_enable_height)},
    }


def params_from_json(value: Mapping[str, Any]) -> ConsensusParams:
    """Consensus parameters of a genesis.json; what is absent keeps its default.

    Raises PlainError for values that are no numbers or that CometBFT refuses.
    """
    params = consensus.default()
    try:
        _fill(params.block, value.get("block"), "max_bytes", "max_gas")
        _fill(params.evidence, value.get("evidence"), "max_age_num_blocks", "max_bytes")
        evidence = value.get("evidence") or {}
        if "max_age_duration" in evidence:
            params.evidence.max_age_duration.FromNanoseconds(int(evidence["max_age_duration"]))
        _fill(params.version, value.get("version"), "app")
        _fill(params.abci, value.get("abci"), "vote_extensions_enable_height")
        kinds = (value.get("validator") or {}).get("pub_key_types")
    except (ValueError, TypeError) as error:
        raise PlainError(f"genesis: consensus.params: {error}") from error
    if kinds is not None:
        del params.validator.pub_key_types[:]
        params.validator.pub_key_types.extend(kinds)
    consensus.validate(params)
    return params


def _fill(target: Any, given: Mapping[str, Any] | None, *names: str) -> None:
    for name in names:
        if given and name in given:
            setattr(target, name, int(given[name]))


# WRITE


def export(ctx: Context) -> dict[str, Any]:
    """The whole state as a genesis.json that starts a chain at the next height.

    `ctx` is a query context; its time becomes the genesis time. Validators are listed twice, for
    CometBFT and in the staking module's part.
    """
    state = {module.name: module.export_genesis(ctx) for module in registry.genesis_order()}
    state = {name: part for name, part in state.items() if part}
    document = _document(ctx.chain_id, ctx.time, ctx.height + 1, consensus.get(ctx), state)
    document["consensus"]["validators"] = [
        {
            "address": staking.consensus_address(value).hex().upper(),
            "pub_key": {
                "type": "tendermint/PubKeyEd25519",
                "value": b64encode(staking.consensus_key(value)).decode(),
            },
            "power": str(power),
            "name": value.description.moniker,
        }
        for value, power in staking.last_validators(ctx)
    ]
    return document
