"""Keys in order, however they come."""

from hypothesis import given
from hypothesis import strategies as st

from akashpy.state.keyindex import KeyIndex

KEYS = st.binary(max_size=2)


@given(st.lists(st.lists(KEYS, max_size=30)), KEYS, st.none() | KEYS)
def test_an_index_is_a_sorted_set(parts, start: bytes, end: bytes | None) -> None:
    index, model = KeyIndex(), set()
    for keys in parts:
        index.add(keys)
        model.update(keys)
        wanted = sorted(k for k in model if k >= start and (end is None or k < end))
        assert index.between(start, end) == wanted
        assert len(index) == len(model)


def test_chunks_split_and_keep_order() -> None:
    index = KeyIndex()
    numbers = [(n * 7919) % 20011 for n in range(20011)]
    index.add([b"%05d" % n for n in numbers[:1000]])
    for at in range(1000, 20011, 500):
        index.add([b"%05d" % n for n in numbers[at : at + 500]])
    assert index.between(b"", None) == [b"%05d" % n for n in range(20011)]
    assert index.between(b"00100", b"00103") == [b"00100", b"00101", b"00102"]
    assert index.between(b"2", b"2") == []
