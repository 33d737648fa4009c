"""The client for the keys of live stores, with limits: no endpoint can keep it waiting, or fill its memory.

boto3 reads an answer to its end and takes its JSON as it comes. Here the body of each answer is read under a limit and
checked for the form that AWS documents before boto3 gets it: only what a listing needs is passed on. Calls on keys are
signed with SigV4A, which botocore leaves to the CRT. The account stands before the host's name, which only the real
endpoint resolves: for an endpoint that the user names, the request goes to that host instead
(docs/facts/components.md#4-components-for-integration-tests).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Any, Final
from urllib.parse import urlsplit, urlunsplit

import msgspec

from analyzer.errors import InputError, UsageError
from analyzer.sources.endpoint import require_endpoint

if TYPE_CHECKING:
    from collections.abc import Iterator

_SERVICE: Final = "cloudfront-keyvaluestore"
_ATTEMPTS: Final = 3
_CHUNK: Final = 64 * 1024


@dataclass(frozen=True, slots=True)
class Limits:
    """How long an endpoint is waited for, and how much is taken from it.

    Attributes:
        seconds: for the whole listing, whatever the endpoint does.
        connect: seconds for a connection.
        silence: seconds without a byte.
        size: bytes of all answers: a store holds 5 MB (CloudFront quotas), JSON at most six times that.
    """

    seconds: float = 50
    connect: float = 5
    silence: float = 10
    size: int = 64_000_000


class _Item(msgspec.Struct, rename="pascal"):
    key: str
    value: str


class _Page(msgspec.Struct, rename={"items": "Items", "next_token": "NextToken"}, omit_defaults=True):
    """An answer to ListKeys."""

    items: list[_Item] = []
    next_token: str | None = None


class _Description(msgspec.Struct, rename="pascal"):
    """An answer to DescribeKeyValueStore; the ETag is a header."""

    item_count: Annotated[int, msgspec.Meta(ge=0)]


class _Fault(msgspec.Struct, omit_defaults=True):
    """What AWS says of a call that failed."""

    type: str | None = msgspec.field(default=None, name="__type")
    code: str | None = None
    message: str | None = None
    message_: str | None = msgspec.field(default=None, name="Message")


_FORMS: Final[dict[str, type[_Page | _Description]]] = {
    "ListKeys": _Page,
    "DescribeKeyValueStore": _Description,
}


class _Body:
    """A body that was read, as botocore wants it."""

    def __init__(self, data: bytes) -> None:
        self._data = data

    def stream(self) -> Iterator[bytes]:
        yield self._data


def kvs_client(
    endpoint_url: str | None, region: str, limits: Limits | None = None, profile: str | None = None
) -> Any:
    """A client for the keys of stores; what it reads with all its calls is bounded.

    Raises:
        UsageError: the endpoint is no URL, or the Region or the profile none.
    """
    import boto3
    from botocore.config import Config
    from botocore.exceptions import ProfileNotFound

    if endpoint_url is not None:
        require_endpoint(endpoint_url)
    limits = limits or Limits()
    config = Config(
        connect_timeout=limits.connect,
        read_timeout=limits.silence,
        retries={"total_max_attempts": _ATTEMPTS, "mode": "standard"},
    )
    try:
        made_by = boto3 if profile is None else boto3.Session(profile_name=profile)
        client = made_by.client(_SERVICE, region_name=region, endpoint_url=endpoint_url, config=config)
    except ProfileNotFound as error:
        raise UsageError(f"--profile {profile}: there is no such profile") from error
    except ValueError as error:
        option = f"--region {region}" if endpoint_url is None else f"--endpoint-url {endpoint_url}"
        raise UsageError(f"{option}: {str(error).lower()}") from error
    if endpoint_url is not None:
        host = urlsplit(endpoint_url)

        def to_endpoint(request: Any, **_: object) -> None:
            parts = urlsplit(request.url)
            request.url = urlunsplit((host.scheme, host.netloc, parts.path, parts.query, parts.fragment))

        client.meta.events.register(f"before-sign.{_SERVICE}", to_endpoint)
    client.meta.events.register(f"before-send.{_SERVICE}", _Sender(limits))
    return client


class _Sender:
    """Sends requests in the place of botocore, and reads no more than it may."""

    def __init__(self, limits: Limits) -> None:
        from botocore.session import get_session

        self._limits = limits
        self._left = limits.size
        self._verify = get_session().get_config_variable("ca_bundle") or True
        self._session: Any = None

    def __call__(self, request: Any, event_name: str, **_: object) -> Any:
        """The answer to `request`, whole and of the right form.

        Raises:
            InputError: it is too large, or of another form.
            HTTPClientError: it did not come, or not to its end.
        """
        from botocore.awsrequest import AWSResponse
        from botocore.httpsession import URLLib3Session
        from botocore.utils import get_environ_proxies

        if self._session is None:
            self._session = URLLib3Session(
                verify=self._verify,
                proxies=get_environ_proxies(request.url),
                timeout=(self._limits.connect, self._limits.silence),
            )
        request.stream_output = True
        answer = self._session.send(request)
        try:
            body = self._read(answer, request)
        finally:
            answer.raw.close()
        form = _FORMS.get(event_name.rpartition(".")[2])
        body_needed = body if form is None else _checked(form, answer.status_code, body, request.url)
        return AWSResponse(answer.url, answer.status_code, answer.headers, _Body(body_needed))

    def _read(self, answer: Any, request: Any) -> bytes:
        """The body of `answer`.

        Raises:
            InputError: it is larger than all answers together may be.
            ConnectionClosedError: it ends too early.
        """
        from botocore.exceptions import ConnectionClosedError
        from urllib3.exceptions import HTTPError

        parts = []
        try:
            for part in answer.raw.stream(_CHUNK):
                parts.append(part)
                self._left -= len(part)
                if self._left < 0:
                    raise InputError(request.url, f"answers more than {self._limits.size // 1_000_000} MB")
        except HTTPError as error:
            raise ConnectionClosedError(error=error, request=request, endpoint_url=request.url) from error
        return b"".join(parts)


def _checked(form: type[_Page | _Description], status: int, body: bytes, url: str) -> bytes:
    """What a listing needs of `body`, as JSON.

    Raises:
        InputError: a call succeeded, and its answer is not of `form`.
    """
    failed = status >= 300  # noqa: PLR2004 - as botocore has it
    try:
        return msgspec.json.encode(msgspec.json.decode(body, type=_Fault if failed else form))
    except (ValueError, RecursionError) as error:
        if failed:
            return b"{}"
        raise InputError(url, f"the answer does not have the documented form: {error}") from error
