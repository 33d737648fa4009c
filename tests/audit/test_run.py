"""An audit that goes on: what it reads, what it judges again, and that the catalogue is that of one run over all."""

from __future__ import annotations

import contextlib
import gzip
import json
import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any
from unittest.mock import patch

import polars as pl
import pytest

from analyzer.api import audit
from analyzer.audit.judging import judge_pack
from analyzer.sources.source import Source
from tests.audit.homes import Home, arn, content, differing
from tests.effort import examples

if TYPE_CHECKING:
    from collections.abc import Iterator

    from analyzer.audit.report import AuditReport


def ran(folder: Path, catalogue: Path, **how: Any) -> AuditReport:
    return audit([folder / "logs"], trail=[folder / "trail"], catalogue=catalogue, **how)


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home of three deploys on two stores, one of which misses a write; and its catalogue."""
    folder = tmp_path_factory.mktemp("audits")
    home = Home(folder / "work/home")
    home.deploy(1)
    home.deploy(2, made=False)
    home.deploy(8, store=1)
    with contextlib.chdir(folder / "work"):
        ran(Path("home"), Path("catalogue"))
    shutil.move(folder / "work", folder / "pristine")
    return folder


@pytest.fixture
def begun(base: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The same at the place where it was made, so that nothing is new: files are known by their paths."""
    shutil.rmtree(base / "work", ignore_errors=True)
    shutil.copytree(base / "pristine", base / "work")
    monkeypatch.chdir(base / "work")
    return Path()


@contextlib.contextmanager
def opened() -> Iterator[list[str]]:
    """The names of the sources that are opened."""
    names: list[str] = []
    real = Source.open

    def noting(source: Source) -> Any:
        names.append(Path(source.name).name)
        return real(source)

    with patch.object(Source, "open", noting):
        yield names


def grown(folder: Path) -> Home:
    """The home as `base` left it, to which more is added."""
    return Home(folder / "home", {0: 5, 1: 3}, 20)


def is_as_fresh(folder: Path, **how: Any) -> bool:
    """Whether the catalogue is that of one run over everything, byte for byte."""
    ran(folder / "home", folder / "fresh", **how)
    assert differing(folder / "catalogue", folder / "fresh") == []
    return content(folder / "catalogue") == content(folder / "fresh")


def test_a_second_run_opens_nothing_and_changes_nothing(begun: Path) -> None:
    before = {path: path.stat().st_mtime_ns for path in begun.rglob("*.parquet")}
    with opened() as names:
        report = ran(begun / "home", begun / "catalogue")
    assert names == []
    assert {path: path.stat().st_mtime_ns for path in begun.rglob("*.parquet")} == before
    assert report.deploys.height == 3
    assert dict(report.counts.group_by("verdict").len().iter_rows()) == {"landed": 2, "unverifiable": 1}


def test_a_partition_whose_rows_are_the_same_is_not_written_again(begun: Path) -> None:
    """The new deploy is of another month than the first: what is said of that one stays, in the same unit."""
    old = "writes/store_id=0f1e2d3c-0000-4000-8000-000000000000-*/month=2026-01/data.parquet"
    (file,) = (begun / "catalogue").glob(old)
    before = file.stat()
    grown(begun).deploy(4)
    with patch("analyzer.audit.run.judge_pack", wraps=judge_pack) as judging:
        ran(begun / "home", begun / "catalogue")
    assert [arn[-1] for call in judging.call_args_list for arn in call.args[0].of_stores] == ["0"]
    assert (file.stat().st_mtime_ns, file.stat().st_ino) == (before.st_mtime_ns, before.st_ino)
    assert is_as_fresh(begun)


def test_a_new_log_and_a_new_trail_file_are_all_that_is_read(begun: Path) -> None:
    grown(begun).deploy(4)
    with opened() as names:
        report = ran(begun / "home", begun / "catalogue")
    assert len(set(names)) == 2, names
    assert report.deploys.height == 4
    assert is_as_fresh(begun)


