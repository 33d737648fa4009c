"""Objects of SST's home by their names; every update a deploy, by what is left of it."""

from __future__ import annotations

import gzip
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import polars as pl
import pytest

from analyzer.audit.evidence_kinds import KNOWN, evidence_of
from analyzer.audit.homes import OBJECTS, chosen, counted
from analyzer.errors import InputError
from analyzer.logs.ids import stable
from analyzer.logs.part import Logs, assembled, read_part
from analyzer.sources.contain import contents
from analyzer.sources.source import Source
from tests.logs.home import ID, event_log, source, state_object, terminal, update_object

if TYPE_CHECKING:
    from typing import BinaryIO

BEGAN = datetime(2025, 3, 1, 14, 17, 50, 840_000, UTC)
SECOND = timedelta(seconds=1)


def update_of(moment: datetime) -> str:
    """Facts, 1.4: 12 digits of the complement of Unix milliseconds, then 12 of chance."""
    since = (moment - datetime(1970, 1, 1, tzinfo=UTC)) // timedelta(milliseconds=1)
    return f"{~since & (1 << 48) - 1:012x}0704c33ffb62"[:24]


def named(*names: str) -> list[Source]:
    return [source(name, b"") for name in names]


def closed(name: str) -> Source:
    def refuse() -> BinaryIO:
        raise InputError(name, "it was opened")

    return Source(name, None, opener=refuse, stored=0)


def read(*sources: Source) -> Logs:
    home = chosen(sources)
    return assembled([read_part(contents(home.sources)[0], ids=stable)])


@pytest.mark.parametrize(
    ("name", "home"),
    [
        (f"eventlog/shop/prod/{ID}.json", ""),
        (f"s3://sst-state-abcdefghijkl/eventlog/shop/prod/{ID}.json", "s3://sst-state-abcdefghijkl/"),
        (f"r2/sst-state/eventlog/shop/prod/{ID}", "r2/sst-state/"),
        (f"/home/me/.config/sst/state/eventlog/shop/prod/{ID}.json", "/home/me/.config/sst/state/"),
        (f"backup.tar!state/eventlog/shop/prod/{ID}.json.gz", "backup.tar!state/"),
        (f"update/old/eventlog/shop/prod/{ID}.json", "update/old/"),
    ],
)
def test_an_object_is_known_behind_any_prefix(name: str, home: str) -> None:
    row = chosen(named(name)).objects.row(0, named=True)
    told = {"home": home, "kind": "eventlog", "app": "shop", "stage": "prod", "update_id": ID}
    assert row == {"source": name, **told, "began_at": BEGAN, "why": None}


def test_all_kinds_of_updates_are_read_and_no_kind_of_stages() -> None:
    of_updates = [f"h/{kind}/shop/prod/{ID}.json" for kind in ("eventlog", "update", "snapshot", "summary")]
    of_updates.append(f"h/history/shop/prod/09223372035114105137-{ID}.json")
    of_stages = [f"h/{kind}/shop/prod.json" for kind in ("app", "lock", "secret")]
    found = chosen(named(*of_stages, "h/secret/shop/_fallback.json", *of_updates))
    assert [each.name for each in found.sources] == of_updates
    assert found.objects["why"].to_list() == ["no_deploy"] * 4 + [None] * 5
    assert found.objects["stage"].to_list() == ["prod"] * 3 + [None] + ["prod"] * 5
    assert found.objects.schema == OBJECTS


@pytest.mark.parametrize(
    "name",
    [
        "app/src/main.json",
        "ci/lock/a/b.json",
        "logs/eventlog.json",
        f".sst/pulumi/{ID}/eventlog.json",
        "x.log",
        "",
    ],
)
def test_what_is_no_object_of_a_home_is_read(name: str) -> None:
    """An `app/` folder is one of a home only where an object of an update stands beside it."""
    found = chosen(named(name, f"home/update/shop/prod/{ID}.json"), app="other", until=BEGAN - SECOND)
    assert [each.name for each in found.sources] == [name]


