"""The commands are run, in a shell, against a stand-in for `aws`: they do what they say, or stop."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from typing import TYPE_CHECKING

import polars as pl
import pytest

from analyzer.store.routes import assemble
from analyzer.verdicts.remedy import remedies
from tests.build import STORE

if TYPE_CHECKING:
    from pathlib import Path

# Keeps one key in a file. `get-key` fails as the CLI does where the key is absent, or where it may not be read.
AWS = """#!/bin/sh
store="$(dirname "$0")/value"
shift
case "$1" in
  describe-key-value-store) echo KV1 ;;
  get-key)
    if [ -e "$store.denied" ]; then echo "An error occurred (AccessDeniedException)" >&2; exit 254; fi
    if [ -e "$store" ]; then cat "$store"; exit; fi
    echo "An error occurred (ResourceNotFoundException)" >&2; exit 254 ;;
  put-key) while [ $# -gt 0 ]; do case "$1" in --value) printf %s "$2" >"$store" ;; esac; shift; done ;;
  delete-key) rm "$store" ;;
esac
"""


def command(
    action: str, *, entry: str | None = None, value: str | None = None, key: str = "ns:routes"
) -> str | None:
    row = {
        "id": ["w1"],
        "verdict": ["dropped"],
        "cause": ["never_attempted"],
        "action": [action],
        "key": [key],
        "pattern": [False],
        "entry": [entry],
        "value": [value],
        "store": [STORE],
        "anchor": [None],
        "reported": ["succeeded"],
        "listed": [None],
    }
    text = {"entry": pl.String, "value": pl.String, "anchor": pl.String, "listed": pl.String}
    found: str | None = remedies(pl.DataFrame(row, schema_overrides=text), {})["remedy"].item()
    return found


@pytest.fixture
def shell(tmp_path: Path) -> Path:
    """A folder with the stand-in, its store in the file `value`."""
    if shutil.which("jq") is None:
        pytest.skip("jq is not installed")
    (tmp_path / "aws").write_text(AWS)
    (tmp_path / "aws").chmod(0o755)
    return tmp_path


def run(shell: Path, script: str | None) -> int:
    assert script is not None
    path = f"{shell}:/usr/local/bin:/usr/bin:/bin"
    return subprocess.run(
        ["sh", "-c", script], env={"PATH": path}, check=False, capture_output=True
    ).returncode


def test_an_entry_is_added_to_the_list(shell: Path) -> None:
    (shell / "value").write_text('["url,1,,/a"]')
    assert run(shell, command("append", entry="site,7c62,,/it's")) == 0
    assert json.loads((shell / "value").read_text()) == ["url,1,,/a", "site,7c62,,/it's"]
    assert run(shell, command("append", entry="site,7c62,,/it's")) == 0
    assert len(json.loads((shell / "value").read_text())) == 2


def test_the_first_entry_makes_the_list(shell: Path) -> None:
    assert run(shell, command("append", entry="site,7c62,,/")) == 0
    assert json.loads((shell / "value").read_text()) == ["site,7c62,,/"]


def test_a_list_that_cannot_be_read_is_not_overwritten(shell: Path) -> None:
    (shell / "value").write_text('["url,1,,/a"]')
    (shell / "value.denied").touch()
    assert run(shell, command("append", entry="site,7c62,,/")) != 0
    assert (shell / "value").read_text() == '["url,1,,/a"]'


def test_a_list_in_parts_is_not_overwritten(shell: Path) -> None:
    (shell / "value").write_text('{"parts":2}')
    assert run(shell, command("append", entry="site,7c62,,/")) != 0
    assert (shell / "value").read_text() == '{"parts":2}'


def test_an_entry_is_removed(shell: Path) -> None:
    (shell / "value").write_text('["url,1,,/a","url,2,,/b"]')
    assert run(shell, command("remove", entry="url,1,,/a")) == 0
    assert json.loads((shell / "value").read_text()) == ["url,2,,/b"]


def test_a_value_is_put_as_it_is(shell: Path) -> None:
    value = """{"a":"$HOME `id` 'x'"}"""
    assert run(shell, command("put", value=value)) == 0
    assert (shell / "value").read_text() == value


def test_a_key_is_deleted(shell: Path) -> None:
    (shell / "value").write_text("x")
    assert run(shell, command("delete")) == 0
    assert not (shell / "value").exists()


def test_without_the_value_there_is_no_command() -> None:
    assert command("put") is None
    assert command("append") is None


class Shelf:
    """A store of several keys behind a stand-in for `aws`, written in Python: `update-keys` takes JSON."""

    SCRIPT = """#!{python}
import json, pathlib, sys
shelf = pathlib.Path(__file__).with_name("shelf.json")
held = json.loads(shelf.read_text())
command, words = sys.argv[2], sys.argv[3:]
given = dict(zip(words[::2], words[1::2]))
if command == "describe-key-value-store":
    print("KV1")
    sys.exit()
if command == "get-key":
    if given["--key"] not in held:
        sys.exit("An error occurred (ResourceNotFoundException)")
    print(held[given["--key"]])
    sys.exit()
