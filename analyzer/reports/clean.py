"""Makes text from an input safe for a terminal: control and direction characters become visible escapes."""

from __future__ import annotations

import re

# Control characters, those that give direction, those that take no room (Unicode: Default_Ignorable_Code_Point, and
# the marks of annotations), and halves of characters: with them two names look the same, or a line like another.
_UNSAFE = re.compile(
    "[\x00-\x1f\x7f-\x9f\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u2028-\u202e\u2060-\u206f"
    "\u3164\ud800-\udfff\ufe00-\ufe0f\ufeff\uffa0\ufff0-\ufffb"
    "\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U000e0fff]"
)
_UNSAFE_IN_JSON = re.compile("[\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]")


def clean(text: str) -> str:
    r"""`text` on one line, with `\n`, `\x1b`, `\u202e` and their like written out."""
    return _UNSAFE.sub(_escape, text)


def json_safe(text: str) -> str:
    r"""JSON text in which such characters are `\u` escapes: JSON allows them, but a terminal might obey them."""
    return _UNSAFE_IN_JSON.sub(lambda found: f"\\u{ord(found[0]):04x}", text)


def _escape(found: re.Match[str]) -> str:
    return found[0].encode("unicode_escape").decode("ascii")
