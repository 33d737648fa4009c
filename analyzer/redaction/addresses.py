"""Credentials in addresses, headers and signed requests."""

from __future__ import annotations

from typing import Final

from analyzer.redaction.rule import MARK, SHUT, Rule

_SLASHES = r"(:?(?:\\*/){2})"
_HOST = r"([0-9A-Za-z\[])"
_DATABASES = (
    r"(?:postgres|pg|mysql|maria|mongo|redis|valkey|amqp|mssql|sqlserver|clickhouse|libsql|cockroach|ldap|ftp|smtp"
    r"|nats|mqtt|kafka|jdbc|oracle|neo4j|bolt|cassandra|elastic|snowflake|couchdb|db2)[0-9a-z+:]*"
)
_VALUE = r"[^\s\"'\\,;&]"

_USERINFO_HEAD = r"/\\*/[!-~]*@|%2f%2f[!-~]*%40|@(?:tcp|unix)\("

_USERINFO = (
    # a database's: up to the last @, since its password may hold every character
    (rf"(?i)({_DATABASES}:?(?:\\*/){{2}})[^\s\"'<>:/@]*:[^\s\"'<>]*@{_HOST}", "${1}" + MARK + "@${2}"),
    # user:password@ and :password@
    (rf"{_SLASHES}[^\s\"'<>/:@\[]*:[^\s\"'<>/]*@{_HOST}", "${1}" + MARK + "@${2}"),
    # with a slash in the password: what stands before the slash is no port
    (
        rf"{_SLASHES}[^\s\"'<>/:@\[]+:[^\s\"'<>/@]*[^\s\"'<>/@0-9][^\s\"'<>/@]*/[^\s\"'<>@]*@{_HOST}",
        "${1}" + MARK + "@${2}",
    ),
    # a long name alone is a token
    (rf"{_SLASHES}[0-9A-Za-z_%~=.+-]{{20,}}@{_HOST}", "${1}" + MARK + "@${2}"),
    (r"(?i)(%2f%2f)[^\s\"'&/]*?%3a[^\s\"'&/]*?%40", "${1}" + MARK + "%40"),
    # Go's MySQL driver
    (r"[^\s\"'/:@]+:[^\s\"']+@(tcp|unix)\(", MARK + "@${1}("),
)

_HEADERS = (
    # what kind it is, not the header
    (
        r"(?i)(authorization)(\\*[\"']?\s*[=:]\s*\\*[\"']?(?:aws_iam|none|required|missing|jwt|custom)(?:[\s\"'\\,;&)}\]]|$))",
        "${1}" + SHUT + "${2}",
    ),
    # Digest, AWS4-HMAC-SHA256 and their like have several parts: up to the end of the quotes or of the line
    (
        r"(?i)(authorization\\*[\"']?\s*[=:]\s*\\*[\"']?(?:digest|aws4-hmac-sha256|aws4-ecdsa-p256-sha256|oauth|hawk)\s+)"
        r"[^\r\n\"'\\]+",
        "${1}" + MARK,
    ),
    (
        r"(?i)(authorization\\*[\"']?\s*[=:]\s*\\*[\"']?"
        rf"(?:(?:basic|bearer|aws4-[0-9a-z-]+|token|negotiate|apikey|key|digest|bot|ssws|genie-?key)\s+)?)(?:{_VALUE}){{4,}}",
        "${1}" + MARK,
    ),
    (r"(?i)((?:^|[^0-9A-Z_-])(?:bearer|basic))(\s+|%20|\+)[0-9A-Z_.~+/=-]{16,}", "${1}${2}" + MARK),
    (r"(?i)((?:set-)?cookie2?\\*[\"']?\s*[=:]\s*\\*[\"']?)[^\s=;\"'\\]+=[^\r\n\"\\]*", "${1}" + MARK),
    (
        r"(?i)((?:^|[^0-9A-Za-z])x-[0-9a-z-]*(?:token|key|secret|auth|password|signature)[0-9a-z-]*:)"
        rf"(?:{_VALUE}){{4,}}",
        "${1}" + MARK,
    ),
)

# Signed requests: of AWS, Google, Azure and CloudFront.
_SIGNATURES = (
    (
        r"(?i)(x-(?:amz|goog)-(?:signature|security-token)(?:=|%3d|\\+u003d)|(?:^|[?&;,\s]|u0026|%26)sig(?:nature)?"
        r"(?:=|%3d|\\+u003d))[^\s\"'\\,;&<>]{8,}",
        "${1}" + MARK,
    ),
)

RULES: Final = (
    Rule(f"(?i){_USERINFO_HEAD}", _USERINFO),
    Rule(
        r"(?i)authorization|bearer|basic|cookie|x-[0-9a-z-]*(?:token|key|secret|auth|password|signature)",
        _HEADERS,
    ),
    Rule(r"(?i)sig(?:nature)?(?:=|%3d|\\+u003d)|x-(?:amz|goog)-security-token", _SIGNATURES),
)
TRIGGERS: Final = tuple(rule.head for rule in RULES)