assert given["--if-match"] == "KV1"
if command == "put-key":
    held[given["--key"]] = given["--value"]
elif command == "update-keys":
    held |= {{put["Key"]: put["Value"] for put in json.loads(given["--puts"])}}
    for gone in json.loads(given.get("--deletes", "[]")):
        del held[gone["Key"]]
shelf.write_text(json.dumps(held))
"""

    def __init__(self, folder: Path, held: dict[str, str]) -> None:
        self.folder = folder
        (folder / "shelf.json").write_text(json.dumps(held))
        (folder / "aws").write_text(self.SCRIPT.format(python=sys.executable))
        (folder / "aws").chmod(0o755)

    @property
    def held(self) -> dict[str, str]:
        found: dict[str, str] = json.loads((self.folder / "shelf.json").read_text())
        return found

    def run(self, script: str | None) -> int:
        return run(self.folder, script)


LIST = "ns:routes"


def of_list(held: dict[str, str], *changes: tuple[str, str]) -> list[str | None]:
    """The commands for (`append` or `remove`, entry) of a list that was listed in `held`."""
    height = len(changes)
    states = {"append": "missing", "remove": "still_there"}
    rows = {
        "id": [f"w{number}" for number in range(height)],
        "verdict": ["mismatched"] * height,
        "action": [action for action, _ in changes],
        "key": [LIST] * height,
        "pattern": [False] * height,
        "entry": [entry for _, entry in changes],
        "value": [None] * height,
        "store": [STORE] * height,
        "anchor": [None] * height,
        "reported": ["succeeded"] * height,
        "cause": ["never_attempted"] * height,
        "listed": [states[action] for action, _ in changes],
    }
    frame = pl.DataFrame(rows, schema_overrides={"value": pl.String, "anchor": pl.String})
    found: list[str | None] = remedies(frame, {(STORE, LIST): assemble(held, LIST)})["remedy"].to_list()
    return found


def test_one_command_holds_the_whole_list_for_all_of_its_writes(tmp_path: Path) -> None:
    """A command for each entry alone would write the other one away."""
    held = {LIST: '["url,1,,/it\'s","url,2,,/old"]', "other": "x"}
    commands = of_list(held, ("append", "url,3,,/b"), ("remove", "url,2,,/old"), ("append", "url,4,,/c"))
    assert len(set(commands)) == 1
    shelf = Shelf(tmp_path, held)
    assert shelf.run(commands[0]) == 0
    assert shelf.held == {LIST: '["url,1,,/it\'s","url,3,,/b","url,4,,/c"]', "other": "x"}


def test_a_list_that_is_not_as_it_was_listed_is_left_alone(tmp_path: Path) -> None:
    (command_,) = of_list({LIST: '["a"]'}, ("append", "b"))
    for now in ({LIST: '["a","c"]'}, {}):
        shelf = Shelf(tmp_path, now)
        assert shelf.run(command_) != 0
        assert shelf.held == now


def test_a_list_that_was_not_there_is_made_unless_it_came(tmp_path: Path) -> None:
    (command_,) = of_list({}, ("append", "a"))
    shelf = Shelf(tmp_path, {})
    assert shelf.run(command_) == 0
    assert shelf.held == {LIST: '["a"]'}
    other = Shelf(tmp_path, {LIST: '["c"]'})
    assert other.run(command_) != 0
    assert other.held == {LIST: '["c"]'}


def test_a_list_grows_into_parts_and_shrinks_out_of_them(tmp_path: Path) -> None:
    entries = [f"url,{number:04},,/{'x' * 80}" for number in range(10)]
    whole = {LIST: json.dumps(entries, separators=(",", ":"))}
    assert len(whole[LIST]) <= 1000
    (grow,) = of_list(whole, ("append", "url,new,,/" + "y" * 80))
    shelf = Shelf(tmp_path, whole)
    assert shelf.run(grow) == 0
    parts = shelf.held
    assert parts[LIST] == '{"parts":2}'
    assert set(parts) == {LIST, f"{LIST}:0", f"{LIST}:1"}
    assert max(map(len, parts.values())) == 1000
    (shrink,) = of_list(parts, ("remove", entries[0]))
    assert shelf.run(shrink) == 0
    assert shelf.held == {LIST: json.dumps([*entries[1:], "url,new,,/" + "y" * 80], separators=(",", ":"))}


def test_a_value_that_no_store_takes_gets_no_command() -> None:
    assert command("put", value="x" * 1024) is not None
    assert command("put", value="x" * 1025) is None


@pytest.mark.parametrize(
    ("reported", "word"),
    [("succeeded", "does not heal"), ("failed", "Deploy again"), ("unfinished", "pending")],
)
def test_what_a_redeploy_would_do(reported: str, word: str) -> None:
    row = {
        "id": "w1",
        "verdict": "errored",
        "cause": "service_error",
        "action": "put",
        "key": "k",
        "pattern": False,
        "reported": reported,
    }
    texts = dict.fromkeys(("entry", "value", "store", "anchor", "listed"))
    frame = pl.DataFrame([row | texts], schema_overrides=dict.fromkeys(texts, pl.String))
    assert word in remedies(frame, {})["redeploy"].item()
