"""The page as a file: what it says, that it is whole and safe, and how large it may be."""

from __future__ import annotations

import base64
import hashlib
import re
from dataclasses import replace
from importlib.resources import files
from typing import TYPE_CHECKING

import polars as pl
import pytest

from analyzer.reports.page.markup import breaks
from analyzer.reports.registry import render
from analyzer.trail.calls.chain import chain
from tests.build import STORE, Tape, at
from tests.reports import examples
from tests.reports.made import DEPLOY, ROUTE, write
from tests.reports.page.hostile import hostile
from tests.reports.page.pages import SAMPLES, Reader, page_of, sample
from tests.reports.page.scenes import many, route, scene

if TYPE_CHECKING:
    from analyzer.reports.report import Report

NAMES = sorted(path.parent.name for path in SAMPLES.glob("*/command"))
TEMPLATES = files("analyzer.reports.page").joinpath("templates")


def read(report: Report) -> Reader:
    return Reader(render(report, "html"))


def test_the_page_of_a_dropped_route_says_what_why_how_sure_and_what_to_do() -> None:
    text = Reader(page_of("first-route-never-written")).text
    for words in (
        "1 of 4 writes never reached the store; the other 3 landed",
        "shop/prod · Friday 21 March 2025, 15:40:20 to 15:40:39 UTC · the deploy itself said: succeeded",
        "Missing The route site,d119,,/ is not in ea01:routes.",
        "RouterRoute/RoutesUpdate said “created”; no call ever wrote it.",
        "Since 15:40:34 UTC, at least until 15:50:41, the last record that was read",
        "Why The list did not exist yet, and the write was never tried.",
        "How sure Proven: the chain of ETags below is unbroken.",
        "Redeploy? A plain redeploy does not heal it",
        "Put it right The command adds this entry and keeps all others",
        "One step of the deploy has no mark on the line.",
        "Store 10a80d9c: 3 changes, unbroken. 1: 1 write missing between 15:40:32 and 15:50:41.",
        "The deploy says RouterRoute/RoutesUpdate 15:40:33 to 15:40:34, said “created” was to add site,d119,,/ to "
        "ea01:routes AWS recorded 1. No write came",
        "9 min 24 s later",
        "Made for the state of 21 March 2025 15:50:41 UTC, ETag KV7O1FQD8I89F1.",
        "Every write (4)",
        "error LW101 dropped-write",
        "Nothing on this page is loaded from elsewhere.",
    ):
        assert words in text, words


def test_the_page_of_a_race_says_who_took_what_away() -> None:
    text = Reader(page_of("racing-routes")).text
    for words in (
        "1 of 4 writes was lost after it had landed; the other 3 landed",
        "url,6156,,/api of RouterRoute/apiRoutesUpdate landed at 14:20:43 and was taken away at 14:20:45.",
        "Two steps changed one list at once; the later one wrote back an older copy.",
        "High: the chain orders the writes, but only whole seconds order the reads.",
        "1. This took away url,6156,,/api which RouterRoute/apiRoutesUpdate had put there 2 s before.",
    ):
        assert words in text, words


def test_the_page_of_a_doubt_promises_nothing() -> None:
    text = Reader(page_of("trail-with-a-gap")).text
    assert "In doubt It cannot be told whether site,b61e,,/course reached the store." in text
    assert "What would decide A listing of the store (--keys)" in text
    for words in ("Redeploy?", "Put it right", "Missing "):
        assert words not in text, words


def test_the_page_of_a_healthy_deploy_has_neither_harm_nor_doubt_in_it() -> None:
    page = Reader(page_of("healthy"))
    assert "All 56 writes landed" in page.text
    looks = " ".join(attributes.get("class") or "" for _, attributes in page.elements).split()
    assert not {
        "bad",
        "bad-text",
        "doubt",
        "hole",
        "query",
        "gap",
        "refused",
        "solid",
        "dashed",
        "dotted",
    } & set(looks)


