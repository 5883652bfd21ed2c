"""Changes to a genesis.json before its chain begins: accounts, transactions, a network's rules.

Like `genesis` it works on documents only and knows neither stores nor files.
Source: Cosmos SDK 0.53 x/genutil genaccounts.go, collect.go, types/utils.go.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from google.protobuf.message import Message

from akashpy import wire
from akashpy.chain import genutil, registry
from akashpy.types.address import Address
from akashpy.types.coin import Coins
from akashpy.types.errors import PlainError
from akashpy.wire import auth as auth_pb
from akashpy.wire import bank as bank_pb
from akashpy.wire import staking as staking_pb
from akashpy.wire import vesting as vesting_pb

NETWORKS = ("mainnet", "testnet")
MAINNET_TIME = "2021-06-18T17:00:00Z"
PREPARED = {
    "bank": ("denom_metadata", "send_enabled"),
    "distribution": ("params",),
    "gov": ("params",),
    "slashing": ("params",),
    "staking": ("params",),
}
"""Module -> members that `prepare` sets to what Akash's mainnet began with (preset "akash")."""
TESTNET_GOV = {
    "min_deposit": [{"denom": "uakt", "amount": "1000000"}],
    "expedited_min_deposit": [{"denom": "uakt", "amount": "5000000"}],
    "quorum": "0.000000000100000000",
    "voting_period": "300s",
    "expedited_voting_period": "150s",
}
"""Expedited values keep their proportion to the others, as the module demands."""


@dataclass(frozen=True, slots=True)
class NewAccount:
    """An account to add. `locked` of its coins unlock between the two times (unix seconds).

    `module` makes it the account of that module.
    """

    address: Address
    coins: Coins
    locked: Coins = Coins.EMPTY
    start: int = 0
    end: int = 0
    module: str = ""


def add_account(document: dict[str, Any], new: NewAccount, *, append: bool = False) -> None:
    """Add an account and its coins, in place; `append` adds coins to one that is there.

    Raises PlainError for one that is there, and for a vesting schedule that makes no sense.
    """
    message = _account(new)
    state = document["app_state"]
    accounts = wire.from_json(auth_pb.GenesisState, state["auth"])
    bank = wire.from_json(bank_pb.GenesisState, state["bank"])
    known = {_address_of(wire.unpack(packed)) for packed in accounts.accounts}
    if new.address in known and not append:
        raise PlainError(
            f" Account {new.address} already exists\n"
            "Use `append` flag to append account at existing address"
        )
    if new.address not in known:
        _base_of(message).account_number = len(accounts.accounts)
        accounts.accounts.append(wire.pack(message))
        state["auth"] = wire.to_json(accounts)
    balances = {each.address: Coins.from_wire(each.coins) for each in bank.balances}
    balances[new.address] = balances.get(new.address, Coins.EMPTY) + new.coins
    supply = Coins.from_wire(bank.supply) + new.coins
    del bank.balances[:]
    for address in sorted(balances, key=lambda text: Address.parse(text).raw):
        bank.balances.add(address=address, coins=balances[address].to_wire())
    del bank.supply[:]
    bank.supply.extend(supply.to_wire())
    state["bank"] = wire.to_json(bank)


def _account(new: NewAccount) -> Message:
    base = auth_pb.BaseAccount(address=new.address)
    if new.locked:
        if any(coin.amount > new.coins.amount_of(coin.denom) for coin in new.locked):
            raise PlainError("vesting amount cannot be greater than total amount")
        if not new.end:
            raise PlainError(
                "invalid vesting parameters; must supply start and end time or end time"
            )
        if new.start > new.end:
            raise PlainError(
                "failed to validate new genesis account: vesting start-time cannot be before "
                "end-time"
            )
        locked = vesting_pb.BaseVestingAccount(
            base_account=base, original_vesting=new.locked.to_wire(), end_time=new.end
        )
        if new.start:
            return vesting_pb.ContinuousVestingAccount(
                base_vesting_account=locked, start_time=new.start
            )
        return vesting_pb.DelayedVestingAccount(base_vesting_account=locked)
    if new.module:
        return auth_pb.ModuleAccount(
            base_account=base, name=new.module, permissions=["burner", "minter"]
        )
    return base


def _base_of(message: Any) -> auth_pb.BaseAccount:
    """The part of any kind of account that has its address and number."""
    while not isinstance(message, auth_pb.BaseAccount):
        names = message.DESCRIPTOR.fields_by_name
        name = "base_account" if "base_account" in names else "base_vesting_account"
        message = getattr(message, name)
    return message


