"""What `import analyzer` gives, and what it does not load."""

from __future__ import annotations

import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

import analyzer

ROOT = Path(__file__).parents[2]


def test_all_is_sorted_and_every_name_is_there() -> None:
    assert analyzer.__all__ == sorted(analyzer.__all__)
    assert dir(analyzer) == analyzer.__all__
    for name in analyzer.__all__:
        assert getattr(analyzer, name) is not None


def test_an_unknown_name_is_an_attribute_error() -> None:
    with pytest.raises(AttributeError, match="module 'analyzer' has no attribute 'nonsense'"):
        _ = analyzer.nonsense


def test_import_is_light() -> None:
    program = "import sys, analyzer; print({'polars', 'typer', 'rich', 'analyzer.api'} & {*sys.modules})"
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True, cwd=ROOT
    )
    assert done.stdout == "set()\n"


def test_version_is_that_of_the_project() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert analyzer.__version__ == project["version"]


def test_types_are_shipped() -> None:
    assert (ROOT / "analyzer" / "py.typed").is_file()
