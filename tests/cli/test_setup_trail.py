"""`lostwrite setup-trail` from the command line."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from analyzer.setup.registry import names, setup_text
from tests.build import STORE

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.cli.conftest import Outcome

    Run = Callable[..., Outcome]


def test_without_arguments_it_prints_the_script_for_every_store(lostwrite: Run) -> None:
    outcome = lostwrite("setup-trail")
    assert (outcome.code, outcome.out, outcome.err) == (0, setup_text([], "cli"), "")


@pytest.mark.parametrize("name", names())
def test_each_format_for_one_store(lostwrite: Run, name: str) -> None:
    outcome = lostwrite("setup-trail", STORE, "--format", name)
    assert (outcome.code, outcome.out) == (0, setup_text([STORE], name))


def test_to_a_file(lostwrite: Run, tmp_path: Path) -> None:
    path = tmp_path / "trail.yaml"
    assert lostwrite("setup-trail", "--format", "cloudformation", "--output", str(path)).out == ""
    assert path.read_text() == setup_text([], "cloudformation")


@pytest.mark.parametrize("words", [["arn:aws:s3:::bucket"], ["--format", "pulumi"], ["--", "-x"]])
def test_wrong_usage_is_one_sentence(lostwrite: Run, words: list[str]) -> None:
    outcome = lostwrite("setup-trail", *words)
    assert (outcome.code, outcome.out, outcome.err.count("\n")) == (2, "", 1)
