"""The tree of an interactive run: rows, columns and branches."""

from __future__ import annotations

import polars as pl
import pytest

from analyzer.logs.kinds import pulumi_text
from analyzer.sources.input_stats import InputStats
from analyzer.sources.source import Source

HEAD = "     Type                 Name     Status     Info\n"


def read(log: str) -> pl.DataFrame:
    stats = InputStats("x")
    frames = list(pulumi_text.read(Source("x", None, log.encode()), stats))
    assert stats.unrecognised == 0
    return pl.concat(frames)


@pytest.mark.parametrize(
    ("row", "expected"),
    [
        (
            " +   pulumi:pulumi:Stack  shop  created (3s)     2 messages",
            "done create pulumi:pulumi:Stack/shop done 3.0",
        ),
        (" +   ├─ a:b:C             my name  creating..  ", "started create a:b:C/my name started None"),
        (
            " ~   │  └─ a:b:C          n  **updating failed**     [diff: ~x]; 1 error",
            "failed update a:b:C/n failed None",
        ),
        (
            " ++  └─ a:b:C             n  **creating failed (0.05s)**",
            "failed create-replacement a:b:C/n failed 0.05",
        ),
        (
            " ~      └─ a:b:C          n  updating (interrupted)     [diff: ~",
            "failed update a:b:C/n interrupted None",
        ),
        (" +-  └─ a:b:C             n  replaced     [diff: ~x]", "done replace a:b:C/n done None"),
        (" ~   |  +- a:b:C          n  refreshing (2s)", "started refresh a:b:C/n started 2.0"),
        (
            " =>  └─ a:b:C             created  imported replacement",
            "done import-replacement a:b:C/created done None",
        ),
        (
            " +   └─ a:b:C             a-name-that-the-ed",
            "started create a:b:C/a-name-that-the-ed started None",
        ),
        (" -   └─ a:b:", "started delete a:b:/None started None"),
        ("     ├─ a:b:C             n", "done same a:b:C/n done None"),
        ("     ├─ a:b:C             n           1 warning", "done same a:b:C/n done None"),
        ("     ├─ a:b:C             n           warning: late", "started same a:b:C/n started None"),
        (
            "     pulumi:pulumi:Stack  s  **failed**     1 error",
            "failed same pulumi:pulumi:Stack/s failed None",
        ),
        (
            "     pulumi:pulumi:Stack  s  running..     entry: x",
            "console same pulumi:pulumi:Stack/s started None",
        ),
    ],
)
def test_rows(row: str, expected: str) -> None:
    event = read(HEAD + row + "\n").to_dicts()[1]
    assert "{kind} {op} {type}/{name} {outcome} {seconds}".format(**event) == expected


def test_a_plan_is_planned() -> None:
    row = " +   └─ a:b:C             n     create\n     └─ a:b:D  m\n"
    plan = "     Type                 Name     Plan\n" + row
    assert read(plan)["planning"].to_list() == [True] * 3
    assert (
        read(plan + HEAD + row.replace("create", "created"))["planning"].to_list() == [True] * 3 + [False] * 3
    )


def test_kept_things_are_told() -> None:
    assert read(" -   └─ a:b:C  n  deleted (0.3s)[retain]\n")["old"].to_list() == ['{"retainOnDelete": true}']


def test_five_blanks_are_no_row_where_there_is_no_tree() -> None:
    stats = InputStats("x")
    log = b"     some:thing  else\n"
    table = pl.concat(pulumi_text.read(Source("x", None, log), stats))
    assert table["kind"].to_list() == ["unrecognised"]


def test_a_tree_inside_a_message_is_its_text() -> None:
    log = "Diagnostics:\n  a:b:C (n):\n     ├─ a:b:C  n  creating\n +   └─ a:b:C  n  created\n"
    assert read(log)["kind"].to_list() == ["summary", "summary", "diagnostic", "diagnostic"]


def test_the_last_drawing_counts() -> None:
    drawn = "\x1b[?25l" + HEAD + " +   └─ a:b:C  n  creating.\x1b[K\n"
    again = "\r\x1b[2A" + HEAD + " +   └─ a:b:C  n  created (1s)\x1b[K\n"
    table = read(drawn + again + "\x1b[K\nDuration: 1s\n")
    assert table.height == 6
    assert table.filter(pl.col("op").is_not_null()).select("line", "outcome").rows() == [(4, "done")]


@pytest.mark.parametrize(
    ("sign", "status", "expected"),
    [
        ("+ ", "**creating failed (0.0", "failed create"),
        ("+ ", "**creating failed*", "failed create"),
        ("+ ", "**creating fail", "failed create"),
        ("++", "**creating", "failed create-replacement"),
        ("~ ", "**updating", "failed update"),
        ("~ ", "**update aw", "failed update"),
        ("~ ", "**update", "failed update"),
        ("~ ", "**refresh", "failed refresh"),
        ("~ ", "**r", "failed refresh"),
        ("- ", "**de", "failed delete"),
        ("- ", "**", "failed delete"),
        ("+-", "**replac", "failed replace"),
        ("  ", "**fai", "failed same"),
        ("  ", "**deploying the site**", "started same"),
        ("  ", "**deploying", "started same"),
    ],
)
def test_a_status_that_the_edge_cut_and_that_only_failures_have_is_one(
    sign: str, status: str, expected: str
) -> None:
    event = read(f"{HEAD} {sign}  └─ a:b:C       n     {status}\n").to_dicts()[1]
    assert "{kind} {op}".format(**event) == expected
