"""Fetches axe-core, which looks for what keeps people out of a page: `python tests/reports/page/fetch_axe.py`.

The one version below, from the npm registry, checked against the hash that is written here; kept in `build/`.
"""

from __future__ import annotations

import base64
import hashlib
import io
import sys
import tarfile
import urllib.request
from pathlib import Path

VERSION = "4.14.1"
URL = f"https://registry.npmjs.org/axe-core/-/axe-core-{VERSION}.tgz"
SHA512 = "FHfa+lmNjQZfJz1q8wKqIDwC6DExcHt/pkjNQb09a3NPjCKg2rhu5qb2S4r76ASyFNNtuFooJpZe37OgudVGtQ=="
KEPT = Path(__file__).resolve().parents[3] / "build" / f"axe-core-{VERSION}.min.js"


def fetch() -> Path:
    """The script, fetched if it is not there yet.

    Raises:
        OSError: the registry cannot be reached.
        ValueError: what came is not what is expected.
    """
    if KEPT.exists():
        return KEPT
    with urllib.request.urlopen(URL, timeout=60) as answer:
        packed: bytes = answer.read()
    found = base64.b64encode(hashlib.sha512(packed).digest()).decode()
    if found != SHA512:
        raise ValueError(f"{URL} has the SHA-512 {found}, which is not the one that is expected")
    with tarfile.open(fileobj=io.BytesIO(packed)) as archive:
        member = archive.extractfile("package/axe.min.js")
        if member is None:
            raise ValueError(f"{URL} has no axe.min.js")
        script = member.read()
    KEPT.parent.mkdir(parents=True, exist_ok=True)
    KEPT.write_bytes(script)
    return KEPT


if __name__ == "__main__":
    sys.stdout.write(f"{fetch()}\n")
