"""A chain of the Go node for the tests of this folder, started when the first one asks for it.

Without AKASH_GO_BIN nothing here is collected.
"""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.parity.gonode.gochain import GoChain, go_chain, init_chain


@pytest.fixture(scope="session")
def go(tmp_path_factory: pytest.TempPathFactory) -> Iterator[GoChain]:
    """A running Go node with funded accounts; ended at the end."""
    home = tmp_path_factory.mktemp("go-node")
    init_chain(home)
    with go_chain(home) as chain:
        yield chain
