"""Path templates of google.api.http and the choice among routes."""

import pytest

from akashpy.node.queries.services import SERVICES
from akashpy.node.queries.table import QUERIES
from akashpy.node.rest_routes import Router, Template
from akashpy.wire import service_methods


@pytest.mark.parametrize(
    ("template", "path", "verb", "fields"),
    [
        ("/a/b", "a/b", "", {}),
        ("/a/{x}", "a/1", "", {"x": "1"}),
        ("/a/{x}", "a/", "", {"x": ""}),
        ("/a/{x}/c", "a/1/c", "", {"x": "1"}),
        ("/a/{x.y}/{z}", "a/1/2", "", {"x.y": "1", "z": "2"}),
        ("/a/*/c", "a/1/c", "", {}),
        ("/a/{x=**}", "a/ibc/1/2", "", {"x": "ibc/1/2"}),
        ("/a/{x=**}", "a", "", {"x": ""}),
        ("/a/{x=**}/c", "a/1/2/c", "", {"x": "1/2"}),
        ("/a/{x=b/*}/c", "a/b/2/c", "", {"x": "b/2"}),
        ("/a/{x}:close", "a/1", "close", {"x": "1"}),
        ("/a/{x}", "a/1", "2", {"x": "1:2"}),
    ],
)
def test_paths_that_match(template, path, verb, fields):
    assert Template.of(template).match(path.split("/"), verb) == fields


@pytest.mark.parametrize(
    ("template", "path", "verb"),
    [
        ("/a/b", "a", ""),
        ("/a/b", "a/b/c", ""),
        ("/a/b", "a/c", ""),
        ("/a/{x}", "a/1/2", ""),
        ("/a/{x=**}/c", "a/1/2", ""),
        ("/a/{x=**}/c", "a", ""),
        ("/a/{x=b/*}", "a/c/2", ""),
        ("/a/{x}:close", "a/1", ""),
        ("/a/{x}:close", "a/1", "open"),
    ],
)
def test_paths_that_do_not(template, path, verb):
    assert Template.of(template).match(path.split("/"), verb) is None


@pytest.mark.parametrize("text", ["", "a/b", "/a//b", "/a/{x", "/a/{x=**}/**", "/a/{}"])
def test_templates_that_cannot_be_read(text):
    with pytest.raises(ValueError, match="path template"):
        Template.of(text)


def test_the_first_route_of_a_file_wins():
    router = Router.serving([*QUERIES, *SERVICES])
    latest = router.find("GET", "/cosmos/base/tendermint/v1beta1/validatorsets/latest")
    assert latest is not None
    assert latest[0].method.name == "GetLatestValidatorSet"
    one = router.find("GET", "/cosmos/bank/v1beta1/denoms_metadata/ibc/27:A")
    assert one is not None
    assert (one[0].method.name, one[1]) == ("DenomMetadata", {"denom": "ibc/27:A"})
    assert router.find("DELETE", "/cosmos/bank/v1beta1/supply") is None
    assert router.find("GET", "/cosmos/bank/v1beta1/supply/:x") is None


def test_every_method_of_the_tables_that_has_a_rule_has_a_route():
    router = Router.serving([*QUERIES, *SERVICES])
    served = 0
    for path in [*QUERIES, *SERVICES]:
        service, _, name = path[1:].rpartition("/")
        method = next(each for each in service_methods(service) if each.name == name)
        for rule in method.http:
            place = rule.path.replace("{denom=**}", "uakt").replace("{", "").replace("}", "")
            assert router.find(rule.verb, place) is not None, rule.path
            served += 1
    assert served >= 68
