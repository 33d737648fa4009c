"""Commands that only read: they fetch the evidence that would decide a write in doubt.

What an input says enters a command only where it has the form that it must have (an ARN, an account, hours, a plain
name); else a placeholder stands for it. A placeholder is a quoted word in angle brackets, which neither the AWS CLI nor
S3 takes for a name: a command that is run as it stands fails before it sends anything.

Sources: AWS CLI reference (s3 cp, cloudtrail get-event-selectors, cloudfront list-key-value-stores); for the names of
log files docs/facts/cloudtrail.md#2-forms-on-disk.
"""

from __future__ import annotations

import re
from datetime import timedelta
from typing import TYPE_CHECKING, Final

from analyzer.commands.kvs import is_store
from analyzer.commands.words import plain, quote

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

_MOST_DAYS: Final = 3
_MOST_HOURS: Final = 8
_ACCOUNT: Final = re.compile("[0-9]{12}")
_NAME: Final = re.compile("[0-9A-Za-z][0-9A-Za-z_.-]{0,99}")
_PATH: Final = re.compile("[0-9A-Za-z_./][0-9A-Za-z_./-]{0,199}")
_UPDATE_ID: Final = re.compile("[0-9a-f]{24}")
_TIME: Final = "%Y-%m-%dT%H:%M:%SZ"

_TRAIL_BUCKET: Final = "<BUCKET-OF-THE-TRAIL>"
_STATE_BUCKET: Final = "<SST-STATE-BUCKET>"


def list_keys(store: str | None) -> str:
    """The listing of a store, with its ETag and its time; the names of all stores, where no valid one is given."""
    if store is None or not is_store(store):
        return plain("aws cloudfront list-key-value-stores --output json")
    return plain(f"lostwrite keys {quote(store)} --output keys.json")


def copy_hours(account: str | None, start: datetime, end: datetime) -> str | None:
    """The copy of the trail's files that were delivered between two times; None where they are too far apart.

    Files are named by the minute of their delivery, and lie in folders by day.
    """
    days = _days(start, end)
    if len(days) > _MOST_DAYS or end < start:
        return None
    folder = f"s3://{_TRAIL_BUCKET}/AWSLogs/{_fit(_ACCOUNT, account, 'ACCOUNT')}/CloudTrail/us-east-1"
    commands = []
    for day, hours in days:
        if len(hours) > _MOST_HOURS:
            which = ""
        else:
            included = (quote(f"*_CloudTrail_us-east-1_{day:%Y%m%d}T{hour:02}*") for hour in hours)
            which = f" --exclude {quote('*')}" + "".join(f" --include {word}" for word in included)
        commands.append(f"aws s3 cp {quote(f'{folder}/{day:%Y/%m/%d}/')} trail/ --recursive{which}")
    return plain(" &&\n".join(commands))


def copy_digests(account: str | None, day: datetime) -> str:
    """The copy of the digests of a day, and what the trail selects."""
    folder = f"s3://{_TRAIL_BUCKET}/AWSLogs/{_fit(_ACCOUNT, account, 'ACCOUNT')}/CloudTrail-Digest/us-east-1"
    source = quote(f"{folder}/{day:%Y/%m/%d}/")
    return plain(f"aws s3 cp {source} trail/ --recursive &&\n{get_selectors()}")


def get_selectors() -> str:
    """What a trail selects, to the file that `--selectors` takes."""
    options = f"--region us-east-1 --trail-name {quote('<TRAIL>')} --output json"
    return plain(f"aws cloudtrail get-event-selectors {options} >selectors.json")


def copy_of_state(what: str, app: str | None, stage: str | None, update_id: str | None) -> str:
    """The copy of a deploy's object in SST's state bucket (docs/facts/sst-output.md#13-state-bucket).

    Args:
        what: `eventlog`, or `update` for the object that has the deploy's times.
        app: of the deploy.
        stage: of the deploy.
        update_id: of the deploy.
    """
    folder = f"{what}/{_fit(_NAME, app, 'APP')}/{_fit(_NAME, stage, 'STAGE')}"
    name = _fit(_UPDATE_ID, update_id, "UPDATE-ID")
    return plain(f"aws s3 cp {quote(f's3://{_STATE_BUCKET}/{folder}/{name}.json')} {what}.json")


def check_again(sources: Sequence[str], start: datetime, end: datetime) -> str:
    """The check of the same logs in another window."""
    logs = [source if _PATH.fullmatch(source) else "<LOG>" for source in sources] or ["<LOG>"]
    words = " ".join(quote(word) for word in dict.fromkeys(logs))
    window = f"--since {start.strftime(_TIME)} --until {end.strftime(_TIME)}"
    return plain(f"lostwrite check {words} --trail {quote('<TRAIL>')} {window}")


def _fit(form: re.Pattern[str], text: str | None, placeholder: str) -> str:
    return text if text is not None and form.fullmatch(text) else f"<{placeholder}>"


def _days(start: datetime, end: datetime) -> list[tuple[datetime, list[int]]]:
    """Each day between two times with its hours, as far as they are needed to know that they are too many."""
    days: dict[datetime, list[int]] = {}
    hour = start.replace(minute=0, second=0, microsecond=0)
    while hour <= end and len(days) <= _MOST_DAYS:
        days.setdefault(hour.replace(hour=0), []).append(hour.hour)
        hour += timedelta(hours=1)
    return list(days.items())
