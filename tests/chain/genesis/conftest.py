"""Genesis is tested with whole chains, too."""

from tests.chain.app.conftest import chain as chain