def test_what_the_trail_did_not_reach_is_judged_again_when_it_does(begun: Path) -> None:
    """The log is there first; its file of the trail comes a run later."""
    home = grown(begun)
    home.deploy(4, store=2, recorded=False)
    home.deploy(5, store=2, recorded=False)
    report = ran(begun / "home", begun / "catalogue")
    assert report.writes.filter(pl.col("place").is_null() | pl.col("place").str.ends_with("2"))[
        "verdict"
    ].to_list() == ["unverifiable", "unverifiable"]
    home.record(4, store=2)
    home.record(5, store=2, made=False)
    report = ran(begun / "home", begun / "catalogue")
    last = report.deploys.filter(pl.col("stage") == "s2")["id"].to_list()
    verdicts = dict(
        report.counts.filter(pl.col("deploy").is_in(last)).select("deploy", "verdict").iter_rows()
    )
    assert verdicts[last[0]] == "landed"
    assert is_as_fresh(begun)


def test_only_what_could_change_is_judged_again(begun: Path) -> None:
    """A trail that grows by another store's calls leaves the others as they are, however far it reaches then."""
    grown(begun).deploy(9, store=1)
    with patch("analyzer.audit.run.judge_pack", wraps=judge_pack) as judging:
        ran(begun / "home", begun / "catalogue")
    stores = [arn[-1] for call in judging.call_args_list for arn in call.args[0].of_stores]
    assert stores == ["1"]
    assert is_as_fresh(begun)


def test_a_trail_that_reaches_farther_leaves_as_it_is_what_it_spoke_for_already(begun: Path) -> None:
    """The last deploy on the other store is a day old, and the trail reached an hour beyond it."""
    grown(begun).deploy(9)
    with patch("analyzer.audit.run.judge_pack", wraps=judge_pack) as judging:
        ran(begun / "home", begun / "catalogue")
    assert [arn[-1] for call in judging.call_args_list for arn in call.args[0].of_stores] == ["0"]
    assert is_as_fresh(begun)


def test_a_trail_that_reaches_farther_by_others_calls_is_judged_by_again(begun: Path) -> None:
    """The log of a store's last deploy is there before the trail reaches it; then only another store has calls."""
    home = grown(begun)
    home.record(8, store=2, made=False)
    home.deploy(9, store=2, recorded=False)
    causes = []
    for number in (None, 10, 12):
        if number is not None:
            home.deploy(number, store=1)
        with patch("analyzer.audit.run.judge_pack", wraps=judge_pack) as judging:
            report = ran(begun / "home", begun / "catalogue")
        causes.append(dict(report.writes.select("stage", "cause").iter_rows())["s2"])
    assert causes == ["not_covered", "chain_not_closed", "chain_not_closed"]
    assert [arn[-1] for call in judging.call_args_list for arn in call.args[0].of_stores] == ["1"]
    assert is_as_fresh(begun)


def test_a_trail_that_reaches_a_listing_makes_surer_what_the_listing_says(begun: Path) -> None:
    """By its ETag writes are missing before it. Then only another store has calls: they bring the trail beyond it."""
    home, listing = grown(begun), begun / "listing.json"
    made = {
        "schema": "lostwrite.keys/v1",
        "store": arn(0),
        "listed_at": "2026-02-10T12:00:00Z",
        "etag": "KV9",
    }
    listing.write_text(json.dumps({**made, "item_count": 0, "items": []}))
    said = []
    for number in (None, 14):
        if number is not None:
            home.deploy(number, store=1)
        report = ran(begun / "home", begun / "catalogue", keys=[listing])
        said += report.writes.filter(pl.col("key") == "0002:/a").select("verdict", "confidence").rows()
    assert said == [("mismatched", "low"), ("mismatched", "high")]
    assert is_as_fresh(begun, keys=[listing])


