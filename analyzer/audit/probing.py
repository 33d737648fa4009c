"""Whether the machines that do the work see the inputs: asked once, of one file and of one object.

Without it each file would be unusable there, and the audit would say of each write that nothing is known.
"""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Final

from analyzer.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Iterable

    from analyzer.audit.interface import Executor
    from analyzer.sources.source import Source

_BEGINNING: Final = 1 << 16


def require_shared(executor: Executor, sources: Iterable[Source]) -> None:
    """Requires other machines to read what this one reads; what this one cannot read is not asked for.

    Args:
        executor: nothing is asked of one that works on this machine.
        sources: the inputs.

    Raises:
        InputError: a worker cannot read one of them, or reads something else there.
    """
    if executor.elsewhere is None:
        return
    asked = [source for source in _one_of_each(sources) if beginning_of(source)]
    for source, seen in executor.run(beginning_of, asked):
        if seen != beginning_of(source):
            what = "reads another file there" if seen else "cannot read it"
            advice = (
                "give the workers credentials for the bucket"
                if source.path is None
                else "share the folder with all workers under the same path, or name a bucket"
            )
            raise InputError(executor.elsewhere, f"{source.name}: a worker {what}: {advice}")


def beginning_of(source: Source) -> str:
    """A hash of the first bytes; empty where they cannot be read."""
    try:
        with source.open() as stream:
            return hashlib.sha256(stream.read(_BEGINNING)).hexdigest()
    except (OSError, InputError):
        return ""


def _one_of_each(sources: Iterable[Source]) -> list[Source]:
    """The first file and the first object."""
    found: dict[bool, Source] = {}
    for source in sources:
        found.setdefault(source.path is None, source)
        if len(found) == 2:  # noqa: PLR2004 - both kinds
            break
    return list(found.values())
