"""The worked example in each rule's page is run: the rule fires as it says, and not on the counterpart."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from analyzer.rules.page import sections
from analyzer.rules.registry import rules
from tests.cli.conftest import lostwrite
from tests.effort import some
from tests.rules import example, example_files

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from analyzer.rules.interface import Rule
    from tests.cli.conftest import Outcome

__all__ = ["lostwrite"]

each_example = pytest.mark.parametrize("rule", rules(), ids=lambda rule: str(rule.CODE))


@each_example
def test_the_rule_fires_from_the_command_line_as_its_example_says(
    rule: Rule, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, lostwrite: Callable[..., Outcome]
) -> None:
    monkeypatch.chdir(tmp_path)
    shown = example.read(sections(rule)["Example"])
    outcome = lostwrite(*example_files.command(shown.inputs, tmp_path), "--format", "json")
    found = [
        (each["code"], each["severity"], each["message"]) for each in json.loads(outcome.out)["findings"]
    ]
    assert [each for each in found if each[0] == rule.CODE] == [
        (shown.code, shown.severity, shown.message)
    ], found
    assert {code for code, *_ in found} - {rule.CODE} == {*shown.beside}


@each_example
def test_the_rule_is_quiet_on_the_counterparts_of_its_example(
    rule: Rule, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    quiets = example.read(sections(rule)["Example"]).quiets
    assert quiets
    for number, quiet in enumerate(some(quiets, of=2)):
        folder = tmp_path / str(number)
        folder.mkdir()
        monkeypatch.chdir(folder)
        found = example_files.run(quiet.inputs, folder).findings
        assert rule.CODE not in found["code"].to_list(), quiet.difference


def test_a_line_that_is_not_in_the_notation_is_refused() -> None:
    with pytest.raises(ValueError, match="neither a heading"):
        example.read("Log:\n    a\nsomething else\n")
    with pytest.raises(ValueError, match="no line to take out"):
        example.read("Log:\n    a\nFinding:\n    error LW101: x\nNot here:\n    - b\n")
