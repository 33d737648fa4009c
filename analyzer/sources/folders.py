"""Which files below a folder, or in an archive, are no logs by where they stand; thousands of them are one line.

Source of SST's folders: facts on `.sst/` (pkg/project/project.go, pkg/runtime of SST v3 and v4); of the zip of a
GitHub Actions run: a text per job, and a folder per job with the same lines once more, a text per step.
"""

from __future__ import annotations

import re
from collections import Counter
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Collection

_SST: Final = {
    "platform": "SST's own code",
    "artifacts": "what SST built",
    "types": "SST's own types",
    "cache": "SST's cache",
    "node_modules": "installed packages",
}
_JOB: Final = re.compile(r"(?P<folder>(?:.*/)?)\d+_(?P<job>[^/]+)\.txt")
_STEP: Final = re.compile(r"(?P<folder>(?:.*/)?)(?P<job>[^/]+)/(?:\d+_[^/]+|system)\.txt")
COPIES: Final = "steps of GitHub Actions jobs, of which the job's own log is here too"


def is_hidden(name: str) -> bool:
    """Whether a file or folder of this name is ignored: `.git`, `.env`, macOS's copies."""
    hidden = name.startswith(".") and name.strip(".") and name != ".sst"
    return bool(hidden) or name == "__MACOSX"


def no_logs(parts: tuple[str, ...]) -> str | None:
    """What the files of the folder with the path `parts` are, where they are surely no logs; else None."""
    name, above = parts[-1], parts[-2] if len(parts) > 1 else ""
    if name == "node_modules":
        return _SST[name]
    if above == ".sst":
        return _SST.get(name)
    if name == ".pulumi":
        return "Pulumi's own state"
    return "logs of function calls, not of deploys" if parts[-3:] == (".sst", "log", "lambda") else None


def step_copies(names: Collection[str]) -> set[str]:
    """Those of `names` that repeat the lines of others: `JOB/N_STEP.txt`, where there is `N_JOB.txt`."""
    jobs = {(job["folder"], job["job"]) for name in names if (job := _JOB.fullmatch(name))}
    steps = {name: step for name in names if (step := _STEP.fullmatch(name))}
    return {name for name, step in steps.items() if (step["folder"], step["job"]) in jobs}


def not_read(count: int, reason: str) -> str:
    """The sentence for `count` files that are not read."""
    return f"{count:,} file{'' if count == 1 else 's'} not read: {reason}"


class Refused:
    """What was not read, and why: many files of one reason are one sentence."""

    def __init__(self) -> None:
        self._count: Counter[str] = Counter()
        self._first: dict[str, str] = {}

    def add(self, name: str, reason: str, count: int = 1) -> None:
        """`count` files, of which `name` is the first, are not read for `reason`."""
        self._first.setdefault(reason, name)
        self._count[reason] += count

    def problems(self) -> list[str]:
        """A sentence per reason."""
        return [
            f"{self._first[reason]}: not read: {reason}"
            if count == 1
            else f"{count:,} files not read ({self._first[reason]}, ...): {reason}"
            for reason, count in self._count.items()
        ]
