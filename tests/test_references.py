"""Every path and heading that code or a page names exists: citations (`docs/PAGE.md#HEADING`) and relative links."""

from __future__ import annotations

import json
import re
from collections import Counter
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
FOLDERS = ("analyzer", "benchmarks", "docs", "grammars", "samples", "tests")
ENDINGS = {".py", ".lark", ".md", ".toml", ".sh"}
FILES = sorted(
    path
    for path in [*ROOT.iterdir(), *(path for folder in FOLDERS for path in (ROOT / folder).rglob("*"))]
    if path.is_file() and (path.suffix in ENDINGS or path.name == "Makefile")
)
PAGES = [path for path in FILES if path.suffix == ".md"]
SAMPLES = sorted(path.parent for path in (ROOT / "samples").glob("*/expected.json"))

_CITATION = re.compile(r"\bdocs/[\w./-]*\.md(?:#[\w-]*)?")
_LINK = re.compile(r"\]\((?P<target>[^()\s]+)\)")
_FENCED = re.compile(r"^(```|~~~).*?^\1", re.DOTALL | re.MULTILINE)
_HEADING = re.compile(r"^#{1,6} +(.+?) *#*$", re.MULTILINE)
_OLD = re.compile(
    r"DESIGN\x20[0-9]|\bfacts:\x20[a-z-]+(?:\.md)? [0-9]|\(facts:$"
    r"|\b(?:sst|pulumi)-output(?:\.md)? [0-9]|\bcloudtrail\.md [0-9]"
)
"""Citations of pages that this repository never held."""
_BARE = re.compile(r"(?<!docs/)\bfacts/[a-z]")
"""A citation that lacks the folder; a link within `docs` may do so."""


def slug(heading: str) -> str:
    """The anchor that GitHub gives a heading: lower case, without punctuation, with dashes for blanks."""
    plain = re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", heading)
    return re.sub(r"[^\w\- ]", "", plain.lower()).replace(" ", "-")


def anchors_in(text: str) -> set[str]:
    """The anchors of a page; a heading that stands twice is numbered."""
    seen: Counter[str] = Counter()
    found = set()
    for heading in _HEADING.findall(_FENCED.sub("", text)):
        anchor = slug(heading)
        found.add(f"{anchor}-{seen[anchor]}" if seen[anchor] else anchor)
        seen[anchor] += 1
    return found


def links_in(text: str) -> list[str]:
    """The relative targets of a page's links, outside code."""
    prose = re.sub(r"`[^`\n]*`", "", _FENCED.sub("", text))
    return [target for target in _LINK.findall(prose) if not re.match(r"[a-z]+:", target)]


@cache
def _anchors(page: Path) -> set[str]:
    return anchors_in(page.read_text(encoding="utf-8"))


def _broken(references: list[str], folder: Path, here: Path) -> list[str]:
    """The references, relative to `folder`, whose path or heading does not exist; `#HEADING` is one of `here`."""
    broken = []
    for reference in references:
        name, _, anchor = reference.partition("#")
        path = folder / name if name else here
        if not path.exists() or ("#" in reference and anchor not in _anchors(path)):
            broken.append(reference)
    return broken


@pytest.mark.parametrize(
    ("heading", "anchor"),
    [
        ("6. Verdicts", "6-verdicts"),
        ("4.2 Calls per operation", "42-calls-per-operation"),
        ("8. Commands, formats, exit codes", "8-commands-formats-exit-codes"),
        ("`--diff` and [links](page.md)", "--diff-and-links"),
        ("KvKeys, KvRoutesUpdate", "kvkeys-kvroutesupdate"),
        ("snake_case stays", "snake_case-stays"),
    ],
)
def test_a_heading_has_the_anchor_that_github_gives_it(heading: str, anchor: str) -> None:
    assert slug(heading) == anchor


def test_headings_in_code_are_none_and_repeated_ones_are_numbered() -> None:
    assert anchors_in("# One\n```sh\n# two\n```\n## One\n") == {"one", "one-1"}


def test_links_in_code_and_to_other_hosts_are_not_checked() -> None:
    text = "[a](a.md#b) `[c](d)` [e](https://f.example) [g](#h)\n```\n[i](j)\n```\n"
    assert links_in(text) == ["a.md#b", "#h"]


def test_a_path_or_heading_that_is_missing_is_found(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text("# Here\n", encoding="utf-8")
    references = ["page.md", "page.md#here", "#here", "page.md#there", "#there", "page.md#", "other.md"]
    assert _broken(references, tmp_path, page) == references[3:]


def test_citations_name_headings_that_exist() -> None:
    broken = {
        str(path.relative_to(ROOT)): found
        for path in FILES
        if path != Path(__file__).resolve()
        and (found := _broken(_CITATION.findall(path.read_text(encoding="utf-8")), ROOT, path))
    }
    assert broken == {}


def test_links_lead_to_pages_and_headings_that_exist() -> None:
    broken = {
        str(path.relative_to(ROOT)): found
        for path in PAGES
        if (found := _broken(links_in(path.read_text(encoding="utf-8")), path.parent, path))
    }
    assert broken == {}


def test_nothing_is_cited_that_the_repository_does_not_hold() -> None:
    old = []
    for path in FILES:
        if path.name == "CHANGELOG.md" or path == Path(__file__).resolve():
            continue
        text = path.read_text(encoding="utf-8")
        found = [*_OLD.finditer(text), *(_BARE.finditer(text) if path.suffix != ".md" else ())]
        old += [
            f"{path.relative_to(ROOT)}:{text.count(chr(10), 0, hit.start()) + 1}: {hit[0]}" for hit in found
        ]
    assert old == []


@pytest.mark.parametrize("sample", SAMPLES, ids=lambda sample: str(sample.name))
def test_the_table_of_samples_says_what_is_expected_of_each(sample: Path) -> None:
    table = (ROOT / "samples" / "README.md").read_text(encoding="utf-8")
    expected = json.loads((sample / "expected.json").read_text(encoding="utf-8"))
    start = f"| [{sample.name}]({sample.name}/README.md) |"
    row = next(line for line in table.splitlines() if line.startswith(start))
    verdicts, rule = (cell.strip() for cell in row.split("|")[4:6])
    counts = {verdict: count for verdict, count in expected["summary"]["by_verdict"].items() if count}
    assert {word: int(count) for count, word in re.findall(r"(\d+) `(\w+)`", verdicts)} == counts
    assert rule == (", ".join(sorted({finding["code"] for finding in expected["findings"]})) or "none")
