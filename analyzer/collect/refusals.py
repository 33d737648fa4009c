"""Why a call of SSM or CloudTrail failed, as one clause, and whether it may pass by itself."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final

from analyzer.sources.s3.words import Failure
from analyzer.sources.s3.words import failure_of as failure_of_s3

if TYPE_CHECKING:
    from collections.abc import Mapping

_CLOCK: Final = "the clock of this machine is wrong, or the request took minutes ({code}): set the clock"
_UNKNOWN: Final = "the credentials are not accepted ({code})"
_EXPIRED: Final = "the credentials have expired ({code}): get new ones"
_NO_PARAMETER: Final = (
    "there is no such parameter in this account and Region: is it another --region or --profile?"
)
_NO_CREDENTIALS: Final = "no credentials of AWS were found: set them in the environment, or name a --profile"
_NOT_ITS: Final = "the endpoint does not answer as AWS does"
_REASONS: Final[Mapping[str, str]] = {
    "AccessDeniedException": "access is denied ({code}): it needs {action}",
    "AccessDenied": "access is denied ({code}): it needs {action}",
    "InsufficientDependencyServiceAccessPermissionException": "access is denied ({code}): it needs {action}",
    "ParameterNotFound": _NO_PARAMETER,
    "ParameterVersionNotFound": _NO_PARAMETER,
    "TrailNotFoundException": "there is no such trail, or it is of another account",
    "UnrecognizedClientException": _UNKNOWN,
    "InvalidClientTokenId": _UNKNOWN,
    "IncompleteSignature": _UNKNOWN,
    "MissingAuthenticationTokenException": _UNKNOWN,
    "ExpiredTokenException": _EXPIRED,
    "ExpiredToken": _EXPIRED,
    "RequestExpired": _CLOCK,
    "RequestTimeTooSkewed": _CLOCK,
    "UnknownOperationException": "the endpoint knows no {action}",
    "UnsupportedOperationException": "the endpoint knows no {action}",
    "InvalidAction": "the endpoint knows no {action}",
}
_BY_NAME: Final[Mapping[str, str]] = {
    "NoCredentialsError": _NO_CREDENTIALS,
    "ResponseParserError": _NOT_ITS,
}
_NOT_FOUND: Final = "404"
_OF_ENDPOINT: Final = frozenset({_UNKNOWN, _EXPIRED, _CLOCK})
_SIGNATURES: Final = frozenset({"InvalidSignatureException", "SignatureDoesNotMatch"})
_THROTTLED: Final = frozenset(
    {"ThrottlingException", "Throttling", "TooManyRequestsException", "RequestLimitExceeded"}
)


def failure_of(error: Exception, action: str) -> Failure:
    """What an error of botocore means for a call of `action` (`SERVICE:OPERATION`)."""
    response: Any = getattr(error, "response", None)
    said = response.get("Error") if isinstance(response, dict) else None
    if not isinstance(said, dict):
        failure = failure_of_s3(error)
        own = _BY_NAME.get(type(error).__name__)
        return replace(failure, reason=own) if own else failure
    code = str(said.get("Code"))
    if code in _THROTTLED:
        return Failure(
            f"the endpoint asks to slow down ({code}), again and again", passing=True, of_endpoint=True
        )
    reason = _REASONS.get(code)
    if code in _SIGNATURES:
        reason = (
            _CLOCK
            if "expired" in str(said.get("Message")) or "current" in str(said.get("Message"))
            else _UNKNOWN
        )
    if reason is None:
        failure = failure_of_s3(error)
        denied = failure.reason.startswith("access is denied")
        if denied:
            return replace(failure, reason=f"access is denied ({code}): it needs {action}")
        return replace(failure, reason=f"{_NOT_ITS} ({code})") if code == _NOT_FOUND else failure
    return Failure(reason.format(code=code, action=action), of_endpoint=reason in _OF_ENDPOINT)
