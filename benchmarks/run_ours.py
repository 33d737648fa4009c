"""lostwrite's own part, as a process to time: `python -m benchmarks.run_ours text PATH` or `trail PATH [PROCESSES]`."""

from __future__ import annotations

import sys

from analyzer.api import scan_logs, scan_trail


def text(path: str) -> int:
    """Reads every event of a log, batch by batch, with all captures."""
    return sum(batch.height for batch in scan_logs([path]))


def trail(path: str, jobs: str = "1") -> int:
    """Reads every call of a trail."""
    return scan_trail([path], int(jobs)).calls.height


if __name__ == "__main__":
    print({"text": text, "trail": trail}[sys.argv[1]](*sys.argv[2:]))
