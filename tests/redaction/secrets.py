"""A corpus of secrets. All are made up, and assembled here from parts, so that no scanner takes this file for a leak.

`kernel` is what may not be read in any output: the part of a secret that a provider's beginning or a name is not.
"""

from __future__ import annotations

import hashlib
from base64 import b64encode
from typing import NamedTuple

_ALNUM = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
_BASE64 = _ALNUM + "+/"


class Secret(NamedTuple):
    """A text that holds a secret, and the part of it that must not be written."""

    name: str
    text: str
    kernel: str
    whole: bool = False  # known only where the text is a line of its own


def noise(seed: str, length: int, letters: str = _ALNUM) -> str:
    """Letters that look random, the same in each run; of all kinds where the alphabet has them."""
    for attempt in range(100):
        made = "".join(letters[byte % len(letters)] for byte in _bytes(f"{seed}{attempt}", length))
        kinds = (str.islower, str.isupper, str.isdigit)
        if all(any(map(kind, made)) or not any(map(kind, letters)) for kind in kinds):
            return made
    raise ValueError(seed)


def _bytes(seed: str, length: int) -> bytes:
    return hashlib.shake_256(seed.encode()).digest(length)


def hexed(seed: str, length: int) -> str:
    """As `noise`, of hexadecimal digits."""
    return noise(seed, length, "0123456789abcdef")


def digits(seed: str, length: int) -> str:
    """As `noise`, of decimal digits."""
    return noise(seed, length, "0123456789")


def uuid(seed: str) -> str:
    """As `noise`, in the form of a UUID."""
    digits = hexed(seed, 32)
    return "-".join((digits[:8], digits[8:12], digits[12:16], digits[16:20], digits[20:]))


def leaked(secret: Secret, text: str) -> bool:
    """Whether `text` shows a part of the secret that is long enough to be of use."""
    kernel = secret.kernel
    size = min(len(kernel), _PART)
    return any(kernel[at : at + size] in text for at in range(len(kernel) - size + 1))


_PART = 10

