"""Nothing is imported from where the user stands: neither by the program nor by the processes that it starts."""

from __future__ import annotations

import os
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from tests.attack.command import COMMAND, INSTALLED, LOG, PYTHON, TRAIL

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

pytestmark = pytest.mark.attack

# Every module that Python has, what the program needs besides, and what these look for.
OTHERS = "analyzer backports boto3 botocore click cryptography grammars isal lark msgspec numpy orjson pandas"
MORE = "polars pyarrow pydantic pygments rich shellingham sitecustomize stringzilla typer usercustomize zstandard"
MODULES = sorted({*sys.stdlib_module_names, *OTHERS.split(), *MORE.split()} - {"sys", "builtins"})
# Under `python -m`, Python itself imports these from the current folder before anything of the program runs.
OF_RUNPY = {
    "analyzer",
    "collections",
    "contextlib",
    "functools",
    "importlib",
    "keyword",
    "operator",
    "reprlib",
}
OF_RUNPY |= {"types", "warnings"}
CHECK = ["check", str(LOG), "--trail", str(TRAIL), "--exit-zero", "--format", "json"]


def hostile(folder: Path, names: Sequence[str]) -> Path:
    """Modules and packages that leave a mark when they are run, and then behave as if they were not there."""
    mark = folder / "marks"
    mark.mkdir()
    text = f"open({str(mark)!r} + '/' + __name__, 'w').close()\nraise ImportError(__name__)\n"
    place = folder / "here"
    place.mkdir()
    for name in names:
        (place / f"{name}.py").write_text(text)
        (place / f"{name}.lark").write_text('start: "x"\n')
    for name in ("analyzer", "encodings", "grammars"):
        if name in names:
            (place / name).mkdir()
            (place / name / "__init__.py").write_text(text)
    for name in ("pyproject.toml", ".lostwrite"):
        (place / name).write_text("[")
    (place / "lostwrite.toml").write_text("[lostwrite]\n")  # is read, by Python's own `tomllib`
    return place


def marks(place: Path) -> list[str]:
    return sorted(path.name for path in (place.parent / "marks").iterdir())


@pytest.mark.parametrize("words", [CHECK, ["parse", str(LOG), "--format", "csv"], ["trail", str(TRAIL)]])
def test_the_command(tmp_path: Path, words: list[str]) -> None:
    place = hostile(tmp_path, MODULES)
    done = subprocess.run([*COMMAND, *words], cwd=place, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr, marks(place)) == (0, "", [])


def test_the_command_with_an_empty_word_in_the_path(tmp_path: Path) -> None:
    """`PYTHONPATH=$PYTHONPATH:/x` leaves one, which is the current folder. Python's own start is before the program."""
    names = ["json", "polars", "pickle", "msgspec", "typer", "pyarrow", "__future__", "lark", "subprocess"]
    place = hostile(tmp_path, names)
    environment = os.environ | {"PYTHONPATH": ":/nowhere"}
    done = subprocess.run(
        [*COMMAND, *CHECK], cwd=place, env=environment, capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stderr, marks(place)) == (0, "", [])


def test_python_m(tmp_path: Path) -> None:
    """Python puts the current folder first and runs `runpy`; from the first line of the package on it is gone."""
    place = hostile(tmp_path, [name for name in MODULES if name not in OF_RUNPY])
    words = [PYTHON, "-m", "analyzer", *CHECK]
    done = subprocess.run(words, cwd=place, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr, marks(place)) == (0, "", [])


LIBRARY = """
import os, sys
from functools import partial
before = dict(os.environ), list(sys.path)
sys.path.insert(0, "")
from analyzer.trail.processes import in_order
from analyzer.trail.files import Look, read_files
from analyzer.sources.source import Source
found = list(in_order(partial(read_files, Look()), [[Source(f"s{n}", None, b"{}")] for n in range(40)], 3))
assert len(found) == 40
sys.path.pop(0)
assert (dict(os.environ), list(sys.path)) == before
"""


def test_workers_of_a_program_that_has_the_folder_in_its_path(tmp_path: Path) -> None:
    """A notebook, `python -c`: what the host imports is its own affair, but not what a worker does."""
    program = tmp_path / "program.py"
    program.write_text(
        "import pickle, queue, subprocess, json, typing, msgspec, isal, zipfile, tarfile, ctypes\n" + LIBRARY
    )
    place = hostile(
        tmp_path, ["pickle", "json", "msgspec", "isal", "queue", "signal", "threading", "_queue", "polars"]
    )
    done = subprocess.run(
        [PYTHON, "-P", str(program)], cwd=place, capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stderr, marks(place)) == (0, "", [])


@pytest.mark.parametrize("options", [["--jobs", "2"], ["--jobs", "3"]], ids=" ".join)
def test_workers_of_the_command(tmp_path: Path, options: list[str]) -> None:
    many = tmp_path / "t"
    many.mkdir()
    for number in range(60):
        (many / f"{number}.json").write_text('{"Records":[]}')
    place = hostile(tmp_path, MODULES)
    words = [*COMMAND, "trail", str(many), *options]
    done = subprocess.run(words, cwd=place, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr, marks(place)) == (0, "", [])


@pytest.mark.skipif(INSTALLED is None, reason="a checkout's command is whatever stands in .venv")
def test_the_command_works_in_the_folder_where_it_is_installed() -> None:
    """There the current folder is that of the packages, or of Python's own library."""
    code = "import os, polars; print(*map(os.path.dirname, (os.path.dirname(polars.__file__), os.__file__)))"
    folders = subprocess.run([PYTHON, "-P", "-c", code], capture_output=True, text=True, check=True).stdout
    for folder in folders.split():
        done = subprocess.run([*COMMAND, *CHECK], cwd=folder, capture_output=True, text=True, check=False)
        assert (done.returncode, done.stderr) == (0, "")
