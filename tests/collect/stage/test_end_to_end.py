"""What `collect` gathers is judged alone, offline, and as it was: deploys of the model, on the real server."""

from __future__ import annotations

import gzip
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest

from analyzer import check
from analyzer.bundle.manifest import NAME, read
from analyzer.cli.main import run
from analyzer.moments import of_file
from tests.collect.stage.answers import refused, refused_s3
from tests.collect.stage.delivered import Delivered, Trail, deliver
from tests.collect.stage.gathering import Got, collected
from tests.collect.stage.held import said, unproven, untrue
from tests.collect.stage.policy import allowed, policy
from tests.collect.stage.proxy import Answer
from tests.collect.stage.stage import Stage, stage
from tests.collect.stage.state import STATE
from tests.collect.stage.story import DAY, LOGGED
from tests.sources.s3.endpoint import Endpoint, etag_of, listing
from tests.trail.signed import BASIC
from tests.world.logs import pulumi_text
from tests.world.trail import ACCOUNT

if TYPE_CHECKING:
    from datetime import tzinfo
    from pathlib import Path

    from analyzer import Report
    from tests.collect.stage.proxy import Asked, Rule

__all__ = ["stage"]
PROD = tuple(planned.name for planned in DAY if planned.stage == "prod" and planned.name in LOGGED)


@pytest.fixture(scope="module")
def day(stage: Stage, tmp_path_factory: pytest.TempPathFactory) -> tuple[Got, Delivered, list[Asked]]:
    """All updates of a stage, gathered once; and the calls that it took."""
    (delivered,) = stage.show(Trail())
    got = collected(stage, tmp_path_factory.mktemp("day") / "bundle", "last:20")
    return got, delivered, list(stage.proxy.calls)


def test_the_verdicts_of_a_bundle_are_the_truth_and_proven(
    stage: Stage, day: tuple[Got, Delivered, list[Asked]]
) -> None:
    stage.proxy.clear()
    report = check([day[0].folder])
    assert stage.proxy.calls == []
    assert untrue(stage, report, *PROD) == []
    alone = [name for name in PROD if "race" not in name]  # the log of the other stage is not in the bundle
    assert unproven(stage, report, *alone) == []
    verdicts = {(place.deploy, verdict.verdict) for place, verdict in said(stage, report).items()}
    assert verdicts >= {
        ("first", "dropped"),
        ("plain", "landed"),
        ("removed", "lost"),
        ("denied", "errored"),
        ("newest", "landed"),
    }


def test_all_calls_only_read_and_the_least_policy_allows_them(
    stage: Stage, day: tuple[Got, Delivered, list[Asked]]
) -> None:
    names = {
        "REGION": "us-east-1",
        "SST-STATE-BUCKET": STATE,
        "TRAIL-BUCKET": "trail-main",
        "APP/STAGE": "shop/prod",
    }
    statements = policy("lostwrite collect and check --collect", names)
    assert len(day[2]) > 20
    for call in day[2]:
        assert call.operation.startswith(("Get", "List", "Describe"))
        assert allowed(call, statements, stage.store), (call.action, call.bucket, call.key, call.query)


def test_an_update_without_an_event_log_is_said(
    stage: Stage, day: tuple[Got, Delivered, list[Asked]]
) -> None:
    (told,) = day[0].refused
    assert told.startswith(f"s3://{STATE}/eventlog/{stage.state.of('killed')}: ")
    assert "no event log of this update" in told


def test_a_bundle_has_no_secret_that_nothing_needs(day: tuple[Got, Delivered, list[Asked]]) -> None:
    files = [path for path in day[0].folder.rglob("*") if path.is_file()]
    assert all(path.stat().st_mode & 0o077 == 0 for path in files)
    assert not any("secret/" in str(path) for path in files)
    assert all(b"AWS_SECRET" not in path.read_bytes() for path in files)


def test_a_second_run_fetches_nothing_again(stage: Stage, day: tuple[Got, Delivered, list[Asked]]) -> None:
    stage.show(Trail())
    collected(stage, day[0].folder, "last:20")
    assert stage.proxy.gets == []


def judged(stage: Stage, folder: Path, *names: str) -> Report:
    """The report of a bundle: nothing in it is untrue of these deploys."""
    report = check([folder])
    assert untrue(stage, report, *names) == []
    return report


