"""A kind of deploy log is a module of `kinds/`; one that lacks something is refused by the name of what it lacks."""

from __future__ import annotations

import re
from pathlib import Path
from types import ModuleType

import pytest

from analyzer import sources
from analyzer.logs import kinds
from analyzer.logs.registry import form_of, forms, registered

KINDS = {path.stem.replace("_", "-") for path in Path(kinds.__path__[0]).glob("[a-z]*.py")}


def module(**attributes: object) -> ModuleType:
    made = ModuleType("analyzer.logs.kinds.my_log")
    vars(made).update(attributes)
    return made


def test_each_module_of_the_folder_is_a_kind() -> None:
    assert set(forms()) == KINDS


def test_no_other_module_is_one() -> None:
    for name in ("read", "registry", "merge", "nothing"):
        assert form_of(name) is None


def test_a_kind_of_log_says_what_it_is_and_reads() -> None:
    made = module(KIND="my-log", read=print)
    assert registered(made) is made


@pytest.mark.parametrize(
    ("attributes", "missing"),
    [
        ({}, "my_log does not satisfy LogForm: it lacks KIND, read"),
        ({"KIND": "my-log"}, "my_log does not satisfy LogForm: it lacks read"),
        ({"read": print}, "my_log does not satisfy LogForm: it lacks KIND"),
        ({"KIND": "other", "read": print}, "my_log: its KIND is 'other', and by its file it is 'my-log'"),
    ],
)
def test_a_registration_that_fails_says_what_is_missing(attributes: dict[str, object], missing: str) -> None:
    with pytest.raises(TypeError, match=re.escape(missing)):
        registered(module(**attributes))


def test_each_kind_has_a_content_by_which_it_is_detected() -> None:
    folder = Path(sources.__path__[0])
    text = "".join(path.read_text(encoding="utf-8") for path in folder.glob("identify*.py"))
    lacking = set(forms()) - set(re.findall(r'Identity\(\s*"([a-z-]+)"', text))
    assert not lacking, f"analyzer/sources/identify_*.py detects no content as: {', '.join(sorted(lacking))}"
