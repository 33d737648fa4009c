"""Every option of every command is passed to the program by some test; here are those that no other file passes."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.adoption.options import commands

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.cli.conftest import Outcome

    Run = Callable[..., Outcome]

ROOT = Path(__file__).parents[2]
SAMPLE = ROOT / "samples" / "first-route-never-written"
LOG = SAMPLE / "deploy" / "eventlog.json"
TRAIL = SAMPLE / "trail"
TEXT = ROOT / "samples" / "console-lines-only" / "deploy" / "pulumi.log"
STORE = "arn:aws:cloudfront::111122223333:key-value-store/10a80d9c-3115-4880-a614-384550375359"
OPTIONS = [(name, option) for name, options in commands().items() for option in sorted(options)]


def _passes(text: str, name: str, option: str) -> bool:
    """Whether the text of a test names the command and passes the option, each as a word of a command line."""
    named = re.search(rf'"{name}"|lostwrite {name}\b', text)
    return named is not None and re.search(rf"[\"'\s]{re.escape(option)}(?=[\"'=\s])", text) is not None


@pytest.mark.parametrize(("name", "option"), OPTIONS)
def test_a_test_passes_it_to_the_program(name: str, option: str) -> None:
    files = [path for folder in ("cli", "adoption") for path in (ROOT / "tests" / folder).glob("*.py")]
    assert any(_passes(path.read_text(encoding="utf-8"), name, option) for path in files)


def _linked(folder: Path, target: Path) -> Path:
    """A folder in which nothing is but a link that leads out of it."""
    folder.mkdir()
    (folder / "link").symlink_to(target)
    return folder


@pytest.mark.parametrize(
    ("name", "target", "said"),
    [("check", LOG, "cannot be judged"), ("parse", LOG, "RouterRoute"), ("trail", TRAIL, "7 calls")],
)
def test_a_link_that_leads_out_of_a_folder_is_followed_where_it_is_told_to(
    lostwrite: Run, tmp_path: Path, name: str, target: Path, said: str
) -> None:
    folder = _linked(tmp_path / "inputs", target)
    left = lostwrite(name, str(folder))
    assert (left.code, left.out) == (3, "")
    assert "link" in left.err
    followed = lostwrite(name, str(folder), "--follow-links")
    assert said in followed.out
    assert followed.code == 0


def test_check_reads_a_log_as_the_kind_that_it_is_told(lostwrite: Run) -> None:
    assert "kind" in lostwrite("check", str(TEXT), "--as", "nonsense").err
    assert lostwrite("check", str(TEXT), "--as", "nonsense").code == 2
    assert lostwrite("check", str(TEXT), "--as", "pulumi-text").out == lostwrite("check", str(TEXT)).out


@pytest.mark.parametrize("words", [("check", str(LOG)), ("parse", str(LOG)), ("trail", str(TRAIL))])
def test_colours_are_there_where_they_are_wanted(lostwrite: Run, words: tuple[str, ...]) -> None:
    assert "\x1b[" in lostwrite(*words, "--color", "always").out
    assert "\x1b[" not in lostwrite(*words, "--color", "never").out


def test_trail_shows_the_selectors_that_it_is_given(lostwrite: Run, tmp_path: Path) -> None:
    fields = [
        {"Field": "eventCategory", "Equals": ["Data"]},
        {"Field": "resources.type", "Equals": ["AWS::CloudFront::KeyValueStore"]},
    ]
    arn = "arn:aws:cloudtrail:us-east-1:111122223333:trail/all"
    file = tmp_path / "selectors.json"
    file.write_text(json.dumps({"TrailARN": arn, "AdvancedEventSelectors": [{"FieldSelectors": fields}]}))
    given = ("trail", str(TRAIL), "--selectors", str(file), "--selectors-since", "2025-03-01")
    assert arn in lostwrite(*given).out
    assert arn not in lostwrite("trail", str(TRAIL)).out
    missing = lostwrite("trail", str(TRAIL), "--public-keys", str(tmp_path / "none.json"))
    assert (missing.code, "none.json: no such file" in missing.err) == (3, True)


def test_keys_signs_for_the_region_and_writes_the_file_that_are_named(
    lostwrite: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[object] = []

    def listed(arn: str, **options: object) -> bytes:
        asked.append((arn, options))
        return b"{}"

    monkeypatch.setattr("analyzer.store.live.list_store", listed)
    url = "http://127.0.0.1:1"
    outcome = lostwrite(
        "keys", STORE, "--region", "eu-west-1", "--endpoint-url", url, "-o", str(tmp_path / "keys.json")
    )
    assert (outcome.code, outcome.out, outcome.err) == (0, "", "")
    assert asked == [(STORE, {"endpoint_url": url, "region": "eu-west-1"})]
    assert (tmp_path / "keys.json").read_bytes() == b"{}"


def test_setup_trail_writes_to_the_file_that_is_named(lostwrite: Run, tmp_path: Path) -> None:
    file = tmp_path / "setup.sh"
    outcome = lostwrite("setup-trail", STORE, "-o", str(file))
    assert (outcome.code, outcome.out) == (0, "")
    assert STORE in file.read_text(encoding="utf-8")
