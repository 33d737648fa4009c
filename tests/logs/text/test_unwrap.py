"""What stands before each line of a CI job's log is taken off: the events are those of the bare log, with times."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analyzer.logs.text.unwrap import layers_of
from tests.effort import combinations, examples
from tests.logs.terminal import DEPLOY, events, read

if TYPE_CHECKING:
    from collections.abc import Callable

BEGAN = datetime(2025, 3, 20, 12, 0, 0, 123456, UTC)
Wrapper = "Callable[[int, str], str]"


def at(number: int) -> datetime:
    return BEGAN + timedelta(milliseconds=750 * number)


def stamp(number: int, digits: str = "") -> str:
    return f"{at(number):%Y-%m-%dT%H:%M:%S.%f}{digits}Z"


TIMED: dict[str, Callable[[int, str], str]] = {
    "github": lambda n, line: f"{stamp(n, '7')} {line}",
    "docker": lambda n, line: f"{stamp(n, '789')} {line}",
    "kubectl": lambda n, line: f"{at(n).isoformat()} {line}",
    "gitlab": lambda n, line: f"{stamp(n)} {'01E' if n % 3 else '00O'} {line}",
    "jenkins": lambda n, line: f"[{stamp(n)}] {line}",
    "gh": lambda n, line: f"deploy\tRun sst deploy\t{stamp(n, '7')} {line}",
}
UNTIMED: dict[str, Callable[[int, str], str]] = {
    "turbo": lambda _, line: f"web:deploy: {line}",
    "turbo in colour": lambda _, line: f"\x1b[35mweb:deploy: \x1b[0m{line}",
    "turbo scoped": lambda _, line: f"@acme/web:deploy: {line}",
    "pnpm": lambda _, line: f"apps/web deploy: {line}",
    "concurrently": lambda _, line: f"[0] {line}",
    "compose": lambda _, line: f"deploy-1  | {line}",
}
WRAPPERS = TIMED | UNTIMED


def wrapped(log: str, *names: str) -> str:
    """`log` with the prefixes of several tools before each line, the innermost first."""
    lines = log.splitlines()
    for name in names:
        lines = [WRAPPERS[name](number, line) for number, line in enumerate(lines)]
    return "\n".join(lines) + "\n"


def without_times(log: str) -> list[dict[str, object]]:
    return [{name: value for name, value in event.items() if name != "at"} for event in events(log)]


@pytest.mark.parametrize("name", WRAPPERS)
def test_the_events_are_those_of_the_bare_log(name: str) -> None:
    log = wrapped(DEPLOY, name)
    assert without_times(log) == events(DEPLOY)
    bare, found = read(DEPLOY)[1], read(log)[1]
    assert (found.lines, found.noise, found.unrecognised) == (bare.lines, bare.noise, bare.unrecognised)


@pytest.mark.parametrize("name", TIMED)
def test_each_line_has_its_time(name: str) -> None:
    table = read(wrapped(DEPLOY, name))[0]
    assert table["at"].to_list() == [at(line - 1) for line in table["line"]]


@pytest.mark.parametrize(("outer", "inner"), combinations(TIMED, [*UNTIMED], each=2))
def test_prefixes_nest(outer: str, inner: str) -> None:
    table = read(wrapped(DEPLOY, inner, outer))[0]
    assert without_times(wrapped(DEPLOY, inner, outer)) == events(DEPLOY)
    assert table["at"].null_count() == 0


def test_buildkite() -> None:
    log = "".join(
        f"\x1b_bk;t={1742472000000 + number}\x07{line}\r\n" for number, line in enumerate(DEPLOY.splitlines())
    )
    assert without_times(log) == events(DEPLOY)
    assert read(log)[0]["at"][0] == datetime(2025, 3, 20, 12, 0, tzinfo=UTC)


def test_the_mark_of_byte_order_and_crlf() -> None:
    log = "\ufeff" + wrapped(DEPLOY, "github").replace("\n", "\r\n")
    assert without_times(log) == events(DEPLOY)
    assert read(log)[0]["at"].null_count() == 0
    steps = "deploy\tstep\t\ufeff" + wrapped(DEPLOY, "gh").partition("\t")[2].partition("\t")[2]
    assert read(steps)[0]["at"].null_count() == 0


def test_sections_and_continued_lines_of_gitlab() -> None:
    log = (
        f"{stamp(0)} 00O section_start:1742472000:step_script\r\x1b[0K\x1b[0;33mExecuting\n"
        f"{stamp(1)} 01O |  Created     Site sst:aws:Astro → SiteKv\n"
        f"{stamp(2)} 01O+Keys sst:aws:KvKeys\n"
        f"{stamp(3)} 00O+\n"
    )
    found = events(log)
    assert [(event["line"], event["name"], event["at"]) for event in found] == [
        (2, "SiteKvKeys.sst.aws.KvKeys", at(1))
    ]
    stats = read(log)[1]
    assert (stats.lines, stats.recognised, stats.noise) == (4, 1, 3)


def test_lines_of_other_services_are_noise() -> None:
    lines = wrapped("|  Error       S a:b:C\none\ntwo\n✕  Failed\n", "compose").splitlines()
    log = "\n".join([lines[0], lines[1], "db-1      | ready", "|  Created     B a:b:C", *lines[2:]])
    found = events(log)
    assert found[0]["message"] == "one\ntwo"
    assert [event["kind"] for event in found] == ["failed", "diagnostic", "summary"]
    assert read(log)[1].noise == 2


def test_a_line_without_the_prefix_stays_as_it_is() -> None:
    log = wrapped("|  Created     B a:b:C\n|  Created     D a:b:C\n", "github") + "|  Created     E a:b:C\n"
    assert [event["name"] for event in events(log)] == ["B", "D", "E"]
    assert read(log)[0]["at"].null_count() == 1


def test_no_layers() -> None:
    assert layers_of(pl.Series(DEPLOY.splitlines())) == ()
    assert layers_of(pl.Series([], dtype=pl.String)) == ()
    assert layers_of(pl.Series(["Error: a b: c", "key: value", "x:y: z"])) == ()


def test_a_record_of_slog_is_no_time_of_ci() -> None:
    assert layers_of(pl.Series(["time=2025-03-28T02:12:00.794Z level=INFO msg=x"])) == ()


def test_colour_and_redrawn_text_behind_the_prefix() -> None:
    log = f"{stamp(0, '7')} \x1b[32m⠋\x1b[0m  Deploying\r\x1b[32m|  \x1b[0mCreated     B a:b:C\n"
    assert [(event["name"], event["at"]) for event in events(log)] == [("B", at(0))]


@settings(max_examples=examples(20))
@given(
    st.lists(st.sampled_from(DEPLOY.splitlines()) | st.text(max_size=20), min_size=1, max_size=30),
    st.sampled_from(sorted(TIMED)),
    st.integers(1, 500),
)
def test_the_batch_does_not_matter(lines: list[str], name: str, size: int) -> None:
    log = wrapped("\n".join(DEPLOY.splitlines()[:6] + lines), name)
    columns = ["line", "at", "kind", "name", "message", "fact"]
    whole, cut = (
        read(log, size=batch)[0].select(columns).sort(columns, nulls_last=True) for batch in (4 << 20, size)
    )
    assert whole.equals(cut)
