"""Which trails record the calls on stores: TRAILS, and the answers of CloudTrail that say it, kept as they came.

Source: CloudTrail API reference, DescribeTrails, GetTrailStatus, GetEventSelectors, ListPublicKeys. Calls on a store
are data events of us-east-1, so neither a trail of another single Region nor one with basic selectors records them; an
organisation's trail records those of its members, and is shown to them. What a trail selects is known as of now: what
it selected when a deploy ran, the records of its changes say, or its digests with a later answer.

What an endpoint says is hostile: no bucket, prefix or name of another form than AWS allows is used.
"""

from __future__ import annotations

import json
import re
from base64 import b64encode
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from analyzer.collect.interface import RefusedError
from analyzer.collect.spans import earlier, later
from analyzer.collect.tables import TRAILS
from analyzer.errors import InputError
from analyzer.moments import LATEST, from_seconds, in_utc
from analyzer.sources.s3.layout import HOME
from analyzer.tables import from_columns
from analyzer.trail.coverage.selectors import read_selector_file, share_of_writes

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import polars as pl

    from analyzer.collect.interface import Cloud, Keep

MOST: Final = 200
"""Trails that are asked for: five in each Region is what AWS allows an account, and an organisation has its own."""

_TRAIL: Final = re.compile(
    r"arn:aws[a-z-]{0,20}:cloudtrail:([a-z]{2}[a-z0-9-]{3,28}):(\d{12}):trail/([A-Za-z0-9._-]{3,128})"
)
_STORE: Final = re.compile(r"arn:aws[a-z-]{0,20}:cloudfront::(\d{12}):key-value-store/[\w-]{1,128}")
_BUCKET: Final = re.compile(r"[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]")
_MARGIN: Final = timedelta(days=1)
"""Digests reach some hours beyond the deploys, and the clocks of logs may be off."""
_LONGEST: Final = 200  # characters of S3KeyPrefix
_NO_TRAIL: Final = (
    "this account has no trail, so that nothing recorded the calls (lostwrite setup-trail shows how to make one); is it"
    " the account of the stores?"
)
_NO_SELECTORS: Final = "what it selects is not known"
_SHARES: Final = {
    "all": "its selectors ask for all writes of the store",
    "some": "its selectors ask for some writes of the store",
    "none": "its selectors do not ask for the writes of the store",
}


class Trail(NamedTuple):
    """A trail as DescribeTrails says it: a row of TRAILS without what the other answers add."""

    arn: str
    name: str
    account: str
    home: str
    bucket: str
    prefix: str
    organisation: bool
    multi_region: bool
    kms: str | None
    digests: bool | None


def find_trails(cloud: Cloud, stores: Sequence[str], keep: Keep) -> pl.DataFrame:
    """TRAILS of this account that can record calls on stores, and what each records of `stores`.

    Keeps the answers; notes what is refused, and every trail that is left out with the reason.

    Args:
        cloud: asked once for the trails, and twice for each of them.
        stores: ARNs; where none is known, a trail is judged without.
        keep: the bundle.
    """
    try:
        described = cloud.describe_trails()
    except RefusedError as error:
        keep.refuse(error.source, error.reason)
        return TRAILS.to_frame()
    keep.put("trails", "cloudtrail:DescribeTrails", as_json({"trailList": list(described)}))
    if not described:
        keep.leave_open("cloudtrail:DescribeTrails", _NO_TRAIL)
    found: dict[str, Trail] = {}
    for description in described[:MOST]:
        trail, why = read_trail(description)
        if trail is None:
            keep.refuse("cloudtrail:DescribeTrails", why)
        else:
            found.setdefault(trail.arn, trail)
    if len(described) > MOST:
        keep.refuse("cloudtrail:DescribeTrails", f"it names {len(described):,} trails: {MOST} were looked at")
    rows = [_row(cloud, trail, stores, keep) for trail in found.values()]
    return from_columns({name: [row[name] for row in rows] for name in TRAILS}, TRAILS).sort("arn")


def read_trail(said: Mapping[str, Any]) -> tuple[Trail | None, str]:
    """A trail, or why it is not used: its values have not the forms that AWS gives them."""
    arn, bucket, prefix = (said.get(name) for name in ("TrailARN", "S3BucketName", "S3KeyPrefix"))
    match = _TRAIL.fullmatch(arn) if isinstance(arn, str) else None
    if match is None or not isinstance(arn, str):
        return None, "a trail without an ARN of one was left out"
    if not isinstance(bucket, str) or not _BUCKET.fullmatch(bucket) or ".." in bucket:
        return None, f"trail {arn} was left out: it names no bucket that there can be"
    prefix = prefix or ""
    if not isinstance(prefix, str) or not _is_prefix(prefix):
        return None, f"trail {arn} was left out: it names no prefix that is safe to use"
    kms = said.get("KmsKeyId")
    validation = said.get("LogFileValidationEnabled")
    return Trail(
        arn,
        match[3],
        match[2],
        match[1],
        bucket,
        prefix.strip("/"),
        said.get("IsOrganizationTrail") is True,
        said.get("IsMultiRegionTrail") is True,
        kms if isinstance(kms, str) and kms else None,
        validation if isinstance(validation, bool) else None,
    ), ""


