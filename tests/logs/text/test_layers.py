"""Prefixes that no list holds are inferred from the log: it says what it says without them, and has their times."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Final

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analyzer.logs.kinds import pulumi_text
from analyzer.logs.text.layers import layers_in
from analyzer.sources.identify import identify
from analyzer.sources.source import Source
from tests.effort import examples
from tests.logs.terminal import DEPLOY, QUOTA, SHARED, events, read
from tests.sweep.compare import judged, said
from tests.sweep.logs import LOGS
from tests.sweep.shapes import prefixed

CASES = SHARED / "field-cases" / "prefixes"
_PARTS: Final = (
    *("{iso}Z", "{blank}", "{comma}", "{hms}", "[{hmsms}]", "[{clf}]", "{epoch}"),
    *("{level}", "[{level}]", "{levellow}:", "deploy", "[deploy]", "deploy[{pid}]:", "app.deploy", "#{n}"),
    *("(main)", "<{n2}>", "{hexid}", "file.ts:{n3}"),
)


def behind(log: str, prefix: str) -> str:
    return "".join(f"{prefix}{line}".rstrip() + "\n" for line in log.splitlines())


def without_times(log: str) -> list[dict[str, object]]:
    return [{name: value for name, value in event.items() if name != "at"} for event in events(log)]


@settings(max_examples=examples(8), deadline=None)
@given(
    parts=st.lists(st.sampled_from(_PARTS), min_size=1, max_size=4, unique=True),
    separator=st.sampled_from([" ", ": ", " | ", "\t"]),
    name=st.sampled_from(sorted(LOGS)),
    seed=st.integers(0, 9),
)
def test_any_prefix_of_known_parts_changes_nothing(
    parts: list[str], separator: str, name: str, seed: int
) -> None:
    log = prefixed(LOGS[name], " ".join(parts) + separator, seed)
    assert judged(said(LOGS[name]), said(log)) == "same", log[:200]


@pytest.mark.parametrize("shape", ["[{hms} {lvl3}] ", "{blank} [{level}] ", "deploy> ", "{n6}\t"])
def test_the_events_are_those_of_the_bare_log(shape: str) -> None:
    assert without_times(prefixed(DEPLOY, shape)) == events(DEPLOY)


def test_a_clock_is_the_time_of_its_line() -> None:
    table = read(behind(DEPLOY, "[08/May/2024:11:12:33 +0200] "))[0]
    assert set(table["at"]) == {datetime(2024, 5, 8, 9, 12, 33, tzinfo=UTC)}


def test_a_clock_without_a_date_tells_no_time() -> None:
    assert read(behind(DEPLOY, "[11:12:33] "))[0]["at"].null_count() == read(DEPLOY)[0].height


@pytest.mark.parametrize(
    ("usual", "rare"),
    [
        ("deploy.ts:12: ", "deploy.ts:137: "),
        ("main.go:12] ", "errors.go:102] "),
        ("fd=1 ", "fd=2 "),
        ("<14> box ", "<11> box "),
        ("Deploy[9] ", "Deploy[14] "),
        ("[INFO] ", "[ERROR] "),
        ("INFO  main - ", "ERROR main - "),
        ("12:00:01 runner: ", "12:00:01 reporter: "),
    ],
)
def test_a_value_that_only_errors_have_hides_no_failure(usual: str, rare: str) -> None:
    """Also far below all lines from which a sample would be taken."""
    steps = "".join(f"|  Created     Pier{n} aws:iam:Role\n" for n in range(3000))
    log = DEPLOY.replace("vite v5.0.0 building for production...\n", steps)
    failing = ("|  Error", QUOTA[:20], "✕  Failed", "Docs sst:aws:StaticSite →")
    lines = [f"{rare if line.startswith(failing) else usual}{line}" for line in log.splitlines()]
    table = read("\n".join(lines))[0]
    failed = table.filter(pl.col("kind") == "failed")
    assert failed["name"].to_list() == ["DocsKvKeys.sst.aws.KvKeys"]
    assert "Limit exceeded" in failed["message"][0]
    assert table.filter(pl.col("kind") == "done").height == 3000 + 5


def test_a_second_program_that_deploys_in_a_known_form_is_not_foreign() -> None:
    steps = "".join(f"[web] |  Created     Pier{n} aws:iam:Role\n" for n in range(9000))
    log = behind(DEPLOY.partition("Building")[0], "[web] ") + steps
    log += "[api] |  Error       Docs sst:aws:StaticSite → DocsKvKeys sst:aws:KvKeys\n"
    assert read(log)[0].filter(pl.col("kind") == "failed")["name"].to_list() == ["DocsKvKeys.sst.aws.KvKeys"]


def test_lines_of_another_program_are_noise() -> None:
    lines = [f"12:00:{n % 60:02} deploy: {line}" for n, line in enumerate(DEPLOY.splitlines())]
    for at in range(8, 40, 4):
        lines.insert(at, "12:00:59 web: GET / 200")
    table, stats = read("\n".join(lines))
    assert stats.lines == len(lines)
    assert table.filter(pl.col("message").str.contains("GET /").fill_null(False)).is_empty()
    kept = [{**event, "line": None} for event in without_times("\n".join(lines))]
    assert kept == [{**event, "line": None} for event in events(DEPLOY)]


def test_a_prefix_that_may_not_be_believed_is_named() -> None:
    log = behind("|  Created     A aws:s3:Bucket\nbuilt\n|  Created     B aws:s3:Bucket\n", "[19:54:45 INF] ")
    stats = read(log)[1]
    assert "the lines begin with `[19:54:45 INF] `: not known as a prefix" in stats.problems


def test_deploys_that_print_at_once_are_told() -> None:
    """Their rows cannot be told apart yet: a reader must know."""
    both = zip(DEPLOY.splitlines(), LOGS["sst"].splitlines(), strict=False)
    log = "".join(f"12:00:01 infra > {one}\n12:00:01 web > {other}\n" for one, other in both)
    assert any("several deploys print at once" in problem for problem in read(log)[1].problems)


def test_deploys_one_after_the_other_are_two() -> None:
    log = behind(LOGS["sst"], "12:00:01 infra > ") + behind(LOGS["sst"], "12:00:01 web > ")
    table, stats = read(log)
    assert stats.problems == []
    assert table["run"].n_unique() == 2


def test_a_bare_log_has_none() -> None:
    assert layers_in(Source("log", None, DEPLOY.encode()), wrapped=True).layers == ()


def test_a_million_different_prefixes_are_bounded() -> None:
    rows = "".join(f"w{n:x}q{'x' * (n % 7)} |  Created     Pier{n} aws:iam:Role\n" for n in range(60_000))
    table, stats = read("SST 3.12.5  ready!\n" + rows)
    assert stats.lines == table["line"].n_unique() == 60_001


@pytest.mark.skipif(not CASES.is_dir(), reason="shared data is absent")
@pytest.mark.parametrize(
    "name", ["amplify", "catnl", "cloudbuild-ts", "compose-ts", "cri", "journald", "vercel"]
)
def test_the_field_cases(name: str) -> None:
    text = next((CASES / name).glob("input.*")).read_text()
    log = said(text)
    assert log.deploys == [("sst", "shop", "prod", "update", "failed")]
    assert log.failed == [("SiteRoutesUpdate.sst.aws.KvRoutesUpdate", "failed")]
    assert ("done", "SiteKvKeys.sst.aws.KvKeys") in [(step[0], step[3]) for step in log.steps]


def test_the_kind_is_detected_behind_the_prefix() -> None:
    log = prefixed(LOGS["rows failed"], "[{hms} {lvl3}] ")
    assert identify(Source("log", None, log.encode())).kind == "pulumi-text"
    assert events(log, pulumi_text) == events(LOGS["rows failed"], pulumi_text)
