"""The executors of an audit: nothing of where the user stands is imported, and no process outlives the program."""

from __future__ import annotations

import os
import signal
import subprocess
from importlib.util import find_spec
from pathlib import Path

import pytest

from tests.attack.command import PYTHON
from tests.attack.processes import PATIENCE, children, fields, until
from tests.attack.test_imports import hostile, marks

pytestmark = [
    pytest.mark.attack,
    pytest.mark.skipif(not find_spec("distributed"), reason="the extra cluster is not installed"),
    pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="processes are listed by /proc"),
]
SEVERAL = ("local", "dask")
NAMES = [
    *("pickle", "dask", "distributed", "tornado", "msgpack", "cloudpickle", "toolz", "yaml", "psutil", "ssl"),
    *("asyncio", "json", "queue", "threading", "polars", "cryptography", "multiprocessing", "sitecustomize"),
]

# The command's own start, with pieces of our own in the place of an audit.
PROGRAM = """
import sys
from analyzer.safe_path import safe_path
sys.path[:] = safe_path()
from analyzer.audit.executors.registry import made
import analyzer.cli.main as program
from analyzer.cli.signals import Ending
import operator, time

def few(**_):
    with made(sys.argv[1], jobs=2) as executor:
        assert sorted(executor.run(abs, range(-9, 0))) == [(n, -n) for n in range(-9, 0)]

def long(**_):
    with made(sys.argv[1], jobs=2) as executor:
        for piece, _ in executor.run(time.sleep, [0.01] + [600.0] * 20):
            print("ready", flush=True)

program.app = {"few": few, "long": long}[sys.argv[2]]
ending = Ending()
ending.handle()
code = program.run([])
ending.leave(code)
"""
CODES = {signal.SIGTERM: 143, signal.SIGINT: 130, signal.SIGKILL: -9}


@pytest.mark.parametrize("kind", SEVERAL)
def test_nothing_of_the_current_folder_or_of_the_path_is_imported(tmp_path: Path, kind: str) -> None:
    place = hostile(tmp_path, [name for name in NAMES if name not in {"dask", "sitecustomize"}])
    (place / "dask").mkdir()
    (place / "dask" / "__init__.py").write_text((place / "pickle.py").read_text())
    (place / "dask.yaml").write_text("distributed:\n  worker:\n    preload: [pickle]\n")
    environment = os.environ | {"PYTHONPATH": ":" + os.environ.get("PYTHONPATH", ""), "DASK_CONFIG": "."}
    environment |= {
        "DASK_DISTRIBUTED__WORKER__PRELOAD": "tornado",
        "DASK_DISTRIBUTED__SCHEDULER__PRELOAD": "yaml",
    }
    program = tmp_path / "program.py"
    program.write_text(PROGRAM)
    words = [PYTHON, "-P", str(program), kind, "few"]
    done = subprocess.run(words, cwd=place, env=environment, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr, marks(place)) == (0, "", [])


@pytest.mark.parametrize("kind", SEVERAL)
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT, signal.SIGKILL])
def test_no_process_outlives_the_program(number: signal.Signals, kind: str) -> None:
    process = subprocess.Popen(
        [PYTHON, "-P", "-c", PROGRAM, kind, "long"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    assert process.stdout.readline() == "ready\n"
    others = children(process.pid)
    assert len(others) >= 2
    process.send_signal(number)
    _, errors = process.communicate(timeout=PATIENCE)
    assert (process.returncode, errors) == (CODES[number], "")
    assert until(lambda: all(fields(pid)[0] in "XZ" for pid in others))
