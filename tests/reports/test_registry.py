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
    assert names() == ("html", "json", "text")
    for name in names():
        assert isinstance(find(name), Format)
        assert find_name(name) == name


def test_an_unknown_format_is_refused_with_the_choice() -> None:
    with pytest.raises(UsageError, match="there is no format 'sarif'; choose one of html, json, text"):
        render(examples.dropped(), "sarif")


def test_names_load_neither_polars_nor_rich() -> None:
    program = (
        "import sys, analyzer.reports.registry as r; r.names(); print({'polars', 'rich'} & {*sys.modules})"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout == "set()\n"