def _is_prefix(prefix: str) -> bool:
    """Whether objects with it can be named below a folder: no step leads up or out, and nothing is hidden in it."""
    steps = prefix.strip("/").split("/")
    return (
        len(prefix) <= _LONGEST
        and prefix.isprintable()
        and "\\" not in prefix
        and (steps == [""] or not any(step in ("", ".", "..") for step in steps))
    )


def _row(cloud: Cloud, trail: Trail, stores: Sequence[str], keep: Keep) -> dict[str, object]:
    """A row of TRAILS; a trail that can never record a store is asked nothing."""
    never = _never(trail)
    status: Mapping[str, Any] = {}
    selectors: str | None = None
    if never is None:
        status = _status(cloud, trail, keep)
        selectors = _selectors(cloud, trail, keep)
    logging = status.get("IsLogging")
    times = {name: time_of(status.get(said)) for name, said in _TIMES.items()}
    records = [_record(trail, store, selectors, never) for store in stores]
    return (
        trail._asdict()
        | times
        | {
            "logging": logging if isinstance(logging, bool) else None,
            "records": records,
        }
    )


_TIMES: Final = {
    "started": "StartLoggingTime",
    "stopped": "StopLoggingTime",
    "delivered": "LatestDeliveryTime",
    "digested": "LatestDigestDeliveryTime",
}


def _never(trail: Trail) -> str | None:
    """Why a trail cannot record any store, whatever it selects."""
    if not trail.multi_region and trail.home != HOME:
        return f"it records {trail.home} alone, and calls on stores are recorded in {HOME}"
    return None


def _record(trail: Trail, store: str, selectors: str | None, never: str | None) -> dict[str, str]:
    """What a trail records of a store."""
    account = account_of(store)
    if account is None:
        share, why = "unknown", "the store's account is not known"
    elif never is not None:
        share, why = "never", never
    elif account != trail.account and not trail.organisation:
        share, why = "never", f"it records account {trail.account} alone"
    else:
        share = share_of_writes(selectors, store)
        why = _SHARES.get(share, _NO_SELECTORS)
    return {"store": store, "share": share, "why": why}


def _status(cloud: Cloud, trail: Trail, keep: Keep) -> Mapping[str, Any]:
    try:
        answer = cloud.trail_status(trail.arn)
    except RefusedError as error:
        keep.refuse(error.source, error.reason)
        return {}
    keep.put("status", f"cloudtrail:GetTrailStatus {trail.arn}", as_json(answer))
    return answer


def _selectors(cloud: Cloud, trail: Trail, keep: Keep) -> str | None:
    """The selectors in JSON, as `check --selectors` reads them; None where they are not known."""
    source = f"cloudtrail:GetEventSelectors {trail.arn}"
    try:
        answer = cloud.event_selectors(trail.arn)
        data = as_json(answer)
        file = read_selector_file(source, data, LATEST, None)
    except RefusedError as error:
        keep.refuse(error.source, error.reason)
        return None
    except InputError as error:
        keep.refuse(source, f"the answer is {error.reason}")
        return None
    if file.trail != trail.arn:
        keep.refuse(source, "the answer is about another trail")
        return None
    keep.put("selectors", source, data)
    return file.selectors


def keep_public_keys(cloud: Cloud, start: datetime, end: datetime, keep: Keep) -> None:
    """Keeps the public keys of the digests of a span, in the form of `aws cloudtrail list-public-keys`."""
    try:
        keys = cloud.public_keys(earlier(start, _MARGIN), later(end, _MARGIN))
    except RefusedError as error:
        keep.refuse(error.source, error.reason)
        return
    if keys:
        keep.put("public_keys", "cloudtrail:ListPublicKeys", as_json({"PublicKeyList": list(keys)}))
    else:
        keep.refuse("cloudtrail:ListPublicKeys", "there is no key of that time: signatures cannot be checked")


def account_of(store: str) -> str | None:
    """The account of a store's ARN."""
    match = _STORE.fullmatch(store)
    return match[1] if match else None


def as_json(answer: Mapping[str, Any]) -> bytes:
    """An answer as the AWS CLI prints it: times in ISO 8601, bytes in base64."""
    return json.dumps(answer, default=_plain, ensure_ascii=True, indent=1).encode()


def _plain(value: object) -> str:
    if isinstance(value, date):  # a datetime too
        return value.isoformat()
    if isinstance(value, bytes | bytearray):
        return b64encode(value).decode()
    return str(value)


def time_of(value: object) -> datetime | None:
    """The time that an answer says, as botocore gives it or in seconds; None of what is none."""
    if isinstance(value, datetime):
        return in_utc(value)
    if isinstance(value, int | float) and not isinstance(value, bool):
        return from_seconds(value)
    return None
