"""Makes an executor by its name. Only the module of the one that is asked for is loaded: Dask takes half a second."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from analyzer.errors import UsageError

if TYPE_CHECKING:
    from analyzer.audit.interface import Executor

NAMES: Final = ("local", "dask")
"""What a user may ask for."""


def made(name: str, jobs: int = 0, scheduler: str | None = None) -> Executor:
    """The executor of a name, not yet started.

    Args:
        name: `local`, `dask`, or `serial`, which is also what `local` with one job is.
        jobs: processes that it starts; 0: one for each core.
        scheduler: the address of a Dask scheduler that runs; None: a cluster of our own on this machine.

    Raises:
        UsageError: there is no such executor, or the options contradict each other.
        ExtraError: what it needs is not installed.
    """
    if scheduler is not None and name != "dask":
        raise UsageError("--scheduler is the address of a Dask scheduler: give --executor dask too")
    if scheduler is not None and jobs:
        raise UsageError("--jobs and --scheduler: the cluster's own workers do the work; give one of them")
    if name == "serial" or (name == "local" and jobs == 1):
        from analyzer.audit.executors.serial import Serial

        return Serial()
    if name == "local":
        from analyzer.audit.executors.local import Local

        return Local(jobs)
    if name == "dask":
        from analyzer.audit.executors.dask import Dask

        return Dask(jobs, scheduler)
    raise UsageError(f"there is no executor {name!r}; choose one of {', '.join(NAMES)}")
