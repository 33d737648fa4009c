"""Sends the requests of botocore in its place, and reads no more of an answer than may be asked for.

botocore reads an answer to its end, however long that is. Redirects are not followed here, nor by botocore.
"""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Iterator

    from analyzer.sources.s3.settings import S3Limits

_CHUNK: Final = 64 * 1024
_SLACK: Final = 64 * 1024  # an error's body is small


class TooMuchError(Exception):
    """An answer is longer than what was asked for."""


class Sender:
    """A handler of botocore's event `before-send`."""

    def __init__(self, limits: S3Limits, verify: Any) -> None:
        from botocore.httpsession import URLLib3Session

        self._limits = limits
        self._verify = verify
        self._make = URLLib3Session
        self._sessions: dict[str, Any] = {}

    def __call__(self, request: Any, event_name: str, **_: object) -> Any:
        """The answer to `request`, whole.

        Raises:
            TooMuchError: it is too long.
            HTTPClientError: it did not come, or not to its end.
        """
        from botocore.awsrequest import AWSResponse

        most = self._limits.page if event_name.endswith(".ListObjectsV2") else self._limits.range
        request.stream_output = True
        answer = self._session(request.url).send(request)
        try:
            body = _read(answer, request, most + _SLACK)
        finally:
            answer.raw.close()  # a connection whose answer was read to its end is used again; another one is closed
        return AWSResponse(answer.url, answer.status_code, answer.headers, _Body(body))

    def _session(self, url: str) -> Any:
        """The connections to the host of a URL."""
        from botocore.utils import get_environ_proxies

        host = url.partition("//")[2].partition("/")[0]
        if host not in self._sessions:
            self._sessions[host] = self._make(
                verify=self._verify,
                proxies=get_environ_proxies(url),
                timeout=(self._limits.connect, self._limits.silence),
                max_pool_connections=2 * self._limits.in_flight,
            )
        return self._sessions[host]


class _Body(io.BytesIO):
    """A body that was read, as botocore wants it."""

    def stream(self) -> Iterator[bytes]:
        yield self.getvalue()


def _read(answer: Any, request: Any, most: int) -> bytes:
    """The body of `answer`.

    Raises:
        TooMuchError: it is longer than `most`.
        ConnectionClosedError: it ends too early.
    """
    from botocore.exceptions import ConnectionClosedError, ReadTimeoutError
    from urllib3.exceptions import HTTPError
    from urllib3.exceptions import ReadTimeoutError as Silence

    parts: list[bytes] = []
    left = most
    try:
        for part in answer.raw.stream(_CHUNK):
            parts.append(part)
            left -= len(part)
            if left < 0:
                raise TooMuchError
    except Silence as error:
        raise ReadTimeoutError(endpoint_url=request.url, error=error) from error
    except HTTPError as error:
        raise ConnectionClosedError(endpoint_url=request.url, error=error) from error
    return b"".join(parts)
