"""What the processes of our own Dask cluster run: one scheduler, and workers of one thread each.

They take their order, a line of JSON, from standard input, and end when that ends. They listen on 127.0.0.1 only, talk
by TLS with a certificate that only this run has, and take nothing from Dask's configuration files. No part of Dask that
starts processes is used (`Nanny`, `LocalCluster`): those use `multiprocessing`, see `analyzer/processes/safe.py`.
"""

from __future__ import annotations

import asyncio
import os
import shutil
import sys
from threading import Thread
from typing import Any, Final

import msgspec

HOST: Final = "127.0.0.1"
_ANYWHERE: Final = f"{HOST}:0"
_PATIENCE: Final = 60  # seconds that a worker looks for its scheduler
_CONFIG: Final = {
    "distributed.admin.large-graph-warning-threshold": "1 TB",
    "distributed.diagnostics.nvml": False,
    "distributed.scheduler.allowed-failures": 1,  # a piece that ended two workers is done by the driver
    "distributed.scheduler.http.routes": [],
    "distributed.worker.http.routes": [],
    "distributed.worker.memory.target": False,  # nothing is put on disk
    "distributed.worker.memory.spill": False,
    "distributed.worker.memory.pause": False,
    "distributed.worker.memory.terminate": False,
    "distributed.worker.profile.enabled": False,
}
PLACES: Final = {"DASK_ROOT_CONFIG": os.devnull, "DASK_CONFIG": os.devnull}
"""Environment in which Dask finds no configuration."""


class Order(msgspec.Struct):
    """What a process is to be.

    Attributes:
        folder: a private folder of this run.
        security: the fields of Dask's `Security`.
        scheduler: its address; None: be the scheduler.
    """

    folder: str
    security: dict[str, Any]
    scheduler: str | None = None


def serve() -> None:
    """Is a scheduler, whose address it writes to standard output, or a worker, until standard input ends."""
    out = os.fdopen(os.dup(1), "w")
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 1)  # what a library might print is no address
    import dask
    import distributed  # the import takes most of the start: it is done while the order is made

    dask.config.refresh(paths=[], env={})
    dask.config.set(_CONFIG)
    line = sys.stdin.buffer.readline()
    if not line:
        return
    order = msgspec.json.decode(line, type=Order)
    Thread(target=_end_with_parent, args=(order.folder,), daemon=True).start()
    security = distributed.Security(**order.security)
    asyncio.run(_be_scheduler(security, out) if order.scheduler is None else _be_worker(security, order))


async def _be_scheduler(security: Any, out: Any) -> None:
    from distributed import Scheduler

    async with Scheduler(
        host=HOST, port=0, protocol="tls", security=security, dashboard=False, dashboard_address=_ANYWHERE
    ) as scheduler:
        print(scheduler.address, file=out, flush=True)
        await scheduler.finished()


async def _be_worker(security: Any, order: Order) -> None:
    from distributed import Worker

    async with Worker(
        order.scheduler,
        nthreads=1,
        host=HOST,
        protocol="tls",
        security=security,
        local_directory=order.folder,
        memory_limit=0,
        dashboard=False,
        dashboard_address=_ANYWHERE,
        death_timeout=_PATIENCE,
    ) as worker:
        await worker.finished()


def _end_with_parent(folder: str) -> None:
    """Ends the process when the parent is gone, also in the middle of a piece."""
    try:
        while sys.stdin.buffer.read(1 << 16):
            continue
    finally:
        shutil.rmtree(folder, ignore_errors=True)
        os._exit(0)
