"""The ante checks are tested through a whole chain, because that is who calls them."""

from tests.chain.app.conftest import chain as chain