# name, beginning, what follows
_TOKENS: tuple[tuple[str, str, str], ...] = (
    ("github-classic", "gh" + "p_", noise("a1", 36)),
    ("github-oauth", "gh" + "o_", noise("a2", 36)),
    ("github-app", "gh" + "s_", noise("a3", 36)),
    ("github-refresh", "gh" + "r_", noise("a4", 36)),
    ("github-fine", "github" + "_pat_", noise("a5", 22) + "_" + noise("a6", 59)),
    ("gitlab", "gl" + "pat-", noise("a7", 20)),
    ("gitlab-runner", "gl" + "rt-", noise("a8", 20)),
    ("gitlab-registration", "GR" + "1348941", noise("a9", 20)),
    ("slack-bot", "xo" + "xb-", digits("b1", 10) + "-" + digits("b0", 10) + "-" + noise("b1", 24)),
    ("slack-app", "xa" + "pp-", "1-A0" + digits("b2", 9) + "-" + digits("b3", 10) + "-" + hexed("b2", 40)),
    ("slack-config", "xo" + "xe.xo" + "xp-", "1-" + noise("b3", 60)),
    ("stripe", "sk" + "_live_", noise("b4", 24)),
    ("stripe-restricted", "rk" + "_live_", noise("b5", 24)),
    ("stripe-test", "sk" + "_test_", noise("b6", 24)),
    ("clerk", "sk" + "_test_", noise("b7", 42)),
    ("webhook-signing", "wh" + "sec_", noise("b8", 32)),
    ("twilio", "S" + "K", hexed("b9", 32)),
    ("sendgrid", "S" + "G.", noise("c1", 22) + "." + noise("c2", 43)),
    ("mailgun", "ke" + "y-", hexed("c3", 32)),
    ("npm", "np" + "m_", noise("c4", 36)),
    ("pypi", "py" + "pi-AgE", "IcHlwaS5vcmc" + noise("c5", 60)),
    ("openai", "s" + "k-proj-", noise("c6", 60)),
    ("openai-old", "s" + "k-", noise("c7", 48)),
    ("anthropic", "s" + "k-ant-api03-", noise("c8", 93) + "AA"),
    ("google-api", "AI" + "za", noise("c9", 35)),
    ("google-client", "GOC" + "SPX-", noise("d1", 28)),
    ("google-access", "ya" + "29.", "a0" + noise("d2", 60)),
    ("google-refresh", "1" + "//0", noise("d3", 40)),
    ("azure-client", "", noise("d4", 3) + "8" + "Q~" + noise("d5", 34)),
    ("azure-storage", "", b64encode(_bytes("d6", 64)).decode()),
    ("cloudflare-origin", "v1" + ".0-", hexed("d7", 24) + "-" + hexed("d8", 146)),
    ("digitalocean", "do" + "p_v1_", hexed("d9", 64)),
    ("heroku", "HR" + "KU-", "AA" + noise("e1", 58)),
    ("new-relic", "NR" + "AK-", noise("e2", 27, "0123456789ABCDEFGHIJKLMNOP")),
    ("new-relic-licence", "", hexed("e3", 36) + "NR" + "AL"),
    ("sentry-user", "snt" + "ryu_", hexed("e4", 64)),
    ("linear", "lin" + "_api_", noise("e5", 40)),
    ("notion", "nt" + "n_", digits("e6", 11) + noise("e6", 35)),
    ("notion-old", "secr" + "et_", noise("e7", 43)),
    ("shopify", "sh" + "pat_", hexed("e8", 32)),
    ("square", "sq" + "0atp-", noise("e9", 22)),
    ("paypal", "access" + "_token$production$abc$", hexed("f1", 32)),
    ("discord", "", "MT" + noise("f2", 24) + "." + noise("f3", 6) + "." + noise("f4", 38)),
    ("telegram", "1234567890" + ":", "AA" + noise("f5", 33)),
    ("doppler", "dp" + ".pt.", noise("f6", 43)),
    ("vault", "hv" + "s.", noise("f7", 95)),
    ("vault-old", "s" + ".", noise("f8", 24)),
    ("pulumi", "pu" + "l-", hexed("f9", 40)),
    ("terraform", "", noise("g1", 14) + ".atlas" + "v1." + noise("g2", 67)),
    ("databricks", "da" + "pi", hexed("g3", 32)),
    ("hugging-face", "h" + "f_", noise("g4", 34)),
    ("postman", "PM" + "AK-", hexed("g5", 24) + "-" + hexed("g6", 34)),
    ("planetscale", "ps" + "cale_tkn_", noise("g7", 43)),
    ("supabase", "sb" + "p_", hexed("g8", 40)),
    ("resend", "r" + "e_", noise("g9", 8) + "_" + noise("h1", 24)),
    ("neon", "na" + "pi_", noise("h2", 60)),
    ("age", "AGE-" + "SECRET-KEY-1", noise("h3", 58, "QPZRY9X8GF2TVDW0S3JN54KHCE6MUA7L")),
    ("jwt", "", "ey" + "JhbGciOiJIUzI1NiJ9." + "ey" + "J" + noise("h4", 30) + "." + noise("h5", 43)),
    ("grafana", "gl" + "sa_", noise("h6", 32) + "_" + hexed("h7", 8)),
    ("fly", "fm" + "2_", noise("h8", 120, _BASE64)),
    ("atlassian", "AT" + "ATT3", noise("h9", 186)),
    ("buildkite", "bk" + "ua_", hexed("i1", 40)),
    ("circleci", "CCI" + "PAT_", noise("i2", 22) + "_" + hexed("i3", 40)),
    ("docker", "dckr" + "_pat_", noise("i4", 27)),
    ("tailscale", "ts" + "key-", "auth-" + noise("i5", 17) + "-" + noise("i6", 32)),
    ("figma", "fi" + "gd_", noise("i7", 40)),
    ("artifactory", "AK" + "Cp", noise("i8", 69)),
    ("dynatrace", "dt" + "0c01.", noise("i9", 24) + "." + noise("j1", 64)),
    ("mailchimp", "", hexed("j2", 32) + "-us" + "12"),
    ("hubspot", "pat" + "-na1-", uuid("j3")),
    ("plaid", "access" + "-production-", uuid("j4")),
    ("netlify", "nf" + "p_", noise("j5", 36)),
    ("vercel", "vc" + "p_", noise("j6", 56)),
    ("bedrock", "AB" + "SK", noise("j7", 120)),
    ("sourcegraph", "sg" + "p_", hexed("j8", 40)),
    ("onepassword", "A3" + "-", "ABC123-" + "D4E5F6-G7H8I-J9K1L-M2N3P-Q4R5S"),
    ("aws-session", "IQo" + "Jb3JpZ2lu", "X2VjE" + noise("j9", 300, _BASE64)),
    ("aws-secret", "", noise("k1", 40, _BASE64)),
    ("aws-secret-2", "", noise("k2", 40, _BASE64)),
)


def _made_up(name: str, before: str, kernel: str, after: str = "") -> Secret:
    return Secret(name, f"{before}{kernel}{after}", kernel)


_AWS = noise("l1", 40, _BASE64)
_PHRASE = "correct horse, battery/staple @ " + noise("l2", 6)
_WORD = noise("l3", 12)
_HEX = hexed("l4", 32)
_BODY = tuple(noise(f"m{number}", 64, _BASE64) for number in range(6))

