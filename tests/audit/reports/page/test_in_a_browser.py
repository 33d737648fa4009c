"""The index in Debian's chromium, from `file://`: filter, order, `#`, keyboard, phone, and what axe-core finds."""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from analyzer.audit.reports.page.markup import index, unreadable
from analyzer.audit.trends import trends
from tests.audit.made import audit, nothing
from tests.audit.reports.page.histories import hostile, long
from tests.reports.attacks import ATTACKS
from tests.reports.page.fetch_axe import KEPT

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Browser, Page

CHROMIUM = "/usr/bin/chromium"
MISSING = [name for name in (CHROMIUM, str(KEPT)) if not Path(name).exists()]

pytestmark = pytest.mark.skipif(
    bool(MISSING) and os.environ.get("CI") != "true",
    reason=f"not there: {', '.join(MISSING)} (apt-get install chromium; make axe)",
)


@dataclass
class Opened:
    """A page in a browser, and what it complained of or asked for."""

    page: Page
    complaints: list[str] = field(default_factory=list)
    requests: list[str] = field(default_factory=list)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An index of each kind."""
    made = tmp_path_factory.mktemp("index")
    for name, report in (
        ("small", audit()),
        ("long", long(10_000, 4)),
        ("hostile", hostile()),
        ("nothing", nothing()),
    ):
        (made / f"{name}.html").write_text(index(report, trends(report)), encoding="utf-8")
    attack = " ".join(ATTACKS.values())
    (made / "unreadable.html").write_text(unreadable(attack, attack), encoding="utf-8")
    return made


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    assert not MISSING, f"CI needs {MISSING}: .ci/run installs them"
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(
            executable_path=CHROMIUM, args=["--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage"]
        )
        yield chromium
        chromium.close()


def opened(browser: Browser, file: Path, behind: str = "", **options: Any) -> Opened:
    """The page, with whatever it asks for beyond itself refused and noted."""
    context = browser.new_context(viewport={"width": 1280, "height": 900}, color_scheme="light", **options)
    made = Opened(context.new_page())
    made.page.on("console", lambda message: made.complaints.append(message.text))
    made.page.on("pageerror", lambda error: made.complaints.append(str(error)))
    made.page.on("dialog", lambda dialog: made.complaints.append(dialog.message))

    def refuse(route: Any) -> None:
        if route.request.url.partition("#")[0] == file.as_uri():
            route.continue_()
        else:
            made.requests.append(route.request.url)
            route.abort()

    made.page.route("**/*", refuse)
    made.page.goto(file.as_uri() + behind)
    return made


def shown(page: Page) -> list[str]:
    """The rows that are seen."""
    rows: list[str] = page.evaluate(
        "[...document.querySelectorAll('.deploys tbody tr')].filter(r => r.checkVisibility()).map(r => r.innerText)"
    )
    return rows


def violations(page: Page, *rules: str) -> list[str]:
    """What axe finds, with the place: by all of its rules, or by these."""
    found = page.evaluate(
        "async rules => (await axe.run(document, {resultTypes: ['violations'], ...(rules.length && {runOnly: rules})}))"
        ".violations.map(v => v.id + ': ' + v.nodes.map(n => n.html.slice(0, 120)).join(' | '))",
        list(rules),
    )
    return [str(line) for line in found]


@pytest.mark.parametrize("name", ["small", "hostile", "nothing", "unreadable"])
def test_a_page_is_quiet_fits_a_phone_and_keeps_nobody_out(name: str, browser: Browser, folder: Path) -> None:
    made = opened(browser, folder / f"{name}.html")
    page = made.page
    page.evaluate(KEPT.read_text(encoding="utf-8"))
    for part in page.locator("details").all():
        part.evaluate("part => { part.open = true }")
    assert violations(page) == []
    if name == "small":
        page.emulate_media(color_scheme="dark")
        assert violations(page, "color-contrast") == []
    page.set_viewport_size({"width": 400, "height": 800})
    if name == "small":
        assert violations(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") == 400
    page.set_viewport_size({"width": 320, "height": 800})
    assert page.evaluate("document.documentElement.scrollWidth") == 320
    assert (made.complaints, made.requests) == ([], [])
    page.context.close()


def test_ten_thousand_deploys_are_filtered_ordered_and_kept_behind_the_hash(
    browser: Browser, folder: Path
) -> None:
    """2,500 are not well, by eighths: 313 open, 312 perhaps put right; 2,000 have rows, all of these among them."""
    made = opened(browser, folder / "long.html")
    page, status = made.page, made.page.get_by_role("status")
    assert status.inner_text() == "625 of 2,000 deploys, the first 25 shown"
    assert len(shown(page)) == 25
    assert shown(page)[0].startswith("open 54")

    page.get_by_role("combobox", name="State").select_option("o")
    assert status.inner_text() == "313 of 2,000 deploys, the first 25 shown"
    page.get_by_role("button", name="Show all 313").click()
    assert len(shown(page)) == 313

    page.get_by_role("combobox", name="Cause").select_option("never attempted")
    page.get_by_role("combobox", name="SST version").select_option("3.9.1")
    page.get_by_role("searchbox").fill("/Page-9856")
    assert [row.split("\t")[0].split(" ")[0] for row in shown(page)] == ["open"]
    assert status.inner_text() == "1 of 2,000 deploys"
    assert "#q=%2FPage-9856&cause=never+attempted&sst=3.9.1&state=o" in page.url

    page.get_by_role("searchbox").fill("")
    page.get_by_role("button", name="Began (UTC)").click()
    first = shown(page)[0].split("\t")[2]
    page.get_by_role("button", name="Began (UTC)").click()
    assert shown(page)[0].split("\t")[2] > first == "2025-01-01 00:00"
    assert page.locator("th[aria-sort=descending]").inner_text() == "Began (UTC)"
    kept, rows, address = page.url, shown(page), status.inner_text()
    assert (made.complaints, made.requests) == ([], [])
    page.context.close()

    again = opened(browser, folder / "long.html", f"#{kept.partition('#')[2]}")
    assert (shown(again.page), again.page.get_by_role("status").inner_text()) == (rows, address)
    again.page.evaluate("location.hash = '#state=nonsense&sort=99&q=%00'")
    again.page.evaluate("location.hash = '#state=h'")
    assert again.page.get_by_role("combobox", name="State").input_value() == "h"
    assert again.complaints == []
    again.page.context.close()


def test_without_a_script_open_ones_are_seen_and_the_others_are_closed(
    browser: Browser, folder: Path
) -> None:
    made = opened(browser, folder / "small.html", java_script_enabled=False)
    page = made.page
    assert page.locator(".deploys").first.locator("tbody tr").count() == 5
    assert page.locator(".filter").is_hidden()
    assert page.locator(".more").is_hidden()
    assert page.locator(".folds details").count() == 3
    assert page.locator(".folds tbody tr").first.is_hidden()
    page.locator(".folds summary").first.click()
    assert page.locator(".folds tbody tr").first.is_visible()
    page.context.close()


def test_the_tab_key_goes_through_the_page_in_the_order_of_reading_and_is_seen(
    browser: Browser, folder: Path
) -> None:
    """Skip link, the doubts, four fields, seven columns, five deploys, the CSV, the chart, and its table."""
    made = opened(browser, folder / "small.html")
    stops, unseen = [], 0
    for _ in range(21):
        made.page.keyboard.press("Tab")
        tag, width = made.page.evaluate(
            "() => [document.activeElement.tagName, parseFloat(getComputedStyle(document.activeElement).outlineWidth)]"
        )
        stops.append(tag)
        unseen += width < 2
    assert stops == ["A", "A", "INPUT", *["SELECT"] * 3, *["BUTTON"] * 7, *["A"] * 6, "DIV", "SUMMARY"]
    assert unseen == 0
    made.page.context.close()


def test_the_link_of_the_doubts_leads_to_what_would_decide_and_keeps_the_table(
    browser: Browser, folder: Path
) -> None:
    made = opened(browser, folder / "small.html", "#overlaps")
    assert made.page.locator("#overlaps").evaluate("part => part.open")
    made.page.get_by_role("link", name="what would decide").click()
    assert made.page.get_by_role("status").inner_text() == "5 of 8 deploys"
    assert made.page.get_by_role("combobox", name="State").input_value() == "om"
    assert made.complaints == []
    made.page.context.close()