def test_a_changed_log_replaces_the_old_one(begun: Path) -> None:
    log = begun / "home/logs/d002/eventlog.json"
    log.write_text(log.read_text().replace('"create"', '"update"'))
    with opened() as names:
        ran(begun / "home", begun / "catalogue")
    assert set(names) == {"eventlog.json"}
    assert is_as_fresh(begun)


def test_a_changed_trail_file_is_read_with_its_batch(begun: Path) -> None:
    home = grown(begun)
    home.deploy(4)
    home.etags[0] = 5
    ran(begun / "home", begun / "catalogue")
    home.record(4, made=False)
    ran(begun / "home", begun / "catalogue")
    assert is_as_fresh(begun)


def test_what_a_changed_trail_file_held_before_is_gone_and_what_stands_beside_it_stays(begun: Path) -> None:
    """The trail's three files are of one batch; two of them are gone when the third is written anew."""
    files = sorted((begun / "home/trail").rglob("*.json.gz"))
    before = ran(begun / "home", begun / "catalogue")
    for file in files[:2]:
        file.unlink()
    records = json.loads(gzip.decompress(files[2].read_bytes()))["Records"]
    files[2].write_bytes(gzip.compress(json.dumps({"Records": records[:1]}).encode(), mtime=0))
    after = ran(begun / "home", begun / "catalogue")
    of = {str(arn): writes for arn, writes in before.stores.select("arn", "writes").iter_rows()}
    now = {str(arn): writes for arn, writes in after.stores.select("arn", "writes").iter_rows()}
    assert (of[arn(0)], of[arn(1)]) == (5, 3)
    assert (now[arn(0)], now[arn(1)]) == (5, 1)


def test_a_file_with_another_time_and_the_same_bytes_is_not_read_again(begun: Path) -> None:
    before = content(begun / "catalogue")
    log = begun / "home/logs/d002/eventlog.json"
    os.utime(log, ns=(1, 1))
    with opened() as names:
        ran(begun / "home", begun / "catalogue")
    assert names == ["eventlog.json"], "for its hash"
    assert content(begun / "catalogue") == before


def test_verify_finds_what_size_and_time_hide(begun: Path) -> None:
    log = begun / "home/logs/d002/eventlog.json"
    stat = log.stat()
    log.write_text(log.read_text().replace('"s3"', '"s4"'))
    os.utime(log, ns=(stat.st_atime_ns, stat.st_mtime_ns))
    before = content(begun / "catalogue")
    ran(begun / "home", begun / "catalogue")
    assert content(begun / "catalogue") == before, "as it cannot know"
    ran(begun / "home", begun / "catalogue", verify=True)
    assert is_as_fresh(begun)


def test_what_is_gone_still_counts_and_is_said(begun: Path) -> None:
    """Homes are pruned: what was read of a deploy is not thrown away with its log."""
    shutil.rmtree(begun / "home/logs/d001")
    report = ran(begun / "home", begun / "catalogue")
    assert report.deploys.height == 3
    gone = report.inputs.filter(pl.col("problems").list.join("").str.contains("no longer among the inputs"))
    assert [Path(name).parent.name for name in gone["source"]] == ["d001"]
    assert report.unread == ()


def test_rebuilding_gives_the_same_and_keeps_what_is_gone(begun: Path) -> None:
    before = content(begun / "catalogue")
    ran(begun / "home", begun / "catalogue", rebuild=True)
    assert content(begun / "catalogue") == before
    shutil.rmtree(begun / "home/logs/d001")
    assert ran(begun / "home", begun / "catalogue", rebuild=True).deploys.height == 3


def test_a_broken_file_among_many_is_one_problem(begun: Path) -> None:
    (begun / "home/trail/2026/broken.json.gz").write_bytes(b"\x1f\x8b\x08broken")
    (begun / "home/logs/d001/noise.bin").write_bytes(bytes(range(256)) * 8)
    report = ran(begun / "home", begun / "catalogue")
    assert {Path(name).name for name in report.inputs["source"]} == {"broken.json.gz", "noise.bin"}
    assert report.deploys.height == 3
    assert report.exit_code in (0, 1), "neither was named"
    assert report.unread == ()