def test_the_newest_deploy_is_as_open_as_its_trail_is_late(stage: Stage, tmp_path: Path) -> None:
    """Nothing after 18:00 is delivered yet: the listing shows what is there, and what is open is said."""
    stage.show(Trail("late", "trail-late", until=18.04))
    got = collected(stage, tmp_path / "b", "newest")
    report = judged(stage, tmp_path / "b", "newest")
    told = said(stage, report)
    assert {verdict.verdict for verdict in told.values()} <= {"landed", "unverifiable"}
    assert [one for one in got.open if stage.store in one and "there is none yet" in one]
    assert [one for one in got.open if "still to come" in one]


def test_check_collect_says_of_the_newest_deploy_what_is_open_and_until_when(
    stage: Stage, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    class Clock(datetime):
        @classmethod
        def now(cls, tz: tzinfo | None = None) -> datetime:  # type: ignore[override]  # a plain one
            return stage.now.astimezone(tz)

    stage.show(Trail("late", "trail-late", until=18.04))
    monkeypatch.setattr("analyzer.cli.gathering.datetime", Clock)
    assert run(("check", "shop/prod", "--collect", "--endpoint-url", stage.url)) == 0
    told = capsys.readouterr().out
    assert "All 3 writes landed" in told
    assert "is still to come (from 2025-05-06 " in " ".join(told.split())


def test_nothing_gathered_is_exit_code_3(
    stage: Stage, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    stage.show()
    words = ("--output", str(tmp_path / "b"), "--endpoint-url", stage.url, "--quiet")
    assert run(("collect", "shop/nobody", *words)) == 3
    assert "the state bucket has no such update" in capsys.readouterr().err


def test_an_older_deploy_is_not_held_against_what_later_ones_wrote(stage: Stage, tmp_path: Path) -> None:
    """The store is as the newest deploy left it: its listing is no evidence about one before."""
    stage.show(Trail())
    got = collected(stage, tmp_path / "b", "first")
    report = judged(stage, tmp_path / "b", "first")
    assert unproven(stage, report, "first") == []
    assert [one for one in got.open if one.startswith("the listings of the stores: ")]


def test_what_the_next_deploy_took_away_is_not_lost(stage: Stage, tmp_path: Path) -> None:
    """Its log is taken along and says that it meant to; it is in the bundle as context, and not in the report."""
    stage.show(Trail())
    collected(stage, tmp_path / "b", "plain")
    report = judged(stage, tmp_path / "b", "plain")
    assert unproven(stage, report, "plain") == []
    assert {place.deploy for place in said(stage, report)} == {"plain"}
    assert report.deploys.height == 1
    assert report.exit_code == 0
    manifest = read((tmp_path / "b" / NAME).read_bytes(), "it")
    context = {item.path for item in manifest.items if item.context and item.kind == "log"}
    assert context == {f"home/eventlog/{stage.state.of('fewer')}"}
    for item in manifest.items:
        if item.context:
            (tmp_path / "b" / item.path).unlink()
    without = check([tmp_path / "b"])
    assert {verdict.verdict for verdict in said(stage, without).values()} == {"landed"}
    assert any("perhaps on purpose" in line for line in without.evidence["detail"])


def test_a_log_is_judged_with_the_later_updates_of_its_stage(stage: Stage, tmp_path: Path) -> None:
    """`check LOG --collect`: the log alone, the bundle as trail. Asked for later, an update is context no more."""
    stage.show(Trail())
    place = stage.state.of("plain")
    log = tmp_path / "plain.json"
    log.write_bytes(stage.state.objects[f"eventlog/{place}"])
    collected(stage, tmp_path / "b", None, home="", logs=(str(log),))
    report = check([log], trail=[tmp_path / "b"])
    assert {row["verdict"] for row in report.writes.iter_rows(named=True)} == {"landed"}
    assert report.deploys.height == 1
    collected(stage, tmp_path / "b", "fewer")
    both = check([tmp_path / "b"])
    assert both.deploys.height == 2
    assert both.exit_code == 0, both.findings["message"].to_list()


def of_text(
    stage: Stage, folder: Path, name: str, *, named: bool = True, **others: Any
) -> tuple[Got, Report]:
    """A bundle of `pulumi.log` alone, which has no times, and what `check` says of it.

    Its name has the update's id, where it is `named`.
    """
    deploy = stage.story.names[name]
    log = folder / (f"{stage.state.ids[name]}.log" if named else "pulumi.log")
    log.write_text(pulumi_text(deploy), encoding="utf-8")
    since = stage.story.base + timedelta(seconds=deploy.began)
    window: dict[str, Any] = {"since": since, "until": since + timedelta(minutes=2)}
    got = collected(stage, folder / "b", None, home="", logs=(str(log),), **others, **window)
    return got, check([folder / "b"], **window)


def context(stage: Stage, folder: Path) -> list[str]:
    """The deploys whose event logs a bundle has as context, by their names in the story."""
    names = {f"home/eventlog/{stage.state.of(name)}": name for name in LOGGED}
    items = read((folder / NAME).read_bytes(), "it").items
    return [names[item.path] for item in items if item.context and item.kind == "log"]


@pytest.mark.parametrize("names_store", [False, True])
def test_what_the_next_deploy_took_away_is_not_lost_by_a_text_log_either(
    stage: Stage, tmp_path: Path, *, names_store: bool
) -> None:
    stage.show(Trail())
    got, report = of_text(stage, tmp_path, "plain", stores=(stage.store,) if names_store else ())
    assert set(report.writes["verdict"]) == {"landed"}
    assert context(stage, got.folder) == ["fewer"]
    assert report.deploys.height == 1
    assert not any("perhaps on purpose" in line for line in report.evidence["detail"])


def test_without_the_later_logs_it_is_in_doubt(stage: Stage, tmp_path: Path) -> None:
    """SST has no home here, or nobody may read where it is."""
    stage.show(Trail())
    stage.proxy.rules.append(
        lambda asked: refused("AccessDeniedException") if asked.operation == "GetParameter" else None
    )
    got, report = of_text(stage, tmp_path, "plain")
    assert [one for one in got.open if "cannot be told from a loss" in one]
    in_doubt(stage, got, report)


def test_a_text_log_that_names_no_update_takes_no_log_along(stage: Stage, tmp_path: Path) -> None:
    """Its times may be of another zone: its own event log would be taken for a later one's, and claim its calls."""
    stage.show(Trail())
    got, report = of_text(stage, tmp_path, "plain", named=False)
    assert [one for one in got.open if "names no update" in one]
    in_doubt(stage, got, report)


def in_doubt(stage: Stage, got: Got, report: Report) -> None:
    assert context(stage, got.folder) == []
    assert set(report.writes["verdict"]) == {"landed"}
    assert any("perhaps on purpose" in line for line in report.evidence["detail"])
    assert "the logs of the later deploys" in " ".join(report.settle["what"])


def test_what_somebody_took_away_is_lost_by_a_text_log_too(stage: Stage, tmp_path: Path) -> None:
    stage.show(Trail())
    _, report = of_text(stage, tmp_path, "removed")
    assert report.writes.select("verdict", "cause").rows() == [("lost", "deleted")]


def test_a_log_of_long_ago_keeps_no_listing_however_young_its_file_is(stage: Stage, tmp_path: Path) -> None:
    stage.show(Trail())
    log = tmp_path / "pulumi.log"
    log.write_text(pulumi_text(stage.story.names["plain"]), encoding="utf-8")
    window: dict[str, Any] = {"since": stage.story.at(9.5), "until": stage.story.at(9.6)}
    later = stage.now + timedelta(days=3)
    got = collected(stage, tmp_path / "b", None, home="", logs=(str(log),), now=later, **window)
    assert context(stage, got.folder) == []
    (item,) = (item for item in read((got.folder / NAME).read_bytes(), "it").items if item.kind == "log")
    assert item.modified == of_file(log)  # all that some logs say of their time
    assert [one for one in got.open if "a deploy is long past" in one]


def test_a_deploy_before_the_last_is_proven_although_the_newest_is_not(stage: Stage, tmp_path: Path) -> None:
    stage.show(Trail("late", "trail-late", until=18.04))
    collected(stage, tmp_path / "b", "removed")
    report = judged(stage, tmp_path / "b", "removed")
    assert unproven(stage, report, "removed") == []


@pytest.mark.parametrize(
    "trail",
    [
        Trail("org", "trail-org", organisation=True),
        Trail("far", "trail-far", home="eu-central-1", prefix="audit/"),
    ],
    ids=["of the organisation", "of another Region"],
)
def test_other_trails_prove_the_same(stage: Stage, tmp_path: Path, trail: Trail) -> None:
    (delivered,) = stage.show(trail)
    if trail.home != "us-east-1":
        stage.proxy.rules.append(elsewhere(trail))
    got = collected(stage, tmp_path / "b", "removed")
    report = judged(stage, tmp_path / "b", "removed")
    assert unproven(stage, report, "removed") == []
    assert got.refused == []
    beside = set(delivered.objects) - set(delivered.made.files)
    assert not {get.partition("/")[2] for get in stage.proxy.gets} & beside


def elsewhere(trail: Trail) -> Rule:
    """As S3 answers a request that is signed for another Region than the bucket's."""

    def rule(asked: Asked) -> Answer | None:
        if asked.bucket != trail.bucket or asked.region == trail.home:
            return None
        return refused_s3("PermanentRedirect", "no", 301, ("x-amz-bucket-region", trail.home))

    return rule


def test_an_object_that_kms_denies_is_said_and_the_rest_is_judged(stage: Stage, tmp_path: Path) -> None:
    """The file with the write that takes the key away: what it hides stays open."""
    (delivered,) = stage.show(Trail())
    hidden = next(key for key in delivered.logs if b"DeleteKey" in delivered.made.files[key])
    stage.proxy.rules.append(
        lambda asked: (
            refused_s3("AccessDenied", "kms:Decrypt is not allowed") if asked.key == hidden else None
        )
    )
    got = collected(stage, tmp_path / "b", "removed")
    assert [one for one in got.refused if hidden in one and "kms:Decrypt" in one]
    report = check([tmp_path / "b"])
    problems = [problem for row in report.inputs.iter_rows(named=True) for problem in row["problems"]]
    assert [row for row in report.inputs.iter_rows(named=True) if hidden in row["source"] and row["problems"]]
    assert [one for one in problems if "a write is missing from its chain" in one]
    # The record that took the key away cannot be read: as of what can be read, its write landed.
    wrong = [(place.key.partition(":")[2], said) for place, said, _ in untrue(stage, report, "removed")]
    assert all(key == "metadata" and said and said.verdict == "landed" for key, said in wrong)


def test_a_trail_that_stopped_leaves_it_to_one_that_did_not(stage: Stage, tmp_path: Path) -> None:
    stage.show(Trail("old", "trail-old", stopped=8, seed=3), Trail())
    collected(stage, tmp_path / "b", "removed")
    report = judged(stage, tmp_path / "b", "removed")
    assert unproven(stage, report, "removed") == []
    assert not [get for get in stage.proxy.gets if get.startswith("trail-old/")]


def test_a_trail_that_records_no_calls_on_stores_proves_nothing(stage: Stage, tmp_path: Path) -> None:
    stage.show(Trail("basic", "trail-basic", selectors=tuple(BASIC)))
    got = collected(stage, tmp_path / "b", "newest")
    report = judged(stage, tmp_path / "b", "newest")
    assert not any(verdict.proven for verdict in said(stage, report).values())
    assert [one for one in [*got.open, *got.refused] if stage.store in one]


def test_a_pruned_update_is_said(stage: Stage, tmp_path: Path) -> None:
    stage.show(Trail())
    got = collected(stage, tmp_path / "b", "ffffffff")
    assert [one for one in got.refused if "pruned" in one]
    assert got.files == 0


def test_few_are_read_of_twenty_thousand(stage: Stage, tmp_path: Path) -> None:
    """Six weeks of a file every three minutes; the deploy's files are some forty of them."""
    trail = Trail("big", "trail-big")
    delivered = deliver(stage.world, trail)
    bucket = Endpoint(objects={**many(stage, delivered), **delivered.objects})
    assert len(bucket.objects) > 20_000
    stage.buckets[trail.bucket] = delivered
    stage.show(trail)
    stage.proxy.rules.append(served(trail.bucket, bucket))
    got = collected(stage, tmp_path / "b", "removed")
    assert got.refused == []
    gets, lists = len(stage.proxy.gets), len(stage.proxy.lists)
    assert gets <= 60, stage.proxy.gets
    assert lists <= 30, stage.proxy.lists
    report = judged(stage, tmp_path / "b", "removed")
    assert unproven(stage, report, "removed") == []


def many(stage: Stage, delivered: Delivered) -> dict[str, bytes]:
    """Log files of other calls, named as those of the trail are."""
    body = gzip.compress(b'{"Records":[]}', 1, mtime=0)
    root, found = delivered.made.root, {}
    for number in range(42 * 480):
        at = stage.now - timedelta(minutes=3 * number)
        name = f"{ACCOUNT}_CloudTrail_us-east-1_{at:%Y%m%dT%H%M}Z_zz{number:014d}.json.gz"
        found[f"{root}/CloudTrail/us-east-1/{at:%Y/%m/%d}/{name}"] = body
    return found


def served(name: str, bucket: Endpoint) -> Rule:
    """A bucket that the proxy serves itself: the server would take a minute to be given so much."""

    def rule(asked: Asked) -> Answer | None:
        if asked.bucket != name:
            return None
        if asked.operation == "ListObjectsV2":
            return Answer(200, listing(bucket, asked.query), (("Content-Type", "application/xml"),))
        data = bucket.objects.get(asked.key)
        return (
            refused_s3("NoSuchKey", status=404)
            if data is None
            else Answer(200, data, (("ETag", etag_of(data)),))
        )

    return rule