@pytest.mark.parametrize("name", NAMES)
def test_every_sample_is_well_formed_small_and_lets_nothing_in(name: str) -> None:
    page = page_of(name)
    reader = Reader(page)
    assert reader.open == []
    assert len(page.encode()) <= 60_000
    tags = {tag for tag, _ in reader.elements}
    assert not tags & {"img", "iframe", "object", "embed", "link", "form", "base"}
    assert [tag for tag, _ in reader.elements].count("h1") == 1
    identities = [attributes["id"] for _, attributes in reader.elements if "id" in attributes]
    assert len(identities) == len(set(identities))
    for tag, attributes in reader.elements:
        assert "style" not in attributes, tag
        assert not [key for key in attributes if key.startswith("on")], tag
        target = attributes.get("href") or "#"
        assert target.startswith("https://") or target[1:] in ["", *map(str, identities)], target


def test_the_policy_lets_only_the_pages_own_style_and_script_run() -> None:
    page = page_of("healthy")
    reader = Reader(page)
    (policy,) = (
        attributes["content"] or ""
        for tag, attributes in reader.elements
        if tag == "meta" and attributes.get("http-equiv") == "Content-Security-Policy"
    )
    assert policy.startswith("default-src 'none'; ")
    for tag, name in (("style", "style-src"), ("script", "script-src")):
        (inside,) = re.findall(rf"<{tag}>(.*?)</{tag}>", page, re.DOTALL)
        wanted = base64.b64encode(hashlib.sha256(inside.encode()).digest()).decode()
        assert f"{name} 'sha256-{wanted}';" in policy


def test_hostile_names_stay_text() -> None:
    page = render(hostile(), "html")
    reader = Reader(page)
    assert reader.open == []
    assert reader.text.count("<script>alert(1)</script>") > 10, "the attack is shown, as text"
    assert "{{ 7*7 }} {% raw %} {name} &lt;b&gt;" in reader.text
    assert [tag for tag, _ in reader.elements].count("script") == 1
    assert "img" not in {tag for tag, _ in reader.elements}
    assert not [key for _, attributes in reader.elements for key in attributes if key.startswith("on")]
    assert not re.search("[\x00-\x09\x0b-\x1f\x7f-\x9f\u200b-\u200f\u202a-\u202e\u2066-\u2069]", page)
    assert r"\u202egnp.exe\u200b\x1b[31mred\x07\x00" in reader.text
    assert not [
        attributes
        for tag, attributes in reader.elements
        if tag == "a" and "java" in (attributes.get("href") or "")
    ]
    for kind in ("absent", "refused", "unclear"):
        assert f"row {kind} full in-play" in reader.looks("li")


def test_a_value_without_an_end_is_cut_and_the_page_says_how_much_more_there_is() -> None:
    """A key of a million characters, in every place that names one: a command alone would be shown whole."""
    endless = "k" * 1_000_000
    tape = Tape()
    event = tape.write(5, puts=[endless], caller=endless)
    tape.write(9, puts=["b"])
    common = {"store": STORE, "key": endless, "start": at(4), "end": at(6)}
    report = scene(
        tape,
        [
            write(1, **common, event_id=event, verdict="lost", status="healed", healed_by=endless),
            write(
                2, **common, operation=2, name=f"{endless}.sst.aws.KvKeys", entry=endless, verdict="dropped"
            ),
        ],
    )
    page = render(report, "html")
    assert len(page) < 150_000
    assert "[and 998800 more characters]" in Reader(page).text


def test_whatever_is_in_it_a_page_stays_below_two_megabytes() -> None:
    """A thousand rows of the longest names that are shown whole, of a character that takes four."""
    evil = {"store": STORE, "start": at(0), "end": at(1), "verdict": "dropped"}
    names = [f"{n}{'<' * 1_190}" for n in range(1_000)]
    writes = [
        write(n + 1, **evil, operation=n % 500, key=name, entry=name, name=name)
        for n, name in enumerate(names)
    ]
    page = render(scene(Tape(), writes), "html")
    assert len(page.encode()) <= 2_000_000
    text = Reader(page).text
    assert "1000 of 1000 writes never reached the store" in text
    assert "rows are left out, for the page would be too large; the JSON report has all." in text


