"""Lint, layout, description, templates, estimates and the writer of YAML."""

from __future__ import annotations

import json
import re
from fractions import Fraction
from pathlib import Path

import pytest

import sdl
from sdl.check import check
from sdl.describe import describe, describe_values
from sdl.emit import emit
from sdl.estimate import Scales, ScalesError, estimate_group, parse_scales, price_per_month
from sdl.layout import LayoutError, format_sdl
from sdl.lint import Advice
from sdl.source import read
from sdl.templates import TEMPLATES
from sdl.tree import compose
from tests.sdl.plain import plain_value

WORKED = Path(__file__).parent / "worked"
BASE = (WORKED / "e-base.yaml").read_text()
EXAMPLES = sorted((Path(__file__).parents[2] / "examples").glob("0[1-4]*/deploy*.yaml"))
CASES = [
    json.loads(line)
    for line in (Path(__file__).parent / "vectors" / "cases.jsonl").read_text().splitlines()
]


def _advice(text: str) -> dict[Advice, int]:
    return {warned.code: warned.line for warned in check(text, Scales()).warnings}


def test_a_careful_file_gets_no_advice() -> None:
    assert _advice(BASE) == {}


@pytest.mark.parametrize(
    ("old", "new", "code", "line"),
    [
        ("nginx:1.25", "nginx", Advice.IMAGE_UNTAGGED, 4),
        ("nginx:1.25", "nginx:latest", Advice.IMAGE_UNTAGGED, 4),
        ("nginx:1.25", "host:5000/nginx", Advice.IMAGE_UNTAGGED, 4),
        ("amount: 50", "amount: 0.001", Advice.LOW_PRICE, 25),
        ("denom: uakt", "denom: USD", Advice.DENOM, 24),
        ("nginx:1.25", "a:1\n    env: [DB_PASSWORD=x]", Advice.SECRET_IN_ENV, 5),
        ("nginx:1.25", "a:1\n    env: [K=AKIAABCDEFGHIJKLMNOP]", Advice.SECRET_IN_ENV, 5),
        ("nginx:1.25", "a:1\n    envs: [A=b]", Advice.UNKNOWN_KEY, 5),
        ("nginx:1.25", "a:1\n    dependencies: []", Advice.DEPRECATED_KEY, 5),
        ("services:", "include: []\nservices:", Advice.DEPRECATED_KEY, 2),
        ("global: true", "global: true\n            http_options: {}", Advice.DEPRECATED_KEY, 9),
        ("services:\n", "services:\n  spare: {image: 'a:1'}\n", Advice.UNUSED_SERVICE, 3),
        ("- global: true", "- {global: true, service: wbe}", Advice.UNKNOWN_RECEIVER, 8),
        ("count: 1\n", "count: 1\n---\nmore: 1\n", Advice.TEXT_AFTER_DOCUMENT, 32),
        (
            "units: 100m",
            "units: 100m\n        gpu: {units: 1, attributes: {vendor: {amd: }}}",
            Advice.GPU_VENDOR,
            15,
        ),
    ],
)
def test_advice(old: str, new: str, code: Advice, line: int) -> None:
    assert old in BASE
    assert _advice(BASE.replace(old, new, 1)).get(code) == line


def test_a_service_without_ports_cannot_be_seen_to_be_healthy() -> None:
    text = BASE.replace("services:\n", "services:\n  worker: {image: 'a:1'}\n").replace(
        "deployment:\n", "deployment:\n  worker: {dc: {profile: web, count: 1}}\n"
    )
    assert _advice(text) == {Advice.NO_HEALTH: 3}


def test_digests_and_empty_secrets_are_fine() -> None:
    text = BASE.replace("nginx:1.25", "nginx@sha256:00\n    env: [TOKEN=, PASSWORD_FILE=/run/p]")
    assert _advice(text) == {}


def test_advice_comes_beside_errors() -> None:
    report = check(BASE.replace("nginx:1.25", "nginx").replace("128Mi", "4GB"), Scales())
    assert [error.code for error in report.errors] == [sdl.Code.FLOAT_SYNTAX]
    assert [warned.code for warned in report.warnings] == [Advice.IMAGE_UNTAGGED]


# Layout


@pytest.mark.parametrize("case", CASES[::4], ids=[case["name"] for case in CASES[::4]])
def test_layout_settles_and_keeps_the_meaning(case: dict[str, str]) -> None:
    try:
        text = format_sdl(case["sdl"])
    except (LayoutError, sdl.SdlError):
        assert case["name"] in {"dupkey-svc", "bad-yaml"}
        return
    assert format_sdl(text) == text
    if case["ok"]:
        assert sdl.load(text).version() == sdl.load(case["sdl"]).version()


