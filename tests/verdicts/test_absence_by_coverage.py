"""P3: a write is `dropped` where selectors and digests show that nothing is missing; and all that does not show it.

The store is quiet but for a read: SST read the key and never wrote it. The deploy ran from 03:00 to 03:01.
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest

from analyzer.trail.calls.chain import chain
from analyzer.trail.coverage.spans import covered
from analyzer.trail.read import Reading, read_trail
from analyzer.verdicts.judge import judge
from tests.build import deploys, writes
from tests.build import write as row
from tests.trail.cloudtrail import STORE, log, record
from tests.trail.forms.forms import LOSSLESS
from tests.trail.signed import (
    ADVANCED,
    BASIC,
    DATA,
    STORES,
    Bucket,
    control,
    day,
    hour,
    other_at,
    put_selectors,
)

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from analyzer.sources.source import Source
    from analyzer.verdicts.judge import Judgement

DROPPED = ("dropped", "never_attempted", "high")
GAP = ("unverifiable", "chain_not_closed", "low")
CLOCK = ("unverifiable", "clocks_differ", "low")
EARLY = ("unverifiable", "trail_too_early", "low")
OFF = ("unverifiable", "data_events_off", "low")


def call(at: datetime, event: str, name: str = "UpdateKeys", **fields: Any) -> dict[str, Any]:
    return record(event, name, eventTime=f"{at:%Y-%m-%dT%H:%M:%SZ}", **fields)


def read_at(at: datetime, event: str = "read") -> dict[str, Any]:
    return call(at, event, "GetKey", requestParameters={"kvsARN": STORE, "key": "k"}, responseElements=None)


def judged(sources: Sequence[Source], store: str = STORE, how: Reading | None = None) -> Judgement:
    trail = read_trail(sources, (), how or Reading())
    linked = chain(trail.calls)
    stores = [store, *trail.calls["store"].drop_nulls()]
    span = {"start": hour(3), "end": hour(3) + timedelta(minutes=1)}
    return judge(
        writes(row("k", 0, 1, store=store) | span),
        deploys(),
        trail.calls,
        linked,
        reach=trail.reach,
        has_trail=True,
        covered=covered(stores, trail.digests, trail.selectors, linked, trail.outages),
    )


def verdict(bucket: Bucket, *more: Source, how: Reading | None = None) -> tuple[str, str, str]:
    found = judged([*bucket.sources(), *more], how=how).verdicts
    name, cause, confidence = found.select("verdict", "cause", "confidence").row(0)
    return name, cause, confidence


def deployed(hours: int = 6, **selected: Any) -> Bucket:
    """The healthy trail, with a read of the key during the deploy."""
    bucket = Bucket()
    for number in range(hours):
        if number == 0:
            put = put_selectors(hour(0) + timedelta(minutes=10), **selected)
            bucket.deliver(hour(0.25), put, other_at(hour(0.2), 0))
        elif number == 3:
            bucket.deliver(hour(3.1), read_at(hour(3) + timedelta(seconds=30)))
        elif number != 2:
            bucket.deliver(hour(number + 0.5), other_at(hour(number + 0.4), number))
        bucket.close(hour(number), hour(number + 1), first=number == 0)
    return bucket


def test_selectors_and_digests_together_prove_it() -> None:
    assert verdict(deployed()) == DROPPED


def test_even_where_the_store_was_never_called() -> None:
    assert verdict(day()) == DROPPED


def test_the_evidence_says_on_what_it_rests() -> None:
    evidence = judged(deployed().sources()).evidence
    said = evidence.filter(kind="coverage")["detail"].to_list()
    assert said == [
        "all files that 6 linked digests list are available (signatures not checked), and the selectors ask for all"
        " writes (PutEventSelectors)"
    ]


def test_a_write_that_is_there_landed() -> None:
    bucket = day(3)
    bucket.deliver(
        hour(3.2),
        call(hour(3), "w", requestParameters={"kvsARN": STORE, "ifMatch": "KV1", "puts": [{"key": "k"}]}),
    )
    for number in (3, 4, 5):
        bucket.close(hour(number), hour(number + 1))
    assert verdict(bucket)[0] == "landed"


class TestDigests:
    def test_a_missing_log_file(self) -> None:
        bucket = deployed()
        del bucket.files[_log_of(bucket, 3)]
        assert verdict(bucket)[0] == "unverifiable"

    def test_a_log_file_that_cannot_be_read(self) -> None:
        bucket = deployed()
        key = _log_of(bucket, 3)
        bucket.files[key] = b"\x1f\x8b" + bucket.files[key]
        assert verdict(bucket)[0] == "unverifiable"

    def test_a_log_file_that_was_cut(self) -> None:
        import gzip

        bucket = deployed()
        key = _log_of(bucket, 3)
        bucket.files[key] = gzip.compress(bucket.files[key])[:-20]
        assert verdict(bucket) == GAP

    def test_a_log_file_of_an_hour_that_does_not_matter(self) -> None:
        bucket = deployed(8)
        del bucket.files[_log_of(bucket, 7)]
        assert verdict(bucket) == DROPPED

    def test_the_half_hour_after_it_counts(self) -> None:
        """A record of 03:01 may be delivered until 03:31."""
        bucket = deployed(3)
        bucket.deliver(hour(3.1), read_at(hour(3) + timedelta(seconds=30)))
        bucket.close(hour(3), hour(3.5))
        assert verdict(bucket) == EARLY
        bucket.close(hour(3.5), hour(4))
        assert verdict(bucket) == CLOCK

    def test_of_a_deploy_without_any_call_an_hour_around_it_counts(self) -> None:
        """Nothing shows that its log's clock is right: its calls may lie an hour away."""
        bucket = deployed(5)
        assert verdict(bucket) == DROPPED
        del bucket.files[_log_of(bucket, 4)]
        assert verdict(bucket) == CLOCK

    def test_a_missing_digest_within(self) -> None:
        bucket = deployed()
        del bucket.files[next(key for key in bucket.files if "T030000Z" in key)]
        assert verdict(bucket) == GAP

    def test_without_digests(self) -> None:
        bucket = deployed()
        bucket.files = {key: data for key, data in bucket.files.items() if "Digest" not in key}
        assert verdict(bucket, how=Reading(thorough=True)) == GAP

    @pytest.mark.parametrize("whole", [True, False])
    def test_a_backfill(self, whole: bool) -> None:
        """What it lists came late, and may hold any record of before."""
        bucket = deployed()
        late = bucket.deliver(hour(5), other_at(hour(3), 91))
        bucket.close(hour(3), hour(4), backfill=True, first=True)
        if not whole:
            del bucket.files[late]
        assert verdict(bucket) == (DROPPED if whole else GAP)

    def test_a_missing_backfill_digest(self) -> None:
        bucket = deployed()
        bucket.close(hour(3), hour(4), backfill=True, first=True, lost=True)
        bucket.close(hour(4), hour(5), backfill=True)
        assert verdict(bucket) == GAP

    @pytest.mark.parametrize(("after", "expected"), [(1.5, GAP), (-2.5, DROPPED)])
    def test_an_outage_of_cloudtrail(self, after: float, expected: tuple[str, str, str]) -> None:
        bucket = deployed()
        late = read_at(hour(3 + after), "late") | {"addendum": {"reason": "SERVICE_OUTAGE"}}
        bucket.deliver(hour(6.2), late)
        bucket.close(hour(6), hour(7))
        assert verdict(bucket) == expected

    def test_a_gap_in_the_chain_contradicts_them(self) -> None:
        """A write of 02:00 is missing from files that should have it: so may another be."""
        bucket = Bucket()
        bucket.deliver(hour(0.25), put_selectors(hour(0.2)))
        bucket.close(hour(0), hour(1), first=True)
        for number, (match, etag) in {1: ("KV1", "KV2"), 2: ("KV3", "KV4")}.items():
            parameters = {"kvsARN": STORE, "ifMatch": match, "puts": [{"key": "a"}]}
            made = call(
                hour(number + 0.3), match, requestParameters=parameters, responseElements={"eTag": etag}
            )
            bucket.deliver(hour(number + 0.4), made)
            bucket.close(hour(number), hour(number + 1))
        for number in (3, 4):
            bucket.close(hour(number), hour(number + 1))
        assert verdict(bucket)[0] == "unverifiable"

    def test_those_of_another_region(self) -> None:
        """Calls on key-value stores are recorded in us-east-1."""
        bucket = deployed()
        other = Bucket("eu-west-1")
        for number in range(6):
            other.close(hour(number), hour(number + 1), first=number == 0)
        del bucket.files[_log_of(bucket, 3)]
        assert verdict(bucket, *other.sources())[0] == "unverifiable"

    def test_those_of_another_account(self) -> None:
        store = STORE.replace("111122223333", "444455556666")
        assert judged(deployed().sources(), store).verdicts["verdict"].to_list() == ["unverifiable"]