def test_of_many_deploys_the_first_have_a_line_and_the_others_are_counted() -> None:
    deploys = [DEPLOY | {"id": f"d{n}", "started_at": at(n)} for n in range(1, 1_001)]
    page = render(scene(Tape(), [write(1)], deploys=deploys), "html")
    assert page.count("the deploy itself said") == 20
    assert "and 980 more deploys" in page


def test_only_a_permalink_by_https_is_a_link() -> None:
    report = examples.healthy()
    for address, links in (
        ("https://sst.dev/u/4be2", ["https://sst.dev/u/4be2"]),
        ("http://sst.dev/u", []),
        ("javascript:alert(1)", []),
        (" https://sst.dev", []),
        ("HTTPS://sst.dev", []),
    ):
        deploys = report.deploys.with_columns(permalink=pl.lit(address))
        found = [
            attributes["href"]
            for tag, attributes in read(replace(report, deploys=deploys)).elements
            if tag == "a" and not (attributes["href"] or "").startswith("#")
        ]
        assert found == links, address


def test_the_same_report_gives_the_same_bytes() -> None:
    assert render(many(), "html") == render(many(), "html")
    assert render(sample("racing-routes"), "html") == page_of("racing-routes")


def test_style_and_script_are_small_and_the_script_only_adds() -> None:
    base, page, script = (
        TEMPLATES.joinpath(name).read_bytes() for name in ("base.css", "page.css", "page.js")
    )
    style = base + page
    assert len(script) < 4_096
    assert len(style) + len(script) <= 16_384
    assert b"url(" not in style
    assert b"@import" not in style
    assert not re.search(rb"innerHTML|eval\(|fetch\(|import\(|document\.write", script)


def test_large_pages_stay_within_their_limits() -> None:
    """500 writes with 400 foreign calls: 200 KB. Five thousand: a row for each step, and the page says so."""
    assert len(render(many(foreign=400, steps=10, batch=49), "html").encode()) <= 200_000
    huge = render(many(foreign=400, steps=100, batch=50, holes=8), "html")
    assert len(huge.encode()) <= 2_000_000
    text = Reader(huge).text
    assert "A row stands for one step, with up to 50 of its keys; the rest is in the JSON report." in text
    assert "Every write (5010)" in text


def test_a_deploy_of_which_no_write_can_be_judged_stays_small() -> None:
    """Without a trail: 3,000 steps in doubt are told of by their cause, and the table has a row for each step."""
    unsure = {"verdict": "unverifiable", "cause": "no_trail", "confidence": "low"}
    writes = [route(number, number, 0, 1, **unsure) for number in range(1, 3_001)]
    page = render(scene(Tape(), writes), "html")
    assert len(page.encode()) <= 2_000_000
    text = Reader(page).text
    assert "None of the 3000 writes can be judged" in text
    assert "and the same of 2995 more steps" in text
    assert "2000 more steps are not shown." in text


def test_without_a_call_nothing_is_drawn_and_the_page_says_so() -> None:
    without_trail = replace(examples.dropped(), inputs=examples.dropped().inputs.head(1))
    for report, why in (
        (without_trail, "No trail was read"),
        (examples.dropped(), "The trail that was read holds no call on a key-value store"),
    ):
        page = read(report)
        assert f"{why}, so nothing can be said about what the store received." in page.text
        assert "rows" not in page.looks("ol")


def test_a_deploy_that_meant_to_write_nothing_says_that() -> None:
    assert "This deploy meant to write nothing" in read(examples.nothing_found()).text