def _address_of(message: Message) -> str:
    return _base_of(message).address


def require_stake(document: Mapping[str, Any], address: Address, coins: Coins) -> None:
    """Raises PlainError unless an account of the document can stake these coins."""
    state = document["app_state"]
    denom = wire.from_json(staking_pb.GenesisState, state["staking"]).params.bond_denom
    wanted = coins.amount_of(denom)
    for each in wire.from_json(bank_pb.GenesisState, state["bank"]).balances:
        if each.address == address:
            there = Coins.from_wire(each.coins).amount_of(denom)
            if wanted > there:
                raise PlainError(
                    "failed to validate account in genesis: "
                    f"account {address} has a balance in genesis, but it only has {there}{denom} "
                    f"available to stake, not {wanted}{denom}"
                )
            return
    raise PlainError(
        "failed to validate account in genesis: "
        f"account {address} does not have a balance in the genesis state"
    )


def collect(document: dict[str, Any], transactions: Iterable[Mapping[str, Any]]) -> list[str]:
    """Take transactions into a document, in place; the notes of the nodes, `id@ip:port`.

    Raises PlainError for one that makes no validator, cannot be paid, or names no node.
    """
    kept: list[Mapping[str, Any]] = []
    peers: list[str] = []
    for index, content in enumerate(transactions):
        tx = genutil.read(index, content)
        (msg,) = tx.msgs
        assert isinstance(msg, staking_pb.MsgCreateValidator)  # read takes nothing else
        if not tx.memo:
            raise PlainError(f"failed to find node's address and IP in gen_txs[{index}]")
        operator = Address.of(Address.parse(msg.validator_address, prefix="akashvaloper").raw)
        require_stake(document, operator, Coins.from_wire([msg.value]))
        kept.append(content)
        peers.append(tx.memo)
    document["app_state"]["genutil"] = {"gen_txs": kept}
    return peers


def prepare(document: dict[str, Any], network: str, chain_id: str, now: str) -> None:
    """Give a document the name and parameters of a public network, in place.

    `network` is "mainnet" or "testnet"; a testnet begins `now` (RFC 3339), decides in minutes and
    takes small deposits. Accounts, validators and what else is there stay.
    Raises PlainError for another network.
    Source: node cmd/akash/cmd/genesis.go.
    """
    if network not in NETWORKS:
        raise PlainError("please choose 'mainnet' or 'testnet'")
    state = document["app_state"]
    for module in registry.MODULES:
        for name in PREPARED.get(module.name, ()):
            part = state.setdefault(module.name, module.default_genesis("default"))
            part[name] = module.default_genesis("akash")[name]
    if network == "testnet":
        state["gov"]["params"] |= TESTNET_GOV
    document["chain_id"] = chain_id
    document["genesis_time"] = MAINNET_TIME if network == "mainnet" else now


def without_unknown(document: dict[str, Any]) -> tuple[dict[str, Any], list[str]]:
    """A document with the modules that this version has, and the names of those left out."""
    known = {module.name for module in registry.MODULES}
    state = document.get("app_state") or {}
    left_out = sorted(name for name in state if name not in known)
    kept = {name: part for name, part in state.items() if name in known and part is not None}
    return document | {"app_state": kept}, left_out


KEPT_BOOKS = ("distribution", "slashing")
"""Modules that keep books of stake, which their own parts of an export hold."""


def brought_up(document: Mapping[str, Any]) -> tuple[dict[str, Any], list[str]]:
    """A genesis that an earlier release exported as this one can begin with it; what was changed.

    A release without the modules that keep books of stake says nothing of them, so staking must
    tell them of each validator and delegation, as it does for a genesis that nobody exported.
    """
    state = dict(document.get("app_state") or {})
    missing = [name for name in KEPT_BOOKS if name not in state]
    staking = state.get("staking")
    if not missing or not (staking and staking.get("exported")):
        return dict(document), []
    if len(missing) < len(KEPT_BOOKS):
        raise PlainError(
            f"app_state has no {missing[0]}, which every release that exports the other of "
            f"{' and '.join(KEPT_BOOKS)} writes; export the chain again"
        )
    state["staking"] = staking | {"exported": False}
    told = [f"{name} learns of every validator and delegation from staking" for name in missing]
    return dict(document) | {"app_state": state}, told
