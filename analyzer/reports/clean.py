"""Makes text from an input safe for a terminal: control and direction characters become visible escapes."""

from __future__ import annotations

import re

_UNSAFE = re.compile("[\x00-\x1f\x7f-\x9f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]")
_UNSAFE_IN_JSON = re.compile("[\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]")


def clean(text: str) -> str:
    r"""`text` on one line, with `\n`, `\x1b`, `\u202e` and their like written out."""
    return _UNSAFE.sub(_escape, text)


def clean_lines(text: str) -> list[str]:
    """The lines of `text`, each clean: for a command that may have several."""
    return [clean(line) for line in text.split("\n")]


def json_safe(text: str) -> str:
    r"""JSON text in which such characters are `\u` escapes: JSON allows them, but a terminal might obey them."""
    return _UNSAFE_IN_JSON.sub(lambda found: f"\\u{ord(found[0]):04x}", text)


def _escape(found: re.Match[str]) -> str:
    return found[0].encode("unicode_escape").decode("ascii")
