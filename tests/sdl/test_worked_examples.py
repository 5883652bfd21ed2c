"""The worked examples of the SDL facts: exact bytes, hashes and orders."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

import sdl
from sdl.canonical import canonical_json

WORKED = Path(__file__).parent / "worked"
BASE = (WORKED / "e-base.yaml").read_text()
STORAGE = "        storage:\n          size: 1Gi\n"
IMAGE = "    image: nginx:1.25\n"
TO = "        to:\n          - global: true\n"

HASHES = {
    "a-minimal": "d192f87a14a45e27fd0d2446c9c4a408bb0513a1d03dbab967c7c7162c6b8f39",
    "b-rich": "1c6b24ea275d3a2e0bf06f3f10e35aa304063224f7a0e621b66d931b9522eabe",
    "c-volume-ties": "6cdb8565449ff99043e0ba865009926460afa3ae4be2f13d1a25cede7b928bfa",
    "d-sixteen-exposes": "68d7561cb72bf58e1ea17a99db32b524b78ea913e050bdaa65ed5935dfb42bbb",
    "e-base": "612e2c3a01b50ced1ef10de66395ba474fbd75119b76972dc084b279095f8544",
}


@pytest.mark.parametrize("name", sorted(HASHES))
def test_hash(name: str) -> None:
    assert sdl.load(WORKED / f"{name}.yaml").version().hex() == HASHES[name]


@pytest.mark.parametrize(("name", "size"), [("a-minimal", 680), ("b-rich", 3350)])
def test_canonical_bytes(name: str, size: int) -> None:
    canonical = canonical_json(sdl.load(WORKED / f"{name}.yaml").manifest())
    assert canonical.decode() == (WORKED / f"{name}.manifest.json").read_text()
    assert len(canonical) == size


@pytest.mark.parametrize("name", ["a-minimal", "b-rich"])
def test_groups_in_struct_order(name: str) -> None:
    groups = sdl.load(WORKED / f"{name}.yaml").groups()
    compact = json.dumps(groups, separators=(",", ":"), ensure_ascii=False)
    assert compact == (WORKED / f"{name}.groups.json").read_text()


def test_reclamation_in_nanoseconds() -> None:
    assert sdl.load(WORKED / "b-rich.yaml").reclamation() == {"min_window": 131400000000000}


def test_rich_file_is_refused_by_the_rules_of_2_0() -> None:
    text = (WORKED / "b-rich.yaml").read_text().replace('version: "2.1"', 'version: "2.0"')
    with pytest.raises(sdl.SdlError) as caught:
        sdl.load(text)
    assert caught.value.code is sdl.Code.VOLUME_NEEDS_MOUNT
    assert caught.value.text.endswith("requires service.cache.params.storage.data to have mount")


def test_volume_ties_come_out_reversed() -> None:
    service = sdl.load(WORKED / "c-volume-ties.yaml").manifest()[0]["services"][0]
    assert [volume["name"] for volume in service["resources"]["storage"]] == list("edacbf")


def test_sixteen_tied_exposes_take_quicksorts_order() -> None:
    service = sdl.load(WORKED / "d-sixteen-exposes.yaml").manifest()[0]["services"][0]
    order = " ".join(f"{e['port']}:{e['externalPort'] - 1000}" for e in service["expose"])
    assert order == (
        "97:3 97:15 97:7 97:11 98:2 98:6 98:14 98:10 99:13 99:1 99:5 99:9 100:8 100:12 100:0 100:4"
    )


def _storage(attributes: str, mount: bool = True) -> list[tuple[str, str]]:
    volumes = f"          - size: 1Gi\n          - {{name: d, size: 2Gi{attributes}}}\n"
    edits = [(STORAGE, "        storage:\n" + volumes)]
    if mount:
        edits.append((IMAGE, IMAGE + "    params: {storage: {d: {mount: /d}}}\n"))
    return edits


def _after_image(line: str) -> list[tuple[str, str]]:
    return [(IMAGE, f"{IMAGE}    {line}\n")]


def _gpu(value: str) -> list[tuple[str, str]]:
    return [(STORAGE, f"{STORAGE}        gpu: {value}\n")]


def _on_expose(line: str) -> list[tuple[str, str]]:
    return [(TO, f"{TO}        {line}\n")]


MODELS = (
    "[{model: h100, ram: 80Gi, interface: sxm}, {model: a100, ram: 40Gi}, "
    "{model: rtx4090, interface: pcie}]"
)
CREDENTIALS = 'credentials: {host: " h ", email: " e ", username: " u ", password: " p "}'
ESCAPES = r'env: ["A=<&>\u2028é\u0001\u007f\b\f\n\t\"\\"]'

VARIATIONS: dict[str, tuple[list[tuple[str, str]], str]] = {
    "2.1": ([('"2.0"', '"2.1"')], HASHES["e-base"]),
    "env": (
        _after_image("env: [A=b]"),
        "85b61c94d56fa389d11e6eb785c9c68dea7b5def63a9b7dc9fd5b0483637afe7",
    ),
    "env-empty": (
        _after_image("env: []"),
        "d1db4180064dcbe8103e67dd88e68e9d5a43c3495d393444e083353d40602de0",
    ),
    "env-null-item": (
        _after_image("env: [A=b, null, C=d]"),
        "b947c079e1b20167fd009f5cd997e5eb0accc462fabd20f12626294dc30e04a4",
    ),
    "env-escapes": (
        _after_image(ESCAPES),
        "a5471480d17549f96a70ae2fd31bf7859505938c3c61573612f5830b8ff94a77",
    ),
    "command-empty": (
        _after_image("command: []"),
        "fa968f38d2faba80f9e72b059c642bbe8237d60acc49969df3ab870d64dac82e",
    ),
    "args": (
        _after_image('args: ["sh","-c"]'),
        "29f466e1402581d5ee47a7aab3a30eb1e1895a45c2237b5e88cb87cf0e12bc45",
    ),
    "accept-empty": (
        _on_expose("accept: []"),
        "ca6cde072838b8c0bc4fe5ae4ece2b39aedd267e17ee2bf7d367fa08f4f305e5",
    ),
    "accept": (
        _on_expose("accept: [a.com]"),
        "cb0a7cd8258a3c9f9a86a7fbdef7c0a2bf934b587dba49ad6577e4243f7b5308",
    ),
    "params-empty": (
        _after_image("params: {}"),
        "13af24cdb79c7ba4762d4dc994c6e479c9651556708f5abc30de196e239f2897",
    ),
    "permissions-empty": (
        _after_image("params: {permissions: {}}"),
        "d80c35d5044aee0551a3cf6b09f2b29176111ccaaec393238a0790f851a80b77",
    ),
    "permissions": (
        _after_image("params: {permissions: {read: [logs, foo]}}"),
        "2f2e90d68f1ba2e747f398ee07883ac30d45f28e2158f2d0d9765517a454bf5d",
    ),
    "tee": (
        _after_image("params: {tee: cpu}"),
        "132d321d4bec2d338469c7a7ce821ccc9f8e2cf16650e694004a478cae590ef9",
    ),
    "read-only": (
        _after_image("params: {storage: {default: {mount: /d, readOnly: true}}}"),
        "48f6eae7d47e01d3619bb754017e65aa22e600d782d61895c444b74d9e404923",
    ),
    "credentials-2.0": (
        _after_image(CREDENTIALS),
        "e9a53bd9a092f75fa77175541c4f750ccad14caa4aa00945482c166cb43af9a1",
    ),
    "credentials-2.1": (
        [*_after_image(CREDENTIALS), ('"2.0"', '"2.1"')],
        "c7389dce6a1843f67e2eec80450b18a538365b735851833659f8cab76138beff",
    ),
    "cpu-1.5": (
        [("units: 100m", "units: 1.5")],
        "028fc9e639a793038d2d2cbede0746510a24b64a7e4cef563100ce1cfb97e1ae",
    ),
    "cpu-wraps": ([("units: 100m", "units: 4294967.396")], HASHES["e-base"]),
    "memory-1.1Gi": (
        [("128Mi", "1.1Gi")],
        "75660f29ddfc73e3bae25c2baade30a3ad7ba810945d914a93384b72c0ca7667",
    ),
    "memory-truncates": (
        [("128Mi", "1.9999999Mi")],
        "7f4db1863ec05ecf982dd8f74a37eca4f49bb8810ce3377fe3533a726456eec5",
    ),
    "storage-32Ti": (
        [("size: 1Gi", "size: 32Ti")],
        "b3121da6076b6152524a9e6a809bb8ed8907fabe76d2b1059ea4ba9bbb2298f5",
    ),
    "count-truncates": (
        [("count: 1", "count: 2.7")],
        "940f8be77a616a4ffbf1e833d1f2bba2a422917e22e5978bead25801436aea8f",
    ),
    "count-51": (
        [("count: 1", "count: 51")],
        "0a39e362c51ce6e441d94bbb63bad30c907aec5650f7ad8d3c63898430736027",
    ),
    "udp": (
        _on_expose("proto: UDP"),
        "69ff9fadbe0c4749fef120ec1d4aa2bc962d9fcd09d1d1b61b76520cc6f1109e",
    ),
    "as": (
        [("port: 80", "port: 3000\n        as: 80")],
        "14a798ec7cfb048a53b722afb0c8ed009cb6f62cd5a3d00b9ffa68a6dc89fdda",
    ),
    "gpu-any": (
        _gpu("{units: 1, attributes: {vendor: {nvidia: }}}"),
        "378baf64cd029f25f8de8e87991052b744db9ed5a428d7a563e6d0c63590f81f",
    ),
    "gpu-amd-is-any": (
        _gpu("{units: 1, attributes: {vendor: {amd: [{model: mi300}]}}}"),
        "378baf64cd029f25f8de8e87991052b744db9ed5a428d7a563e6d0c63590f81f",
    ),
    "gpu-models": (
        _gpu(f"{{units: 1, attributes: {{vendor: {{nvidia: {MODELS}}}}}}}"),
        "792b82811f728fa2e2a227e5d9ddd38f76bbe8fe5307146655994df0014fe2de",
    ),
    "arch": (
        [("units: 100m", "units: 100m\n          attributes: {arch: amd64}")],
        "e5f0f0ad25e2ecbef7bd24c8f377791f6b90b7b07f1953f28393c2b484512ee8",
    ),
    "arch-null": (
        [("units: 100m", "units: 100m\n          attributes: {arch: null}")],
        "74e07a6867ebee9ff23b4e10a777f7983c88c485e0dc122f92aa00d0783d4e96",
    ),
    "proxy-buffer": (
        _on_expose("http_options: {proxy_buffer_size: 1048576}"),
        "a04b522dbf6404fef68c7092614d3b1fdf0b47cfd55d9fe3be6110e4cfa56108",
    ),
    "next-off": (
        _on_expose("http_options: {next_cases: [off]}"),
        "91b8a23ec2406ccc00257934c04aa44b3979cdb3838ed4a427a493525dd341ad",
    ),
    "next-tries": (
        _on_expose("http_options: {next_tries: 7, next_timeout: 9}"),
        "1ad1942d4cda807c22252417ceb153558ae5945a0eb4d40952fde1a9c5b781fc",
    ),
    "storage-ram": (
        _storage(", attributes: {class: ram}"),
        "f30f9a9d04f1911f52325ce52b6b6a80b680d8ea21931420131799a6465a6b96",
    ),
    "storage-persistent": (
        _storage(", attributes: {persistent: true}"),
        "641b8c4803cfec0dc3b1aabebaff4efab4205e2c64d3f7627acb6481d9c33405",
    ),
    "storage-persistent-yes": (
        _storage(", attributes: {persistent: yes}"),
        "af8d90323f931a8d71c6654b361e9f25de44471ba4591fc531f43365a769433f",
    ),
    "storage-attributes-empty": (
        _storage(", attributes: {}"),
        "a9fcb02ad953707a67d28293bfe5067ea9bc43c1a93196a708c0b358c43945ec",
    ),
    "leased-ip": (
        [
            ('version: "2.0"\n', 'version: "2.0"\nendpoints: {myip: {kind: ip}}\n'),
            ("- global: true", "- {global: true, ip: myip}"),
        ],
        "34647cf556ad5f20b5b6c99ff13bc55349a5ca3f09e50f23abf369f3d65c295f",
    ),
}


def _edited(edits: list[tuple[str, str]]) -> str:
    text = BASE
    for old, new in edits:
        assert old in text
        text = text.replace(old, new, 1)
    return text


@pytest.mark.parametrize("name", sorted(VARIATIONS))
def test_variation(name: str) -> None:
    edits, expected = VARIATIONS[name]
    assert sdl.load(_edited(edits)).version().hex() == expected


SHARED = [
    (
        "services:\n",
        "services:\n  api:\n    image: api\n    expose:\n"
        "      - {port: 9000, to: [{service: web}]}\n"
        "      - {port: 443, to: [{global: true}]}\n",
    ),
    ("deployment:\n", "deployment:\n  api:\n    dc:\n      profile: web\n      count: 2\n"),
]


def test_services_of_one_profile_have_their_own_units_in_2_0() -> None:
    definition = sdl.load(_edited(SHARED))
    units = definition.groups()[0]["resources"]
    assert [(u["resource"]["id"], u["count"]) for u in units] == [(1, 2), (2, 1)]
    assert [u["resource"]["endpoints"] for u in units] == [
        [{"kind": 1, "sequence_number": 0}],
        [{"sequence_number": 0}],
    ]
    assert definition.version().hex() == (
        "183d0953fbdb059d6b77233bfa3a4bc10c8bda9d839a2d9a9179d5e670e07503"
    )


def test_services_of_one_profile_share_a_unit_in_2_1() -> None:
    definition = sdl.load(_edited([*SHARED, ('"2.0"', '"2.1"')]))
    (unit,) = definition.groups()[0]["resources"]
    assert (unit["resource"]["id"], unit["count"]) == (1, 3)
    assert unit["resource"]["endpoints"] == [
        {"kind": 1, "sequence_number": 0},
        {"sequence_number": 0},
    ]
    assert definition.version().hex() == (
        "bbc26a71736ea5bb992c47db7f704f6e8ff360ffca6d13cc4438f8d6d953afec"
    )
    sdl.check_manifest(definition.manifest(), definition.groups())
