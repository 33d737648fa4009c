"""A page names the command line that made it, without what looks like a credential."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from analyzer import api
from tests.reports import examples

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.cli.conftest import Outcome

SECRET = "AKIA" + "ABCDEFGHIJKLMNOP"


@pytest.fixture(autouse=True)
def stand_in(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(api, "check", lambda *_, **__: examples.healthy())


def test_the_page_says_how_it_was_made_as_a_shell_would_take_it(lostwrite: Callable[..., Outcome]) -> None:
    done = lostwrite("check", "a b.log", "--format", "html")
    assert done.code == 0
    shown = re.sub(r"<wbr>|</?span[^>]*>", "", done.out)
    assert "<code>lostwrite check &#39;a b.log&#39; --format html</code>" in shown


def test_a_credential_in_the_command_line_is_not_on_the_page(lostwrite: Callable[..., Outcome]) -> None:
    done = lostwrite("check", f"{SECRET}.log", "--format", "html")
    assert SECRET not in done.out
    assert "made by" in done.out


def test_the_text_report_does_not_change(lostwrite: Callable[..., Outcome]) -> None:
    assert "made by" not in lostwrite("check", "a.log").out
