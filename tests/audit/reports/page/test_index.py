"""What the index says of an audit: numbers that follow from its table of deploys, by hand."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, datetime
from importlib.resources import files
from typing import TYPE_CHECKING

import polars as pl
import pytest

from analyzer.audit.report import Changes
from analyzer.audit.reports.page.build import build
from analyzer.audit.reports.page.markup import index
from analyzer.audit.reports.page.places import place
from analyzer.audit.reports.page.rows import rows
from analyzer.audit.reports.page.section import Bar, Cell
from analyzer.audit.reports.words import headline_of
from analyzer.audit.tables import FOLLOWED
from analyzer.audit.trends import trends
from tests.audit.made import DEPLOYS, audit, nothing, on
from tests.audit.reports.page.histories import hostile, long
from tests.reports.made import table
from tests.reports.page.pages import Reader

if TYPE_CHECKING:
    from analyzer.audit.report import AuditReport
    from analyzer.audit.reports.page.build import Index
    from analyzer.audit.reports.page.section import Section

TEMPLATES = files("analyzer.audit.reports.page").joinpath("templates")
COUNTS = {"deploys": 9, "judged": 9, "open": 0, "maybe": 0, "healed": 0, "doubt": 0, "lost": 0}


def built(report: AuditReport, most: int = 2_000) -> Index:
    return build(report, trends(report), most, 300)


def page(report: AuditReport) -> str:
    return index(report, trends(report))


def section(of: Index, name: str) -> Section:
    return next(part for part in of.sections if part.name == name)


def cells(of: Section) -> list[list[str]]:
    """The texts of a table, without its bars."""
    return [[cell.text for cell in line if isinstance(cell, Cell)] for line in of.lines]


@pytest.mark.parametrize(
    ("counts", "said"),
    [
        ({"open": 37}, "37 deploys lost writes that nobody has put right"),
        ({"open": 1}, "1 deploy lost a write that nobody has put right"),
        ({}, "No lost write is open"),
        ({"maybe": 1}, "No lost write is surely open; those of 1 deploy was perhaps put right"),
        ({"maybe": 2}, "No lost write is surely open; those of 2 deploys were perhaps put right"),
        ({"doubt": 1}, "No lost write is known to be open, but 1 deploy is in doubt"),
        ({"doubt": 3}, "No lost write is known to be open, but 3 deploys are in doubt"),
        ({"judged": 0, "doubt": 9}, "None of the deploys can be judged"),
        ({"deploys": 1, "judged": 0, "doubt": 1}, "The only deploy cannot be judged"),
        ({"judged": 0}, "No write to a key-value store is in what was read"),
        ({"deploys": 0, "judged": 0}, "No deploy was found"),
    ],
)
def test_the_headline_is_the_answer_and_a_doubt_is_never_no_loss(counts: dict[str, int], said: str) -> None:
    assert headline_of(COUNTS | counts) == said


def test_the_facts_are_of_the_deploys_that_could_be_judged() -> None:
    """Of 12 deploys d11 cannot be judged; 7 of 11 lost a write. d06 is open since 2 April, 09:12: 89 days."""
    facts = [f"{fact.value} {fact.text}" for fact in built(audit()).facts]
    assert facts == [
        "7 of 11 deploys that could be judged lost a write (64 in 100)",
        "2 of them healed, half within 22 h",
        "1 perhaps put right",
        "4 still open, the oldest for 89 days",
        "1 in doubt",
    ]


def test_open_deploys_come_first_the_oldest_first_and_others_are_closed_by_month() -> None:
    """d07 removed d05's page on 10 April at 10:01:00, 4 s before the 21 days were over."""
    made = built(audit())
    assert [(row.state, row.time, row.name, row.began) for row in made.opened] == [
        ("open", "89 days", "shop/pr-7", "2026-04-02 09:10"),
        ("open", "71 days", "shop/prod", "2026-04-20 10:00"),
        ("open", "50 days", "shop/prod", "2026-05-11 10:00"),
        ("open", "2 days", "shop/prod", "2026-06-28 10:00"),
        ("perhaps put right", "", "shop/prod", "2026-03-05 10:00"),
    ]
    assert [(row.missing, row.cause, row.more) for row in made.opened[3:4]] == [
        ("2 of 6", "access denied", "+1")
    ]
    assert [(fold.title, [row.time for row in fold.rows]) for fold in made.folds] == [
        ("Healed, March 2026 (1)", ["after 20 days"]),
        ("Healed, February 2026 (1)", ["after 22 h"]),
        ("In doubt, June 2026 (1)", [""]),
    ]
    assert made.folds[2].rows[0].sure == "likely dropped"


