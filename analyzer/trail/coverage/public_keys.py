"""The signatures of digests, checked with the keys that `aws cloudtrail list-public-keys` gives (extra `digest`).

Source: CloudTrail user guide, "Custom implementations of CloudTrail log file integrity validation", and the AWS
CLI: RSA with PKCS#1 v1.5 and SHA-256, over the end of the digest's hour, its place, its hash and the signature of
the one before it. A copy of the files has not the signatures, which are metadata in S3; but each digest holds that
of the one before it.
"""

from __future__ import annotations

from base64 import b64decode
from typing import TYPE_CHECKING, Final

import msgspec

from analyzer.errors import InputError

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey

    from analyzer.trail.coverage.digest import Digest

NEEDED: Final = "signatures need the extra `digest`: pip install 'lostwrite[digest]'"


class _Key(msgspec.Struct, rename={"value": "Value", "fingerprint": "Fingerprint"}):
    value: str
    fingerprint: str


class _List(msgspec.Struct, rename={"keys": "PublicKeyList"}):
    keys: list[_Key]


class PublicKeys:
    """Keys by their fingerprint."""

    def __init__(self, keys: dict[str, RSAPublicKey]) -> None:
        self._keys = keys

    def and_those_of(self, other: PublicKeys) -> PublicKeys:
        """These keys, and those of another list."""
        return PublicKeys(self._keys | other._keys)

    def check(self, digest: Digest, signature: str) -> str:
        """What `signature` (hex) is for `digest`: valid, invalid, or no_key."""
        from cryptography.exceptions import InvalidSignature
        from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
        from cryptography.hazmat.primitives.hashes import SHA256

        key = self._keys.get(digest.fingerprint)
        if key is None:
            return "no_key"
        try:
            key.verify(bytes.fromhex(signature), signed_text(digest), PKCS1v15(), SHA256())
        except (InvalidSignature, ValueError):
            return "invalid"
        return "valid"


def signed_text(digest: Digest) -> bytes:
    """What is signed of a digest."""
    before = digest.previous_signature or "null"
    return "\n".join((digest.end_text, digest.place, digest.sha256, before)).encode()


def read_public_keys(name: str, data: bytes) -> PublicKeys:
    """The keys in the output of `aws cloudtrail list-public-keys`.

    Raises:
        InputError: it is no such output, or the library that checks signatures is not installed.
    """
    try:
        from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
        from cryptography.hazmat.primitives.serialization import load_der_public_key
    except ImportError as error:
        raise InputError(name, NEEDED) from error
    keys: dict[str, RSAPublicKey] = {}
    try:
        for key in msgspec.json.decode(data, type=_List).keys:
            loaded = load_der_public_key(b64decode(key.value))
            if isinstance(loaded, RSAPublicKey):
                keys[key.fingerprint] = loaded
    except ValueError as error:
        raise InputError(name, "not the output of aws cloudtrail list-public-keys") from error
    return PublicKeys(keys)
