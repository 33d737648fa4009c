"""Parts of logs: however logs are batched, and whichever sets are assembled, each deploy is the same."""

from __future__ import annotations

import pickle
from typing import TYPE_CHECKING

import polars as pl
from hypothesis import given, settings
from hypothesis import strategies as st

from analyzer.logs import scan
from analyzer.logs.deploys import LOG_DEPLOYS
from analyzer.logs.ids import numbered, stable
from analyzer.logs.kinds import engine_events
from analyzer.logs.part import LogPart, assembled, read_part
from analyzer.logs.read import read_logs
from analyzer.logs.sets import stack_sets
from tests.effort import examples
from tests.logs.home import BEGAN, ID, event_log, source, state_object, terminal, update_object

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pytest

    from analyzer.sources.source import Source

OTHER = "fe6aadedee0704c33ffb9999"
HOME = "home/{kind}/shop/prod/{update}.json"


def at_home(kind: str, content: bytes, update: str = ID) -> Source:
    return source(HOME.format(kind=kind, update=update), content)


def part_of(*sources: Source) -> LogPart:
    return read_part(sources, ids=stable)


def chosen(parts: Sequence[LogPart], deploys: pl.Series) -> list[LogPart]:
    mine = deploys.implode()
    return [
        LogPart(
            part.events.filter(pl.col("deploy").is_in(mine)),
            part.deploys.filter(pl.col("id").is_in(mine)),
            part.inputs,
        )
        for part in parts
    ]


def test_an_id_depends_on_the_name_alone() -> None:
    one, other = source("a/ci.log", terminal()), source("b/ci.log", terminal(stage="dev"))
    ids = part_of(one, other).deploys["id"].to_list()
    assert ids == part_of(one).deploys["id"].to_list() + part_of(other).deploys["id"].to_list()
    assert all(own_id.startswith("deploy-") and len(own_id) == len("deploy-") + 12 for own_id in ids)
    assert part_of(at_home("eventlog", event_log())).deploys["id"][0].startswith(f"{ID}-")


def test_check_keeps_its_numbers() -> None:
    logs = [source("a/ci.log", terminal()), source("b/ci.log", terminal(stage="dev"))]
    assert read_part(logs, ids=numbered).deploys["id"].to_list() == ["deploy-1", "deploy-2"]
    assert read_logs(logs).deploys["id"].to_list() == ["deploy-1", "deploy-2"]


def test_a_part_can_be_sent_to_another_process() -> None:
    part = part_of(at_home("eventlog", event_log()))
    again = pickle.loads(pickle.dumps(part))  # noqa: S301 - what this test just made
    assert again.events.equals(part.events)
    assert pickle.loads(pickle.dumps(read_part)) is read_part  # noqa: S301 - the same


def test_the_objects_of_an_update_in_three_batches_are_one_deploy() -> None:
    parts = [
        part_of(at_home("update", update_object(runID="run-7"))),
        part_of(at_home("snapshot", state_object())),
        part_of(at_home("eventlog", event_log())),
    ]
    deploy = assembled(parts).deploys.row(0, named=True)
    assert (deploy["id"], deploy["form"], deploy["result"]) == (ID, "exact", "succeeded")
    assert (deploy["tool_version"], deploy["command"], deploy["stack"]) == ("3.9.17", "update", "shop-prod")
    assert deploy["sources"] == [
        HOME.format(kind=kind, update=ID) for kind in ("eventlog", "update", "snapshot")
    ]


def test_an_update_of_which_only_the_state_is_left_is_a_deploy_without_steps() -> None:
    """Its id says when it began, the state when it was written; `check` takes a state alone for no deploy."""
    state = at_home("snapshot", state_object())
    logs = assembled([part_of(state)])
    row = logs.deploys.row(0, named=True)
    assert (row["id"], row["form"], row["stage"], row["result"]) == (ID, "state", "prod", None)
    assert (row["started_at"].isoformat(), row["ended_at"].isoformat()) == (
        "2025-03-01T14:17:50.840000+00:00",
        "2025-03-01T14:18:30+00:00",
    )
    assert read_logs([state]).deploys.is_empty()


def test_a_state_does_not_take_the_place_of_the_update_object() -> None:
    """The snapshot stands first; the update is a deploy all the same, for `check` too."""
    objects = [at_home("snapshot", state_object()), at_home("update", update_object())]
    assert read_logs(objects).deploys["form"].to_list() == ["text"]
    assert assembled([part_of(*objects)]).deploys["form"].to_list() == ["text"]


def test_the_state_of_a_stage_is_no_deploy() -> None:
    assert assembled([part_of(source("home/app/shop/prod.json", state_object()))]).deploys.is_empty()


def test_two_deploys_whose_paths_have_one_update_id_keep_two_names() -> None:
    """A log says that it is of another update than its path: the first keeps the id, whatever batch it is in."""
    told = update_object(OTHER)
    one, two = at_home("eventlog", event_log()), source(f"zz/{ID}/update.json", told)
    ids = assembled([part_of(two), part_of(one)]).deploys["id"].to_list()
    assert ids[0] == ID
    assert ids[1].startswith(f"{ID}-")
    assert len(ids) == 2


