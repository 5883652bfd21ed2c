"""What distribution does when staking changes something."""

import pytest

from akashpy.chain import distribution, staking
from akashpy.types.dec import Dec
from akashpy.types.errors import Panic
from akashpy.types.staking import SharesModifying, ValidatorSlashing
from tests.chain.economy import Economy
from tests.chain.staking.conftest import UNBONDING

RECORDS = distribution.records


def test_a_new_validator_begins_with_period_one(chain: Economy) -> None:
    chain.run(chain.create("bob"))
    operator = chain.address("bob").raw
    # its own first delegation ended period 1
    assert RECORDS.current(chain.ctx, operator).period == 2
    assert RECORDS.history(chain.ctx, operator, 1).references == 2
    assert RECORDS.HISTORICAL.get(chain.ctx, (operator, 0)) is None
    chain.sound()


def test_a_removed_validator_is_paid_and_forgotten(chain: Economy) -> None:
    chain.block(uakt=1010)
    before = chain.balance(chain.address("val2"))
    chain.run(chain.undelegate("val2", "val2", 10_000_000))
    chain.block()
    chain.block(time=UNBONDING)
    chain.block()
    assert staking.validator(chain.ctx, chain.address("val2").raw) is None
    # rewards of 445 and commission of 49, fractions to the community
    assert chain.balance(chain.address("val2")) == before + 10_000_000 + 445 + 49
    operator = chain.address("val2").raw
    mine = operator.hex()
    assert [key for key in chain.rows() if b"distribution/" in key and mine in key.hex()] == []
    chain.sound()


def test_rewards_of_a_validator_without_tokens_go_to_the_community(chain: Economy) -> None:
    chain.block(uakt=1000)
    validator = chain.validator("val1")
    validator.tokens = "0"
    with chain.ctx.branch():
        ended = distribution.end_period(chain.ctx, validator)
        assert RECORDS.history(chain.ctx, chain.address("val1").raw, ended).ratio == ()
        assert chain.pool() == "461.000000000000000000uakt"
        assert chain.outstanding("val1") == "49.000000000000000000uakt"


@pytest.mark.parametrize("share", ["-0.1", "1.000000000000000001"])
def test_invalid_fraction_of_a_slash(chain: Economy, share: str) -> None:
    with chain.rejects(Panic):
        chain.ctx.notify(ValidatorSlashing(chain.address("val1").raw, Dec.of(share)))


def test_references_never_exceed_two(chain: Economy) -> None:
    operator = chain.address("val1").raw
    period = RECORDS.current(chain.ctx, operator).period - 1
    with chain.rejects(Panic), chain.ctx.branch():
        for _ in range(3):
            RECORDS.hold(chain.ctx, operator, period)
    with chain.rejects(Panic), chain.ctx.branch():
        for _ in range(3):
            RECORDS.release(chain.ctx, operator, period)


def test_shares_change_only_through_a_withdrawal(chain: Economy) -> None:
    operator = chain.address("val1").raw
    with chain.ctx.branch():
        chain.ctx.notify(SharesModifying(operator, operator))
        assert RECORDS.STARTING.get(chain.ctx, (operator, operator)) is None
