"""lostwrite's own part, as a process to time: `python -m benchmarks.run_ours captures|text|writes|trail PATH [JOBS]`.

Each process of a reading imports this module: what it does not need waits until it is used.
"""

from __future__ import annotations

import sys


def captures(path: str) -> int:
    """Reads the form and all captures of every line of a log: what `lark` does for each line, in `run_others`."""
    from analyzer.logs.kinds import pulumi_text, terminal
    from analyzer.logs.text.parse import parsed
    from analyzer.sources.find import find
    from analyzer.sources.identify import identify

    dialects = {form.KIND: form.DIALECT for form in (pulumi_text, terminal)}
    sources, _ = find([path])
    source = next(iter(sources))
    return sum(
        part.height for parts in parsed(source, dialects[identify(source).kind]) for part in parts.values()
    )


def text(path: str) -> int:
    """Reads every event of a log, batch by batch."""
    from analyzer.logs.read import LogScan
    from analyzer.sources.find import find

    return sum(batch.height for batch in LogScan(*find([path])))


def writes(path: str) -> int:
    """Reads what `check` needs of a log, every line accounted for."""
    from analyzer.logs.read import read_logs
    from analyzer.sources.find import find

    return read_logs(*find([path])).events.height


def trail(path: str, jobs: str = "1") -> int:
    """Reads every call of a trail."""
    from analyzer.sources.find import find
    from analyzer.trail.read import Reading, read_trail

    return read_trail(*find([path]), Reading(jobs=int(jobs))).calls.height


if __name__ == "__main__":
    print({"captures": captures, "text": text, "writes": writes, "trail": trail}[sys.argv[1]](*sys.argv[2:]))
