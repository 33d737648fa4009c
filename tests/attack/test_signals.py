"""Signals end the program by way of its cleaning up, and no worker outlives it, however it ends."""

from __future__ import annotations

import signal
import subprocess
from pathlib import Path

import pytest

from tests.attack.command import COMMAND, PYTHON
from tests.attack.processes import PATIENCE, children, fields, until

pytestmark = [
    pytest.mark.attack,
    pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="processes are listed by /proc"),
]

# The program with its command replaced by one that takes long, so that a signal comes in the middle of it.
PROGRAM = '''
import sys, time
import analyzer.cli.main as program
from analyzer.cli.place import opened
from analyzer.cli.signals import Ending
from analyzer.trail.processes import in_order

def write(**_):
    with opened(sys.argv[1]) as file:
        file.write(b"half")
        file.flush()
        print("ready", flush=True)
        time.sleep(600)

def parquet(**_):
    """Here polars waits for batches, and Python for polars."""
    from analyzer.reports.events import write_parquet
    from analyzer.tables import EVENTS, empty

    def batches():
        for number in range(6000):
            yield empty(EVENTS)
            if number == 3:
                print("ready", flush=True)
            time.sleep(0.1)

    with opened(sys.argv[1]) as file:
        write_parquet(batches(), file)

def work(**_):
    print("ready", flush=True)
    list(in_order(time.sleep, [600] * 9, 3))

program.app = {"write": write, "parquet": parquet, "work": work}[sys.argv[2]]
ending = Ending()
ending.handle()
code = program.run([])
ending.leave(code)
'''
CODES = {signal.SIGTERM: 143, signal.SIGINT: 130, signal.SIGHUP: 129, signal.SIGKILL: -9}


def started(out: Path, what: str) -> subprocess.Popen[str]:
    process = subprocess.Popen(
        [PYTHON, "-P", "-c", PROGRAM, str(out), what],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    assert process.stdout.readline() == "ready\n"
    return process


@pytest.mark.parametrize("what", ["write", "parquet"])
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT, signal.SIGHUP])
def test_an_interrupted_run_leaves_the_old_file(tmp_path: Path, number: signal.Signals, what: str) -> None:
    out = tmp_path / "o"
    out.write_text("old")
    process = started(out, what)
    assert len(list(tmp_path.iterdir())) == 2
    process.send_signal(number)
    _, errors = process.communicate(timeout=PATIENCE)
    assert (process.returncode, errors) == (CODES[number], "")
    assert [(path.name, path.read_text()) for path in tmp_path.iterdir()] == [("o", "old")]


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT, signal.SIGKILL])
def test_no_worker_outlives_its_parent(tmp_path: Path, number: signal.Signals) -> None:
    process = started(tmp_path / "o", "work")
    assert until(lambda: len(children(process.pid)) == 2)
    workers = children(process.pid)
    process.send_signal(number)
    process.communicate(timeout=PATIENCE)
    assert process.returncode == CODES[number]
    assert until(lambda: all(fields(worker)[0] in "XZ" for worker in workers))


@pytest.mark.parametrize("command", ["parse", "check"])
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_the_command_while_it_waits_for_input(number: signal.Signals, command: str) -> None:
    process = subprocess.Popen(
        [*COMMAND, command, "-"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )
    assert until(lambda: _loaded(process.pid))
    process.send_signal(number)
    out, errors = process.communicate(timeout=PATIENCE)
    assert (process.returncode, out, errors) == (CODES[number], b"", b"")


def _loaded(pid: int) -> bool:
    """Whether the program has come to its work: the core is loaded then, and the process sleeps."""
    try:
        maps = Path(f"/proc/{pid}/maps").read_text()
    except OSError:
        return False
    return "isal" in maps and fields(str(pid))[0] == "S"
