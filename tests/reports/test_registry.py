"""The formats are found by their file names, before anything heavy is loaded."""

from __future__ import annotations

import subprocess
import sys

import pytest

from analyzer.errors import UsageError
from analyzer.reports.interface import Format
from analyzer.reports.registry import find, find_name, names, render
from tests.reports import examples


def test_names_are_those_of_the_modules() -> None:
    assert {"csv", "github", "gitlab", "html", "json", "junit", "markdown", "ndjson", "sarif", "text"} <= {
        *names()
    }
    assert list(names()) == sorted(names())
    for name in names():
        assert isinstance(find(name), Format)
        assert find_name(name) == name


def test_an_unknown_format_is_refused_with_the_choice() -> None:
    with pytest.raises(UsageError, match="there is no format 'pdf'; choose one of csv, github, gitlab, "):
        render(examples.dropped(), "pdf")


def test_names_load_nothing_heavy() -> None:
    program = (
        "import sys, analyzer.reports.registry as r; r.names();"
        "print({'polars', 'rich', 'junitparser', 'msgspec'} & {*sys.modules})"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout == "set()\n"
