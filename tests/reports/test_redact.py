"""Credentials go, everything else stays. None of these is real: AWS's documented examples, or made up."""

from __future__ import annotations

import polars as pl
import pytest
from analyzer.reports.redact import without_credentials

from analyzer.redaction.redact import redacted
from analyzer.reports.registry import render
from tests.reports import examples

KEY = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"


def redact(text: str) -> str:
    told: str = pl.DataFrame({"text": [text]}).select(redacted(pl.col("text"))).item()
    return told


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("by AKIAIOSFODNN7EXAMPLE.", "by AKIA[redacted]."),
        ("ASIAIOSFODNN7EXAMPLE", "ASIA[redacted]"),
        (f"aws_secret_access_key={KEY}", "aws_secret_access_key=[redacted]"),
        (f"AWS_SECRET_ACCESS_KEY = {KEY}, next", "AWS_SECRET_ACCESS_KEY = [redacted], next"),
        (f'{{"secretAccessKey": "{KEY}", "a": 1}}', '{"secretAccessKey": "[redacted]", "a": 1}'),
        (f'{{\\"SecretAccessKey\\":\\"{KEY}\\"}}', '{\\"SecretAccessKey\\":\\"[redacted]\\"}'),
        ("SST_SECRET_Stripe=abcd1234", "SST_SECRET_Stripe=[redacted]"),
        ("password: hunter22", "password: [redacted]"),
        ("Authorization: Bearer abc.def-ghi_jkl.mno", "Authorization: Bearer [redacted]"),
        ("authorization: basic dXNlcjpwYXNzd29yZA==", "authorization: basic [redacted]"),
        ("eyJhbGciOiJIUzI1.eyJzdWIiOiIxMjM.c2lnbmF0dXJl", "[redacted]"),
        ("ghp_abcdefghijklmnopqrstuvwxyz0123", "ghp_[redacted]"),
        ("https://me:pass@host/x", "https://[redacted]@host/x"),
        ("-----BEGIN RSA PRIVATE KEY-----\nMIIE\nxx\n-----END RSA PRIVATE KEY-----\nz", None),
        ("IQoJb3JpZ2luX2VjEAAaCXVzLWVhc3QtMSJ", "IQoJb3JpZ2lu[redacted]"),
    ],
)
def test_a_credential_goes(text: str, wanted: str | None) -> None:
    assert redact(text) == (wanted or "-----BEGIN RSA PRIVATE KEY-----[redacted]\nz")


@pytest.mark.parametrize(
    "text",
    [
        "Key 7c62:metadata (SiteKvKeys, store 5f1c0d2e) never landed: no call ever made it.",
        "a key of a store may be token:metadata or secrets:routes",
        "UnrecognizedClientException: The security token included in the request is invalid.",
        "operation error CloudFront KeyValueStore: UpdateKeys, https response error StatusCode: 402, "
        "RequestID: 4c395a73-7b6b-4c1e-9f55-2f6d3a9b8c7d, ServiceQuotaExceededException: Limit exceeded",
        "arn:aws:sts::111122223333:assumed-role/deploy/sst-ci",
        "KVPDKIKX0DER to KV3UN6WX5RRO2AG",
        "trail/111122223333_CloudTrail_us-east-1_20250320T1205Z_abcdefghijklmnop.json.gz#e2",
        "the basic event selectors of a trail",
    ],
)
def test_everything_else_stays(text: str) -> None:
    assert redact(text) == text


def test_a_key_on_several_lines_goes_whole() -> None:
    assert "MIIE" not in redact("x -----BEGIN PRIVATE KEY-----\nMIIE\nthe log ends here")


@pytest.mark.parametrize("form", ["text", "json"])
def test_every_format_is_redacted(form: str) -> None:
    text = render(examples.hostile(), form)
    for secret in ("AKIAIOSFODNN7EXAMPLE", KEY, "abcdefghijklmnopqrstuvwxyz", "hunter22"):
        assert secret not in text
    assert text.count("[redacted]") == 4


def test_nulls_and_schemas_survive() -> None:
    made = examples.in_doubt()
    after = without_credentials(made)
    assert after.writes.equals(made.writes)
    assert after.inputs.equals(made.inputs)
    assert after.findings.schema == made.findings.schema
