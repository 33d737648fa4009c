"""The judgement of groups: what is said of one is the same, whatever else is judged with it."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from typing import TYPE_CHECKING

import polars as pl
import pytest

from analyzer import check
from analyzer.audit.one import report_of_one
from analyzer.audit.tables import TABLES
from analyzer.audit.unit import judged
from analyzer.rules.registry import codes, rules
from analyzer.tables import INPUTS, empty
from tests.audit.united import ACCOUNTS, World, groups_of, in_groups, rows_of, told, united

if TYPE_CHECKING:
    from pathlib import Path

    from analyzer.audit.case import Material

_UNIONS = tuple(
    (World(seed), World(seed + 1, account=ACCOUNTS[1], app="docs"), World(seed + 2, app="blog"))
    for seed in (209, 270)
)
"""Event logs and texts, some with wild lists; one account and two; the same names in both; within the same hour."""
_PLACE = ("source", "line", "urn", "name", "key", "entry", "op", "action")
_SAID = (
    "verdict", "cause", "confidence", "event_id", "recovered", "listed", "leaning", "leaning_reason", "status",
    "healed_by", "remedy_note", "redeploy",
)  # fmt: skip


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("united")


@pytest.fixture(scope="module")
def whole(folder: Path) -> Material:
    """Three worlds, read together."""
    return united(_UNIONS[0], folder)


@pytest.fixture(scope="module")
def parts(whole: Material) -> list[dict[str, pl.DataFrame]]:
    """The tables of each of its groups, judged alone."""
    return [judged(each).tables for each in in_groups(whole)]


@pytest.mark.parametrize("worlds", _UNIONS[1:], ids=["second"])
def test_a_group_is_judged_alone_as_with_all_others(
    worlds: tuple[World, ...], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The whole has more stores with lists than are looked at one by one, and a group alone has not."""
    material = united(worlds, tmp_path)
    monkeypatch.setattr("analyzer.verdicts.wild_lists.MOST_LISTS", 1)
    parts = list(in_groups(material))
    alone = [told(each) for each in parts]
    assert len(alone) > 1
    assert {groups_of(each).deploys["group"].n_unique() for each in parts} == {1}
    assert material.writes["pattern"].any()
    assert not material.writes["pattern"].all()
    for name, table in told(material).items():
        assert Counter(rows_of(table)) == Counter(row for each in alone for row in rows_of(each[name])), name


def test_a_check_of_everything_says_the_same(
    folder: Path, whole: Material, parts: list[dict[str, pl.DataFrame]]
) -> None:
    report = check([folder / "logs"], trail=[folder / "trail"], keys=sorted((folder / "keys").glob("*.json")))
    assert len(parts) > 1
    mine = pl.concat([part["writes"] for part in parts]).select(*_PLACE, *_SAID)
    assert rows_of(mine) == rows_of(report.writes.select(*_PLACE, *_SAID))
    found = pl.concat([part["findings"] for part in parts]).select(
        "code", "fingerprint", "message", "severity"
    )
    local = report.findings.filter(pl.col("code").is_in(codes(of_run=False)))
    assert rows_of(found) == rows_of(local.select(found.columns))
    assert rows_of(pl.concat([part["alignments"] for part in parts])) == rows_of(report.alignments)
    by_place = {row[0]: row[1:] for row in report.writes.select("id", *_PLACE).iter_rows()}
    by_name = {row[0]: row[1:] for part in parts for row in part["writes"].select("id", *_PLACE).iter_rows()}
    theirs = Counter((by_place[row[0]], row[1:]) for row in report.evidence.iter_rows())
    assert (
        Counter((by_name[row[0]], row[1:]) for part in parts for row in part["evidence"].iter_rows())
        == theirs
    )
    assert whole.trail.calls.height == report.background.calls.height


def test_every_table_has_its_schema_and_every_name_is_of_its_deploy(
    parts: list[dict[str, pl.DataFrame]],
) -> None:
    for tables in parts:
        assert set(tables) == TABLES.keys() - {"inputs"}
        for name, table in tables.items():
            assert table.schema == TABLES[name]
        ids = tables["writes"]["id"]
        counts = Counter(tables["writes"]["deploy"])
        expected = [f"{deploy}:{n}" for deploy, count in counts.items() for n in range(1, count + 1)]
        assert sorted(ids) == sorted(expected)
        for name in ("evidence", "settle"):
            assert set(tables[name]["write"]) <= set(ids)


def test_a_pack_without_writes_has_all_tables(whole: Material) -> None:
    nothing = whole.logs.deploys.head(0)["id"].implode()
    logs = replace(
        whole.logs, events=whole.logs.events.clear(), deploys=whole.logs.deploys.clear(), inputs=empty(INPUTS)
    )
    bare = judged(replace(whole, logs=logs, writes=whole.writes.filter(pl.col("deploy").is_in(nothing))))
    assert bare.tables["writes"].is_empty()
    assert bare.tables["stores"].height == whole.trail.calls["store"].drop_nulls().n_unique()


def test_the_rules_about_the_run_are_those_about_inputs_times_and_suppressions() -> None:
    assert codes(of_run=True) == {"LW304", "LW305", "LW306", "LW318", "LW319", "LW320"}
    assert codes(of_run=False) | codes(of_run=True) == {known.CODE for known in rules()}


def test_the_page_of_a_deploy_has_what_a_check_says_of_it_and_calls_of_its_time_alone(
    whole: Material, parts: list[dict[str, pl.DataFrame]]
) -> None:
    for tables in parts:
        inputs = pl.concat([whole.logs.inputs, whole.trail.inputs])
        for deploy in tables["deploys"]["id"]:
            report = report_of_one(deploy, {**tables, "inputs": inputs}, reach=whole.trail.reach)
            mine = tables["writes"].filter(pl.col("deploy") == deploy)
            assert report.writes["id"].to_list() == mine["id"].to_list()
            assert report.deploys["id"].to_list() == [deploy]
            named = set(report.evidence["source"].str.extract(r"#([^#]+)$").drop_nulls())
            assert named & set(tables["calls"]["event_id"]) <= set(report.background.calls["event_id"])
            assert report.exit_code == int((report.findings["severity"] == "error").any())
