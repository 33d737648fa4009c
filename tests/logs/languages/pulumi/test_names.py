"""Names are given back as the program gave them."""

from __future__ import annotations

import pytest

from analyzer.logs.languages.pulumi.names import unquoted


@pytest.mark.parametrize(
    ("printed", "name"),
    [
        ("plain", "plain"),
        (r"C:\\windows\\paths", r"C:\windows\paths"),
        (r"C:\windows\paths", r"C:\windows\paths"),  # not quoted: no such escapes
        (r"\"double quotes\"", '"double quotes"'),
        (r'"a \"b\" c"', 'a "b" c'),
        ('"double quotes"', '"double quotes"'),
        (r"two\nlines\t\x00\u00ad\U000e0001", "two\nlines\t\0\u00ad\U000e0001"),
        ("\\", "\\"),
        (r"\U00110000", r"\U00110000"),  # beyond Unicode
    ],
)
def test_unquoted(printed: str, name: str) -> None:
    assert unquoted(printed) == name
