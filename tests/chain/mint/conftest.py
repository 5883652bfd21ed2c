"""The fixture of the tests of inflation."""

import pytest

from tests.chain.economy import Economy


@pytest.fixture
def chain() -> Economy:
    """Two validators of 10 akt each, 10 % commission, no inflation."""
    return Economy()
