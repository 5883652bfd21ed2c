"""`akashpy keys`."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.cli.conftest import NAMES, Cli, address
from tests.nodes import key_of

PHRASE = "abandon " * 23 + "art"


def test_add_prints_the_key_and_says_the_phrase_apart(alone: Cli) -> None:
    done = alone("keys", "add", "new", "-o", "text")
    assert done.code == 0
    assert "name: new" in done.out
    phrase = done.err.strip().splitlines()[-1]
    assert len(phrase.split()) == 24
    assert phrase not in done.out
    alone("keys", "delete", "new", "--yes")
    again = alone("keys", "add", "again", "--recover", "-o", "json", input=phrase + "\n").value
    assert again["address"] in done.out


def test_add_as_json_holds_the_phrase_as_akash_does(alone: Cli) -> None:
    found = alone("keys", "add", "new", "-o", "json").value
    assert list(found) == ["name", "type", "address", "pubkey", "mnemonic"]
    assert len(found["mnemonic"].split()) == 24
    hidden = alone("keys", "add", "quiet", "--no-backup", "-o", "json").value
    assert hidden["mnemonic"] == ""


def test_a_known_phrase_gives_the_known_address(alone: Cli, tmp_path: object) -> None:
    found = alone("keys", "add", "known", "--recover", "-o", "json", input=PHRASE + "\n").value
    assert found["address"] == "akash1r5v5srda7xfth3hn2s26txvrcrntldjuks2uw9"
    other = alone(
        "keys", "add", "second", "--recover", "--index", "1", "-o", "json", input=PHRASE + "\n"
    ).value
    path = alone(
        "keys", "add", "third", "--recover", "--hd-path", "m/44'/118'/0'/0/1", "-o", "json",
        "--dry-run",
        input=PHRASE + "\n",
    ).value  # fmt: skip
    assert other["address"] == path["address"] != found["address"]


@pytest.mark.parametrize("phrase", ["", "abandon art", "abandon " * 24, "nonsense " * 24])
def test_a_bad_phrase_is_refused_and_nothing_is_kept(alone: Cli, phrase: str) -> None:
    done = alone("keys", "add", "bad", "--recover", input=phrase + "\n")
    assert (done.code, done.out) == (1, "")
    assert "bad" not in alone("keys", "list", "-n").out.split()


def test_a_name_is_taken_once(alone: Cli) -> None:
    before = alone("keys", "show", "tenant", "-a").out
    assert "tenant" in alone.refused("keys", "add", "tenant")
    assert alone("keys", "show", "tenant", "-a").out == before


def test_dry_run_keeps_nothing(alone: Cli) -> None:
    assert alone("keys", "add", "ghost", "--dry-run").code == 0
    assert "ghost" not in alone("keys", "list", "-n").out.split()


def test_list_and_show(alone: Cli) -> None:
    listed = alone("keys", "list", "-o", "json").value
    assert sorted(row["name"] for row in listed) == sorted(NAMES)
    assert alone("keys", "list", "-n").out.split() == sorted(NAMES)
    assert alone("keys", "show", "tenant", "-a").out == address("tenant") + "\n"
    assert alone("keys", "show", address("tenant"), "-o", "json").value["name"] == "tenant"
    shown = json.loads(alone("keys", "show", "tenant", "-p").out)
    assert shown["@type"] == "/cosmos.crypto.secp256k1.PubKey"
    operator = alone("keys", "show", "tenant", "-a", "--bech", "val").out
    assert operator.startswith("akashvaloper1")


def test_an_unknown_key_is_refused(alone: Cli) -> None:
    said = alone.refused("keys", "show", "nobody")
    assert said.startswith("Error: ")
    assert "nobody" in said


def test_delete_asks_and_forgets(alone: Cli) -> None:
    assert alone("keys", "delete", "other", input="n\n").code == 1
    assert "other" in alone("keys", "list", "-n").out.split()
    assert alone("keys", "delete", "other", "--yes").code == 0
    assert "other" not in alone("keys", "list", "-n").out.split()


def test_rename_keeps_the_key(alone: Cli) -> None:
    assert alone("keys", "rename", "other", "friend", "-y").code == 0
    assert alone("keys", "show", "friend", "-a").out.strip() == address("other")
    alone.refused("keys", "show", "other")


def test_import_takes_the_key_from_standard_input(alone: Cli) -> None:
    alone("keys", "delete", "other", "-y")
    secret = key_of("other").secret.hex()
    assert alone("keys", "import-hex", "back", input=secret + "\n").code == 0
    assert alone("keys", "show", "back", "-a").out.strip() == address("other")
    alone.refused("keys", "import-hex", "worse", "-o", "json")


def test_no_command_takes_a_secret_as_an_argument(alone: Cli) -> None:
    secret = key_of("other").secret.hex()
    done = alone("keys", "import-hex", "bad", secret)
    assert done.code == 1
    assert "unexpected extra argument" in done.err


def test_the_file_keyring_needs_its_passphrase(alone: Cli) -> None:
    file = ("--keyring-backend", "file")
    made = alone("keys", "add", "locked", *file, "-o", "json", input="secret-word\nsecret-word\n")
    assert made.code == 0
    shown = alone("keys", "show", "locked", "-a", *file, input="secret-word\n")
    assert shown.out.strip() == json.loads(made.out)["address"]
    assert alone("keys", "show", "locked", "-a", *file, input="wrong-word\n").code == 1


def test_backends_that_are_not_there_say_which_are(alone: Cli) -> None:
    said = alone.refused("keys", "list", "--keyring-backend", "kwallet")
    assert "use --keyring-backend os, or file" in said


def test_a_group_of_keys(alone: Cli) -> None:
    names = ",".join(NAMES[:2])
    made = alone(
        "keys", "add", "both", "--multisig", names, "--multisig-threshold", "2", "-o", "json"
    ).value
    public = json.loads(made["pubkey"])
    assert (made["type"], public["threshold"], len(public["public_keys"])) == ("multi", 2, 2)
    assert alone("keys", "show", "both", "-a").out.strip() == made["address"]
    assert alone("keys", "show", "both", "-o", "json").value["pubkey"] == made["pubkey"]
    copied = alone("keys", "add", "seen", "--pubkey", made["pubkey"], "--dry-run")
    assert "in the keyring already" in copied.err
    shown = alone("keys", "show", *NAMES[:2], "--multisig-threshold", "2", "-o", "json").value
    assert (shown["name"], shown["type"]) == ("", "multi")
    said = alone.refused("keys", "add", "x", "--multisig", names, "--multisig-threshold", "3")
    assert "threshold k of n multisignature: 2 < 3" in said
    said = alone.refused("keys", "add", "x", "--multisig", names, "--multisig-threshold", "0")
    assert "threshold must be a positive integer" in said


def test_export_and_import(alone: Cli, tmp_path: Path) -> None:
    armored = alone("keys", "export", "tenant", input="passphrase\n")
    assert armored.out.startswith("-----BEGIN TENDERMINT PRIVATE KEY-----")
    file = tmp_path / "tenant.armor"
    file.write_text(armored.out)
    alone("keys", "delete", "tenant", "--yes")
    assert alone("keys", "import", "again", str(file), input="wrong\n").code == 1
    assert alone("keys", "import", "again", str(file), input="passphrase\n").code == 0
    assert alone("keys", "show", "again", "-a").out.strip() == address("tenant")
    assert "at least 8 characters" in alone("keys", "export", "again", input="short\n").err
    bare = alone("keys", "export", "again", "--unsafe", "--unarmored-hex", "-y")
    assert bare.out.strip() == key_of("tenant").secret.hex()
    for flag in ("--unsafe", "--unarmored-hex"):
        assert "must be used together" in alone.refused("keys", "export", "again", flag)


def test_migrate_names_what_it_cannot_read(alone: Cli) -> None:
    assert alone("keys", "migrate").code == 0


def test_parse_both_ways(alone: Cli) -> None:
    raw = key_of("tenant").address.raw.hex()
    found = alone("keys", "parse", address("tenant"), "-o", "json").value
    assert found == {"human": "akash", "bytes": raw.upper()}
    formats = alone("keys", "parse", raw, "-o", "json").value["formats"]
    assert formats[0] == address("tenant")
    assert "neither hex nor a bech32 address" in alone.refused("keys", "parse", "akash1nonsense")


def test_mnemonic_has_as_many_words_as_asked(alone: Cli) -> None:
    assert len(alone("keys", "mnemonic").out.split()) == 24
    assert len(alone("keys", "mnemonic", "--words", "12").out.split()) == 12