def test_findings_of_no_write_are_shown_and_suppressed_ones_are_counted() -> None:
    report = examples.in_doubt()
    findings = report.findings.with_columns(
        suppressed=pl.col("code") == pl.col("code").first(),
        suppression=pl.when(pl.col("code") == pl.col("code").first()).then(pl.lit("known since May")),
    )
    hidden = findings.filter(pl.col("suppressed")).height
    shown = findings.filter(~pl.col("suppressed") & pl.col("write").is_null())
    assert hidden
    text = read(replace(report, findings=findings)).text
    assert f"Suppressed ({hidden})" in text
    assert "(suppressed: known since May)" in text
    for code in shown["code"].unique():
        assert code in text


def test_inputs_that_could_not_be_read_are_named() -> None:
    report = replace(examples.in_doubt(), unread=(("gone.log", "is missing"),))
    text = read(report).text
    assert "trail/cut.json.gz: the gzip stream ends too early" in text
    assert "gone.log: is missing" in text


def test_the_command_line_that_made_the_page_stands_at_its_foot() -> None:
    assert "made by" not in read(examples.healthy()).text
    report = replace(examples.healthy(), made_by="lostwrite check 'a <b>.log' --format html")
    assert "made by lostwrite check 'a <b>.log' --format html" in read(report).text


def test_a_credential_in_a_report_is_not_on_the_page() -> None:
    page = render(examples.hostile(), "html")
    for secret in ("wJalrXUtnFEMI", "AKIAIOSFODNN7EXAMPLE", "abcdefghijklmnopqrstuvwxyz", "hunter22"):
        assert secret not in page


def test_a_healthy_store_is_closed_below_one_that_is_not() -> None:
    other = STORE.replace("0001", "0002")
    tape = Tape()
    tape.write(0, puts=["a"])
    tape.write(50, puts=["b"])
    more = Tape(other)
    event = more.write(5, puts=["7c62:metadata"])
    report = scene(
        tape,
        [
            write(1, store=other, event_id=event, start=at(4), end=at(6)),
            route(2, 2, 10, 11, verdict="dropped"),
        ],
    )
    calls = pl.concat([tape.calls(), more.calls().with_columns(event_id="other-" + pl.col("event_id"))])
    report = replace(
        report,
        writes=report.writes.with_columns(event_id="other-" + pl.col("event_id")),
        background=replace(report.background, calls=calls, chain=chain(calls)),
    )
    frames = [
        attributes for tag, attributes in read(report).elements if attributes.get("class") == "store-frame"
    ]
    assert ["open" in attributes for attributes in frames] == [True, False]


def test_names_break_behind_slashes_and_long_ones_before_capitals() -> None:
    assert breaks("RouterRoute/RoutesUpdate") == "RouterRoute/<wbr>RoutesUpdate"
    assert breaks("legacyRoutesUpdate") == "legacy<wbr>Routes<wbr>Update"
    assert breaks("ea01:routes") == "ea01:routes"
    assert breaks("2ecd:/a-b,c <i>") == '2ecd:/<wbr><span class="k">a-b,c</span> &lt;i&gt;'
    assert breaks("deploy-prod/Actions") == '<span class="k">deploy-prod/</span><wbr>Actions'
    assert "<wbr>" in breaks("a-" * 30)


def test_a_note_says_how_far_the_logs_clock_is_off_and_uses_one_set_of_times() -> None:
    text = Reader(page_of("clock-behind")).text
    assert (
        "The log's clock was 90 s slow. All times on this page are CloudTrail's; the log's own are 90 s earlier"
        in text
    )
    assert "(its 10:13:30 is 10:15:00 here)" in text
    assert "Wednesday 8 July 2026, 10:15:00 to 10:15:33 UTC" in text
    assert "10:13:42" not in text.partition("What would decide")[0]


def test_times_of_another_day_name_it() -> None:
    text = Reader(page_of("exclusive-sets-erase-each-other")).text
    assert "24 h later · Tuesday 15 September 2026" in text


def test_a_key_that_only_looks_like_a_template_is_shown_as_it_is() -> None:
    route_of = ROUTE | {"entry": "{key}{step}", "key": "{{ x }}"}
    text = read(examples.report([write(1, **route_of, verdict="dropped")])).text
    assert "The route {key}{step} is not in {{ x }}." in text
