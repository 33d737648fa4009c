"""Asks a Dask scheduler whether it is there, in bounded time: the client's timeout ends with the connection."""

from __future__ import annotations

import asyncio
from threading import Thread
from typing import Any


def reach(address: str, security: Any, seconds: float) -> None:
    """Asks the scheduler who it is.

    Raises:
        OSError: nobody answers in time, or it is no scheduler; or whatever Dask raises for an answer that is none.
    """
    errors: list[BaseException] = []

    def ask() -> None:
        try:
            asyncio.run(asyncio.wait_for(_asked(address, security, seconds), seconds))
        except BaseException as error:  # noqa: BLE001 - raised again by the caller
            errors.append(error)

    thread = Thread(target=ask, daemon=True)  # this thread may have a loop of its own: a notebook's
    thread.start()
    thread.join(2 * seconds)
    if thread.is_alive() or (errors and isinstance(errors[0], TimeoutError)):
        raise OSError(f"no answer in {seconds:g} seconds")
    if errors:
        raise errors[0]


async def _asked(address: str, security: Any, seconds: float) -> None:
    from distributed import rpc

    async with rpc(
        address, timeout=seconds, connection_args=security.get_connection_args("client")
    ) as scheduler:
        found = await scheduler.identity()
    if found.get("type") != "Scheduler":
        raise OSError("it is another part of Dask")