def test_a_write_that_only_leans_to_a_loss_is_a_doubt_and_none_once_it_is_healed() -> None:
    made = audit()
    leaning = pl.col("write") == "d11:1"
    healed = made.followed.with_columns(state=pl.when(leaning).then(pl.lit("healed")).otherwise("state"))
    only = replace(made, followed=healed, writes=made.writes.filter(pl.col("id") != "d11:2"))
    assert "d11" in rows(made)["deploy"]
    assert "d11" not in rows(only)["deploy"]


def test_a_loss_that_is_known_only_from_what_followed_is_not_left_out() -> None:
    made = audit()
    lonely = table(
        FOLLOWED, [{"write": "d01:9", "deploy": "d01", "state": "open", "missing_since": on(2, 3)}]
    )
    found = rows(replace(made, followed=pl.concat([made.followed, lonely])))
    assert found.filter(pl.col("deploy") == "d01").select("state", "missing", "total").row(0) == (
        "open",
        1,
        4,
    )


def test_a_state_that_nobody_knows_is_a_doubt() -> None:
    """The catalogue may be of somebody else's making."""
    made = audit()
    odd = made.followed.with_columns(state=pl.lit("<b>fine</b>"))
    assert set(rows(replace(made, followed=odd))["state"]) == {"doubt"}


def test_the_months_have_the_fair_share_only_once_seven_days_are_over() -> None:
    """Healed within 7 days: of February all; of March and later none; of June the 7 days are not over."""
    lines = {line[0]: line for line in cells(built(audit()).chart.table)}
    assert list(lines) == ["2026-06", "2026-05", "2026-04", "2026-03", "2026-02"]
    assert lines["2026-02"] == ["2026-02", "3", "3", "0", "1", "0", "0", "1", "33", "100 %"]
    assert lines["2026-04"] == ["2026-04", "4", "4", "0", "2", "2", "0", "0", "50", "0 %"]
    assert lines["2026-06"] == ["2026-06", "2", "1", "1", "1", "1", "0", "0", "100", "–"]  # noqa: RUF001 - an en dash


def test_how_long_losses_lasted_ends_with_those_that_are_not_healed() -> None:
    """d02's route (22 h), d05's page (20 days), d04's key perhaps; open: d06's route, `/checkout` and `/cart`."""
    made = section(built(audit()), "healing")
    assert cells(made) == [
        ["under 1 hour", "0"],
        ["1 hour to 1 day", "1"],
        ["1 to 7 days", "0"],
        ["7 to 30 days", "1"],
        ["over 30 days", "0"],
        ["perhaps put right", "1"],
        ["not healed yet", "3"],
    ]
    assert made.after == ["Healed by: a later deploy 1; their removal, as nobody wants them any more 1."]
    looks = [
        [piece.look for piece in cell.pieces] for line in made.lines for cell in line if isinstance(cell, Bar)
    ]
    assert looks == [[], ["healed"], [], ["healed"], [], ["maybe"], ["open"]]


def test_causes_apps_and_stages_are_compared_by_deploys() -> None:
    made = built(audit())
    by_cause = {line[0].partition(":")[0]: line[1:] for line in cells(section(made, "causes"))}
    assert by_cause == {
        "never attempted": ["5", "3"],  # d02, d04, d09, d10, d12
        "access denied": ["1", "1"],
        "lost update": ["1", "1"],
        "precondition failed": ["1", "0"],
    }
    assert "A deploy with several causes is counted under each." in section(made, "causes").words
    assert cells(section(made, "apps")) == [["shop", "6", "9", "4"], ["docs", "1", "2", "0"]]
    assert cells(section(made, "stages")) == [["prod", "6", "10", "3"], ["pr-7", "1", "1", "1"]]


