"""How fees become rewards: by power in the last commit, after the community's share."""

from akashpy.chain import distribution
from tests.chain.economy import Economy


def test_by_power_after_the_tax(chain: Economy) -> None:
    chain.block(uakt=1000)
    # 2 % tax, half each, 10 % commission
    assert chain.pool() == "20.000000000000000000uakt"
    for name in ("val1", "val2"):
        assert chain.outstanding(name) == "490.000000000000000000uakt"
        assert chain.commission(name) == "49.000000000000000000uakt"
        assert str(chain.earned(name, name)) == "441.000000000000000000uakt"
    chain.sound()


def test_every_denomination_is_shared(chain: Economy) -> None:
    chain.block(uakt=100, uact=10)
    assert chain.outstanding("val1") == "4.900000000000000000uact,49.000000000000000000uakt"


def test_absent_validators_share_as_well(chain: Economy) -> None:
    chain.block(absent=["val1"], nil=["val2"], uakt=1000)
    assert chain.outstanding("val1") == chain.outstanding("val2") == "490.000000000000000000uakt"


def test_what_rounding_leaves_goes_to_the_community(chain: Economy) -> None:
    chain.tax("0")
    chain.run(chain.create("bob"))
    for _ in range(3):
        chain.block()
    chain.block(uakt=1000)
    assert chain.outstanding("bob") == "333.333333333333333000uakt"
    assert chain.pool() == "0.000000000000001000uakt"
    chain.sound()


def test_without_votes_all_goes_to_the_community(chain: Economy) -> None:
    chain.sets[-2:] = [{}, {}]
    chain.block(uakt=1000)
    assert chain.pool() == "1000.000000000000000000uakt"
    chain.sound()


def test_the_share_of_a_validator_that_is_gone_goes_to_the_community(chain: Economy) -> None:
    chain.tax("0")
    chain.sets[-2][b"g" * 20] = 20
    chain.block(uakt=1000)
    assert chain.outstanding("val1") == "250.000000000000000000uakt"
    assert chain.pool() == "500.000000000000000000uakt"
    chain.sound()


def test_events(chain: Economy) -> None:
    chain.block(uakt=1000)
    found = [event for event in chain.events if event.type in ("commission", "rewards")]
    first = {dict(event.attributes)["validator"] for event in found[:2]}
    assert len(first) == 1
    assert [event.type for event in found] == ["commission", "rewards"] * 2
    assert found[0].attributes[0] == ("amount", "49.000000000000000000uakt")
    assert found[1].attributes[0] == ("amount", "490.000000000000000000uakt")
    assert [event.type for event in chain.events][:4] == [
        "coin_spent", "coin_received", "transfer", "message",
    ]  # fmt: skip


def test_the_proposer_is_remembered(chain: Economy) -> None:
    assert distribution.records.PREVIOUS_PROPOSER.get(chain.ctx) == chain.consensus("val1")


def test_a_chains_first_block_shares_nothing(chain: Economy) -> None:
    chain.ctx.height = 0
    chain.block(uakt=1000)
    assert chain.outstanding("val1") == ""


def test_a_block_writes_as_much_whatever_the_number_of_delegations(chain: Economy) -> None:
    def written() -> int:
        before = chain.rows()
        chain.block(uakt=1000)
        return sum(
            1
            for row, value in chain.rows().items()
            if row.startswith(b"distribution/") and before.get(row) != value
        )

    few = written()
    for number in range(60):
        chain.account(f"small {number}", uakt=10)
        chain.run(chain.delegate(f"small {number}", "val1", 10))
    chain.block()
    assert written() == few
