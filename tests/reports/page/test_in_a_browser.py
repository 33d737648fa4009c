"""Pages in Debian's chromium: no error, nothing loaded, readable for all, and what matters on the first screen."""

from __future__ import annotations

import os
import shutil
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from analyzer.reports.registry import render
from tests.reports.page.fetch_axe import KEPT
from tests.reports.page.hostile import hostile
from tests.reports.page.pages import page_of
from tests.reports.page.scenes import many

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from playwright.sync_api import Browser, Page

    from analyzer.reports.report import Report

CHROMIUM = "/usr/bin/chromium"
MISSING = [name for name in (CHROMIUM, str(KEPT)) if not Path(name).exists()]
NAMES = ("racing-routes", "first-route-never-written", "trail-with-a-gap", "healthy", "hostile", "many")
FIRST = {
    "racing-routes": ("url,6156,,/api", "was taken away", "The command"),
    "first-route-never-written": ("site,d119,,/", "no call ever wrote it", "The command"),
    "trail-with-a-gap": ("site,b61e,,/course", "cannot be told", "All ways, with commands"),
}
"""Key, verdict and what to do."""

pytestmark = pytest.mark.skipif(
    bool(MISSING) and os.environ.get("CI") != "true",
    reason=f"not there: {', '.join(MISSING)} (apt-get install chromium; make axe)",
)


@dataclass
class Seen:
    """What a browser saw of a page."""

    console: list[str] = field(default_factory=list)
    requests: list[str] = field(default_factory=list)
    violations: dict[str, list[str]] = field(default_factory=dict)
    width: int = 0
    wide: list[str] = field(default_factory=list)
    bars: dict[str, list[float]] = field(default_factory=dict)
    read_out: str = ""
    tiny: int = 0
    first: str = ""
    stops: list[str] = field(default_factory=list)
    hidden_stops: int = 0


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


@pytest.fixture(scope="module")
def seen(browser: Browser, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Seen]:
    folder = tmp_path_factory.mktemp("pages")
    made: dict[str, Callable[[], Report]] = {"hostile": hostile, "many": partial(many, steps=2, batch=6)}
    found = {}
    for name in NAMES:
        file = folder / f"{name}.html"
        file.write_text(render(made[name](), "html") if name in made else page_of(name), encoding="utf-8")
        found[name] = _look(browser, file)
    shutil.rmtree(folder)
    return found


def _look(browser: Browser, file: Path) -> Seen:
    seen = Seen()
    context = browser.new_context(viewport={"width": 1280, "height": 900}, color_scheme="light")
    page = context.new_page()
    page.on("console", lambda message: seen.console.append(message.text))
    page.on("pageerror", lambda error: seen.console.append(str(error)))
    page.on("dialog", lambda dialog: seen.console.append(dialog.message))

    def refuse(route: Any) -> None:
        if route.request.url == file.as_uri():
            route.continue_()
        else:
            seen.requests.append(route.request.url)
            route.abort()

    page.route("**/*", refuse)
    page.goto(file.as_uri())
    page.evaluate(KEPT.read_text(encoding="utf-8"))
    seen.violations["light"] = _violations(page)
    page.emulate_media(color_scheme="dark")
    seen.violations["dark"] = _violations(page, "color-contrast")  # nothing else depends on the colours
    page.set_viewport_size({"width": 400, "height": 800})
    seen.violations["narrow"] = _violations(page)
    seen.width = page.evaluate("document.documentElement.scrollWidth")
    seen.wide = page.evaluate(_WIDE)
    seen.bars = page.evaluate(_BARS)
    seen.first = page.evaluate(_FIRST)
    seen.read_out = page.locator("#picture").aria_snapshot()
    page.set_viewport_size({"width": 320, "height": 800})
    seen.tiny = page.evaluate("document.documentElement.scrollWidth")
    page.set_viewport_size({"width": 1280, "height": 900})
    _walk(page, seen)
    context.close()
    return seen


def _violations(page: Page, *rules: str) -> list[str]:
    """What axe finds, with the place: by all of its rules, or by these."""
    found = page.evaluate(
        "async rules => (await axe.run(document, {resultTypes: ['violations'], ...(rules.length && {runOnly: rules})}))"
        ".violations.map(v => v.id + ': ' + v.nodes.map(n => n.html.slice(0, 120)).join(' | '))",
        list(rules),
    )
    return [str(line) for line in found]