def test_versions_of_few_deploys_are_joined_and_named_with_their_interval() -> None:
    """7 of 11: Wilson's interval is 35.4 to 84.8 in 100."""
    made = section(built(audit()), "versions")
    assert cells(made) == [["sst 3.10.0 to 4.2.1", "636", "353 and 849", "7", "11", "4"]]
    assert "sst 3.10.0 to 4.2.1 joins 3.10.0, 4.2.1." in made.after


def test_what_would_decide_a_doubt_is_said_by_cause() -> None:
    made = section(built(audit()), "decide")
    assert [line[:2] for line in cells(made)] == [["no window", "1"], ["trail gap", "1"]]
    assert all(len(line[2]) > 20 for line in cells(made))


def test_overlaps_name_both_deploys_and_lead_to_their_pages() -> None:
    made = section(built(audit()), "overlaps")
    assert cells(made) == [
        [
            "2026-04-02 09:11",
            "shop/pr-7, 2026-04-02 09:10",
            "shop/prod, 2026-04-02 09:11",
            "store 5f1c0d2e-0b7a-4c1e-9f55-2f6d3a9b8c7d",
            "2 min",
        ]
    ]
    links = [cell.link for cell in made.lines[0] if isinstance(cell, Cell)]
    assert links == ["", place("d06"), "", "", ""], "d08 lost nothing and has no page"


def test_changes_say_what_is_new_healed_unchanged_and_gone() -> None:
    changes = Changes(
        on(5, 1), new=("d12:1", "d12:2"), healed=("d02:1",), unchanged=("d06:1",), gone=("old:7",)
    )
    made = section(built(audit(changes=changes)), "changes")
    assert made.title == "Since the audit of 2026-05-01 10:00 UTC"
    assert [line[1:] for line in cells(made)[:4]] == [["2", "1"], ["1", "1"], ["1", "1"], ["1", "1"]]
    assert [line[2] for line in cells(made)[4:]] == [
        "shop/prod, 2026-06-28 10:00",
        "shop/prod, 2026-02-17 10:00",
    ]


def test_inputs_that_could_not_be_read_are_named_with_why() -> None:
    assert cells(section(built(audit()), "unread")) == [["home/eventlog/x.json", "is empty"]]


def test_deploys_of_which_no_log_is_left_are_said_not_to_be_judged() -> None:
    made = audit()
    updates = made.deploys.with_columns(evidence_kind=pl.lit("update"))
    told = " ".join(built(replace(made, deploys=updates)).read)
    assert "Of 12 deploys no log is left" in told


def test_an_audit_of_nothing_has_an_index_all_the_same() -> None:
    read = Reader(page(nothing()))
    assert "No deploy was found" in read.text
    assert "No trail was read, so nothing can be said about what the stores received." in read.text
    assert read.open == []


def test_healthy_deploys_are_only_numbers() -> None:
    made = audit()
    well = replace(
        made,
        writes=made.writes.clear(),
        followed=made.followed.clear(),
        findings=made.findings.clear(),
        counts=made.counts.filter(pl.col("verdict") == "landed"),
    )
    text = Reader(page(well)).text
    assert "No lost write is open" in text
    assert "0 of 11 deploys that could be judged lost a write" in text
    assert '<table class="deploys"' not in page(well)


def test_two_thousand_rows_at_most_and_what_is_left_out_is_said() -> None:
    """10,000 deploys, one in 4 not well: 2,500, a quarter of them in doubt. The 500 that are left out are doubts."""
    made = page(long(10_000, 4))
    assert made.count("<tr data-s=") == 2_000
    assert len(made.encode()) < 2_000_000
    rows_of = made[made.index("<tr data-s=") : made.rindex("<tr data-s=")]
    assert len(rows_of.encode()) / 2_000 < 400
    assert "500 more deploys would make the page too large (500 in doubt)" in made


