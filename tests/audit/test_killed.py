"""A run that is killed at any moments, again and again, and goes on: the catalogue is that of one left alone."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from typing import TYPE_CHECKING

from analyzer.api import audit
from tests.audit.homes import Home, content, differing
from tests.effort import SEARCHING, examples
from tests.world.chance import seeded

if TYPE_CHECKING:
    from pathlib import Path

    import pytest

_DEPLOYS = 200 if SEARCHING else 12
_STORES = 5
_LONGEST = 8.0 if SEARCHING else 3.0

RUN = """
import os, signal, sys, threading
from analyzer.api import audit
from analyzer.audit.catalogue import merging
from analyzer.audit.executors.local import Local
merging.MANY = 2
if __name__ == "__main__":
    timer = threading.Timer(float(sys.argv[1]), os.kill, (os.getpid(), signal.SIGKILL))
    timer.daemon = True
    timer.start()
    audit(["home/logs"], trail=["home/trail"], catalogue="killed", executor=Local(2))
    os.kill(os.getpid(), signal.SIGKILL)
"""


def test_killed_at_any_moments_it_goes_on(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The clock of the kill begins when the program is loaded; where the run was faster, it is killed at its end."""
    monkeypatch.chdir(tmp_path)
    home = Home(tmp_path / "home")
    for number in range(_DEPLOYS):
        home.deploy(number, store=number % _STORES, made=number % 7 != 3)
    (tmp_path / "run.py").write_text(RUN)
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    chance = seeded(20)
    for _ in range(examples(3)):
        moment = chance.uniform(0, _LONGEST)
        done = subprocess.run(
            [sys.executable, "run.py", str(moment)], env=environment, check=False, capture_output=True
        )
        assert done.returncode == -signal.SIGKILL, done.stderr
    for catalogue in ("killed", "fresh"):
        audit(["home/logs"], trail=["home/trail"], catalogue=catalogue)
    assert differing(tmp_path / "killed", tmp_path / "fresh") == []
    assert content(tmp_path / "killed") == content(tmp_path / "fresh")
