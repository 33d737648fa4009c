"""What holds, and where it came from: command line, environment, file, default, in this order."""

from __future__ import annotations

import pytest

from analyzer.config.file import ConfigFile
from analyzer.config.keys import KEYS
from analyzer.config.resolve import Setting, resolve, unknown_variables
from analyzer.errors import UsageError

FILE = ConfigFile("../lostwrite.toml", {"fail-on": ("note", 3), "baseline": ("ci/b.json", 4)})


def test_the_nearer_one_holds() -> None:
    variable = {"LOSTWRITE_FAIL_ON": "warning"}
    assert resolve({"fail-on": "error"}, variable, FILE)["fail-on"] == Setting("error", "option", "--fail-on")
    assert resolve({"fail-on": None}, variable, FILE)["fail-on"] == Setting(
        "warning", "environment", "LOSTWRITE_FAIL_ON"
    )
    assert resolve({}, {}, FILE)["fail-on"] == Setting("note", "file", "../lostwrite.toml:3")
    assert resolve({}, {}, None)["fail-on"] == Setting("error", "default")


def test_an_option_that_says_no_holds_too() -> None:
    found = resolve({"fail-on-doubt": False}, {"LOSTWRITE_FAIL_ON_DOUBT": "1"}, None)
    assert found["fail-on-doubt"].value is False


def test_an_empty_variable_is_not_set() -> None:
    assert resolve({}, {"LOSTWRITE_FAIL_ON": ""}, FILE)["fail-on"].origin == "file"


def test_a_path_of_a_file_starts_at_its_folder_and_one_of_a_variable_does_not() -> None:
    assert resolve({}, {}, FILE)["baseline"].value == "../ci/b.json"
    assert resolve({}, {"LOSTWRITE_BASELINE": "b.json"}, FILE)["baseline"].value == "b.json"


@pytest.mark.parametrize(
    ("variable", "text", "value"),
    [
        ("LOSTWRITE_FAIL_ON_DOUBT", "1", True),
        ("LOSTWRITE_FAIL_ON_DOUBT", "True", True),
        ("LOSTWRITE_FAIL_ON_DOUBT", "no", False),
        ("LOSTWRITE_MIN_CONFIDENCE", " proven ", "proven"),
        ("LOSTWRITE_FORMAT", "json", "json"),
        ("LOSTWRITE_JOBS", "12", 12),
    ],
)
def test_values_of_variables(variable: str, text: str, value: object) -> None:
    found = [each for each in resolve({}, {variable: text}, None).values() if each.origin == "environment"]
    assert [each.value for each in found] == [value]


@pytest.mark.parametrize(
    ("variable", "text", "message"),
    [
        ("LOSTWRITE_FAIL_ON", "fatal", "must be one of error, warning, note, not 'fatal'"),
        ("LOSTWRITE_FAIL_ON_DOUBT", "maybe", "must be true or false, not 'maybe'"),
        ("LOSTWRITE_JOBS", "0", "must be a number from 1 on, not '0'"),
        ("LOSTWRITE_JOBS", "٣", "must be a number from 1 on, not '٣'"),
        ("LOSTWRITE_FORMAT", "docx", "must be one of "),
    ],
)
def test_a_wrong_value_of_a_variable_is_told(variable: str, text: str, message: str) -> None:
    with pytest.raises(UsageError) as caught:
        resolve({}, {variable: text}, None)
    assert str(caught.value).startswith(f"{variable} {message}")


def test_a_variable_that_is_no_key_is_named() -> None:
    known = {key.variable: "x" for key in KEYS}
    others = {"LOSTWRITE_DEBUG": "1", "LOSTWRITE_FAILON": "x", "PATH": "x", "LOSTWRITE_COMMAND": "x"}
    assert unknown_variables(known | others) == ["LOSTWRITE_FAILON"]
