"""Starts a Python that takes nothing from where the user stands: no path, no main program, no site of the user.

`multiprocessing` is not used: its processes begin with the current folder first in their path, so that a `pickle.py`
there is run, and they import the main program once more. Here a process is a Python that takes nothing from the
environment (`-I`), and gets its path as a part of its program.
"""

from __future__ import annotations

import subprocess
import sys
from typing import TYPE_CHECKING

from analyzer.safe_path import safe_path

if TYPE_CHECKING:
    from collections.abc import Mapping


def started(
    module: str, function: str, environment: Mapping[str, str] | None = None
) -> subprocess.Popen[bytes]:
    """A process that runs `function` of `module`, with pipes as its standard input and output.

    It is no part of the terminal's group: Ctrl-C goes to this process alone, which ends it. The function must end
    when its standard input does, so that the process ends where this one is killed.

    Raises:
        OSError: it cannot be started; also ValueError, where no Python is known.
    """
    program = f"import sys; sys.path[:] = {safe_path()!a}; from {module} import {function}; {function}()"
    options = ["-X", "utf8"] if sys.flags.utf8_mode else []
    return subprocess.Popen(  # noqa: S603 - this Python, and no shell
        [sys.executable or "", "-I", *options, "-c", program],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
        env=environment,
    )


def ended(process: subprocess.Popen[bytes]) -> None:
    """Ends the process, whatever it does, and closes its pipes."""
    process.kill()
    process.wait()
    for stream in (process.stdin, process.stdout):
        if stream is not None:
            try:
                stream.close()
            except OSError:  # what was still to be written goes nowhere
                continue
