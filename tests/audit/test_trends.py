"""The small tables over all deploys: what is counted, of how many, and how sure the shares are."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import polars as pl
import pytest

from analyzer.audit.counted import wilson
from analyzer.audit.follow import follow
from analyzer.audit.tables import AUDIT_DEPLOYS, AUDIT_WRITES, LOSSES
from analyzer.audit.trends import HEALING, LEAVE, TREND, VERSIONS, WORST_STORES, trends
from tests.audit.made import COUNTS, DOCS, SHOP, audit, deploy, nothing, on, write
from tests.reports.made import table

if TYPE_CHECKING:
    from collections.abc import Sequence

    from analyzer.audit.report import AuditReport

Row = dict[str, object]


def of(by: str, name: str | None = None) -> dict[str, Any]:
    """A row of the made audit's TREND."""
    wanted = (pl.col("by") == by) & pl.col("name").eq_missing(pl.lit(name))
    return trends(audit()).trend.filter(wanted).row(0, named=True)


def test_the_whole_of_the_made_audit() -> None:
    """d11 cannot be judged. d02, d04, d05, d06, d09, d10, d12 lost writes; d12 two of them."""
    row = of("all")
    assert (row["deploys"], row["judged"], row["lost"]) == (12, 11, 7)
    assert (row["open"], row["maybe"], row["healed"], row["doubt"]) == (4, 1, 2, 1)
    assert (row["lost_writes"], row["writes"]) == (8, 11 * 4 + 9), (
        "four more landed in each but d11; d07 deleted one"
    )
    assert row["in_1000"] == pytest.approx(7 / 11 * 1000)
    assert row["writes_in_1000"] == pytest.approx(8 / 53 * 1000)


def test_only_deploys_whose_seven_days_are_over_tell_how_many_were_healed_within_them() -> None:
    """Of all but d12 (two days old) one was surely healed in time; in June none is old enough."""
    assert (of("all")["week_of"], of("all")["week_share"]) == (6, pytest.approx(1 / 6))
    assert (of("month", "2026-02")["week_of"], of("month", "2026-02")["week_share"]) == (1, 1)
    assert (of("month", "2026-06")["week_of"], of("month", "2026-06")["week_share"]) == (0, None)
    later = trends(audit(), on(12, 1)).trend.filter((pl.col("by") == "month") & (pl.col("name") == "2026-06"))
    assert later["week_share"].to_list() == [0]


def test_what_is_healed_nobody_knows_when_is_in_no_share() -> None:
    made = audit()
    unknown = made.followed.with_columns(missing_until=pl.lit(None, made.followed.schema["missing_until"]))
    row = trends(replace(made, followed=unknown)).trend.row(0, named=True)
    assert (row["healed"], row["week_of"], row["week_share"]) == (2, 4, 0)


def test_causes_are_of_all_deploys() -> None:
    row = of("cause", "never_attempted")
    assert (row["deploys"], row["judged"], row["lost"], row["lost_writes"]) == (12, 11, 5, 5)
    assert (row["open"], row["maybe"], row["healed"]) == (3, 1, 1)
    assert (of("cause", "trail_gap")["lost"], of("cause", "trail_gap")["doubt"]) == (0, 1)


def test_apps_stages_and_months() -> None:
    assert (of("app", "docs")["lost"], of("app", "docs")["healed"], of("app", "docs")["doubt"]) == (1, 1, 1)
    assert (of("stage", "pr-7")["deploys"], of("stage", "pr-7")["open"]) == (1, 1)
    months = trends(audit()).trend.filter(pl.col("by") == "month")
    assert months["name"].to_list() == ["2026-02", "2026-03", "2026-04", "2026-05", "2026-06"]
    assert months["lost"].to_list() == [1, 2, 2, 1, 1]


def test_what_was_only_likely_and_is_healed_was_no_loss() -> None:
    """Nobody knows that it was ever missing, and there is nothing left to decide."""
    made = audit()
    settled = made.followed.with_columns(
        state=pl.when(pl.col("write") == "d11:1").then(pl.lit("healed")).otherwise("state")
    )
    writes = made.writes.filter(pl.col("id") != "d11:2")
    counts = made.counts.filter(~((pl.col("deploy") == "d11") & (pl.col("writes") == 2)))
    one = pl.DataFrame([("d11", "unverifiable", 1)], schema=COUNTS, orient="row")
    row = trends(replace(made, followed=settled, writes=writes, counts=pl.concat([counts, one]))).trend.row(
        0, named=True
    )
    assert (row["lost"], row["doubt"]) == (7, 0)


def test_the_interval_is_that_of_the_books() -> None:
    """10 of 100: 5.5 to 17.4 % (Newcombe 1998 has the method); none of 20 is at most 16.1 %; nothing leaves 0 to 1."""
    low, high = wilson(pl.col("hits"), pl.col("of"))
    found = pl.DataFrame({"hits": [10, 0, 20], "of": [100, 20, 20]}).select(low=low, high=high).rows()
    assert found[0] == (pytest.approx(0.0552, abs=1e-4), pytest.approx(0.1744, abs=1e-4))
    assert found[1] == (0, pytest.approx(0.1611, abs=1e-4))
    assert found[2] == (pytest.approx(0.8389, abs=1e-4), 1)


def test_losses_lasted_as_long_as_they_were_missed() -> None:
    rows = trends(audit()).healing.rows()
    assert rows == [
        ("1 hour to 1 day", "healed", "deploy", 1, 1),
        ("7 to 30 days", "healed", "removal", 1, 1),
        ("not yet", "maybe_repaired", "call", 1, 1),
        ("not yet", "open", None, 3, 4),
    ]


