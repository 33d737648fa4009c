"""What every format says and selects: which events, for which stores, what it costs, and what it leaves alone.

Both reads and writes are selected: a failed read is what shows why a write was never made. For the selectors, the
Region and the price see docs/facts/cloudtrail.md#8-switching-the-data-events-on.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Sequence

SELECTOR_NAME: Final = "CloudFront key-value stores"
TRAIL_NAME: Final = "key-value-stores"
DAYS_TO_KEEP: Final = 90

COST: Final = (
    "Cost: CloudTrail bills data events: 0.10 USD for 100,000 of them by the price list that we read, the first copy",
    "included; S3 bills the files. What it comes to depends on how often your deploys and scripts call the stores (a",
    "deploy makes some calls for each route and site), and the price on your Region and contract:",
    "https://aws.amazon.com/cloudtrail/pricing/",
)
OWN_TRAIL: Final = (
    "This makes a second trail, with a bucket of its own, and leaves your other trails alone: this tool cannot add a",
    "selector to a trail that it does not own. To add it to a trail that is there: lostwrite setup-trail --format cli.",
    "The trail records these data events and no management events, which a second trail would be billed for.",
)
REGION: Final = "CloudTrail delivers the records of key-value stores to us-east-1, so the trail is there."


def fields(stores: Sequence[str]) -> list[tuple[str, list[str]]]:
    """The fields of the advanced event selector, each with what it must equal."""
    every = [("eventCategory", ["Data"]), ("resources.type", ["AWS::CloudFront::KeyValueStore"])]
    return [*every, ("resources.ARN", list(stores))] if stores else every


def of_which(stores: Sequence[str]) -> list[str]:
    """Which stores are meant, a line each."""
    return ["Stores:", *(f"  {store}" for store in stores)] if stores else ["Stores: all of the account."]


def comment(lines: Sequence[str], mark: str = "#") -> str:
    """The lines as comments, with a final newline."""
    return "".join(f"{mark} {line}".rstrip() + "\n" for line in lines)
