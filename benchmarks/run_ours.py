"""lostwrite's own part, as a process to time: `python -m benchmarks.run_ours text PATH` or `trail PATH [PROCESSES]`.

Each process of a reading imports this module: what it does not need waits until it is used.
"""

from __future__ import annotations

import sys


def text(path: str) -> int:
    """Reads every event of a log, batch by batch, with all captures."""
    from analyzer.api import scan_logs

    return sum(batch.height for batch in scan_logs([path]))


def trail(path: str, jobs: str = "1") -> int:
    """Reads every call of a trail."""
    from analyzer.api import scan_trail

    return scan_trail([path], int(jobs)).calls.height


if __name__ == "__main__":
    print({"text": text, "trail": trail}[sys.argv[1]](*sys.argv[2:]))