@pytest.mark.parametrize(
    ("lasted", "bucket"),
    [
        (timedelta(0), "under 1 hour"),
        (timedelta(hours=1) - timedelta(seconds=1), "under 1 hour"),
        (timedelta(hours=1), "1 hour to 1 day"),
        (timedelta(days=1), "1 to 7 days"),
        (timedelta(days=7), "7 to 30 days"),
        (timedelta(days=30), "over 30 days"),
        (None, "unknown"),
    ],
)
def test_buckets_begin_where_the_last_ended(lasted: timedelta | None, bucket: str) -> None:
    made = audit()
    until = None if lasted is None else on(2, 17, 10, 1, 2) + lasted
    time = made.followed.schema["missing_until"]
    first = made.followed.head(1).with_columns(missing_until=pl.lit(until, time))
    assert trends(replace(made, followed=first)).healing["bucket"].to_list() == [bucket]


def test_the_worst_stores_have_the_most_that_is_open() -> None:
    shop, docs = trends(audit()).stores.rows(named=True)
    assert (shop["store"], shop["deploys"], shop["losses"]) == (SHOP, 6, 5)
    assert (shop["open"], shop["maybe"], shop["healed"]) == (3, 1, 1)
    assert (shop["open_since"], shop["last"]) == (on(4, 2, 9, 12, 9), on(6, 28, 10, 1, 6))
    assert (docs["store"], docs["deploys"], docs["open"], docs["healed"], docs["doubt"]) == (DOCS, 1, 0, 1, 1)


def test_an_audit_of_nothing_has_empty_tables() -> None:
    found = trends(nothing())
    assert (found.trend.schema, found.healing.schema, found.stores.schema) == (TREND, HEALING, WORST_STORES)
    assert (found.versions.schema, found.leave.schema, found.losses.schema) == (VERSIONS, LEAVE, LOSSES)
    assert (
        sum(each.height for each in (found.trend, found.healing, found.stores, found.versions, found.leave))
        == 0
    )
    assert found.now is None


def of_versions(*sizes: tuple[str | None, int, int], tool: str = "sst") -> AuditReport:
    """Deploys of each version, so many of which dropped a write."""
    deploys: list[Row] = []
    writes: list[Row] = []
    for version, size, lost in sizes:
        for number in range(size):
            name = f"{version}-{number}"
            deploys.append(deploy(name, on(3, 1), tool_version=version, tool=tool))
            if number < lost:
                writes.append(
                    write(deploys[-1], 1, key=name, verdict="dropped", status="open", missing_since=on(3, 1))
                )
    made, missed = table(AUDIT_DEPLOYS, deploys), table(AUDIT_WRITES, writes)
    counts = made.select(deploy="id", verdict=pl.lit("landed"), writes=pl.lit(1, pl.Int64))
    return audit(deploys=made, writes=missed, counts=counts, followed=follow(missed, made))


def names(*sizes: tuple[str | None, int, int]) -> Sequence[tuple[str | None, list[str], int]]:
    return trends(of_versions(*sizes)).versions.select("name", "versions", "deploys").rows()


def test_small_versions_are_joined_with_their_neighbours_and_large_ones_stand_alone() -> None:
    found = names(("3.9.0", 150, 0), ("3.10.0", 60, 0), ("3.2.0", 10, 0), ("4.0.0", 200, 0), ("4.1.0", 3, 0))
    assert found == [
        ("3.2.0 to 3.10.0", ["3.2.0", "3.9.0", "3.10.0"], 220),
        ("4.0.0", ["4.0.0"], 200),
        ("4.1.0", ["4.1.0"], 3),
    ], "in the order of versions, not of letters"


def test_what_is_no_version_is_joined_with_none() -> None:
    assert names(("4.1.0", 3, 0), ("dev", 2, 0), (None, 1, 0)) == [
        ("4.1.0", ["4.1.0"], 3),
        (None, ["dev"], 3),
    ]


def test_a_version_that_is_surely_worse_is_to_be_left() -> None:
    """4.14.0 lost writes in 60 of 200 deploys, the other one in 2 of 200; no known defect explains it."""
    found = trends(of_versions(("4.14.0", 200, 60), ("4.15.0", 200, 2)))
    assert found.versions.select("name", "worse").rows() == [("4.14.0", True), ("4.15.0", False)]
    (row,) = found.leave.rows(named=True)
    assert (row["version"], row["defects"], row["fixed"], row["worse"], row["lost"], row["open"]) == (
        *("4.14.0", [], None, True),
        *(60, 60),
    )


def test_a_difference_that_may_be_chance_is_none() -> None:
    found = trends(of_versions(("4.14.0", 200, 4), ("4.15.0", 200, 2)))
    assert not found.versions["worse"].any()
    assert found.leave.is_empty()


def test_versions_with_a_defect_that_is_fixed_are_to_be_left() -> None:
    """3.10.0 never writes a first route, and more; 3.18.1 has none of the fixed ones, 3.19.0 a new one till 4.2.1."""
    found = trends(of_versions(("3.10.0", 1, 0), ("3.18.1", 1, 0), ("3.19.0", 1, 0), ("4.2.1", 1, 0))).leave
    assert dict(found.select("version", "fixed").rows()) == {"3.10.0": "3.18.1", "3.19.0": "4.2.1"}
    defects = dict(found.select("version", "defects").rows())
    assert "first-route-never-written" in defects["3.10.0"]
    assert "unchanged-list-not-written" not in defects["3.10.0"], "that is no defect"
    assert defects["3.19.0"] == ["promise-leak"]
    assert trends(of_versions(("3.10.0", 1, 0), tool="pulumi")).leave.is_empty(), (
        "the version of another tool"
    )
