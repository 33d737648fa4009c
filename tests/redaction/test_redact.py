"""Each shape of a secret goes, wherever it stands; ids, addresses of resources, hashes and names stay.

None of the secrets is real: AWS's documented examples, or made up.
"""

from __future__ import annotations

import polars as pl
import pytest

from analyzer.redaction.redact import (
    has_credential,
    redacted,
    redacted_series,
    redacted_text,
    with_credential,
)
from tests.redaction.secrets import KEY_ID, SECRETS, hexed, leaked, noise, uuid

# What stands before and after a secret: nothing, prose, an escaped line break, a colour, punctuation.
_PLACES = ("{}", "failed with {} at once", "line\\n{}\\nnext", "\x1b[31m{}\x1b[0m", "({}).", "日本語 {} é")

_LINES = ("{}", "line\\n{}\\nnext", "\x1b[31m{}\x1b[0m")
_WHOLE = {secret.name for secret in SECRETS if secret.whole}


def test_the_corpus_is_large_and_its_names_are_different() -> None:
    assert len(SECRETS) >= 80
    assert len({secret.name for secret in SECRETS}) == len(SECRETS)


@pytest.mark.parametrize("place", _PLACES)
def test_no_part_of_a_secret_stays(place: str) -> None:
    told = redacted_series(pl.Series([place.format(secret.text) for secret in SECRETS]))
    leaks = {secret.name: text for secret, text in zip(SECRETS, told, strict=True) if leaked(secret, text)}
    if place not in _LINES:
        leaks = {name: text for name, text in leaks.items() if name not in _WHOLE}
    assert not leaks
    assert told.str.contains("[redacted]", literal=True).all()


def test_of_a_key_id_its_last_four_characters_stay() -> None:
    assert redacted_text(f"by {KEY_ID}.") == f"by [redacted]{KEY_ID[-4:]}."
    assert redacted_text(f'{{"accessKeyId":"{KEY_ID}"}}') == f'{{"accessKeyId":"[redacted]{KEY_ID[-4:]}"}}'


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("aws_secret_access_key=abc/def, next", "aws_secret_access_key=[redacted], next"),
        ("password=a,b;c, next", "password=[redacted], next"),
        ("password=abcd,arn:aws:s3:::b", "password=[redacted],arn:aws:s3:::b"),
        ("password=abcd&page=2", "password=[redacted]&page=2"),
        ('{"secretAccessKey": "x/y z", "a": 1}', '{"secretAccessKey": "[redacted]", "a": 1}'),
        (
            '{\\"SecretAccessKey\\":\\"a\\\\\\"b\\",\\"c\\":1}',
            '{\\"SecretAccessKey\\":\\"[redacted]\\",\\"c\\":1}',
        ),
        ("password: hunter22", "password: [redacted]"),
        ("https://me:pa@ss@host/x", "https://[redacted]@host/x"),
        ("Authorization: Bearer abc.def-ghi", "Authorization: Bearer [redacted]"),
        ("-----BEGIN RSA PRIVATE KEY-----\nMIIE\nxx\n-----END RSA PRIVATE KEY-----\nz", None),
        ("~ token: 'old1' => 'new2'", "~ token: '[redacted]' => '[redacted]'"),
    ],
)
def test_what_stands_around_a_secret_stays(text: str, wanted: str | None) -> None:
    assert redacted_text(text) == (wanted or "-----BEGIN RSA PRIVATE KEY-----[redacted]\nz")


@pytest.mark.parametrize(
    "text", ["dbPass" + "word    {}", "    apiTo" + "ken\t{}", "Step 4 : ENV DB_PASS" + "WORD {}"]
)
def test_a_row_of_a_table_and_an_instruction_of_docker(text: str) -> None:
    assert redacted_text(text.format(noise("v", 12))) == text.format("[redacted]")


