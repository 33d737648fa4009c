"""What stands behind every line, lines that end in a carriage return, bytes as numbers: repaired, and never silent."""

from __future__ import annotations

import html
from typing import TYPE_CHECKING

import pytest

from analyzer.logs.unlike import hides_more
from analyzer.sources.source import Source
from tests.effort import combinations
from tests.logs.recovered.logs import LOGS, problems, said, steps

if TYPE_CHECKING:
    from collections.abc import Callable

_EACH: dict[str, Callable[[int, str], str]] = {
    "cat -A": lambda _, line: f"{line}$",
    "aws --output text": lambda n, line: f"EVENTS\t174257162{n:04}\t{line}\t174257163{n:04}",
    "border of a box": lambda _, line: f"│ {line:<230} │",
    "markdown table": lambda n, line: f"| {n} | {line} |",
    "html lines": lambda _, line: html.escape(line).replace("  ", "&nbsp; ") + "<br/>",
    "a page break": lambda n, line: line if n % 4 else f"\f{line}",
    "sed -n l": lambda _, line: "".join(_octal(sign) for sign in line) + "$",
    "hexadecimal": lambda _, line: "".join(_hexadecimal(sign) for sign in line),
    "rsyslog": lambda _, line: f"#033[1m{line}#033[0m",
}


def _octal(sign: str) -> str:
    return sign if sign.isascii() else "".join(f"\\{byte:03o}" for byte in sign.encode())


def _hexadecimal(sign: str) -> str:
    return sign if sign.isascii() else "".join(f"\\x{byte:02x}" for byte in sign.encode())


@pytest.mark.parametrize(
    ("form", "log"), combinations(_EACH, ["sst failed", "pulumi failed", "tree failed"], each=1)
)
def test_what_is_set_on_every_line_is_taken_off(form: str, log: str) -> None:
    text = "\n".join(_EACH[form](n, line) for n, line in enumerate(LOGS[log].splitlines()))
    assert steps(text) == steps(LOGS[log])


@pytest.mark.parametrize("log", ["sst failed", "pulumi failed", "tree failed"])
def test_a_carriage_return_alone_ends_a_line_where_nothing_else_does(log: str) -> None:
    text = LOGS[log].replace("\n", "\r")
    assert said(text) == said(LOGS[log])
    assert any("carriage return" in problem for problem in problems(text))


def test_a_progress_bar_is_no_line_for_each_of_its_states() -> None:
    drawn = "\n".join(f"⠋ Deploying\r⠙ Deploying\r{line}" for line in LOGS["pulumi failed"].splitlines())
    assert said(drawn) == said(LOGS["pulumi failed"])
    assert not any("carriage return" in problem for problem in problems(drawn))


def test_rows_behind_something_unknown_are_more_than_a_count_that_was_understood() -> None:
    rows = [line for line in LOGS["tree failed"].splitlines() if "─" in line]
    hidden = "\n".join(f"a/{n}/{line}" for n, line in enumerate(rows * 2))
    assert hides_more(Source("a.log", None, hidden.encode()), understood=2) == (len(rows) > 2)
    assert not hides_more(Source("a.log", None, hidden.encode()), understood=20)
    assert not hides_more(Source("a.log", None, LOGS["tree failed"].encode()), understood=2)
