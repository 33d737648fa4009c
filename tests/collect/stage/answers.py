"""What CloudTrail says of its trails, where the server cannot: the organisation's trail, times, public keys.

Source: CloudTrail API reference, `DescribeTrails`, `GetTrailStatus`, `GetEventSelectors`, `ListPublicKeys`.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from tests.collect.stage.delivered import FIRST
from tests.collect.stage.proxy import TRAIL, Answer, Asked
from tests.trail.signed import public_keys

if TYPE_CHECKING:
    from datetime import datetime

    from tests.collect.stage.delivered import Trail

_JSON = (("Content-Type", "application/x-amz-json-1.1"),)


def said(answer: dict[str, Any]) -> Answer:
    """An answer of CloudTrail or SSM."""
    return Answer(200, json.dumps(answer).encode(), _JSON)


def refused(code: str, message: str = "no", status: int = 400) -> Answer:
    """A refusal of CloudTrail or SSM."""
    return Answer(status, json.dumps({"__type": code, "message": message}).encode(), _JSON)


def refused_s3(code: str, message: str = "no", status: int = 403, *headers: tuple[str, str]) -> Answer:
    """A refusal of S3."""
    body = f"<?xml version='1.0'?><Error><Code>{code}</Code><Message>{message}</Message></Error>"
    return Answer(status, body.encode(), (("Content-Type", "application/xml"), *headers))


@dataclass(repr=False)
class Control:
    """A rule of the proxy: answers what the server does not know of the trails that are shown.

    An account sees the trail of its organisation, though another account owns it: the server has no such trail, so
    everything about it is said here.
    """

    base: datetime
    trails: list[Trail] = field(default_factory=list)

    def __call__(self, asked: Asked) -> Answer | None:
        if asked.service != TRAIL:
            return None
        body = json.loads(asked.body or b"{}")
        named = self._named(body.get("TrailName") or body.get("Name") or "")
        match asked.operation:
            case "ListPublicKeys":
                return said({"PublicKeyList": [_public_key(self.base)]})
            case "GetTrailStatus" if named:
                return said(self._status(named))
            case "GetEventSelectors" if named and named.organisation:
                kind = (
                    "AdvancedEventSelectors" if "FieldSelectors" in named.selectors[0] else "EventSelectors"
                )
                return said({"TrailARN": named.arn, kind: list(named.selectors)})
            case "DescribeTrails" if any(each.organisation for each in self.trails):
                return said({"trailList": [described(each) for each in self.trails]})
        return None

    def _named(self, word: str) -> Trail | None:
        return next((each for each in self.trails if word in (each.arn, each.name)), None)

    def _status(self, kept: Trail) -> dict[str, Any]:
        def at(hour: float) -> float:
            return (self.base + timedelta(hours=hour)).timestamp()

        last = kept.until if kept.stopped is None else kept.stopped
        status = {
            "IsLogging": kept.stopped is None,
            "StartLoggingTime": at(FIRST),
            "LatestDeliveryTime": at(last - 0.05),
            "LatestDigestDeliveryTime": at(int(last) + 0.1),
        }
        return status if kept.stopped is None else {**status, "StopLoggingTime": at(kept.stopped)}


def described(kept: Trail) -> dict[str, Any]:
    """A trail of the list of DescribeTrails."""
    return {
        "Name": kept.name,
        "S3BucketName": kept.bucket,
        **({"S3KeyPrefix": kept.prefix.removesuffix("/")} if kept.prefix else {}),
        "IncludeGlobalServiceEvents": True,
        "IsMultiRegionTrail": kept.multi_region,
        "HomeRegion": kept.home,
        "TrailARN": kept.arn,
        "LogFileValidationEnabled": True,
        **({"KmsKeyId": kept.kms} if kept.kms else {}),
        "HasCustomEventSelectors": True,
        "HasInsightSelectors": False,
        "IsOrganizationTrail": kept.organisation,
    }


def _public_key(base: datetime) -> dict[str, Any]:
    key: dict[str, Any] = json.loads(public_keys())["PublicKeyList"][0]
    valid = {"ValidityStartTime": (base - timedelta(days=30)), "ValidityEndTime": base + timedelta(days=60)}
    return {**key, **{name: at.timestamp() for name, at in valid.items()}}
