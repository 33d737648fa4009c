"""Secrets in command lines, XML, lists of names and values, and keys that only their randomness shows."""

from __future__ import annotations

from typing import Final

from analyzer.redaction.named import HIDDEN, QUOTE, VALUE, WORDS
from analyzer.redaction.rule import MARK, SHUT, Rule

_FLAG = rf"--?[0-9A-Za-z-]*{WORDS}[0-9A-Za-z-]*"
_ELSE = r"(?:arn|name|url|file|path|type|version|ttl|policy|provider|id|stdin|env|from)"
_PAIR = r"(?:name|key|parameterkey|parametername|option_?name)"
# YAML and Go write a name and its value without quotes
_BARE_PAIR = rf"(?:name|key)\s*:\s*[0-9A-Z_.-]*{WORDS}[0-9A-Z_.-]*"

_OPTIONS = r"(?:--(?:stage|env|environment|repo|org|app|config|target)(?:=|\s+)\S+\s+|--?\S+\s+)*"
_LOGINS = (
    r"sshpass\s+-p\s*",
    r"mysql[a-z]*\s(?:[^|;&]*?\s)??-p",
    r"(?:docker|podman|helm|az|oras|buildah|skopeo)\s[^|;&]*?login\s[^|;&]*?-p\s+",
    r"redis-cli\s(?:[^|;&]*?\s)??-a\s+",
    r"(?:curl|wget|http)\s(?:[^|;&]*?\s)??(?:-u|--user)[\s=]*",
    r"(?:secrets?|config)\s+set\s+(?:--?\S+\s+)*--secret\s+(?:--?\S+\s+)*\S+\s+",
    rf"secrets?\s+set\s+{_OPTIONS}(?:[^\s=-][^\s=]*=|\S+\s+)",
    r"put-parameter\s(?:[^|;&]*?\s)?--value[\s=]+",
    r"openssl\s(?:[^|;&]*?\s)?-pass(?:in|out)?\s+pass:",
    r"machine\s+\S+\s+login\s+\S+\s+password\s+",
    rf"config\s+set\s+(?:--?\S+\s+)*\S*{WORDS}\S*\s+",
)
_LOGIN = "|".join(_LOGINS)

# Names of keys whose values are no secrets, as a rule: those of tables, caches, objects.
_PLAIN_KEYS = (
    r"(?:public|primary|foreign|partition|sort|hash|range|cache|object|s3|route|routing|group|dedup|idempotency|row"
    r"|index|unique|composite|shard|kv|kvs|kms|ssh-rsa|name|host|known|cf|bucket|cache[a-z ]*)[ _-]?"
)
_KEYS = (
    # each name and value in marks; a mark goes where the value does not look random
    (
        rf"(?i)((?:key|auth|salt|seed|dsn){QUOTE}?\s*[=:]\s*{QUOTE}?)([0-9A-Z_+/=~-]{{20,}})({QUOTE}|[\s\x00-\x1f\\,;&}})\]]|$)",
        "${1}" + SHUT + "${2}" + SHUT + "${3}",
    ),
    (rf"(?i)({_PLAIN_KEYS}key{QUOTE}?\s*[=:]\s*{QUOTE}?){SHUT}([^{SHUT}]*){SHUT}", "${1}${2}"),
    (rf"{SHUT}([^{SHUT}0-9]*|[^{SHUT}a-z]*|[^{SHUT}A-Z]*){SHUT}", "${1}"),
    (rf"{SHUT}([^{SHUT}]*[a-z]{{7,}}[^{SHUT}]*){SHUT}", "${1}"),
    (rf"{SHUT}([^{SHUT}]*/[^{SHUT}]*/[^{SHUT}]*/[^{SHUT}]*){SHUT}", "${1}"),
    (rf"{SHUT}[^{SHUT}]+{SHUT}", MARK),
)
# In capitals and alone it is a variable: there, letters and digits suffice.
_VARIABLES = (
    (
        r"((?:^|[^0-9A-Za-z_])[0-9A-Z_]*_(?:KEY|AUTH|SALT|SEED|DSN)=[\"']?)([0-9A-Za-z_+=~-]{16,})",
        "${1}" + SHUT + "${2}" + SHUT,
    ),
    (
        r"((?:PUBLIC|PRIMARY|PARTITION|SORT|CACHE|OBJECT|S3|KMS|HOST|GROUP|INDEX|ROUTE)_KEY=[\"']?)"
        rf"{SHUT}([^{SHUT}]*){SHUT}",
        "${1}${2}",
    ),
    (rf"{SHUT}([^{SHUT}0-9]*|[^{SHUT}A-Za-z]*){SHUT}", "${1}"),
    (rf"{SHUT}[^{SHUT}]+{SHUT}", MARK),
)