def test_an_input_that_was_named_and_is_missing_makes_the_exit_code_3(begun: Path) -> None:
    report = audit(
        [begun / "home/logs", begun / "nothing"], trail=[begun / "home/trail"], catalogue=begun / "catalogue"
    )
    assert report.exit_code == 3
    assert report.unread == (("nothing", "no such file or directory"),)
    assert report.deploys.height == 3


def test_the_report_is_narrowed_and_the_catalogue_is_not(begun: Path) -> None:
    report = ran(begun / "home", begun / "catalogue", stage="s1")
    assert report.deploys["stage"].to_list() == ["s1"]
    assert set(report.counts["deploy"]) == set(report.deploys["id"])
    assert ran(begun / "home", begun / "catalogue").deploys.height == 3


def test_killed_before_any_file_is_put_in_its_place_a_run_goes_on(begun: Path) -> None:
    """From each state of the catalogue, the next run ends where an undisturbed one does."""
    shutil.rmtree(begun / "catalogue")
    states = begun / "states"
    real = Path.replace

    def noting(path: Path, target: Path) -> Path:
        shutil.copytree(begun / "catalogue", states / str(len(list(states.glob("*")))))
        return real(path, target)

    states.mkdir()
    with patch.object(Path, "replace", noting):
        ran(begun / "home", begun / "catalogue")
    expected = content(begun / "catalogue")
    count = len(list(states.glob("*")))
    assert count > 40
    for number in range(count - 1, 0, -max(count // examples(8), 1)):
        ran(begun / "home", states / str(number))
        assert content(states / str(number)) == expected, number
        assert not (states / str(number) / ".work").exists()


def test_packs_of_any_size_give_the_same(begun: Path) -> None:
    with (
        patch("analyzer.audit.plan._DEPLOYS", 1),
        patch("analyzer.audit.run.judge_pack", wraps=judge_pack) as judging,
    ):
        ran(begun / "home", begun / "apart")
    assert judging.call_count > 1
    assert content(begun / "apart") == content(begun / "catalogue")


KILLED = """
import os, signal
from analyzer.api import audit
from analyzer.audit.judging import judge_pack
def kill(progress):
    if progress.step == "publishing" and progress.done == 9:
        os.kill(os.getpid(), signal.SIGKILL)
audit(["home/logs"], trail=["home/trail"], catalogue="killed", progress=kill)
"""


def test_killed_for_real_a_run_goes_on_and_reads_nothing_again(begun: Path) -> None:
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    done = subprocess.run([sys.executable, "-c", KILLED], env=environment, check=False, capture_output=True)
    assert done.returncode == -signal.SIGKILL, done.stderr
    assert (begun / "killed/.work").exists()
    with opened() as names, patch("analyzer.audit.run.judge_pack") as judging:
        ran(begun / "home", begun / "killed")
    assert names == []
    judging.assert_not_called()
    assert content(begun / "killed") == content(begun / "catalogue")


def test_the_catalogue_is_no_input_of_its_own(begun: Path) -> None:
    """A catalogue that stands in the folder that is audited."""
    report = ran(begun / "home", begun / "home/logs/kept")
    again = ran(begun / "home", begun / "home/logs/kept")
    assert report.inputs.is_empty()
    assert again.inputs.is_empty()
    assert again.read.equals(report.read)


def test_an_audit_without_a_trail_judges_nothing_and_says_so(begun: Path) -> None:
    report = audit([begun / "home/logs"], catalogue=begun / "other")
    assert report.reach is None
    assert report.writes["verdict"].unique().to_list() == ["unverifiable"]
    assert report.deploys.height == 3