def test_no_parts_give_no_logs() -> None:
    logs = assembled([])
    assert (logs.deploys.height, logs.events.height, logs.inputs.height) == (0, 0, 0)
    assert stack_sets([]).is_empty()


def test_a_permalink_connects_its_log_with_every_update_that_ends_so() -> None:
    """The log names another stage than the event log's: by the id they are of one deploy, so of one set."""
    logs = [
        at_home("eventlog", event_log()),
        source("ci.log", terminal(app="blog", stage="dev", link=ID[-8:])),
        source("other.log", terminal(app="docs", stage="dev", link="00000000")),
    ]
    sets = stack_sets([part_of(log).deploys for log in logs])["set"].to_list()
    assert sets[0] == sets[1] != sets[2]


def test_logs_of_no_known_stack_are_one_set() -> None:
    bare = b"SST 3.9.17  ready!\n\n|  Created     WebKvKeys sst:aws:KvKeys (1.2s)\n\n"
    deploys = part_of(source("a.log", bare), source("b.log", bare), at_home("eventlog", event_log())).deploys
    assert deploys["stack"].to_list() == [None, None, "shop-prod"]
    assert stack_sets([deploys])["set"].to_list() == [0, 0, 1]


IDS = [f"fe6aadedee07{number:012x}" for number in (0x04C33FFB620D, 0x04C33FFB9999, 0x14C33FFB620D)]
STACKS = st.sampled_from([("shop", "prod"), ("shop", "dev"), ("blog", "prod")])
KINDS = st.sampled_from(["eventlog", "eventlog", "update", "snapshot", "ci", "ci", "linked"])
LOGS = st.lists(
    st.tuples(KINDS, STACKS, st.sampled_from(IDS), st.sampled_from([0, 0, 100]), st.integers(0, 2)),
    min_size=2,
    max_size=8,
)


def logs_of(drawn: Sequence[tuple[str, tuple[str, str], str, int, int]]) -> list[Source]:
    """A log for each: some in the home of their stack, some elsewhere, with an id of any other stack."""
    logs: dict[str, Source] = {}
    for number, (kind, (app, stage), update, later, batch) in enumerate(drawn):
        content = {
            "eventlog": event_log(app, stage, began=BEGAN + later),
            "update": update_object(update),
            "snapshot": state_object(app, stage),
            "ci": terminal(app=app, stage=stage),
            "linked": terminal(app=app, stage=stage, link=update[-8:]),
        }[kind]
        loose = kind in ("ci", "linked") or batch == 0
        name = f"logs-{9 - number}/{number}" if loose else f"{kind}/{app}/{stage}/{update}.json"
        logs[name] = source(name, content)
    return list(logs.values())


@settings(max_examples=examples(6))
@given(LOGS, st.permutations(range(8)))
def test_neither_batches_nor_other_sets_change_a_deploy(
    drawn: list[tuple[str, tuple[str, str], str, int, int]], order: list[int]
) -> None:
    logs = logs_of(drawn)
    whole = assembled([part_of(*logs)])
    shuffled = [logs[place] for place in order if place < len(logs)]
    parts = [part_of(*shuffled[start::3]) for start in range(3)]
    again = assembled(parts)
    assert again.deploys.equals(whole.deploys)
    assert again.events.equals(whole.events)
    sets = stack_sets([part.deploys for part in parts])
    assert sorted(sets["deploy"]) == sorted(pl.concat([part.deploys for part in parts])["id"])
    seen: list[str] = []
    for _, rows in sets.group_by("set"):
        alone = assembled(chosen(parts, rows["deploy"]))
        ids = alone.deploys["id"]
        seen += ids.to_list()
        assert alone.deploys.equals(whole.deploys.filter(pl.col("id").is_in(ids.implode())))
        mine = whole.deploys.filter(pl.col("id").is_in(ids.implode()))["id"]
        assert alone.events.filter(pl.col("deploy").is_in(mine.implode())).equals(
            whole.events.filter(pl.col("deploy").is_in(mine.implode()))
        )
    assert sorted(seen) == sorted(whole.deploys["id"])


def test_events_are_the_same_however_a_long_log_is_cut(monkeypatch: pytest.MonkeyPatch) -> None:
    """The first and last event of a deploy are kept, not those at the cuts between batches of rows."""
    monkeypatch.setattr(scan, "_ROWS", 7)
    monkeypatch.setattr(engine_events, "BATCH", 3)
    lines = b"".join(
        b'{"sequence":%d,"timestamp":%d,"preludeEvent":{}}\n' % (n, BEGAN + n) for n in range(30)
    )
    noisy = source("long", lines.replace(b'"preludeEvent":{}', b'"stdoutEvent":{"message":"x","color":""}'))
    short = at_home("eventlog", event_log())
    alone, behind = part_of(noisy), part_of(short, noisy)
    assert alone.events.height == 2
    assert behind.events.filter(pl.col("source") == "long").equals(alone.events)
    assert alone.deploys.schema == LOG_DEPLOYS
