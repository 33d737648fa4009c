"""Where the grammars are: `grammars/` beside the package in a checkout, inside it in a wheel."""

from __future__ import annotations

import re
from pathlib import Path

from analyzer.errors import GrammarError

_PACKAGE = Path(__file__).resolve().parent.parent
_HOMES = (_PACKAGE / "grammars", _PACKAGE.parent / "grammars")
_SAMPLE = re.compile(r"^// sample ([a-z][a-z0-9_]*):(?: (.*))?$", re.MULTILINE)


def read_grammar(name: str) -> str:
    """The text of `grammars/NAME.lark`.

    Raises:
        GrammarError: there is no such file.
    """
    return _read(f"{name}.lark")


def read_compiled(name: str) -> str:
    """What `compiled` keeps of `grammars/NAME.lark`.

    Raises:
        GrammarError: there is no such file.
    """
    return _read(f"compiled/{name}.json")


def _read(name: str) -> str:
    for home in _HOMES:
        path = home / name
        if path.is_file():
            return path.read_text(encoding="utf-8")
    raise GrammarError(name, "start", "the file is missing from the installation")


def samples(text: str) -> list[tuple[str, str]]:
    r"""The `// sample FORM: LINE` comments of a grammar as (form, line); `\n` and `\t` stand for themselves."""
    return [(form, line.replace(r"\n", "\n").replace(r"\t", "\t")) for form, line in _SAMPLE.findall(text)]