def test_other_apps_stages_and_times_are_never_opened() -> None:
    early, late = update_of(BEGAN - 60 * SECOND), update_of(BEGAN + 60 * SECOND)
    names = {
        f"eventlog/blog/prod/{ID}.json": "other_app",
        f"eventlog/shop/dev/{ID}.json": "other_stage",
        f"eventlog/shop/prod/{early}.json": "other_time",
        f"eventlog/shop/prod/{late}.json": "other_time",
        f"eventlog/shop/prod/{ID}.json": None,
        "eventlog/shop/prod/0123456789abcdef01234567.json": None,  # no time in it
    }
    found = chosen(map(closed, names), app="shop", stage="prod", since=BEGAN - SECOND, until=BEGAN + SECOND)
    assert dict(found.objects.select("source", "why").rows()) == names


def test_the_bounds_belong_to_the_time() -> None:
    one = named(f"update/shop/prod/{ID}.json")
    assert len(chosen(one, since=BEGAN, until=BEGAN).sources) == 1
    assert not chosen(one, since=BEGAN + SECOND).sources
    assert not chosen(one, until=BEGAN - SECOND).sources


def test_a_home_that_is_pruned_in_part_is_counted() -> None:
    other = update_of(BEGAN)
    names = [
        f"h/update/shop/prod/{ID}",
        f"h/update/shop/prod/{other}",
        f"h/eventlog/shop/prod/{ID}",
        "h/lock/shop/prod",
    ]
    assert counted(chosen(named(*names, "ci.log")).objects).rows() == [("h/", "shop", "prod", 2, 1, 1)]
    assert counted(chosen([]).objects).is_empty()


def test_every_update_is_a_deploy_by_what_is_left_of_it() -> None:
    """Gzip'd objects among plain ones are normal; a missing event log is no problem."""
    ids = [update_of(BEGAN + number * SECOND) for number in range(4)]
    whole, told, state, loose = ids
    failed = [{"urn": "", "message": "no"}, {"urn": "", "message": "never"}]
    logs = read(
        source(f"h/eventlog/shop/prod/{whole}.json", gzip.compress(event_log())),
        source(f"h/update/shop/prod/{whole}.json", gzip.compress(update_object(whole, runID="run-7"))),
        source(f"h/snapshot/shop/prod/{whole}.json", state_object()),
        source(f"h/update/shop/prod/{told}.json", update_object(told, errors=failed)),
        source(f"h/snapshot/shop/prod/{state}.json", gzip.compress(state_object())),
        source(f"ci/{loose}/deploy.log", terminal(stage="dev")),
        source("h/app/shop/prod.json", state_object()),
        source(
            "h/lock/shop/prod.json",
            b'{"created":"2025-03-01T14:17:50.84Z","updateID":"%s"}' % loose.encode(),
        ),
        source("h/secret/shop/prod.json", b"\x00\x8fnot json"),
    )
    known = evidence_of(logs)
    assert known.schema == KNOWN
    assert {row[0]: row[1:] for row in known.rows()} == {
        whole: ("event_log", 0, "run-7"),
        told: ("update", 2, None),
        state: ("state", None, None),
        loose: ("text", None, None),
    }
    results = dict(logs.deploys.select("id", "result").rows())
    assert results == {whole: "succeeded", told: "failed", state: None, loose: "succeeded"}
    assert logs.inputs["problems"].list.len().sum() == 0


def test_an_update_object_adds_to_the_event_log_and_takes_nothing_from_it() -> None:
    """The log is whole and says success; the object was never ended, as its process was killed after it."""
    killed = update_object(timeCompleted=None)
    logs = read(source(f"eventlog/shop/prod/{ID}", event_log()), source(f"update/shop/prod/{ID}", killed))
    deploy = logs.deploys.row(0, named=True)
    assert (deploy["result"], deploy["tool_version"], deploy["command"]) == ("succeeded", "3.9.17", "update")
    assert deploy["form"] == "exact"
    assert evidence_of(logs)["told_errors"].to_list() == [None]


def test_an_event_log_that_was_cut_is_interrupted_where_the_update_has_no_end() -> None:
    """The object's own line says so, for the finding about it (LW402)."""
    cut = b"".join(event_log().splitlines(keepends=True)[:2])
    objects = [
        source(f"eventlog/shop/prod/{ID}", cut),
        source(f"update/shop/prod/{ID}", update_object(timeCompleted=None)),
    ]
    logs = read(*objects)
    assert logs.deploys["result"].to_list() == ["interrupted"]
    said = logs.events.filter(pl.col("outcome") == "interrupted")
    assert said["source"].to_list() == [objects[1].name]
