"""Writes the rules' pages as Markdown files: `python -m analyzer.rules.pages docs/rules`."""

from __future__ import annotations

import sys
from pathlib import Path

from analyzer.rules.page import index, markdown
from analyzer.rules.registry import rules
from analyzer.rules.words.word_page import FILE, words_document


def documents() -> dict[str, str]:
    """The text of each file, by its name: a page per rule, README.md, the index, and the page of all words."""
    general = {"README.md": index(), FILE: words_document()}
    return general | {f"{known.CODE}.md": markdown(known) for known in rules()}


def write_pages(folder: Path) -> None:
    """Writes the files into `folder`, which is made if need be."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in documents().items():
        (folder / name).write_text(text, encoding="utf-8")


if __name__ == "__main__":
    if len(sys.argv) != 2:  # noqa: PLR2004 - the program and one folder
        sys.exit("usage: python -m analyzer.rules.pages FOLDER")
    write_pages(Path(sys.argv[1]))