class TestSelectors:
    def test_basic_ones_cannot_record_it(self) -> None:
        assert verdict(day(selectors=BASIC)) == OFF

    def test_those_of_another_store(self) -> None:
        other = {"Field": "resources.ARN", "Equals": [STORE.replace("EXAMPLE1", "EXAMPLE2")]}
        chosen = [ADVANCED[0], {"FieldSelectors": [DATA, STORES, other]}]
        assert verdict(day(selectors=chosen)) == OFF

    def test_that_leave_the_writes_out(self) -> None:
        reads = {"Field": "readOnly", "Equals": ["true"]}
        chosen = [ADVANCED[0], {"FieldSelectors": [DATA, STORES, reads]}]
        assert verdict(deployed(selectors=chosen)) == OFF

    def test_the_evidence_says_which_trail_and_why(self) -> None:
        evidence = judged(day(selectors=BASIC).sources()).evidence
        said = evidence.filter(kind="coverage")["detail"].to_list()
        assert said == ["trail audit: its selectors ask for none of the writes (PutEventSelectors)"]

    @pytest.mark.parametrize(("minutes", "expected"), [(10, GAP), (20, CLOCK), (80, DROPPED)])
    def test_that_were_put_just_before_it(self, minutes: int, expected: tuple[str, str, str]) -> None:
        bucket = Bucket()
        for number in range(6):
            if number == 3:
                bucket.deliver(hour(3.25), put_selectors(hour(3) - timedelta(minutes=minutes)))
            bucket.close(hour(number), hour(number + 1), first=number == 0)
        assert verdict(bucket) == expected

    def test_that_were_put_after_it(self) -> None:
        bucket = Bucket()
        for number in range(6):
            if number == 4:
                bucket.deliver(hour(4.5), put_selectors(hour(4.4)))
            bucket.close(hour(number), hour(number + 1), first=number == 0)
        assert verdict(bucket) == OFF

    def test_of_a_trail_that_would_not_record_their_change(self) -> None:
        """It records no management events: PutEventSelectors may have been called without a trace."""
        bucket = day(selectors=ADVANCED[1:])
        assert verdict(bucket) == GAP

    @pytest.mark.parametrize("api", ["StopLogging", "UpdateTrail", "DeleteTrail"])
    def test_of_a_trail_that_was_changed_before(self, api: str) -> None:
        bucket = Bucket()
        bucket.deliver(hour(0.25), put_selectors(hour(0.2)))
        bucket.close(hour(0), hour(1), first=True)
        bucket.deliver(hour(1.25), control(hour(1.2), api))
        for number in range(1, 6):
            bucket.close(hour(number), hour(number + 1))
        assert verdict(bucket)[0] == "unverifiable"

    def test_that_were_known_before_a_gap_in_the_digests(self) -> None:
        """The change that is missing may be the one that ended it."""
        bucket = deployed(9)
        del bucket.files[next(key for key in bucket.files if "T020000Z" in key)]
        assert verdict(bucket) == GAP


