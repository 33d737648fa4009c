"""Which logs are of one deploy, by what they show. Two deploys that are taken for one hide what the second one lost.

Expected: the facts of one machine. A stack is deployed once at a time; a line is stamped when it is shown; a request id
is of one call. What shows nothing of it stays two, and the report says so.
"""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta

import pytest

from analyzer.logs.read import Logs, read_logs
from analyzer.sources.source import Source

MONDAY = datetime(2026, 10, 19, 12, tzinfo=UTC)
DAY, HOUR, MINUTE = timedelta(days=1), timedelta(hours=1), timedelta(minutes=1)
KV = "WebKvKeys.sst.aws.KvKeys"
ROUTES = "WebRoutesUpdate.sst.aws.KvRoutesUpdate"
STORE = "arn:aws:cloudfront::111111111111:key-value-store/11111111-1111-1111-1111-111111111111"
OTHER_STORE = "arn:aws:cloudfront::222222222222:key-value-store/22222222-2222-2222-2222-222222222222"
HEAD = ("SST 4.15.0  ready!", "➜  App:        shop", "   Stage:      prod", "~  Deploy")
STEPS = (
    (7, "|  Updated     Web sst:aws:StaticSite → WebKvKeys sst:aws:KvKeys"),
    (11, "|  Updated     Web sst:aws:StaticSite → WebRoutesUpdate sst:aws:KvRoutesUpdate"),
)
END = (20, "✓  Complete    ")


def stamped(at: datetime, *lines: tuple[float, str]) -> str:
    moments = [(at + timedelta(seconds=seconds), line) for seconds, line in lines]
    return "".join(f"{moment:%Y-%m-%dT%H:%M:%S.%f}0Z {line}\n" for moment, line in moments)


def whole(*steps: tuple[float, str]) -> list[tuple[float, str]]:
    return [*((0.0, line) for line in HEAD), *steps, END]


def text(at: datetime = MONDAY, *steps: tuple[float, str]) -> str:
    """SST's output in a CI log: its lines are stamped."""
    return stamped(at, *whole(*(steps or STEPS)))


def bare(*steps: tuple[float, str]) -> str:
    """The same without stamps, as a web page shows it."""
    return "".join(f"{line}\n" for _, line in whole(*(steps or STEPS)))


def event_log(at: datetime = MONDAY, *, store: str = STORE, steps: int = 2) -> str:
    """Pulumi's events of the same deploy, which have whole seconds."""
    began = int(at.timestamp())
    lines: list[dict[str, object]] = [{"timestamp": began, "preludeEvent": {"config": {}}}]
    for name, seconds in ((KV, 6), (ROUTES, 10))[:steps]:
        urn = f"urn:pulumi:prod::shop::sst:aws:StaticSite$pulumi-nodejs:dynamic:Resource::{name}"
        state = {
            "type": "pulumi-nodejs:dynamic:Resource",
            "urn": urn,
            "custom": True,
            "inputs": {"store": store},
        }
        step = {"op": "update", "urn": urn, "type": state["type"], "old": state, "new": state}
        lines.append({"timestamp": began + seconds, "resourcePreEvent": {"metadata": step}})
        lines.append({"timestamp": began + seconds + 1, "resOutputsEvent": {"metadata": step}})
    lines.append({"timestamp": began + 20, "summaryEvent": {"durationSeconds": 20, "resourceChanges": {}}})
    return "".join(json.dumps({"sequence": n, **line}) + "\n" for n, line in enumerate(lines, 1))


def read(**logs: str) -> Logs:
    return read_logs([Source(name, None, log.encode()) for name, log in logs.items()])


def found(**logs: str) -> list[list[str]]:
    """The logs of each deploy."""
    return [sorted(sources) for sources in read(**logs).deploys["sources"].to_list()]


def problems(**logs: str) -> dict[str, list[str]]:
    rows = read(**logs).inputs.select("source", "problems").rows()
    return {source: said for source, said in rows if said}


@pytest.mark.parametrize("later", [40 * timedelta(seconds=1), 5 * MINUTE, HOUR, DAY])
def test_equal_texts_of_other_times_are_two_deploys(later: timedelta) -> None:
    assert found(a=text(), b=text(MONDAY + later)) == [["a"], ["b"]]


@pytest.mark.parametrize("later", [40 * timedelta(seconds=1), 15 * MINUTE, DAY])
def test_a_text_of_another_time_than_the_event_log_is_another_deploy(later: timedelta) -> None:
    assert found(events=event_log(), text=text(MONDAY + later)) == [["events"], ["text"]]
    assert found(events=event_log(MONDAY + later), text=text()) == [["events"], ["text"]]


def test_a_text_goes_with_the_event_log_of_its_time_and_not_with_the_nth() -> None:
    """Tuesday has no event log: Wednesday's is not its."""
    days = [MONDAY, MONDAY + DAY, MONDAY + 2 * DAY]
    logs = {f"text{n}": text(day) for n, day in enumerate(days)}
    assert found(events0=event_log(days[0]), events2=event_log(days[2]), **logs) == [
        ["events0", "text0"],
        ["events2", "text2"],
        ["text1"],
    ]


def test_event_logs_of_one_second_that_name_other_stores_are_two_deploys() -> None:
    """A matrix job deploys to two accounts at once."""
    assert found(a=event_log(), b=event_log(store=OTHER_STORE)) == [["a"], ["b"]]
    assert found(a=event_log(), b=event_log()) == [["a", "b"]]


