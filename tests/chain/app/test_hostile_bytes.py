"""Whatever bytes arrive, CheckTx and the block answer with a code and the chain goes on."""

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.chain.app.conftest import Chain, start

CHAIN = start()
CHAIN.block()
GOOD = CHAIN.send("alice", "bob", "1uakt")


@st.composite
def mutated(draw: st.DrawFn) -> bytes:
    """A good transaction with bytes changed, cut, doubled or inserted."""
    data = bytearray(GOOD)
    for _ in range(draw(st.integers(1, 4))):
        at = draw(st.integers(0, len(data) - 1)) if data else 0
        match draw(st.integers(0, 3)):
            case 0:
                data[at : at + 1] = bytes([draw(st.integers(0, 255))])
            case 1:
                del data[at:]
            case 2:
                data[at:at] = draw(st.binary(max_size=8))
            case 3:
                data[at:at] = data[at : at + draw(st.integers(1, 40))]
    return bytes(data)


@settings(max_examples=300)
@given(raw=mutated() | st.binary(max_size=200))
def test_any_bytes_get_an_answer(raw: bytes) -> None:
    chain: Chain = CHAIN
    if raw == GOOD:
        return
    checked = chain.check(raw)
    (delivered,) = chain.execute(raw).tx_results
    assert (checked.code == 0) == (delivered.code == 0)
    assert checked.code != 111222
    assert chain.app.take_panics() == []
