"""`akashpy query auth`."""

from __future__ import annotations

from typing import Any

import click

from akashpy.cli.lazy import LazyGroup
from akashpy.cli.query.ask import ask, page_request, paging_options, query_options

SERVICE = "/cosmos.auth.v1beta1.Query/"


@click.group(cls=LazyGroup)
def auth() -> None:
    """Accounts."""


@auth.command()
@click.argument("address")
@query_options
def account(address: str, **options: Any) -> None:
    """One account: number, sequence, public key."""
    from akashpy.wire import auth as wire

    request = wire.QueryAccountRequest(address=address)
    ask(SERVICE + "Account", request, wire.QueryAccountResponse, options)


@auth.command()
@paging_options
@query_options
def accounts(**options: Any) -> None:
    """All accounts."""
    from akashpy.wire import auth as wire

    request = wire.QueryAccountsRequest(pagination=page_request(options))
    ask(SERVICE + "Accounts", request, wire.QueryAccountsResponse, options)


@auth.command()
@query_options
def params(**options: Any) -> None:
    """The module's parameters."""
    from akashpy.wire import auth as wire

    ask(SERVICE + "Params", wire.QueryParamsRequest(), wire.QueryParamsResponse, options)


@auth.command("address-by-acc-num")
@click.argument("acc_num", type=click.IntRange(0, 2**64 - 1))
@query_options
def address_by_acc_num(acc_num: int, **options: Any) -> None:
    """The address of an account number."""
    from akashpy.wire import auth as wire

    request = wire.QueryAccountAddressByIDRequest(account_id=acc_num)
    ask(SERVICE + "AccountAddressByID", request, wire.QueryAccountAddressByIDResponse, options)


@auth.command("module-account")
@click.argument("module_name")
@query_options
def module_account(module_name: str, **options: Any) -> None:
    """The account of one module."""
    from akashpy.wire import auth as wire

    request = wire.QueryModuleAccountByNameRequest(name=module_name)
    response = wire.QueryModuleAccountByNameResponse
    ask(SERVICE + "ModuleAccountByName", request, response, options)


@auth.command("module-accounts")
@query_options
def module_accounts(**options: Any) -> None:
    """The accounts of all modules that have one."""
    from akashpy.wire import auth as wire

    request, response = wire.QueryModuleAccountsRequest(), wire.QueryModuleAccountsResponse
    ask(SERVICE + "ModuleAccounts", request, response, options)