_HARMLESS = (
    "Key 7c62:metadata (SiteKvKeys, store 5f1c0d2e) never landed: no call ever made it.",
    "a key of a store may be token:metadata or secrets:routes",
    "UnrecognizedClientException: The security token included in the request is invalid.",
    "operation error CloudFront KeyValueStore: UpdateKeys, https response error StatusCode: 402, "
    f"RequestID: {uuid('r')}, ServiceQuotaExceededException: Limit exceeded",
    "arn:aws:sts::111122223333:assumed-role/deploy/sst-ci",
    f"arn:aws:cloudfront::111122223333:key-value-store/{uuid('s')}",
    "KVPDKIKX0DER to KV3UN6WX5RRO2AG",
    f"trail/111122223333_CloudTrail_us-east-1_20250320T1205Z_{noise('t', 16)}.json.gz#{uuid('e')}",
    "AWSLogs/111122223333/CloudTrail/us-east-1/2025/03/20/file.json.gz",
    "the basic event selectors of a trail",
    f"commit {hexed('c', 40)} {hexed('d', 40)}",
    f"sha256:{hexed('h', 64)} md5 {hexed('m', 32)}",
    f"sha256-{noise('b', 43)}= sha512-{noise('b', 86)}==",
    "update fe1234567890abcdef123456",
    "urn:pulumi:prod::app::sst:aws:Nextjs$sst:aws:KvKeys::SiteKvKeys",
    "urn:pulumi:prod::app::random:index/randomPassword:RandomPassword::DbPassword",
    "MySecret sst:sst:Secret created",
    f"https://b.s3.amazonaws.com/assets/index-{noise('i', 8)}.js",
    "https://user@example.com:8080/a@b and ssh://git@github.com/o/r.git and mailto:a@b.com",
    "http://localhost:3000/@scope/name@1.2.3 https://registry.npmjs.org/@types/node",
    '{"secretArn":"arn:aws:secretsmanager:us-east-1:111122223333:secret:x-AbCdEf"}',
    '{"secretId": "arn:aws:secretsmanager:us-east-1:111122223333:secret:x-AbCdEf"}',
    f'{{"clientRequestToken":"{uuid("q")}","nextToken":null,"httpTokens":"required"}}',
    '{"tokenUrl":"https://example.com/t","password":"[secret]","token": null,"max_tokens": 4096}',
    "[secret] output<string> ****** HIDDEN_DUE_TO_SECURITY_REASONS",
    'cacheKey: "node-modules-linux-x64-20", "key":"7c62:routes", publicKey=abc',
    "pwd=/srv/app PWD=/srv/app",
    "SiteCdnDistribution/AssetsBucketPolicy2/x",
    "v20.11.1 pulumi 3.160.0 sst 3.9.26 @pulumi/aws@6.66.2",
    "        secrets: inherit",
    "  id-token: write",
    "credentials: same-origin",
    "PASS:12 tests, TOKEN:",
    "unexpected token: punc (;), token_type=Bearer",
    "tokenizer: cl100k_base",
    "System.Private.CoreLib, PublicKeyToken=b03f5f7f11d50a3a",
    f"Cache restored from key: setup-node-Linux-x64-npm-{hexed('f', 64)}",
    f"Cache saved with key: Linux-turbo-{hexed('g', 40)}",
    "authorization: AWS_IAM",
    "const token = process.env.TOKEN",
    "  getPasswordData    : false",
    '{"Key":"7c62:/reset-password/index.html","Value":"s3"}',
    "<{%fg 9%}>        getPasswordData    : <{%reset%}><{%fg 9%}>false<{%reset%}>",
    " +  random:index:RandomPassword  dbPassword  created (1s)",
    "principalId: AWS_ACCESS_KEY_ID_REDACTED:deploy",
    "node_modules/aws-sdk/clients/SecretsManagerServiceClientFactory12.js",
)


@pytest.mark.parametrize("text", _HARMLESS)
def test_everything_else_stays(text: str) -> None:
    assert redacted_text(text) == text
    assert not has_credential(text)


def test_a_column_keeps_its_nulls_and_a_second_time_changes_nothing() -> None:
    texts = pl.Series("t", [None, *(secret.text for secret in SECRETS), None, "x"])
    once = pl.DataFrame({"t": texts}).select(redacted(pl.col("t"))).to_series()
    assert once.null_count() == 2
    assert redacted_series(once).equals(once)
    assert with_credential(texts).to_list() == [False, *[True] * len(SECRETS), False, False]


def test_a_list_of_an_expression_is_redacted_too() -> None:
    lists = pl.DataFrame({"l": [["ok", "password=abcdef"], [], None]})
    told = lists.select(pl.col("l").list.eval(redacted(pl.element())))
    assert told["l"].to_list() == [["ok", "password=[redacted]"], [], None]


def test_a_name_that_is_no_text_is_read() -> None:
    assert redacted_text("\udcff password=abcdef") == "\\udcff password=[redacted]"
    assert not has_credential("\udcff")