def _walk(page: Page, seen: Seen) -> None:
    """The stops of the tab key, and how many of them have no outline."""
    for _ in range(25):
        page.keyboard.press("Tab")
        stop = page.evaluate(
            "() => { const e = document.activeElement; if (e === document.body) return null;"
            " const s = getComputedStyle(e);"
            " return [e.tagName + (e.className ? '.' + e.className : ''), parseFloat(s.outlineWidth) >= 2] }"
        )
        if stop is None:
            return
        seen.stops.append(stop[0])
        seen.hidden_stops += not stop[1]


_WIDE = """() => [...document.querySelectorAll('body *')]
  .filter(e => !e.closest('pre, svg, .skip, .hidden') && e.getBoundingClientRect().right > innerWidth + 0.5)
  .map(e => e.tagName + '.' + e.className)"""
_BARS = """() => Object.fromEntries(['.rails', '.bar'].map(look => [look, [...document.querySelectorAll('.row ' + look)]
  .filter(e => getComputedStyle(e).display !== 'none')
  .map(e => e.getBoundingClientRect().left - e.closest('.middle').getBoundingClientRect().left
    - parseFloat(getComputedStyle(e).strokeWidth) / 2)]))"""
_FIRST = """() => {
  const walker = document.createTreeWalker(document.querySelector('main'), NodeFilter.SHOW_TEXT);
  let said = '';
  for (let node; (node = walker.nextNode());) {
    const range = document.createRange();
    range.selectNodeContents(node);
    if (range.getBoundingClientRect().bottom <= innerHeight) said += node.textContent;
  }
  return said.replace(/\\s+/g, ' ');
}"""


@pytest.mark.parametrize("name", NAMES)
def test_a_page_opens_without_an_error_and_asks_nobody_for_anything(name: str, seen: dict[str, Seen]) -> None:
    assert seen[name].console == []
    assert seen[name].requests == []


@pytest.mark.parametrize("name", NAMES)
def test_axe_finds_nothing_in_light_dark_and_on_a_phone(name: str, seen: dict[str, Seen]) -> None:
    assert seen[name].violations == {"light": [], "dark": [], "narrow": []}


@pytest.mark.parametrize("name", NAMES)
def test_at_400_pixels_nothing_goes_beyond_the_edge(name: str, seen: dict[str, Seen]) -> None:
    assert seen[name].width == 400
    assert seen[name].wide == []


def test_a_phone_shows_both_bars_of_a_race_and_the_old_copy_whole(seen: dict[str, Seen]) -> None:
    """The ladder crosses the rows from the read to the write; the bar of the first write stands beside it."""
    bars = seen["racing-routes"].bars
    assert len(bars[".rails"]) == 3, "the read, the first write, the second one"
    assert len({*bars[".bar"]}) == 2, "two lanes"
    assert all(0 <= left < 60 for lefts in bars.values() for left in lefts), "none is cut at the left"
    assert len({*seen["first-route-never-written"].bars[".bar"]}) == 2, "one lane: an ok and a bad bar"


@pytest.mark.parametrize("name", NAMES)
def test_a_page_of_1280_pixels_at_400_percent_does_not_go_beyond_the_edge(
    name: str, seen: dict[str, Seen]
) -> None:
    assert seen[name].tiny == 320


def test_what_is_read_out_says_of_each_row_whose_word_it_is_and_breaks_no_name(seen: dict[str, Seen]) -> None:
    """On a phone, too, where the label of a short row is not seen."""
    told = seen["racing-routes"].read_out
    assert told.count("The deploy says") == 4, "two steps with their keys, two with their routes"
    assert told.count("AWS recorded") == 8
    assert "deploy-prod/GitHubActions" in told
    assert "Store a3302c69: 6 changes, unbroken. 1: 1 write landed and taken away." in told


@pytest.mark.parametrize("name", FIRST)
def test_a_phones_first_screen_has_the_key_the_verdict_and_what_to_do(
    name: str, seen: dict[str, Seen]
) -> None:
    for words in FIRST[name]:
        assert words in seen[name].first


def test_the_tab_key_goes_through_the_page_in_the_order_of_reading_and_is_seen(seen: dict[str, Seen]) -> None:
    stops = seen["first-route-never-written"].stops
    assert stops[:3] == ["A.skip", "A", "A"]
    assert [stop for stop in stops if stop in ("BUTTON.button", "PRE", "SUMMARY")][:4] == [
        "BUTTON.button",
        "PRE",
        "SUMMARY",
        "SUMMARY",
    ]
    assert all(page.hidden_stops == 0 for page in seen.values())
