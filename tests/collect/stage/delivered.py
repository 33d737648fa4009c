"""A trail's bucket, as CloudTrail fills it in a day of the story: log files by the minute, signed digests by the hour.

Source: docs/facts/cloudtrail.md#1-record-schema (order and lateness) and 2.1. Among them lies what no deploy needs.
"""

from __future__ import annotations

import gzip
import json
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any, Final

from tests.collect.stage.story import HOUR, NOW
from tests.trail.signed import ADVANCED, Bucket, control, folded, other_at
from tests.world import trail
from tests.world.chance import seeded
from tests.world.trail import ACCOUNT, Condition, File

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from tests.world.scenario import Scenario

FIRST: Final = -24
"""The hour of the day before in which the trail begins."""
ORGANISATION: Final = "o-a1b2c3d4e5"
MANAGER: Final = "999988887777"
"""The account of the organisation's trail."""
NEIGHBOUR: Final = "444455556666"


@dataclass(frozen=True)
class Trail:
    """A trail and what it has delivered.

    Attributes:
        home: its home Region; what it records in us-east-1 lies there in its bucket.
        stopped: the hour of the day at which it was stopped.
        selectors: what it was told to record, at the end of its first hour.
        until: the hour until which files are delivered.
        lost: hours of the day of which no log file is there, although digests name them.
    """

    name: str = "main"
    bucket: str = "trail-main"
    home: str = "us-east-1"
    prefix: str = ""
    organisation: bool = False
    multi_region: bool = True
    kms: str = ""
    stopped: float | None = None
    selectors: tuple[dict[str, Any], ...] = tuple(ADVANCED)
    until: float = NOW / HOUR
    seed: int = 1

    @property
    def arn(self) -> str:
        """By which CloudTrail knows it."""
        owner = MANAGER if self.organisation else ACCOUNT
        return f"arn:aws:cloudtrail:{self.home}:{owner}:trail/{self.name}"

    @property
    def records(self) -> bool:
        """Whether it records calls on the keys of stores."""
        return "AWS::CloudFront::KeyValueStore" in json.dumps(self.selectors)


@dataclass(repr=False)
class Delivered:
    """What lies in a trail's bucket.

    Attributes:
        made: log files and digests with their signatures, unpacked.
        files: the model's files whose records they contain.
        objects: everything by key, as it lies there: gzipped.
    """

    trail: Trail
    made: Bucket
    files: list[File]
    objects: dict[str, bytes]

    @property
    def logs(self) -> list[str]:
        """The keys of the log files of us-east-1 of this account, in the order of delivery."""
        return [key for key in self.made.files if "/CloudTrail/" in key]

    @property
    def digests(self) -> list[str]:
        """The keys of the digests, in the order of time."""
        return [key for key in self.made.files if "/CloudTrail-Digest/" in key]

    def put(self, client: Any) -> None:
        """Puts everything into the server's bucket, which it makes."""
        region = self.trail.home
        where = {} if region == "us-east-1" else {"CreateBucketConfiguration": {"LocationConstraint": region}}
        client.create_bucket(Bucket=self.trail.bucket, **where)
        for key, data in self.objects.items():
            signed = {"signature": self.made.signatures[key]} if key in self.made.signatures else {}
            client.put_object(Bucket=self.trail.bucket, Key=key, Body=data, Metadata=signed)


def deliver(world: Scenario, kept: Trail) -> Delivered:
    """What a trail has delivered of the calls of a scenario when the evidence is gathered."""
    organisation = f"{ORGANISATION}/" if kept.organisation else ""
    made = Bucket(
        "us-east-1",
        kept.name,
        organisation,
        name=kept.bucket,
        prefix=kept.prefix,
        suffix=".json.gz",
        home=kept.home,
    )
    files = [file for file in _files(world, kept) if file.delivered <= kept.until * HOUR]
    last = kept.until if kept.stopped is None else min(kept.until, kept.stopped)
    for hour in range(FIRST, int(kept.until) + 1):
        for file in files:
            if hour * HOUR < file.delivered <= (hour + 1) * HOUR:
                made.deliver(_at(world, file.delivered), *file.records)
        if hour + 1 <= last:
            made.close(_at(world, hour * HOUR), _at(world, (hour + 1) * HOUR), first=hour == FIRST)
    own = {key: gzip.compress(data, 1, mtime=0) for key, data in made.files.items()}
    return Delivered(kept, made, files, dict(sorted({**own, **dict(_beside(world, kept))}.items())))