class TestFile:
    def how(self, at: float, since: float | None = None) -> Reading:
        import json

        from analyzer.trail.coverage.selectors import read_selector_file
        from tests.trail.signed import TRAIL

        said = json.dumps({"TrailARN": TRAIL, "AdvancedEventSelectors": ADVANCED}).encode()
        since_at = None if since is None else hour(since)
        return Reading(selector_files=[read_selector_file("s.json", said, hour(at), since_at)])

    def plain(self) -> Bucket:
        """A trail in whose files no change of it is."""
        bucket = Bucket()
        for number in range(6):
            bucket.close(hour(number), hour(number + 1), first=number == 0)
        return bucket

    def test_saved_where_the_digests_reach(self) -> None:
        assert verdict(self.plain(), how=self.how(5.5)) == DROPPED
        assert verdict(self.plain(), how=self.how(0.5)) == DROPPED

    def test_saved_days_later(self) -> None:
        """Data events may have been switched on after the incident, as people do."""
        assert verdict(self.plain(), how=self.how(99)) == GAP

    def test_with_the_user_s_word(self) -> None:
        assert verdict(self.plain(), how=self.how(99, since=1)) == DROPPED
        assert verdict(self.plain(), how=self.how(99, since=4))[0] == "unverifiable"


class TestUnsound:
    """What looks like proof that data events are on, and is none (docs/facts/cloudtrail.md#4-absence-of-evidence)."""

    def test_management_events(self) -> None:
        from analyzer.sources.source import Source

        files = [log(other_at(hour(number), number)) for number in range(6)]
        sources = [Source(f"f{number}", None, file) for number, file in enumerate(files)]
        assert judged(sources).verdicts["cause"].item() == "data_events_off"

    def test_digests_and_log_files_of_every_hour(self) -> None:
        bucket = Bucket()
        for number in range(6):
            bucket.deliver(hour(number + 0.5), other_at(hour(number + 0.4), number))
            bucket.close(hour(number), hour(number + 1), first=number == 0)
        assert verdict(bucket) == OFF

    def test_digests_of_empty_hours(self) -> None:
        bucket = Bucket()
        for number in range(6):
            bucket.close(hour(number), hour(number + 1), first=number == 0)
        assert verdict(bucket) == OFF

    def test_calls_on_another_store(self) -> None:
        elsewhere = STORE.replace("EXAMPLE1", "EXAMPLE2")
        bucket = Bucket()
        made = [
            call(hour(number), f"e{number}", requestParameters={"kvsARN": elsewhere, "puts": [{"key": "k"}]})
            for number in (1, 3, 4)
        ]
        bucket.deliver(hour(4.5), *made)
        for number in range(6):
            bucket.close(hour(number), hour(number + 1), first=number == 0)
        assert verdict(bucket) == OFF

    def test_reads_of_the_store(self) -> None:
        bucket = Bucket()
        bucket.deliver(hour(3.1), read_at(hour(3)), read_at(hour(3) + timedelta(seconds=9), "again"))
        for number in range(6):
            bucket.close(hour(number), hour(number + 1), first=number == 0)
        assert verdict(bucket) == OFF

    def test_data_events_of_other_services(self) -> None:
        objects = {"Field": "resources.type", "Equals": ["AWS::S3::Object"]}
        chosen = [ADVANCED[0], {"FieldSelectors": [DATA, objects]}]
        assert verdict(day(selectors=chosen)) == OFF

    @pytest.mark.parametrize("api", ["GetEventSelectors", "GetTrailStatus"])
    def test_a_look_at_the_selectors(self, api: str) -> None:
        bucket = Bucket()
        bucket.deliver(hour(0.25), put_selectors(hour(0.2), eventName=api))
        for number in range(6):
            bucket.close(hour(number), hour(number + 1), first=number == 0)
        assert verdict(bucket) == OFF

    def test_output_of_lookup_events(self) -> None:
        """It never holds data events: a quiet one says nothing, and it is no input of a proof."""
        import json

        from analyzer.sources.source import Source

        said = {"Events": [{"EventId": "1", "CloudTrailEvent": json.dumps(other_at(hour(3), 1))}]}
        assert verdict(Bucket(), Source("lookup.json", None, json.dumps(said).encode())) == OFF

    @pytest.mark.parametrize(
        "form", ["cloudtrail-eventbridge", "cloudtrail-cwl-events", "cloudtrail-splunk", "cloudtrail-elastic"]
    )
    def test_an_export(self, form: str) -> None:
        """Exports are filtered: no records around the time, no selectors and no digests alone make one whole."""
        from analyzer.sources.source import Source

        around = [call(hour(2), "w1"), put_selectors(hour(0.2)), other_at(hour(3), 1), other_at(hour(5), 2)]
        export = Source("export", None, LOSSLESS[form](around))
        assert verdict(Bucket(), export) == GAP
        bucket = deployed()
        for key in [key for key in bucket.files if "/CloudTrail/" in key]:
            del bucket.files[key]
        assert verdict(bucket, export) == GAP

    def test_a_write_without_a_store_may_be_of_any(self) -> None:
        bucket = day(3)
        unnamed = call(hour(3), "w", requestParameters={"omitted": True}, resources=None)
        bucket.deliver(hour(3.1), unnamed)
        for number in (3, 4, 5):
            bucket.close(hour(number), hour(number + 1))
        assert verdict(bucket)[0] == "unverifiable"


def _log_of(bucket: Bucket, number: int) -> str:
    return next(
        key
        for key in bucket.files
        if f"/CloudTrail/us-east-1/2026/06/10/111122223333_CloudTrail_us-east-1_20260610T{number:02}" in key
    )
