"""What trails were told to record: the evaluation of selectors, and the timeline."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from analyzer.errors import InputError
from analyzer.trail.coverage.selectors import read_selector_file, records_changes, share_of_writes
from analyzer.trail.read import Reading
from tests.trail.cloudtrail import STORE, log, other, read, record
from tests.trail.forms.forms import CERTAIN, LOSSLESS
from tests.trail.signed import (
    ADVANCED,
    BASIC,
    DATA,
    MANAGEMENT,
    STORES,
    TRAIL,
    control,
    folded,
    hour,
    put_selectors,
)

if TYPE_CHECKING:
    from pathlib import Path

    import polars as pl

OTHER_STORE = STORE.replace("EXAMPLE1", "EXAMPLE2")


def field(name: str, **tests: list[str]) -> dict[str, Any]:
    return {"Field": name, **tests}


def selector(*conditions: dict[str, Any]) -> list[dict[str, Any]]:
    return [{"Name": "x", "FieldSelectors": [DATA, STORES, *conditions]}]


@pytest.mark.parametrize(
    ("selectors", "share"),
    [
        (ADVANCED, "all"),
        (folded(ADVANCED), "all"),
        (BASIC, "none"),
        (folded(BASIC), "none"),
        (selector(field("readOnly", Equals=["true"])), "none"),
        (selector(field("readOnly", Equals=["false"])), "all"),
        (selector(field("eventName", Equals=["UpdateKeys"])), "some"),
        (selector(field("eventName", Equals=["UpdateKeys", "PutKey", "DeleteKey"])), "all"),
        (selector(field("eventName", NotEquals=["GetKey"])), "all"),
        (selector(field("eventName", NotStartsWith=["Update"])), "some"),
        (selector(field("eventName", Equals=["GetKey"])), "none"),
        (selector(field("resources.ARN", Equals=[STORE])), "all"),
        (selector(field("resources.ARN", Equals=[OTHER_STORE])), "none"),
        (selector(field("resources.ARN", StartsWith=["arn:aws:cloudfront::111122223333:"])), "all"),
        (selector(field("resources.ARN", NotEndsWith=["11111"])), "none"),
        (selector(field("resources.ARN", Equals=[OTHER_STORE])) + selector(), "all"),
        (selector(field("userIdentity.arn", NotStartsWith=["arn:aws:sts"])), "some"),
        (selector(field("eventName", Matches=["*"])), "some"),
        (selector(DATA), "some"),
        ([{"FieldSelectors": [DATA, field("resources.type", Equals=["AWS::S3::Object"])]}], "none"),
        ([{"FieldSelectors": [DATA]}], "none"),
        ([{"FieldSelectors": "odd"}, 5], "none"),
    ],
)
def test_how_many_writes_selectors_ask_for(selectors: list[Any], share: str) -> None:
    assert share_of_writes(json.dumps(selectors), STORE) == share


def test_nothing_known_is_nothing_said() -> None:
    assert share_of_writes(None, STORE) == "unknown"
    assert not records_changes(None)


@pytest.mark.parametrize(
    ("selectors", "records"),
    [
        (ADVANCED, True),
        (selector(), False),
        (BASIC, True),
        ([{"ReadWriteType": "ReadOnly", "IncludeManagementEvents": True}], False),
        ([{"ReadWriteType": "All", "IncludeManagementEvents": False}], False),
        ([{"FieldSelectors": [MANAGEMENT, field("readOnly", Equals=["true"])]}], False),
        ([{"FieldSelectors": [MANAGEMENT, field("eventSource", NotEquals=["kms.amazonaws.com"])]}], True),
        ([{"FieldSelectors": [MANAGEMENT, field("eventName", Equals=["RunInstances"])]}], False),
    ],
)
def test_whether_a_trail_records_its_own_changes(selectors: list[Any], records: bool) -> None:
    assert records_changes(json.dumps(selectors)) is records


def states(*records: dict[str, Any], how: Reading | None = None) -> list[tuple[str, str]]:
    table = timeline_of(*records, how=how)
    assert set(table["trail"].to_list()) <= {TRAIL}
    return table.select("what", "state").rows()


def timeline_of(*records: dict[str, Any], how: Reading | None = None) -> pl.DataFrame:
    from analyzer.sources.source import Source
    from analyzer.trail.read import read_trail

    source = Source("f", None, log(*records))
    return read_trail([source], (), how or Reading(thorough=True)).selectors


def test_each_change_lasts_until_the_next() -> None:
    changes = [
        control(hour(1), "CreateTrail"),
        put_selectors(hour(2)),
        control(hour(3), "StartLogging"),
        control(hour(4), "StopLogging"),
        control(hour(5), "StartLogging"),
        control(hour(6), "UpdateTrail"),
        control(hour(7), "StartLogging"),
        put_selectors(hour(8), BASIC),
        control(hour(9), "DeleteTrail"),
    ]
    table = timeline_of(*reversed(changes))
    assert table.select("what", "state").rows() == [
        ("CreateTrail", "selects"),
        ("PutEventSelectors", "selects"),
        ("StartLogging", "selects"),
        ("StopLogging", "stopped"),
        ("StartLogging", "selects"),
        ("UpdateTrail", "unknown"),
        ("StartLogging", "unknown"),
        ("PutEventSelectors", "selects"),
        ("DeleteTrail", "deleted"),
    ]
    assert table["until"].to_list() == [*table["at"].to_list()[1:], None]
    shares = [share_of_writes(text, STORE) for text in table["selectors"]]
    assert shares == ["none", "all", "all", "all", "all", "unknown", "unknown", "none", "none"]


def test_two_changes_in_one_second_leave_open_which_was_last() -> None:
    assert states(put_selectors(hour(1), event_id="a"), put_selectors(hour(1), BASIC, event_id="b")) == [
        ("PutEventSelectors", "unknown")
    ]


@pytest.mark.parametrize(
    "fields",
    [
        {"errorCode": "TrailNotFoundException"},
        {"errorMessage": "no"},
        {"eventTime": "never"},
        {"eventSource": "s3.amazonaws.com"},
    ],
)
def test_what_changed_nothing(fields: dict[str, Any]) -> None:
    assert states(put_selectors(hour(1), **fields)) == []


@pytest.mark.parametrize("api", ["GetEventSelectors", "GetTrailStatus", "DescribeTrails"])
def test_reading_selectors_proves_nothing(api: str) -> None:
    assert states(put_selectors(hour(1), eventName=api)) == []


def test_a_trail_is_known_by_its_name_where_no_record_says_its_arn() -> None:
    assert states(control(hour(1), "StopLogging", requestParameters={"name": TRAIL})) == [
        ("StopLogging", "stopped")
    ]
    assert timeline_of(control(hour(1), "StopLogging", requestParameters=None)).is_empty()


class TestWhereItIsLookedFor:
    """A search in every file costs time that a plain check does not have."""

    name = "111122223333_CloudTrail_us-east-1_20260610T0110Z_x.json"

    def found(self, how: Reading, *more: dict[str, Any]) -> int:
        from analyzer.sources.source import Source
        from analyzer.trail.read import read_trail

        source = Source(self.name, None, log(put_selectors(hour(1)), *more))
        return read_trail([source], (), how).selectors.height

    def test_not_everywhere(self) -> None:
        assert self.found(Reading(), other()) == 0

    def test_everywhere_where_it_is_asked_for(self) -> None:
        assert self.found(Reading(thorough=True)) == 1

    def test_in_files_that_hold_calls(self) -> None:
        from tests.trail.cloudtrail import record

        assert self.found(Reading(), record()) == 1

    @pytest.mark.parametrize(("start", "end", "found"), [(1, 2, 1), (0, 0.9, 1), (0, 0.5, 0), (2, 3, 0)])
    def test_in_files_delivered_near_a_deploy(self, start: float, end: float, found: int) -> None:
        """The file was delivered at 01:10; calls made up to half an hour before may be in it."""
        assert self.found(Reading(around=[(hour(start), hour(end))])) == found


def by_file(selectors: list[Any], at: float, since: float | None = None) -> Reading:
    said = json.dumps({"TrailARN": TRAIL, "AdvancedEventSelectors": selectors}).encode()
    since_at = None if since is None else hour(since)
    return Reading(thorough=True, selector_files=[read_selector_file("s.json", said, hour(at), since_at)])


class TestFile:
    def test_alone_it_reaches_back_as_far_as_one_may_look(self) -> None:
        row = timeline_of(how=by_file(ADVANCED, 5)).row(0, named=True)
        assert (row["at"], row["known_at"], row["until"], row["vouched"]) == (None, hour(5), None, False)

    def test_it_reaches_back_to_the_change_that_made_it_so(self) -> None:
        rows = timeline_of(put_selectors(hour(1)), put_selectors(hour(9), BASIC), how=by_file(ADVANCED, 5))
        assert rows.select("at", "known_at", "until").rows()[1] == (hour(1), hour(5), hour(9))

    def test_but_not_where_that_change_left_something_else(self) -> None:
        """Then a change is missing from hand, at a time that nobody knows."""
        rows = timeline_of(put_selectors(hour(1), BASIC), how=by_file(ADVANCED, 5))
        assert rows.select("what", "at").rows() == [
            ("PutEventSelectors", hour(1)),
            ("get-event-selectors", hour(5)),
        ]

    def test_the_user_may_say_since_when(self) -> None:
        row = timeline_of(how=by_file(ADVANCED, 5, since=2)).row(0, named=True)
        assert (row["at"], row["vouched"]) == (hour(2), True)

    @pytest.mark.parametrize(
        "data", [b"", b"[]", b'{"TrailARN":"x"}', b'{"EventSelectors":[]}', b"[" * 100_000]
    )
    def test_what_is_no_such_file(self, data: bytes) -> None:
        with pytest.raises(InputError, match="get-event-selectors"):
            read_selector_file("s.json", data, hour(0), None)


def test_files_are_as_old_as_their_last_change(tmp_path: Path) -> None:
    from analyzer.trail.coverage.user_files import read_selector_files
    from tests.trail.signed import write_selectors

    (said,) = read_selector_files([write_selectors(tmp_path, hour(3), ADVANCED)], None)
    assert (said.trail, said.at, said.since) == (TRAIL, hour(3), None)
    with pytest.raises(InputError, match="no such file"):
        read_selector_files([tmp_path / "gone"], None)


@pytest.mark.parametrize("form", CERTAIN)
def test_changes_are_read_in_every_form(form: str) -> None:
    """Often a trail's changes are at hand only as `lookup-events` or an export gives them."""
    made = [put_selectors(hour(1)), control(hour(2), "StopLogging")]
    expected = read(log(*made, record("e1"))).selectors.drop("what")
    found = read(LOSSLESS[form]([*made, record("e1")])).selectors.drop("what")
    assert expected.height == 2
    assert found.equals(expected)
