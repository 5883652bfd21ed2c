"""A chain of the Go node for the tests of this folder.

Without AKASH_GO_BIN they are not collected.
"""

from __future__ import annotations

import os
from collections.abc import Iterator

import pytest

from tests.parity.gonode.gochain import GoChain, go_chain, init_chain

collect_ignore_glob = [] if os.environ.get("AKASH_GO_BIN") else ["test_*.py"]


@pytest.fixture(scope="session")
def go(tmp_path_factory: pytest.TempPathFactory) -> Iterator[GoChain]:
    """A running Go node with funded accounts; ended at the end."""
    home = tmp_path_factory.mktemp("go-node")
    init_chain(home)
    with go_chain(home) as chain:
        yield chain
