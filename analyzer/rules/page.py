"""A rule's page: its module's docstring, which `lostwrite explain` prints and `docs/rules` has; and their list."""

from __future__ import annotations

import inspect
import re
from typing import TYPE_CHECKING, Final

from analyzer.rules.registry import rules
from analyzer.version import VERSION

if TYPE_CHECKING:
    from analyzer.rules.interface import Rule

DOCUMENTATION: Final = "https://github.com/lostwrite/lostwrite/tree/main/docs"
"""Where the pages are: `Documentation` of `[project.urls]` in pyproject.toml."""

SECTIONS = ("What it does", "Why it matters", "How it is proven", "Example", "What to do", "References")


def catalogue() -> str:
    """A line per rule: code, severity, name and what it is about."""
    width = max(len(known.NAME) for known in rules())
    lines = [
        f"{known.CODE}  {known.SEVERITY:<7}  {known.NAME:<{width}}  {summary(known)}" for known in rules()
    ]
    return "\n".join(lines) + "\n"


def catalogue_data() -> dict[str, object]:
    """The same as data, to `lostwrite.rules/v1` (docs/json.md#the-list-of-rules)."""
    return {
        "schema": "lostwrite.rules/v1",
        "tool": {"name": "lostwrite", "version": VERSION},
        "rules": [
            {
                "code": known.CODE,
                "name": known.NAME,
                "severity": known.SEVERITY,
                "summary": summary(known),
                "url": url(known),
                "sections": [{"title": title, "text": text} for title, text in sections(known).items()],
            }
            for known in rules()
        ],
    }


def page(known: Rule) -> str:
    """The page as the module holds it: a title line, then Markdown sections."""
    return inspect.cleandoc(inspect.getdoc(known) or "")


def url(known: Rule) -> str:
    """The address of the rule's page on the web."""
    return f"{DOCUMENTATION}/rules/{known.CODE}.md"


def summary(known: Rule) -> str:
    """What the title line says after the code and the name."""
    return page(known).partition("\n")[0].partition(": ")[2]


def sections(known: Rule) -> dict[str, str]:
    """The text under each heading, in the order of the page."""
    parts = re.split(r"^## (.+)$", page(known), flags=re.MULTILINE)
    return {title: text.strip() for title, text in zip(parts[1::2], parts[2::2], strict=True)}


def markdown(known: Rule) -> str:
    """The page as a Markdown document."""
    title, _, body = page(known).partition("\n")
    return f"# {title}\n\nSeverity: {known.SEVERITY}\n{body}\n"


def index() -> str:
    """The Markdown list of all rules."""
    rows = [f"| [{r.CODE}]({r.CODE}.md) | {r.NAME} | {r.SEVERITY} | {summary(r)} |" for r in rules()]
    head = [
        "# Rules",
        "",
        "`lostwrite explain CODE` prints a page. Verdicts and causes have [theirs](verdicts.md). `lostwrite rules`",
        "prints this list; with `--format json` it is [data](../json.md#the-list-of-rules).",
        "",
        "An example shows inputs, a line each, and the finding that comes of them; `E1 -> E2` are a call's `ifMatch`",
        "and `eTag`, `7c62: a=1` are keys of a namespace, `7c62:routes + a` is an entry of a list, and `->` stands",
        "between what was and what is. Below `Not here`, `-` and `+` change the inputs so that the rule is silent;",
        "tests run both (notation: `tests/rules/example.py`, `example_files.py`).",
        "",
        "| code | name | severity | about |",
    ]
    return "\n".join([*head, "| --- | --- | --- | --- |", *rows]) + "\n"
