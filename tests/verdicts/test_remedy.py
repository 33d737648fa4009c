"""The commands are run, in a shell, against a stand-in for `aws`: they do what they say, or stop."""

from __future__ import annotations

import json
import shutil
import subprocess
from typing import TYPE_CHECKING

import polars as pl
import pytest

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
