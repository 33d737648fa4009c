"""The text report: never cut, never obeyed by a terminal, coloured only when asked."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analyzer.reports.nearer import nearer
from analyzer.reports.registry import render
from tests import effort
from tests.reports import examples
from tests.reports.examples import READ_LOG, at, report, write

if TYPE_CHECKING:
    from collections.abc import Callable

    from analyzer.reports.report import Report

EXAMPLES = [
    examples.dropped,
    examples.in_doubt,
    examples.hostile,
    examples.two_deploys,
    examples.in_question,
]
MOVES = re.compile("[\x00-\x09\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")
"""What a terminal might obey."""
LABELS = {"meant", "recorded", "proof"}
WIDTHS = [60, 61, 77, 80, 100, 120, 200]
LABELLED = 12
"""Columns before a text that stands beside a label."""


def commands(made: Report) -> set[str]:
    """The lines of all commands."""
    texts = [*made.writes["remedy"].drop_nulls(), *made.settle["command"].drop_nulls()]
    return {line.strip() for text in texts for line in text.splitlines()}


def squeezed(text: str) -> str:
    return "".join(text.split())


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("example", EXAMPLES)
def test_only_commands_paths_and_long_words_are_wider_than_the_width(
    example: Callable[[], Report], width: int
) -> None:
    made = example()
    whole = commands(made) | {source.replace("#", " #") for source in made.evidence["source"].drop_nulls()}
    whole |= set(made.findings["help"].drop_nulls())
    lines = render(made, "text", width=width).splitlines()
    wider = [line for line in lines if len(line) > width and line.strip() not in whole]
    # Of such a line all but its last word fits, and that word would not fit into any line below the label.
    assert [line for line in wider if len(line.split()[-1]) <= width - LABELLED] == []


@pytest.mark.parametrize("width", [60, 80, 120])
@pytest.mark.parametrize("example", EXAMPLES)
def test_no_word_is_broken(example: Callable[[], Report], width: int) -> None:
    made = example()
    known = set(render(made, "text", width=100_000).split())
    assert set(render(made, "text", width=width).split()) <= known


def test_columns_are_stacked_where_the_page_is_narrow() -> None:
    text = render(examples.dropped(), "text", width=79)
    assert "\nVERDICT    dropped\nCONFIDENCE proven\nKEY        7c62:routes\n" in text
    assert "\nVERDICT  CONFIDENCE  KEY " in render(examples.dropped(), "text", width=80)


def test_columns_are_stacked_where_a_key_is_too_long_for_them() -> None:
    key = "7c62:/" + "a-long-name/" * 9
    text = render(report([write(1, verdict="errored", cause="quota", key=key)]), "text", width=100)
    assert f"\nKEY        {key}\n" in text


def test_a_path_is_never_broken_and_ends_at_a_blank() -> None:
    deep = "trail/" + "AWSLogs/" * 30 + "a.json.gz"
    rows = [{"write": "w1", "order": 0, "kind": "call", "source": f"{deep}#e1", "detail": "PutKey failed"}]
    made = report([write(1, verdict="errored", cause="quota", source=deep)], evidence=rows)
    text = render(made, "text", width=60)
    assert f"\n            {deep} #e1\n" in text
    assert f"\n            {deep}:41\n" in text


@pytest.mark.parametrize("width", WIDTHS)
def test_nothing_is_cut(width: int) -> None:
    made = examples.dropped()
    text = squeezed(render(made, "text", width=width))
    dropped = made.evidence.filter(made.evidence["write"] == "w2")
    for told in [
        *dropped["detail"],
        *dropped["source"],
        "7c62:routes",
        "SiteRoutesUpdate",
        "never",
        "attempted",
    ]:
        assert squeezed(told) in text


@pytest.mark.parametrize("width", WIDTHS)
def test_a_command_is_printed_as_it_is(width: int) -> None:
    made = examples.dropped()
    (remedy,) = made.writes["remedy"].drop_nulls()
    assert f"\n{remedy}\n" in render(made, "text", width=width)
    above, _, _ = render(made, "text", width=width).partition("   to put it right:\n" + remedy)
    assert squeezed("; ".join(made.writes["remedy_needs"].drop_nulls().item())) in squeezed(above)


@given(
    st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=200),
    st.integers(min_value=60, max_value=200),
)
@settings(max_examples=effort.examples(16), deadline=None)
def test_no_text_of_an_input_moves_the_terminal(hostile: str, width: int) -> None:
    made = report(
        [
            write(
                1,
                key=hostile,
                name=hostile,
                source=hostile,
                verdict="lost",
                cause="deleted",
                remedy_note=hostile,
            )
        ],
        evidence=[{"write": "w1", "order": 0, "kind": "log", "source": hostile, "detail": hostile}],
        inputs=[READ_LOG | {"problems": [hostile]}],
    )
    for text in (render(made, "text", width=width), render(made, "json")):
        assert MOVES.search(text) is None


@given(st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=80))
@settings(max_examples=effort.examples(10), deadline=None)
def test_nor_does_text_of_a_trail(hostile: str) -> None:
    unsure = {"verdict": "unverifiable", "cause": "rivals", "confidence": "low"}
    run = {"writer": hostile, "matched": 1}
    made = report(
        [
            write(1, **unsure, leaning="dropped", leaning_reason=hostile, key=hostile),
            write(2, **unsure, leaning="landed", leaning_reason=hostile),
            write(3, verdict="lost", cause="missing", status="healed", healed_by=hostile, store=hostile),
        ],
        evidence=[{"write": "w1", "order": 0, "kind": "call", "source": hostile, "detail": hostile}],
        alignments=[
            {
                "deploy": "d1",
                "state": "ambiguous",
                "offsets": [],
                "writers": [],
                "rivals": [run],
                "note": hostile,
            }
        ],
        settle=[{"write": "w1", "order": 0, "what": hostile}],
    )
    for text in (render(made, "text", width=60), render(made, "json")):
        assert MOVES.search(text) is None


@pytest.mark.parametrize("example", EXAMPLES)
def test_no_colour_unless_asked(example: Callable[[], Report], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FORCE_COLOR", "1")
    monkeypatch.setenv("COLUMNS", "20")
    plain = render(example(), "text", width=100, color=False)
    assert "\x1b" not in plain
    monkeypatch.setenv("NO_COLOR", "1")
    colored = render(example(), "text", width=100, color=True)
    assert "\x1b[1;31m" in colored or "\x1b[1;33m" in colored
    uncolored = re.sub(r"\x1b\[[0-9;]*m", "", colored)
    assert [line.rstrip() for line in uncolored.splitlines()] == plain.splitlines()


def test_rows_and_stories_are_bounded_and_say_so() -> None:
    made = report(
        [write(n, key=f"7c62:/{n}", verdict="dropped", cause="never_attempted") for n in range(130)]
    )
    text = render(made, "text")
    assert text.startswith("130 of 130 writes never landed: 130 dropped (proven)\n")
    assert "... and 30 more writes; -v shows all, and --format json has all" in text
    assert "... and 120 more stories; -v shows all, and --format json has all" in text
    assert "\n10. Key 7c62:/9 (SiteKvKeys, store 5f1c0d2e) never landed: " in text
    assert "11. " not in text


def test_the_path_of_an_input_with_a_problem_is_never_broken() -> None:
    deep = "trail/" + "AWSLogs/" * 30 + "a.json.gz"
    made = report([write(1)], inputs=[READ_LOG | {"source": deep, "problems": ["the stream ends too early"]}])
    assert f"\n{deep}\n   the stream ends too early\n" in render(made, "text", width=60)


def test_why_writes_cannot_be_judged_is_told_once_with_their_number() -> None:
    def said(number: int, order: int, detail: str, **more: object) -> dict[str, object]:
        row = {"write": f"w{number}", "order": order, "kind": "coverage", "source": "trail", "detail": detail}
        return row | more

    call = {"kind": "call", "source": "t.json#e9", "at": at(1, 30)}
    unsure = {"verdict": "unverifiable", "cause": "clocks_differ", "confidence": "low"}
    rows = [said(n, 1, "the clocks differ") for n in (1, 2)]
    made = report(
        [write(1, **unsure), write(2, **unsure), write(3)],
        evidence=[
            said(1, 0, "created", kind="log"),
            *rows,
            said(1, 2, "UpdateKeys succeeded outside of the window", **call),
            said(3, 0, "landed"),
        ],
    )
    text = render(made, "text")
    assert (
        "\nwhy the clocks differ (2 writes)\n"
        "    2025-03-20 12:01:30Z UpdateKeys succeeded outside of the window\n    t.json #e9\n"
    ) in text
    assert "created" not in text
    assert "landed\n" not in text


def test_writes_that_one_call_decides_are_one_story_that_lists_its_keys() -> None:
    def proof(number: int, event: str) -> dict[str, object]:
        return {"write": f"w{number}", "order": 0, "kind": "call", "source": f"t#{event}", "detail": "gone"}

    gone = {"verdict": "lost", "cause": "deleted", "operation": 1}
    rows = [write(n, key=f"7c62:/{n}", **gone) for n in range(1, 8)]
    made = report(rows, evidence=[proof(n, "e1" if n < 7 else "e2") for n in range(1, 8)])
    text = " ".join(render(made, "text").split())
    one = "(SiteKvKeys, store 5f1c0d2e) landed and is gone: a later call deleted it."
    others = "The same holds for 7c62:/2, 7c62:/3, 7c62:/4, 7c62:/5 and 1 more."
    assert f" 1. Key 7c62:/1 {one} {others} error LW105 " in text
    assert f" 2. Key 7c62:/7 {one} error LW105 " in text
    assert " 3. " not in text
    assert "The new files /1, /2, /3, /4 and 2 more are not served" in text


def test_the_evidence_stands_in_the_order_of_time_by_the_clock_of_the_trail() -> None:
    rows = [
        {"write": "w1", "order": 0, "kind": "log", "at": at(2, 21), "source": "log:1", "detail": "created"},
        {
            "write": "w1",
            "order": 1,
            "kind": "call",
            "at": at(1, 12),
            "source": "t#e2",
            "detail": "overwritten",
        },
        {"write": "w1", "order": 2, "kind": "chain", "at": at(1, 10), "source": "t#e1", "detail": "before"},
        {"write": "w1", "order": 3, "kind": "coverage", "source": "trail", "detail": "all is there"},
    ]
    clock = {"deploy": "d1", "state": "aligned", "offsets": [{"low": 69, "high": 71}]}
    made = report([write(1, verdict="lost", cause="deleted")], evidence=rows, alignments=[clock])
    lines = [line[3:11].strip() for line in render(made, "text").splitlines() if line[3:11].strip() in LABELS]
    assert lines == ["proof", "meant", "recorded", "proof"]
    assert "2025-03-20 12:02:21Z (by the log's clock) created" in render(made, "text")


def test_what_the_log_shows_beside_what_was_meant_is_proof() -> None:
    rows = [
        {"write": "w1", "order": n, "kind": "log", "at": at(1), "source": "log:1", "detail": detail}
        for n, detail in enumerate(["update was to add", "its outputs were never set"])
    ]
    text = render(report([write(1, verdict="dropped", cause="read_failed")], evidence=rows), "text")
    assert "   proof    2025-03-20 12:01:00Z its outputs were never set\n" in text
    assert "none is available" not in text


def test_meant_is_told_where_the_log_gave_no_words() -> None:
    rows = [{"write": "w1", "order": 0, "kind": "log", "source": "log:1", "detail": None}]
    text = render(report([write(1, verdict="errored", reported="failed")], evidence=rows), "text")
    assert "   meant    the deploy says that it failed\n            deploy/eventlog.json:41\n" in text


@pytest.mark.parametrize(
    ("state", "healed_by", "cell", "line"),
    [
        ("open", None, "open", None),
        ("maybe_repaired", "PutKey by ana", "maybe repaired: PutKey by ana", "maybe repaired: PutKey by ana"),
        ("healed", "deploy d2", "healed: deploy d2", "healed: deploy d2"),
        ("healed", "deploy deploy-2 (PutKey by x)", "healed: deploy 2", "healed: deploy 2 (PutKey by x)"),
        (
            "maybe_repaired",
            "a later deploy: no call is available",
            "maybe repaired: a later deploy",
            "maybe repaired: a later deploy: no call is available",
        ),
        (None, None, None, None),
    ],
)
def test_whether_a_write_was_repaired_since_stands_in_the_table_and_the_story(
    state: str | None, healed_by: str | None, cell: str | None, line: str | None
) -> None:
    made = report([write(1, verdict="dropped", status=state, healed_by=healed_by)])
    text = render(made, "text", width=160)
    row = next(row for row in text.splitlines() if row.startswith("dropped"))
    assert ("STATUS" in text) == (cell is not None)
    assert cell is None or row.endswith(cell)
    assert ("   status " in text) == (line is not None)
    assert line is None or f"   status   {line}\n" in text
    assert ("   effect " in text) == (state != "healed")
    assert ("   first    Look whether there is still something to repair" in text) == (
        state == "maybe_repaired"
    )


def test_several_deploys_are_numbered_in_the_tables_and_one_is_not() -> None:
    several = render(examples.two_deploys(), "text")
    assert "\nDEPLOY  VERDICT " in several
    assert "\nDeploy 2 shop/prod, " in several
    assert "DEPLOY" not in render(examples.dropped(), "text")


def test_other_findings_of_one_rule_are_a_few_and_a_count() -> None:
    likely = {"verdict": "unverifiable", "cause": "trail_gap", "confidence": "low", "leaning": "dropped"}
    text = render(report([write(n, key=f"7c62:/{n}", **likely) for n in range(8)]), "text")
    assert text.count("LW109 probably-not-in-place") == 1
    assert text.count(" probably never landed") == 5
    assert "   ... and 3 more; -v shows all, and --format json has all\n" in text


def test_paths_below_the_folder_are_relative_to_it() -> None:
    rows = [{"write": "w1", "order": 0, "kind": "call", "source": "/w/t/a.json#e1", "detail": "x"}]
    deploy = examples.DEPLOY | {"sources": ["/w/log", "/wood/log"]}
    made = report([write(1, verdict="lost", source="/w/log")], evidence=rows, deploys=[deploy])
    near = nearer(made, "/w")
    assert near.deploys["sources"].to_list() == [["log", "/wood/log"]]
    assert near.evidence["source"].to_list() == ["t/a.json#e1"]
    assert near.writes["source"].to_list() == near.findings["source"].to_list() == ["log"]
    assert nearer(made, "/").evidence["source"].to_list() == ["w/t/a.json#e1"]


def test_a_command_in_which_a_credential_would_be_replaced_is_left_out() -> None:
    leaky = "lostwrite check log --trail 'aws_secret_access_key=wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY'"
    steps = [
        {"write": "w1", "order": order, "what": "a listing", "command": command}
        for order, command in enumerate([leaky, examples.LIST_KEYS, None])
    ]
    unsure = {"verdict": "unverifiable", "cause": "trail_gap", "confidence": "low"}
    text = render(report([write(1, **unsure)], settle=steps), "text")
    assert "wJalrXUtnFEMI" not in text
    assert text.count("a listing\n") == 3
    assert f"\n{examples.LIST_KEYS}\n" in text


def test_brief_text_is_the_answer_and_a_line_for_each_finding() -> None:
    lines = render(examples.dropped(), "text", verbosity=-1).splitlines()
    assert lines[0] == "1 of 2 writes never landed: dropped (proven)"
    assert lines[1].startswith("error LW101 Entry site,50f6,,/ of key 7c62:routes")
    assert "LW108" not in "".join(lines)


def test_brief_text_says_nothing_where_all_is_well() -> None:
    assert render(examples.healthy(), "text", verbosity=-1) == ""


def test_brief_text_speaks_of_an_input_that_could_not_be_used() -> None:
    unread = replace(examples.healthy(), exit_code=3)
    assert render(unread, "text", verbosity=-1) == render(unread, "text").partition("\n")[0] + "\n"


def test_verbose_text_has_the_writes_that_landed_with_their_proofs() -> None:
    text = render(examples.dropped(), "text", verbosity=1)
    section = text.partition("\nIn place\n")[2]
    assert section.startswith(
        "proven: 7c62:metadata (SiteKvKeys)\n   log      2025-03-20 12:01:11Z SiteKvKeys created\n"
    )
    assert "trail/111122223333_CloudTrail_us-east-1_20250320T1205Z_abcdefghijklmnop.json.gz #e1\n" in section


def test_verbose_text_has_no_limits() -> None:
    many = report(
        [write(n, verdict="errored", cause="quota", key=f"ab12:{n}", operation=n) for n in range(120)]
    )
    usual, whole = render(many, "text"), render(many, "text", verbosity=1)
    assert "and 20 more writes; -v shows all" in usual
    assert " more " not in whole
    assert whole.count("lostwrite explain LW10") >= 120 > usual.count("lostwrite explain LW10")


def test_verbose_text_has_the_suppressed_findings_with_their_reasons() -> None:
    made = examples.dropped()
    hidden = made.findings.with_columns(suppressed=pl.lit(value=True), suppression=pl.lit("known since May"))
    text = render(replace(made, findings=hidden), "text", verbosity=1)
    assert "\nSuppressed\nerror LW101 dropped-write" in text
    assert "   reason   known since May\n" in text
