"""What failed at a bucket → one clause a reader understands, and whether it may pass by itself."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from botocore.exceptions import ClientError

EXTRA: Final = "s3:// addresses need the extra `s3`: pip install 'lostwrite[s3]'"
_LONGEST: Final = 200  # characters that are shown of what an endpoint says
_REDIRECTS: Final = frozenset({301, 302, 303, 307, 308})
_PASSING: Final = frozenset({408, 429, 500, 502, 503, 504})

DENIED: Final = (
    "access is denied ({code}): it needs s3:ListBucket and s3:GetObject, and kms:Decrypt where a key encrypts"
)
ELSEWHERE: Final = (
    "the endpoint redirects elsewhere ({code}), which is not followed: give the bucket's Region by --region"
)
_BY_CODE: Final = {
    "ExpiredToken": "the credentials have expired ({code}): get new ones",
    "ExpiredTokenException": "the credentials have expired ({code}): get new ones",
    "TokenRefreshRequired": "the credentials have expired ({code}): get new ones",
    "RequestTimeTooSkewed": "the clock of this machine is wrong by more than 15 minutes ({code}): set it",
    "InvalidAccessKeyId": "the credentials are not accepted ({code})",
    "SignatureDoesNotMatch": "the credentials are not accepted ({code})",
    "InvalidToken": "the credentials are not accepted ({code})",
    "NoSuchBucket": "no such bucket",
    "InvalidObjectState": "the object is archived ({code}): restore it first",
    "PermanentRedirect": ELSEWHERE,
    "TemporaryRedirect": ELSEWHERE,
    "AuthorizationHeaderMalformed": "the bucket is in another Region ({code}): give it by --region",
    "IllegalLocationConstraintException": "the bucket is in another Region ({code}): give it by --region",
    "AccessDenied": DENIED,
    "SlowDown": "the endpoint asks to slow down ({code}), again and again",
}
_BY_STATUS: Final = {
    401: "the credentials are not accepted ({code})",
    403: DENIED,
    404: "there is no such bucket or object ({code})",
    412: "the object was changed after it was listed: it was not read",
    416: "the object was changed after it was listed: it was not read",
}
_BY_NAME: Final = {
    "NoCredentialsError": "no credentials of AWS were found: set them in the environment, name a --profile, or give "
    "--no-sign-request for a public bucket",
    "PartialCredentialsError": "the credentials of AWS are not complete",
    "UnauthorizedSSOTokenError": "the session of AWS SSO has expired: aws sso login",
    "SSOTokenLoadError": "the session of AWS SSO has expired: aws sso login",
    "TokenRetrievalError": "the session of AWS SSO has expired: aws sso login",
    "EndpointConnectionError": "the endpoint cannot be reached",
    "ConnectTimeoutError": "the endpoint cannot be reached",
    "ProxyConnectionError": "the proxy cannot be reached",
    "SSLError": "the endpoint cannot be trusted: its certificate is not valid",
    "ReadTimeoutError": "the endpoint stopped answering",
    "ConnectionClosedError": "the endpoint closed the connection in the middle of an answer",
    "HTTPClientError": "the connection to the endpoint failed",
    "IncompleteReadError": "the endpoint gave less than it announced",
    "ResponseParserError": "the endpoint does not answer as S3 does",
    "RecursionError": "the endpoint's answer is nested too deeply",
    "TooMuchError": "the endpoint answers more than was asked for",
}
_PASSING_NAMES: Final = frozenset(
    {
        "EndpointConnectionError", "ConnectTimeoutError", "ReadTimeoutError", "ConnectionClosedError",
        "HTTPClientError", "IncompleteReadError",
    }
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Failure:
    """Why a call failed.

    Attributes:
        reason: one clause.
        passing: whether another attempt may succeed.
        of_endpoint: whether the next object will most likely fail too.
    """

    reason: str
    passing: bool = False
    of_endpoint: bool = False


def failure_of(error: Exception) -> Failure:
    """What an error of botocore means; what it says by itself is shown where nothing better is known."""
    from botocore.exceptions import ClientError

    if isinstance(error, ClientError):
        return _answered(error)
    for kind in type(error).__mro__:
        if kind.__name__ in _BY_NAME:
            passing = kind.__name__ in _PASSING_NAMES
            return Failure(_BY_NAME[kind.__name__], passing, of_endpoint=True)
    return Failure(f"cannot be read: {_short(str(error) or type(error).__name__)}", of_endpoint=True)


def _answered(error: ClientError) -> Failure:
    """What the answer of an endpoint means."""
    response: Any = error.response
    said = response.get("Error", {})
    status = int(response.get("ResponseMetadata", {}).get("HTTPStatusCode") or 0)
    code = _short(str(said.get("Code") or status))
    words = f"{status} {code}" if str(status) != code else code
    if status in _PASSING:
        known = _BY_CODE.get(code, "the endpoint fails ({code}), again and again")
        return Failure(known.format(code=words), passing=True, of_endpoint=True)
    if code in _BY_CODE or status in _BY_STATUS:
        return Failure((_BY_CODE.get(code) or _BY_STATUS[status]).format(code=words))
    if status in _REDIRECTS:
        return Failure(ELSEWHERE.format(code=words), of_endpoint=True)
    return Failure(f"cannot be read ({words}): {_short(str(said.get('Message') or 'no reason is given'))}")


def _short(message: str) -> str:
    words = " ".join(message.split())
    return words if len(words) <= _LONGEST else words[:_LONGEST] + "…"