def _files(world: Scenario, kept: Trail) -> Iterator[File]:
    """The model's files; an hour's other calls; and what was told to the trail."""
    end = float("inf") if kept.stopped is None else kept.stopped * HOUR
    seen = [done for done in world.service.history if done.at < end] if kept.records else []
    chance = seeded(kept.seed)
    found = trail.files_of(seen, Condition("intact"), world.base, 0, chance)
    begun = _at(world, FIRST * HOUR)
    told = [
        control(begun + timedelta(minutes=1), "CreateTrail", responseElements=_named(kept)),
        control(begun + timedelta(minutes=1), "StartLogging", requestParameters={"name": kept.arn}),
        _selected(begun + timedelta(minutes=2), kept),
    ]
    found.append(File(FIRST * HOUR + 600, told))
    if kept.stopped is not None:
        stop = control(_at(world, end), "StopLogging", requestParameters={"name": kept.arn})
        found.append(File(end + 300, [stop]))
    for hour in range(FIRST, int(min(end / HOUR, kept.until)) + 1):
        if hour % 3 == 0:
            at = hour * HOUR + 60 * chance.randrange(20, 50)
            found.append(File(at + 300, [other_at(_at(world, at), hour + 100)]))
    yield from sorted(found, key=lambda file: file.delivered)


def _named(kept: Trail) -> dict[str, Any]:
    return {"name": kept.name, "trailARN": kept.arn, "s3BucketName": kept.bucket, "isMultiRegionTrail": True}


def _selected(at: datetime, kept: Trail) -> dict[str, Any]:
    advanced = "FieldSelectors" in kept.selectors[0]
    said = {"advancedEventSelectors" if advanced else "eventSelectors": folded(list(kept.selectors))}
    return control(
        at,
        requestParameters={"trailName": kept.arn, **said},
        responseElements={"trailARN": kept.arn, **said},
    )


def _beside(world: Scenario, kept: Trail) -> Iterator[tuple[str, bytes]]:
    """Objects of the bucket that no deploy needs: other Regions, accounts, services and kinds of files."""
    body = gzip.compress(b'{"Records":[]}', 1, mtime=0)
    root = f"{kept.prefix}AWSLogs/{ORGANISATION + '/' if kept.organisation else ''}"
    accounts = (ACCOUNT, NEIGHBOUR) if kept.organisation else (ACCOUNT,)
    for hour in range(0, 19, 3):
        at = _at(world, hour * HOUR)
        day, minute = f"{at:%Y/%m/%d}", f"{at:%Y%m%dT%H%M}Z"
        for account in accounts:
            for region in ("eu-west-1", "us-east-2"):
                name = f"{account}_CloudTrail_{region}_{minute}_AbCdEfGhIjKlMn{hour:02}.json.gz"
                yield f"{root}{account}/CloudTrail/{region}/{day}/{name}", body
        if kept.organisation:
            name = f"{NEIGHBOUR}_CloudTrail_us-east-1_{minute}_AbCdEfGhIjKlMn{hour:02}.json.gz"
            yield f"{root}{NEIGHBOUR}/CloudTrail/us-east-1/{day}/{name}", body
        name = f"{ACCOUNT}_CloudTrail-Insight_us-east-1_{minute}_AbCdEfGhIjKlMn{hour:02}.json.gz"
        yield f"{root}{ACCOUNT}/CloudTrail-Insight/us-east-1/{day}/{name}", body
    yield f"{root}{ACCOUNT}/CloudTrail/", b""
    yield f"{root}{ACCOUNT}/elasticloadbalancing/us-east-1/a.log", b"x"


def _at(world: Scenario, seconds: float) -> datetime:
    return world.base + timedelta(seconds=seconds)
