"""What tests of queries stand on: a chain's state with a marketplace in it."""

import pytest

from akashpy.node.queries.table import QUERIES
from tests.chain.bazaar import Bazaar
from tests.chain.conftest import Given


class Asker:
    """Asks queries of a state by service and method, through the table as servers do."""

    def __init__(self, given: Given) -> None:
        self.given = given
        self.bazaar = Bazaar(given)

    def ask(self, path, **fields):
        """The response to a request with these fields; through bytes, as on the wire."""
        query = QUERIES[path]
        request = query.request.FromString(query.request(**fields).SerializeToString())
        response = query.respond(self.given.ctx, request)
        return type(response).FromString(response.SerializeToString())


@pytest.fixture
def asker() -> Asker:
    """Our own chain with a tenant."""
    return Asker(Given("default"))