RULES: Final = (
    Rule(
        rf"(?i)--?[0-9A-Z-]*{WORDS}[0-9A-Z-]*\s",
        (
            (rf"(?i)(--?[0-9A-Z-]*{WORDS}[0-9A-Z-]*-{_ELSE})(\s)", "${1}" + SHUT + "${2}"),
            (rf"(?i)({_FLAG}\s+)(arn:|[-|>&{SHUT}\[])", "${1}" + SHUT + "${2}"),
            (rf"(?is)((?:^|\s){_FLAG}\s+){VALUE}", "${1}" + HIDDEN),
        ),
    ),
    Rule(
        rf"(?i)<(?:[0-9A-Z]+:)?[0-9A-Z_-]*{WORDS}[0-9A-Z_-]*>",
        (
            (rf"(?i)(<[0-9A-Z:_-]*{WORDS}[0-9A-Z_-]*{_ELSE})(>)", "${1}" + SHUT + "${2}"),
            (rf"(?i)(<[0-9A-Z:_-]*{WORDS}[0-9A-Z_-]*>)[^<{SHUT}]+", "${1}" + MARK),
        ),
    ),
    Rule(
        rf"(?i){_PAIR}\\*[\"']\s*:\s*\\*[\"'][^\"'\\]*{WORDS}",
        (
            (
                rf"(?i)({_PAIR}\\*[\"']\s*:\s*\\*[\"'][^\"'\\]*{WORDS}[^\"'\\]*{_ELSE})(\\*[\"'])",
                "${1}" + SHUT + "${2}",
            ),
            # a key of a store that is a path
            (
                rf"(?i)({_PAIR}\\*[\"']\s*:\s*\\*[\"'][^\"'\\{SHUT}]*(?::[^\"'\\{SHUT}]*/|/[^\"'\\{SHUT}]*:))",
                "${1}" + SHUT,
            ),
            # what CloudTrail hides
            (rf"(?i)({_PAIR})(\\*[\"']\s*:\s*[^:]*:\s*\\*[\"']HIDDEN_DUE_TO)", "${1}" + SHUT + "${2}"),
            (
                rf"(?is)({_PAIR}\\*[\"']\s*:\s*\\*[\"'][^\"'\\{SHUT}]*{WORDS}[^\"'\\{SHUT}]*\\*[\"']\s*,"
                rf"\s*\\*[\"'][a-z_]*value\\*[\"']\s*:\s*){VALUE}",
                "${1}" + HIDDEN,
            ),
        ),
    ),
    Rule(
        rf"(?i){_BARE_PAIR}",
        (
            (rf"(?i)({_BARE_PAIR}{_ELSE})([\s,])", "${1}" + SHUT + "${2}"),
            (rf"(?is)((?:^|[^0-9A-Z]){_BARE_PAIR}(?:,\s*|\s+)value\s*:\s*){VALUE}", "${1}" + HIDDEN),
        ),
    ),
    Rule(
        r"(?i)\|[^|]*(?:password-stdin|chpasswd|with-token)",
        (
            (
                r"(?i)(echo\s+(?:-n\s+)?)[^|\s][^|]*?(\s*\|[^|]*(?:password-stdin|chpasswd|with-token))",
                "${1}" + MARK + "${2}",
            ),
        ),
    ),
    Rule(
        r"(?i)sshpass|mysql[a-z]*\s|login\s|redis-cli|(?:curl|wget|http)\s|(?:secrets?|config)\s+set\s|put-parameter|openssl",
        (
            (rf"(?i)(secrets?\s+set\s+{_OPTIONS}[^\s-]\S*\s+)(-)", "${1}" + SHUT + "${2}"),
            (
                rf"(?is)(secrets?\s+set\s[^{SHUT}|;&]*{SHUT}(?:[^|;&]*?\s)?(?:--body|-b)[\s=]+){VALUE}",
                "${1}" + HIDDEN,
            ),
            (rf"(?is)((?:^|[^0-9A-Z_-])(?:{_LOGIN})){VALUE}", "${1}" + HIDDEN),
        ),
    ),
    Rule(rf"(?i)(?:key|auth|salt|seed|dsn){QUOTE}?\s*[=:]\s*{QUOTE}?[0-9A-Z_+/=~-]{{8}}", _KEYS),
    Rule(r"_(?:KEY|AUTH|SALT|SEED|DSN)=", _VARIABLES),
)
TRIGGERS: Final = tuple(rule.head for rule in RULES[-3:])
"""Of the others, the names are triggers already."""
