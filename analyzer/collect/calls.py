"""The calls of SSM and CloudTrail, by botocore. They only read; nothing an endpoint answers keeps or floods them.

Clients are made as those of S3 are (`sources.s3.session`): the same chain of credentials, no redirects, answers that
are bounded in bytes and in seconds, tries again where that helps. Calls on a trail go to the Region of its ARN.
"""

from __future__ import annotations

import re
import threading
from typing import TYPE_CHECKING, Any, Final

from analyzer.collect.forms import documented
from analyzer.collect.interface import RefusedError
from analyzer.collect.refusals import failure_of
from analyzer.errors import ExtraError
from analyzer.sources.s3.answer import Answer, S3Error, tried
from analyzer.sources.s3.layout import HOME
from analyzer.sources.s3.session import Sessions, client_of
from analyzer.sources.s3.words import Failure

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from analyzer.sources.s3.budget import Budget
    from analyzer.sources.s3.settings import S3Settings

EXTRA: Final = "collecting needs the extra `aws`: pip install 'lostwrite[aws]'"
_ARN: Final = re.compile(
    r"arn:aws[a-z-]{0,10}:cloudtrail:([a-z]{2}[a-z0-9-]{3,28}):\d{12}:trail/[A-Za-z0-9._-]{1,128}"
)
_PAGES: Final = 50
_NOT_ITS: Final = "the endpoint does not answer as AWS does"


class Aws:
    """Calls of AWS (see `interface.Cloud`)."""

    def __init__(
        self, settings: S3Settings, sessions: Sessions | None = None, budget: Budget | None = None
    ) -> None:
        """Calls nothing yet.

        Args:
            settings: how AWS is reached.
            sessions: those of the run, whose credentials are shared; None: its own.
            budget: what is left of the run: when it is used up, calls are refused; None: no bound.
        """
        self._settings = settings
        self._budget = budget
        self._sessions = sessions or Sessions()
        self._clients: dict[tuple[str, str | None], Any] = {}
        self._lock = threading.Lock()
        self._failed: dict[str, int] = {}

    def parameter(self, name: str) -> str:
        """The value of a parameter, in the Region that the user chose."""
        answer = self._call("ssm", "GetParameter", {"Name": name, "WithDecryption": True}, name)
        value: str | None = answer.get("Parameter", {}).get("Value")
        if value is None:
            raise RefusedError(f"ssm:GetParameter {name}", _NOT_ITS)
        return value

    def describe_trails(self) -> list[dict[str, Any]]:
        """The trails that are seen in us-east-1, where calls on key-value stores are recorded."""
        answer = self._call("cloudtrail", "DescribeTrails", {"includeShadowTrails": True}, region=HOME)
        if "trailList" not in answer:  # what is no JSON at all is taken for an empty answer by botocore
            raise RefusedError("cloudtrail:DescribeTrails", _NOT_ITS)
        return list(answer["trailList"])

    def trail_status(self, arn: str) -> dict[str, Any]:
        """The status of a trail."""
        return self._of_trail("GetTrailStatus", "Name", arn)

    def event_selectors(self, arn: str) -> dict[str, Any]:
        """What a trail records."""
        return self._of_trail("GetEventSelectors", "TrailName", arn)

    def public_keys(self, start: datetime, end: datetime) -> list[dict[str, Any]]:
        """The public keys of a span, page after page."""
        keys: list[dict[str, Any]] = []
        options: dict[str, Any] = {"StartTime": start, "EndTime": end}
        tokens: set[str] = set()
        for _ in range(_PAGES):
            answer = self._call("cloudtrail", "ListPublicKeys", options, region=HOME)
            keys += answer.get("PublicKeyList", ())
            token = answer.get("NextToken")
            if not token:
                return keys
            if token in tokens:
                break
            tokens.add(token)
            options["NextToken"] = token
        raise RefusedError("cloudtrail:ListPublicKeys", "its pages do not end")

    def _of_trail(self, operation: str, parameter: str, arn: str) -> dict[str, Any]:
        match = _ARN.fullmatch(arn)
        if match is None:
            raise RefusedError(f"cloudtrail:{operation} {arn[:200]}", "is no ARN of a trail")
        return self._call("cloudtrail", operation, {parameter: arn}, arn, region=match[1])

    def _call(
        self,
        service: str,
        operation: str,
        options: Mapping[str, Any],
        about: str = "",
        region: str | None = None,
    ) -> dict[str, Any]:
        """What a call answers, in the documented form.

        Raises:
            RefusedError: it does not, or not so.
        """
        what = f"{service}:{operation} {about}".rstrip()
        limits = self._settings.limits

        def call() -> dict[str, Any]:
            client = self._client(service, region)
            method = getattr(client, _snake(operation))
            shape = client.meta.service_model.operation_model(operation).output_shape
            answer = method(**options)
            try:
                return dict(documented(shape, answer))
            except (ValueError, TypeError) as error:
                raise S3Error(Failure(_NOT_ITS, of_endpoint=True)) from error

        spent = self._budget.why_not() if self._budget is not None else None
        if spent is not None:
            raise RefusedError(what, spent)
        if self._failed.get(service, 0) >= limits.failures:
            raise RefusedError(what, f"not asked for: {service} had failed {limits.failures} times in a row")
        try:
            return Answer(
                lambda: tried(call, limits, lambda error: failure_of(error, f"{service}:{operation}")),
                limits.answer,
                lambda failure: self._count(service, failure),
            ).result()
        except S3Error as error:
            raise RefusedError(what, error.reason) from error

    def _count(self, service: str, failure: Failure | None) -> None:
        """Counts failures of a service in a row that are not about what was asked for."""
        self._failed[service] = self._failed.get(service, 0) + 1 if failure and failure.of_endpoint else 0

    def _client(self, service: str, region: str | None) -> Any:
        """The client; each is made once."""
        with self._lock:
            if (service, region) not in self._clients:
                try:
                    self._clients[service, region] = client_of(
                        service, self._settings, region=region, sessions=self._sessions
                    )
                except ExtraError as error:
                    raise ExtraError(EXTRA) from error
            return self._clients[service, region]


def _snake(operation: str) -> str:
    """The method of an operation."""
    return re.sub(r"(?<=[a-z])(?=[A-Z])", "_", operation).lower()