# The values themselves say nothing: their names do, or what stands around them.
_NAMED = (
    _made_up("env", "DB_PASS" + "WORD=", _WORD),
    Secret("env-phrase", "DB_PASS" + "WORD=" + _PHRASE, _PHRASE, whole=True),
    _made_up("env-quoted", "export API_SEC" + 'RET="', _PHRASE, '" && deploy'),
    _made_up("env-key", "SIGNING_K" + "EY=", noise("l5", 24)),
    _made_up("env-random-key", "MY_OWN_K" + "EY=", noise("l6", 32)),
    _made_up("env-pass", "PG" + "PASS=", _WORD),
    _made_up("yaml", "    db_pass" + "word: ", _WORD),
    _made_up("yaml-quoted", "    adminSec" + 'ret: "', _PHRASE, '"'),
    _made_up("python", "{'api_to" + "ken': '", _PHRASE, "'}"),
    _made_up("json", '{"pass' + 'word":"', _PHRASE, '","a":1}'),
    _made_up("json-quote-within", '{"pass' + 'word":"ab\\"', _WORD, '"}'),
    _made_up("json-escaped", '{\\"clientSec' + 'ret\\":\\"', _PHRASE, '\\",\\"a\\":1}'),
    _made_up("json-escaped-quote-within", '{\\"sec' + 'ret\\":\\"ab\\\\\\"', _WORD, '\\"}'),
    _made_up("json-escaped-twice", '{\\\\\\"sec' + 'ret\\\\\\":\\\\\\"', _PHRASE, '\\\\\\"}'),
    _made_up("json-list", '{"sec' + 'rets":["one","', _WORD, '"]}'),
    _made_up("json-map", '{"sec' + 'rets":{"Stripe":"', _WORD, '"}}'),
    _made_up("aws-env", "AWS_SECRET_ACCESS_K" + "EY=", _AWS),
    _made_up("aws-camel", '{"secretAccessK' + 'ey": "', _AWS, '"}'),
    _made_up("aws-xml", "<SecretAccessK" + "ey>", _AWS, "</SecretAccessKey>"),
    _made_up("diff", "      ~ pass" + 'word: "', "old" + _WORD, '" => "new"'),
    _made_up("diff-new", "      ~ pass" + 'word: "before" => "', "new" + _WORD, '"'),
    _made_up("sst-secret", "SST_SEC" + "RET_StripeKey=", _WORD),
    _made_up(
        "sst-resource", "SST_RESOURCE_MySec" + 'ret={"value":"', _PHRASE, '","type":"sst.sst.Sec' + 'ret"}'
    ),
    _made_up("sst-resource-other", 'SST_RESOURCE_Own={"type":"sst.sst.Sec' + 'ret","value":"', _WORD, '"}'),
    _made_up(
        "sst-resource-escaped",
        'SST_RESOURCE_A={\\"value\\":\\"',
        _WORD,
        '\\",\\"type\\":\\"sst.sst.Sec' + 'ret\\"}',
    ),
    _made_up("connection", "Server=db,1433;User Id=sa;Pass" + "word=", _WORD, ";Encrypt=True"),
    _made_up(
        "connection-account", "AccountName=x;AccountK" + "ey=", b64encode(_bytes("l7", 64)).decode(), ";End=1"
    ),
    _made_up("url", "https://me:", _WORD, "@example.com/x"),
    _made_up("url-no-user", "redis://:", _WORD, "@example.com:6379"),
    _made_up("url-token", "https://", noise("l8", 40), "@github.com/o/r.git"),
    _made_up("url-database", "postgres://app:p@", _WORD, "/x@db.example.com:5432/app"),
    _made_up("url-slash", "https://me:ab/", _WORD, "@example.com/x"),
    _made_up("url-percent", "mongodb+srv://app:p%40", _WORD, "%2F@db.example.com"),
    _made_up("url-encoded", "next=https%3A%2F%2Fme%3A", _WORD, "%40example.com%2F"),
    _made_up("url-escaped", "https:\\/\\/me:", _WORD, "@example.com"),
    _made_up("sentry-dsn", "https://", _HEX, "@o1.ingest.sentry.io/2"),
    _made_up("go-dsn", "app:", _WORD, "@tcp(db:3306)/app"),
    _made_up("bearer", "authorization: Bea" + "rer ", noise("l9", 30)),
    _made_up("basic", '"Authorization": "Ba' + "sic ", b64encode(f"me:{_WORD}".encode()).decode(), '"'),
    _made_up("basic-alone", "sent Ba" + "sic ", b64encode(f"me:{_WORD}x".encode()).decode()),
    _made_up("sigv4", "Authorization: AWS4-HMAC-SHA256 SignedHeaders=host, Signa" + "ture=", hexed("n1", 64)),
    _made_up("api-key-header", "X-Api-K" + "ey:", _WORD),
    _made_up("cookie", "Cookie: theme=dark; session=", noise("n2", 24)),
    _made_up("set-cookie", '"set-cookie": "sid=', noise("n3", 24), '; Path=/"'),
    _made_up(
        "presigned",
        "https://b.s3.amazonaws.com/k?X-Amz-Signa" + "ture=",
        hexed("n4", 64),
        "&x=1",
    ),
    _made_up(
        "presigned-token", "?X-Amz-Security-To" + "ken=", noise("n5", 60) + "%2F" + noise("n6", 30), "&x=1"
    ),
    _made_up(
        "azure-sas", "https://a.blob.core.windows.net/c?sv=2024&s" + "ig=", noise("n7", 43) + "%3D", "&se=1"
    ),
    _made_up("flag", "run --pass" + "word ", _WORD, " --verbose"),
    _made_up("flag-equals", "run --api-to" + "ken=", _WORD, " --verbose"),
    _made_up("flag-quoted", "run --client-sec" + "ret '", _PHRASE, "' --verbose"),
    _made_up("mysql", "mysql -u root -p", _WORD, " app"),
    _made_up("curl", "curl -u me:", _WORD, " https://example.com"),
    _made_up("sst-set", "sst secret set StripeKey ", _WORD),
    _made_up("pulumi-set", "pulumi config set dbPass" + "word ", _WORD, " --stack prod"),
    _made_up("ecs-env", '{"name":"DB_PASS' + 'WORD","value":"', _WORD, '"}'),
    _made_up("html", "&quot;pass" + "word&quot;:&quot;", _WORD, "&quot;"),
    _made_up("pulumi-aligned", "      + dbPass" + 'word       : "', _PHRASE, '"'),
    _made_up("pulumi-colours", "<{%fg 2%}>dbPass" + "word  : <{%reset%}><{%fg 2%}>" + '"', _PHRASE, '"'),
    _made_up("go-map", "env map[STAGE:x DB_PASS" + "WORD:", _WORD, " Z:1]"),
    _made_up("go-map-lower", "map[a:1 pass" + "word:", _WORD, "]"),
    _made_up("go-struct", "{Name:DB_PASS" + "WORD Value:", _WORD, "}"),
    _made_up("env-colon", "env: DB_PASS" + "WORD:", _WORD),
    _made_up("kubernetes", "- name: DB_PASS" + "WORD\n  value: ", _WORD),
    _made_up("yaml-tag", "pass" + "word: !!str ", _WORD),
    _made_up("yaml-block", "nextauth_sec" + "ret: |\n  ", _WORD),
    _made_up("ldif", "userPass" + "word:: ", b64encode(_WORD.encode()).decode()),
    _made_up("resource-value", "Resource.MySec" + "ret.value = ", _WORD),
    _made_up("env-pw", "DB_P" + "W=", _WORD),
    _made_up("netrc", "machine example.com login me pass" + "word ", _WORD),
    _made_up("echo", "+ echo ", _WORD, " | docker login -u me --pass" + "word-stdin"),
    _made_up("put-parameter", "aws ssm put-parameter --name /x --value ", _WORD, " --type SecureString"),
    _made_up("github-set", "gh secret set X --body ", _WORD),
    _made_up("fly-set", "fly secrets set DB_URL=", _WORD),
    _made_up("openssl", "openssl rsa -passin pass:", _WORD, " -in k"),
    _made_up("slack-hook", "https://hooks.slack" + ".com/services/", "T0/B0/" + noise("n8", 24)),
    _made_up("discord-hook", "https://discord" + ".com/api/webhooks/123/", noise("n9", 60)),
    _made_up("pem", "-----BEGIN " + "PRIVATE KEY-----\\n", _BODY[0], "\\n-----END " + "PRIVATE KEY-----"),
    _made_up("pem-cut", "-----BEGIN OPENSSH " + "PRIVATE KEY-----\\n", _BODY[1]),
    _made_up("pem-base64", "LS0tLS1C" + "RUdJTiBSU0Eg", noise("p1", 80)),
    _made_up("der", "MII" + "Ev", noise("p2", 200, _BASE64)),
    _made_up(
        "putty", "PuTTY-User-Key-" + "File-3: ssh-rsa\\nPrivate-Lines: 14\\n", _BODY[2], "\\nPrivate-MAC: 0"
    ),
)

KEY_ID = "AK" + "IA" + noise("k9", 16, "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567")
SECRETS = (
    *(Secret(name, f"{beginning}{rest}", rest) for name, beginning, rest in _TOKENS),
    *_NAMED,
    Secret("aws-key-id", KEY_ID, KEY_ID[:-4]),
)
KEY_LINES = (
    "-----BEGIN RSA " + "PRIVATE KEY-----",
    *_BODY,
    noise("m9", 11, _BASE64) + "=",
    "-----END RSA " + "PRIVATE KEY-----",
)
"""A key as it stands in a log: a line of the log for each of its own."""
