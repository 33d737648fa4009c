"""The pages: their sections, their samples, the command to copy, and the files in docs/rules."""

from __future__ import annotations

import json
import re
import tomllib
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from analyzer.rules.explain import explain
from analyzer.rules.page import (
    DOCUMENTATION,
    SECTIONS,
    catalogue,
    catalogue_data,
    page,
    sections,
    summary,
    url,
)
from analyzer.rules.pages import documents, write_pages
from analyzer.rules.registry import rules

if TYPE_CHECKING:
    from analyzer.rules.interface import Rule

ROOT = Path(__file__).parents[2]
each_rule = pytest.mark.parametrize("rule", rules(), ids=lambda rule: str(rule.CODE))


@each_rule
def test_page_has_a_title_and_every_section_in_order(rule: Rule) -> None:
    title = page(rule).partition("\n")[0]
    assert title.startswith(f"{rule.CODE} {rule.NAME}: ")
    assert title.endswith(".")
    assert tuple(sections(rule)) == SECTIONS
    assert all(len(text) > 20 for text in sections(rule).values())


@each_rule
def test_page_fits_a_terminal(rule: Rule) -> None:
    prose = [
        line for line in page(rule).splitlines() if "https://" not in line and not line.startswith("    ")
    ]
    assert max(map(len, prose)) <= 110


@each_rule
def test_page_names_only_samples_that_exist(rule: Rule) -> None:
    told = re.findall(r"^- Samples?: (.+?)\.$", sections(rule)["References"], flags=re.MULTILINE | re.DOTALL)
    names = re.findall(r"`([\w-]+)`", " ".join(told))
    assert bool(told) == bool(names)
    assert [name for name in names if not (ROOT / "samples" / name).is_dir()] == []


@each_rule
def test_the_address_of_a_page_is_that_of_its_file_in_the_documentation(rule: Rule) -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert project["urls"]["Documentation"] == DOCUMENTATION
    assert url(rule) == f"{DOCUMENTATION}/rules/{rule.CODE}.md"
    assert (ROOT / "docs" / "rules" / f"{rule.CODE}.md").is_file()


def test_catalogue_has_a_line_per_rule() -> None:
    lines = catalogue().splitlines()
    assert [line.split()[0] for line in lines] == [rule.CODE for rule in rules()]
    assert all(line.endswith(summary(rule)) for line, rule in zip(lines, rules(), strict=True))


def test_the_list_as_data_has_each_rule_with_its_whole_page() -> None:
    data = json.loads(json.dumps(catalogue_data()))
    assert (data["schema"], [rule["code"] for rule in data["rules"]]) == (
        "lostwrite.rules/v1",
        [rule.CODE for rule in rules()],
    )
    for rule, listed in zip(rules(), data["rules"], strict=True):
        parts = {part["title"]: part["text"] for part in listed.pop("sections")}
        assert parts == sections(rule)
        assert listed == {
            "code": rule.CODE,
            "name": rule.NAME,
            "severity": rule.SEVERITY,
            "summary": summary(rule),
            "url": url(rule),
        }


def test_the_page_about_json_names_each_member_of_the_list() -> None:
    text = (ROOT / "docs" / "json.md").read_text(encoding="utf-8")
    (first, *_) = json.loads(json.dumps(catalogue_data()))["rules"]
    assert [member for member in first if f"`rules[].{member}`" not in text] == []


def test_what_switches_the_records_on_is_a_command_that_keeps_the_selectors_of_the_trail() -> None:
    text = explain("LW301")
    assert re.search(r"^    lostwrite setup-trail > setup-trail\.sh$", text, flags=re.MULTILINE)
    assert not re.search(r"^    aws cloudtrail put-event-selectors", text, flags=re.MULTILINE)


def test_docs_are_what_the_rules_say() -> None:
    folder = ROOT / "docs" / "rules"
    written = {path.name: path.read_text(encoding="utf-8") for path in folder.iterdir()}
    assert written == documents(), "run: python -m analyzer.rules.pages docs/rules"


def test_write_pages_makes_its_folder(tmp_path: Path) -> None:
    write_pages(tmp_path / "new" / "rules")
    names = {path.name for path in (tmp_path / "new" / "rules").iterdir()}
    assert names == {"README.md", "verdicts.md", *(f"{rule.CODE}.md" for rule in rules())}
