"""Each shape of a secret goes, wherever it stands; ids, addresses of resources, hashes and names stay.

None of the secrets is real: AWS's documented examples, or made up.
"""

from __future__ import annotations

import polars as pl
import pytest

from analyzer.redaction.redact import has_credential, redacted, redacted_series, redacted_text, with_credential
from tests.redaction.secrets import KEY_ID, SECRETS, Secret, hexed, noise, uuid

# What stands before and after a secret: nothing, prose, an escaped line break, a colour, punctuation.
_PLACES = ("{}", "failed with {} at once", "line\\n{}\\nnext", "\x1b[31m{}\x1b[0m", "({}).", "日本語 {} é")


def test_the_corpus_is_large_and_its_names_are_different() -> None:
    assert len(SECRETS) >= 80
    assert len({secret.name for secret in SECRETS}) == len(SECRETS)


@pytest.mark.parametrize("secret", SECRETS, ids=lambda secret: secret.name)
def test_a_secret_goes(secret: Secret) -> None:
    texts = [place.format(secret.text) for place in _PLACES]
    for before, after in zip(texts, redacted_series(pl.Series(texts)), strict=True):
        assert secret.kernel not in after, before
        assert "[redacted]" in after
