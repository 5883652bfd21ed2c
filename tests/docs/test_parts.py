"""`make test` leaves nothing out: every test module belongs to exactly one part."""

from __future__ import annotations

from tests.run import HERE, PARITY, PARTS


def test_every_test_module_belongs_to_one_part() -> None:
    folders = [f"{folder}/" for parts in PARTS.values() for folder in parts] + [f"{PARITY}/"]
    modules = [path.relative_to(HERE).as_posix() for path in HERE.rglob("test_*.py")]
    counts = {name: sum(name.startswith(folder) for folder in folders) for name in modules}
    assert {name: count for name, count in counts.items() if count != 1} == {}
