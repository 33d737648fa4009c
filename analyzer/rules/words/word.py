"""The words of a report, each with what its page says: `*.toml` of this folder."""

from __future__ import annotations

import tomllib
from functools import cache
from pathlib import Path
from typing import Final

import msgspec

KINDS: Final = {"verdicts": "verdict", "causes": "cause", "doubts": "cause of doubt", "marks": ""}
"""The files, in the order of the page, and what the words of each are; those of `marks` say it themselves."""


class Word(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A word of a report.

    Attributes:
        name: as the report has it.
        kind: verdict, cause, cause of doubt, confidence or status.
        about: one clause.
        means: what is so.
        given: when it is given.
        is_not: what it does not mean.
        rules: codes of the rules that report it.
        to_do: what to do; of a cause of doubt what settles it.
        leaning: of a verdict: when a write that cannot be judged leans to it; null: none does.
    """

    name: str
    kind: str
    about: str
    means: str
    given: str
    is_not: str
    rules: tuple[str, ...]
    to_do: str
    leaning: str | None = None

    @property
    def doubt(self) -> bool:
        """Whether it is a cause of doubt."""
        return self.kind == KINDS["doubts"]


@cache
def words() -> tuple[Word, ...]:
    """All of them, in the order of the files and of each file.

    Raises:
        msgspec.ValidationError: a file lacks what a word needs, or has what none has (a defect of this project).
    """
    return tuple(
        _word(name, kind, texts)
        for file, kind in KINDS.items()
        for name, texts in tomllib.loads(_text(file)).items()
    )


def word(name: str) -> Word | None:
    """The word with this name, in any case of letters and with `-` or `_`."""
    wanted = name.strip().lower().replace("-", "_")
    return next((known for known in words() if known.name == wanted), None)


def _text(file: str) -> str:
    return Path(__file__).with_name(f"{file}.toml").read_text(encoding="utf-8")


def _word(name: str, kind: str, texts: dict[str, object]) -> Word:
    stripped = {member: text.strip() if isinstance(text, str) else text for member, text in texts.items()}
    return msgspec.convert({"name": name, "kind": kind} | stripped, Word)
