"""Windows: nothing is used that Python does not have there, or it is guarded; tests can only take it away here."""

from __future__ import annotations

import ast
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfoNotFoundError

from analyzer import api
from analyzer.cli.main import run
from analyzer.sources.walk import is_below

if TYPE_CHECKING:
    import pytest

ROOT = Path(__file__).parent.parent
SAMPLE = ROOT / "samples" / "first-route-never-written"

ON_WINDOWS = {
    "os": {
        *("DirEntry", "PathLike", "__file__", "path", "sep", "stat_result", "environ", "devnull"),
        *("O_APPEND", "O_CREAT", "O_EXCL", "O_RDONLY", "O_RDWR", "O_WRONLY", "SEEK_END", "W_OK"),
        *(
            "access",
            "close",
            "dup",
            "dup2",
            "fdopen",
            "fstat",
            "fsync",
            "isatty",
            "listdir",
            "open",
            "pipe",
            "read",
            "write",
        ),
        *("fsdecode", "fsencode", "fspath", "getcwd", "lstat", "scandir", "stat", "walk"),
        *("_exit", "cpu_count", "getpid", "kill", "set_inheritable", "urandom"),
    },
    "signal": {"SIGINT", "SIG_DFL", "default_int_handler", "getsignal", "set_wakeup_fd", "signal"},
}
"""What we use of these modules and Windows has too, by their documentation ("Availability")."""
GUARDED = {"fchmod", "fchown", "geteuid", "set_blocking", "SEEK_HOLE", "sched_getaffinity"}
"""What it lacks (`set_blocking` until Python 3.12). The run below has none of it."""
POSIX_MODULES = {"fcntl", "grp", "posix", "pty", "pwd", "resource", "syslog", "termios", "tty"}
GUARDED_MODULES = {"fcntl"}
"""What is imported where it is there: the lock of a catalogue has another way."""

# What Windows lacks is taken away before the program is loaded; what it imports itself is refused, not what others do.
WITHOUT_POSIX = f"""
import builtins, os, pkgutil, signal, sys
import polars, rich.console, typer

for name in {sorted(GUARDED)!r}:
    delattr(os, name)
for name in ("O_NOFOLLOW", "O_NONBLOCK", "O_CLOEXEC", "O_DIRECTORY", "fork", "getuid", "killpg"):
    delattr(os, name)
for name in ("SIGHUP", "SIGKILL", "SIGPIPE", "SIGALRM", "SIGCHLD", "pthread_kill"):
    delattr(signal, name)
load = builtins.__import__

def refusing(name, globals=None, *rest, **more):
    if name in {sorted(POSIX_MODULES)!r} and str((globals or {{}}).get("__name__")).startswith("analyzer"):
        raise ModuleNotFoundError(name)
    return load(name, globals, *rest, **more)

builtins.__import__ = refusing
import analyzer
for module in pkgutil.walk_packages(analyzer.__path__, "analyzer."):
    if module.name != "analyzer.__main__":
        load(module.name)
from analyzer.start import main
main()
"""


def test_what_windows_lacks_is_not_used_unguarded() -> None:
    used: dict[str, set[str]] = {name: set() for name in ON_WINDOWS}
    imported: set[str] = set()
    for path in (ROOT / "analyzer").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id in used:
                used[node.value.id].add(node.attr)
            elif isinstance(node, ast.Import):
                imported.update(alias.name for alias in node.names)
            elif isinstance(node, ast.ImportFrom):
                imported.add(node.module or "")
    assert used["os"] - ON_WINDOWS["os"] <= GUARDED, "does Windows have it? then name it above"
    assert used["signal"] - ON_WINDOWS["signal"] == set()
    assert imported & POSIX_MODULES <= GUARDED_MODULES


def test_a_check_is_written_without_what_windows_lacks(tmp_path: Path) -> None:
    """Each module is loaded, the handlers of signals are set, and a file that was there is replaced."""
    output = tmp_path / "report.json"
    output.write_text("old")
    words = ["check", str(SAMPLE / "deploy"), "--trail", str(SAMPLE / "trail"), "--format", "json"]
    done = subprocess.run(
        [sys.executable, "-c", WITHOUT_POSIX, *words, "--output", str(output)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stdout) == (1, ""), done.stderr
    assert json.loads(output.read_text(encoding="utf-8"))["summary"]["by_verdict"]["dropped"] == 1
    assert [path.name for path in tmp_path.iterdir()] == ["report.json"]


def test_a_system_without_time_zones_is_told_what_it_lacks(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def fail(*_: object, **__: object) -> None:
        raise ZoneInfoNotFoundError("No time zone found with key UTC")

    monkeypatch.setattr(api, "check", fail)
    assert run(["check", "x.log"]) == 4
    assert capsys.readouterr().err == (
        "lostwrite: this system has no time zone data: install it (pip install tzdata)\n"
    )


def test_a_command_that_repairs_says_which_shells_run_it() -> None:
    """It is for a POSIX shell, on Windows too: the report says so beside the command."""
    report = api.check([SAMPLE / "deploy"], trail=[SAMPLE / "trail"])
    needs = report.writes.drop_nulls("remedy")["remedy_needs"].to_list()
    assert needs
    assert all(any("bash, dash or zsh" in need for need in each) for each in needs)


def test_what_lies_below_a_folder_is_told_by_the_separator_of_the_system(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    assert is_below("/a/b", "/a")
    assert is_below("/a", "/")
    assert not is_below("/ab", "/a")
    monkeypatch.setattr(os, "sep", "\\")
    assert is_below("C:\\a\\b", "C:\\a")
    assert is_below("C:\\a", "C:\\")
    assert not is_below("C:\\ab", "C:\\a")
