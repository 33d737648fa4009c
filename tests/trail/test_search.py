"""`search`: what a library finds fast is exactly what Python finds."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from analyzer.trail.search import count, holds, places

WANTED = [b"a", b"ab", b"abab", b"keyvaluestore.amazonaws.com", b'"eventVersion"']
haystacks = st.lists(
    st.sampled_from([*WANTED, b"b", b"\0", b'"eventVersio', b"keyvaluestore.amazonaws.co", b"x" * 70]),
    max_size=60,
).map(b"".join)


@given(haystacks, st.sampled_from(WANTED))
def test_it_finds_what_python_finds(data: bytes, wanted: bytes) -> None:
    expected = [at for at in range(len(data)) if data.startswith(wanted, at)]
    assert list(places(data, wanted)) == expected
    assert holds(data, wanted) == (wanted in data)
    assert count(data, wanted) == data.count(wanted)
