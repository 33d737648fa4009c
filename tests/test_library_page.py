"""docs/library.md says what is true: its example is run, and it has every public name, parameter and member."""

from __future__ import annotations

import inspect
import re
from dataclasses import fields
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

import analyzer
from analyzer import LogScan, Report, Trail, TrailReport, tables

if TYPE_CHECKING:
    from collections.abc import Callable

ROOT = Path(__file__).parent.parent
PAGE = (ROOT / "docs" / "library.md").read_text(encoding="utf-8")
FUNCTIONS = [name for name in analyzer.__all__ if inspect.isfunction(getattr(analyzer, name))]


def section(name: str) -> str:
    """What stands below the heading of this name."""
    return PAGE.partition(f"\n### `{name}`\n")[2].partition("\n##")[0]


def test_its_example_prints_what_it_shows(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (code,) = re.findall(r"```python\n(.*?)```", PAGE, re.DOTALL)
    (output,) = re.findall(r"```text\n(.*?)```", PAGE, re.DOTALL)
    monkeypatch.chdir(ROOT)
    exec(compile(code, "docs/library.md", "exec"), {})  # noqa: S102 - our own page
    assert capsys.readouterr().out == output


@pytest.mark.parametrize("name", analyzer.__all__)
def test_each_public_name_is_there(name: str) -> None:
    assert section(name) or f"| `{name}` |" in PAGE


@pytest.mark.parametrize("name", FUNCTIONS)
def test_a_function_has_its_parameters_with_their_defaults(name: str) -> None:
    function: Callable[..., object] = getattr(analyzer, name)
    wanted = []
    keyword_only = False
    for parameter in inspect.signature(function).parameters.values():
        if parameter.kind is parameter.KEYWORD_ONLY and not keyword_only:
            wanted.append("*")
            keyword_only = True
        default = "" if parameter.default is parameter.empty else f"={parameter.default!r}".replace("'", '"')
        wanted.append(f"{parameter.name}{default}")
    told = " ".join(section(name).split())
    assert told.startswith(f"`{name}({', '.join(wanted)})` →")


@pytest.mark.parametrize("kind", [Report, Trail, TrailReport])
def test_each_member_is_there(kind: type) -> None:
    told = section(kind.__name__)
    assert [field.name for field in fields(kind) if f"`{field.name}`" not in told] == []


def test_the_tables_that_it_names_have_schemas() -> None:
    named = set(re.findall(r"`([A-Z]{4,}(?:_[A-Z]+)?)`", PAGE))
    assert {"WRITES", "EVENTS", "CALLS"} <= named
    assert [name for name in named if name not in tables.__all__] == []


def test_a_scan_has_what_is_said_of_it() -> None:
    assert all(hasattr(LogScan, name) for name in ("__iter__", "inputs", "identities"))