def test_layout_keeps_comments_and_spelling() -> None:
    ugly = (
        '# top\nversion:   "2.0" # edition\nservices:\n    web:\n        image: nginx:1.25\n'
        "        env:\n        - A=b # first\n        # between\n        - 'C=d'\n"
        "        count: 010\n        yes: on\n        price: 1.50\n"
    )
    # Comments at the end of a line stay near the column they had.
    assert re.sub(r" +#", " #", format_sdl(ugly)) == (
        '# top\nversion: "2.0" # edition\nservices:\n  web:\n    image: nginx:1.25\n'
        "    env:\n      - A=b # first\n # between\n      - 'C=d'\n"
        "    count: 010\n    yes: on\n    price: 1.50\n"
    )


def test_layout_refuses_what_is_no_yaml() -> None:
    with pytest.raises(sdl.SdlError):
        format_sdl("a: [")


# Templates, description, estimates


@pytest.mark.parametrize("kind", sorted(TEMPLATES))
def test_templates_are_valid_tidy_and_without_warnings(kind: str) -> None:
    report = check(TEMPLATES[kind], Scales())
    assert report.errors == []
    assert report.warnings == []
    assert format_sdl(TEMPLATES[kind]) == TEMPLATES[kind]


@pytest.mark.parametrize("path", EXAMPLES, ids=[str(p.parent.name) + p.stem for p in EXAMPLES])
def test_examples_are_valid_and_without_warnings(path: Path) -> None:
    report = check(path, Scales())
    assert report.errors == []
    assert report.warnings == []


def test_there_are_five_example_files() -> None:
    assert len(EXAMPLES) == 5


def test_hello_web_updates_keep_the_groups() -> None:
    old, new = (sdl.load(EXAMPLES[0].with_name(name)) for name in ("deploy.yaml", "deploy-v2.yaml"))
    assert old.version() != new.version()
    assert old.groups() == new.groups()
    sdl.check_manifest(new.manifest(), old.groups())


def test_description_in_words() -> None:
    text = describe(sdl.load(WORKED / "b-rich.yaml"), Scales())
    for words in (
        "Placement eu: providers with host=akash, region=eu-west, tee/type=cpu-gpu, "
        "audited by any of akash1aud2, akash1aud1",
        "trainer: 2 replicas of ghcr.io/lab/trainer@sha256:00ff",
        "7.5 CPU, 1.5 GiB memory, 2 GPU (nvidia a100 or nvidia h100 80Gi sxm)",
        "8 GiB shared memory (shm)",
        "1 TiB persistent NVMe (data)",
        "port 8888 as 443 tcp for the internet at leased IP pool",
        "port 6379 tcp for service trainer",
        "port 80 http for the internet at a host of the provider",
        "volume data at /data",
        "in a trusted execution environment (cpu-gpu)",
        "notice of 36.5 hours",
        "at most 3000.000003 uact per block",
    ):
        assert words in text


def test_description_as_values() -> None:
    values = describe_values(sdl.load(BASE), Scales())
    (group,) = values["groups"]
    assert group["services"] == [{"name": "web", "image": "nginx:1.25", "count": 1}]
    assert group["offered_per_block"] == [{"denom": "uakt", "amount": "50.000000000000000000"}]
    # 50 uakt a block, a block every 6 s, 30 days, one dollar per AKT.
    assert group["offered_month"] == "21.60"


def test_estimates_add_up() -> None:
    scales = parse_scales("cpu=10,memory=8,ephemeral=1,endpoint=2")
    units = sdl.load(BASE).built[0].units
    estimate = estimate_group(units, scales)
    assert estimate.parts == {
        "CPU": Fraction(1),
        "memory": Fraction(1),
        "storage": Fraction(1),
        "endpoints": Fraction(2),
    }
    assert estimate.hour == Fraction(5, 720)
    assert price_per_month(estimate.per_block("uact", scales), "uact", scales) >= 5
    assert estimate.per_block("uakt", parse_scales("akt=2")) < estimate.per_block("uact", scales)


@pytest.mark.parametrize(
    "text", ["cpu", "cpu=x", "cpu=-1", "cqu=1", "{", "[]", "block_seconds=0", '{"cpu": "x"}']
)
def test_bad_scales_are_refused(text: str) -> None:
    with pytest.raises(ScalesError):
        parse_scales(text)


def test_scales_from_json() -> None:
    scales = parse_scales('{"cpu": 2, "gpu.a100": "700.5"}')
    assert scales.cpu == 2
    assert scales.gpu_models["a100"] == Fraction("700.5")


@pytest.mark.parametrize(
    "value",
    ["yes", "null", "1", "1.5", "0x1", "a: b", "a #b", "- a", "*x", "&x", "", " a", "a ", "é",
     "@a", "%a", "[a]", "{a}", "!a", "|", "'", '"', "2020-01-01", "~", "=", "<<", "a\nb", "a:"],
)  # fmt: skip
def test_written_texts_are_read_back(value: str) -> None:
    document = {"version": "2.0", "x": value}
    root = compose(read(emit(document)))
    assert root is not None
    assert plain_value(root) == document
