"""Text inside Markdown is text: read back by a parser, it is what it was."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analyzer.reports.clean import clean
from analyzer.reports.markup import LONGEST, code, prose, table
from tests.effort import examples
from tests.reports.pages import elements, links, tables

_NASTY = st.text(st.sampled_from("ab `|\\<>&*_[]()~$@#1:/!-.w\n'\"="), max_size=30)


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("7c62:routes", "`7c62:routes`"),
        ("a b.log:3", "`a b.log:3`"),
        ("a|b", "<code>a&#124;b</code>"),
        ("a`b", "<code>a\\`b</code>"),
        (" a", "<code> a</code>"),
        ("a\nb", "<code>a\\\\nb</code>"),
    ],
)
def test_code(text: str, wanted: str) -> None:
    assert code(text) == wanted


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("Key 7c62:routes (Site, store 5f1c) landed.", "Key 7c62:routes (Site, store 5f1c) landed."),
        ("a_b*c", "a\\_b\\*c"),
        ("<b> & |", "&lt;b&gt; &amp; &#124;"),
        ("@me #12 #x", "<span>@</span>me <span>#</span>12 #x"),
        ("https://x.y www.x.y gh-1", "https<span>:</span>//x.y www<span>.</span>x.y gh<span>-</span>1"),
    ],
)
def test_prose(text: str, wanted: str) -> None:
    assert prose(text) == wanted


def test_a_long_text_is_cut() -> None:
    assert prose("x" * 2000) == "x" * LONGEST + "…"


@settings(max_examples=examples(30))
@given(_NASTY, _NASTY)
def test_a_cell_shows_the_text_and_nothing_else(first: str, second: str) -> None:
    page = "\n".join(table(["A", "B"], [[f"x {prose(first)}", code(second)]]))
    ((_, row),) = tables(page)
    assert [cell.strip() for cell in row] == [f"x {clean(first)}".strip(), clean(second).strip()]
    assert set(elements(page)) <= {"<code>", "</code>", "<span>", "</span>"}
    assert links(page) == []