def test_keys_that_the_filter_does_not_know_are_said() -> None:
    made = audit()
    assert not any("filter" in sentence for sentence in built(made).left)
    wordy = made.writes.with_columns(key=pl.col("key") + "x" * 400, entry=pl.lit(None, pl.String))
    assert any("up to 300 characters" in sentence for sentence in built(replace(made, writes=wordy)).left)


def test_no_sentence_of_ours_is_cut() -> None:
    assert "more characters]" not in page(audit())
    assert "more characters]" not in page(long(1_000, 4))


def test_no_name_is_markup_and_very_long_ones_do_not_make_the_page_too_large() -> None:
    made = page(hostile())
    assert len(made.encode()) < 2_000_000
    read = Reader(made)
    assert read.open == []
    assert {tag for tag, _ in read.elements} <= {
        *(
            "html",
            "head",
            "meta",
            "title",
            "style",
            "body",
            "a",
            "main",
            "header",
            "h1",
            "h2",
            "p",
            "ul",
            "li",
            "b",
        ),
        *(
            "section",
            "div",
            "label",
            "input",
            "select",
            "option",
            "span",
            "table",
            "caption",
            "thead",
            "tbody",
            "tr",
        ),
        *("th", "td", "button", "details", "summary", "svg", "rect", "line", "text", "small", "code", "wbr"),
        *("footer", "script"),
    }
    for tag, attributes in read.elements:
        assert not {name for name in attributes if name.startswith("on") or name in ("style", "src")}, tag
        assert re.fullmatch(
            r"#[\w-]+|writes\.csv|deploys/[a-z0-9-]*\.html", attributes.get("href") or "#x"
        ), tag


def test_the_policy_names_the_style_and_the_script_and_nothing_else_may_be_loaded() -> None:
    made = page(audit())
    policy = re.search(r'content="(default-src[^"]*)"', made)
    assert policy is not None
    assert re.fullmatch(
        r"default-src 'none'; style-src 'sha256-[^']*'; script-src 'sha256-[^']*'; base-uri 'none'; form-action 'none'",
        policy[1].replace("&#39;", "'"),
    )
    assert "style=" not in made


def test_style_and_script_are_small_and_the_script_only_adds() -> None:
    style, script = (TEMPLATES.joinpath(name).read_bytes() for name in ("index.css", "index.js"))
    assert len(script) < 4_096
    assert len(style) < 8_192
    assert b"url(" not in style
    assert not re.search(rb"innerHTML|eval\(|fetch\(|import\(|document\.write", script)


def test_captions_name_shapes_and_places_and_never_colours() -> None:
    text = Reader(page(audit())).text.lower()
    assert not re.search(r"\b(red|blue|green|grey|gray|orange|yellow|colou?r)\b", text)


def test_the_same_audit_gives_the_same_bytes() -> None:
    assert page(audit()) == page(audit())
    shuffled = audit(
        deploys=audit().deploys, writes=audit().writes.reverse(), followed=audit().followed.reverse()
    )
    assert rows(shuffled).drop("keys").equals(rows(audit()).drop("keys"))


def test_each_deploy_has_a_file_of_its_own_whatever_its_id() -> None:
    ids = [str(row["id"]) for row in DEPLOYS] + [
        "D01",
        "../d01",
        "d01/",
        "",
        ".",
        "con",
        "\ud800",
        "d01\0",
        "x" * 9_999,
    ]
    places = [place(name) for name in ids]
    assert len({name.lower() for name in places}) == len(ids)
    assert all(re.fullmatch(r"deploys/[a-z0-9-]{0,24}-[0-9a-f]{16}\.html", name) for name in places)
    assert places == [place(name) for name in ids]


def test_a_time_of_the_far_future_does_not_fill_the_chart() -> None:
    made = audit()
    odd = made.deploys.with_columns(
        started_at=pl.when(pl.col("id") == "d01")
        .then(pl.lit(datetime(9999, 12, 31, tzinfo=UTC)))
        .otherwise("started_at")
        .cast(made.deploys.schema["started_at"])
    )
    chart = built(replace(made, deploys=odd)).chart
    assert chart.width < 1_000
    assert len(chart.shapes) < 100