def test_texts_without_times_that_have_other_request_ids_are_two_deploys() -> None:
    def failed(request_id: str) -> str:
        call = "operation error CloudFront KeyValueStore: UpdateKeys"
        error = f"{call}, https response error StatusCode: 400, RequestID: {request_id}, AccessDenied: no"
        return bare(STEPS[0], (11, STEPS[1][1].replace("Updated", "Error  ")), (11, error))

    first, second = (f"3bbbb274-d672-ffc5-d551-2bf65efa0e{n}" for n in (10, 11))
    assert found(a=failed(first), b=failed(second)) == [["a"], ["b"]]
    assert found(a=failed(first), b=failed(first)) == [["a", "b"]]


def test_equal_texts_without_times_are_two_deploys_and_the_report_says_so() -> None:
    """The next deploy mostly prints the same. Seconds that agree three times are no chance."""
    assert found(a=bare(), b=bare()) == [["a"], ["b"]]
    assert "judged as a deploy of its own: it has the lines of a" in problems(a=bare(), b=bare())["b"][0]
    timed = [
        (0.0, f"|  Created     W{n} sst:aws:X → W{n}KvKeys sst:aws:KvKeys ({n}.{n}s)") for n in (1, 2, 3)
    ]
    assert found(a=bare(*timed), b=bare(*timed)) == [["a", "b"]]


def pulumi_log(*, failed: bool) -> str:
    """Pulumi's own text of the same operations, without times."""
    lines = ["Updating (prod):", "    pulumi:pulumi:Stack shop-prod running "]
    for name in (KV, ROUTES):
        end = "**updating failed** 1 error" if failed and name == ROUTES else "updated (0.9s)"
        row = f" ~  pulumi-nodejs:dynamic:Resource {name}"
        lines += [f"{row} updating (0s)", f"{row} {end}"]
    return "".join(f"{line}\n" for line in [*lines, "Resources:", "    ~ 2 updated", "Duration: 20s"])


def test_a_resource_that_failed_in_one_log_and_ended_well_in_the_other_is_of_two_deploys() -> None:
    assert found(events=event_log(), text=pulumi_log(failed=True)) == [["events"], ["text"]]
    assert found(events=event_log(), text=pulumi_log(failed=False)) == [["events", "text"]]


def test_a_text_of_output_that_was_held_back_is_of_the_event_log() -> None:
    """All lines come when the deploy ends: 14 seconds late, and more."""
    assert found(events=event_log(), text=text(MONDAY, (21, STEPS[0][1]), (21, STEPS[1][1]))) == [
        ["events", "text"]
    ]


def test_a_job_log_and_the_log_of_its_step_are_copies() -> None:
    before = "".join(stamped(MONDAY - MINUTE, (n, "##[group]Run actions/checkout@v4")) for n in range(5))
    assert found(job=before + text(), step=text()) == [["job", "step"]]


@pytest.mark.parametrize("with_events", [False, True])
def test_a_text_that_was_cut_is_a_copy(with_events: bool) -> None:
    cut = "".join(text().splitlines(keepends=True)[:5])
    events = {"events": event_log()} if with_events else {}
    assert found(cut=cut, whole=text(), **events) == [sorted(["cut", "whole", *events])]


def test_an_event_log_that_was_cut_is_a_copy() -> None:
    lines = event_log().splitlines(keepends=True)
    for cut in (lines[:4], lines[3:]):
        assert found(cut="".join(cut), whole=event_log()) == [["cut", "whole"]]


def test_a_bare_copy_goes_with_the_only_text_or_event_log_that_did_the_same() -> None:
    """No time shows it, and the report says that."""
    said = "read as a log of the same deploy as log: it did the same, and no other log here did; no time shows it"
    for log in (text(), event_log()):
        assert found(log=log, copy=bare()) == [["copy", "log"]]
        assert problems(log=log, copy=bare())["copy"] == [said]


@pytest.mark.parametrize("log", [text, event_log])
def test_a_bare_copy_that_could_be_of_several_deploys_stays_alone(log: object) -> None:
    assert callable(log)
    logs = {"a": log(MONDAY), "b": log(MONDAY + DAY), "copy": bare()}
    assert found(**logs) == [["a"], ["b"], ["copy"]]
    assert problems(**logs)["copy"] == [
        "judged as a deploy of its own: a and b did the same, and nothing shows with which of them it belongs"
    ]


def test_a_bare_text_is_not_of_the_deploy_that_has_another_text() -> None:
    """Its seconds are others."""
    other = bare((7, f"{STEPS[0][1]} (1.1s)"), STEPS[1])
    logs = {"events": event_log(), "text": text(), "other": other}
    assert found(**logs) == [["events", "text"], ["other"]]
    assert "it did the same as events, but so did text" in problems(**logs)["other"][0]


def test_two_texts_at_the_time_of_one_event_log_stay_alone() -> None:
    """Two jobs of a matrix began at once; the event log is of one of them."""
    logs = {"events": event_log(), "a": text(), "b": text(MONDAY + timedelta(seconds=1))}
    assert found(**logs) == [["a"], ["b"], ["events"]] or found(**logs) == [["events"], ["a"], ["b"]]
    assert "nothing shows which of them is of that deploy" in problems(**logs)["a"][0]


def test_a_text_that_is_hours_apart_may_be_of_another_zone_and_the_report_says_so() -> None:
    """Stamps without a zone are read as UTC; the deploy of the next hour looks the same."""
    logs = {"events": event_log(), "text": text(MONDAY + 2 * HOUR)}
    assert found(**logs) == [["events"], ["text"]]
    assert "if its stamps are of another zone" in problems(**logs)["text"][0]
    assert problems(events=event_log(), text=text(MONDAY + DAY)) == {}
