"""An answer that is waited for, but not longer than may be; and calls that are tried again where that helps."""

from __future__ import annotations

import random
import threading
import time
from concurrent.futures import Future
from itertools import count
from typing import TYPE_CHECKING, Generic, TypeVar

from analyzer.errors import UsageError
from analyzer.sources.s3.words import Failure, failure_of
from analyzer.sources.source import UnreadableError

if TYPE_CHECKING:
    from collections.abc import Callable

    from analyzer.sources.s3.settings import S3Limits

Result = TypeVar("Result")


class S3Error(UnreadableError):
    """A call that failed in the end.

    Attributes:
        failure: why; its `reason` is this error's too.
    """

    def __init__(self, failure: Failure) -> None:
        super().__init__(failure.reason)
        self.failure = failure


class Answer(Generic[Result]):
    """What a call will give, by a thread of its own."""

    def __init__(
        self, work: Callable[[], Result], seconds: float, tell: Callable[[Failure | None], None]
    ) -> None:
        self._future: Future[Result] = Future()
        self._seconds = seconds
        self._tell = tell
        threading.Thread(target=self._run, args=(work,), daemon=True, name="s3").start()

    def _run(self, work: Callable[[], Result]) -> None:
        try:
            self._future.set_result(work())
        except BaseException as error:  # noqa: BLE001 - raised where it is waited for
            self._future.set_exception(error)

    def result(self) -> Result:
        """What it gave.

        Raises:
            S3Error: it failed, or took too long; its thread is left behind then.
        """
        try:
            result = self._future.result(self._seconds)
        except TimeoutError:
            failure = Failure(
                f"the endpoint gave no complete answer within {self._seconds:g} s", of_endpoint=True
            )
            self._tell(failure)
            raise S3Error(failure) from None
        except S3Error as error:
            self._tell(error.failure)
            raise
        self._tell(None)
        return result


def tried(
    work: Callable[[], Result], limits: S3Limits, failure_of: Callable[[Exception], Failure] = failure_of
) -> Result:
    """What `work` gives, tried as often as the limits allow.

    Args:
        work: a call.
        limits: how often, and how long.
        failure_of: what an error means.

    Raises:
        S3Error: it failed.
        UsageError: it does.
    """
    end = time.monotonic() + limits.answer
    for attempt in count():
        try:
            return work()
        except (UsageError, S3Error):
            raise
        except Exception as error:  # noqa: BLE001 - botocore's, of which there are many, and those of parsers
            failure = failure_of(error)
        pause = min(limits.pause * 2**attempt, limits.longest_pause) * random.uniform(0.5, 1)  # noqa: S311 - no secret
        if not failure.passing or attempt + 1 >= limits.attempts or time.monotonic() + pause > end:
            raise S3Error(failure)
        time.sleep(pause)
    raise AssertionError
