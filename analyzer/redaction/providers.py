"""Credentials that show by their own form whose they are: beginnings that a provider gave them, or fixed shapes.

Which providers there are is taken from the rule sets of gitleaks and detect-secrets; the patterns are our own.
"""

from __future__ import annotations

from typing import Final

from analyzer.redaction.rule import MARK, Rule

_TAIL = r"[0-9A-Za-z_-]{16,}(?:[.=+/~]+[0-9A-Za-z_-]+)*=*"
_HEX8 = r"[0-9A-Fa-f]{8}"
_UUID = rf"{_HEX8}(?:-[0-9A-Fa-f]{{4}}){{3}}-[0-9A-Fa-f]{{12}}"

# AWS access key ids. Source: IAM user guide, "Understanding unique ID prefixes".
_KEY_ID = r"(?:AKIA|ASIA|ABIA|ACCA|A3T[0-9A-Z])[0-9A-Z]{8,}"

# Beginnings that nothing else has, before letters, digits, `_` and `-`.
_BEGINNINGS = (
    r"gh[pousr]_",  # GitHub
    r"github_pat_",
    r"gl(?:pat|ptt|dt|rt|cbt|ft|ffct|imt|agent|oas|soat)-",  # GitLab
    r"GR1348941",
    r"xox[a-z](?:\.xox[bp])?-",  # Slack
    r"xapp-",
    r"(?:sk|rk)_(?:live|test|prod)_",  # Stripe, Clerk
    r"whsec_",
    r"pypi-AgE",
    r"AIza",  # Google
    r"GOCSPX-",
    r"ya29\.",
    r"do[opr]_v1_",  # DigitalOcean
    r"HRKU-",  # Heroku
    r"NR(?:AK|II|JS|AA|RA)-",  # New Relic
    r"sntry[suai]_",  # Sentry
    r"lin_(?:api|oauth|wh)_",  # Linear
    r"ntn_",  # Notion
    r"shp(?:at|ca|pa|ss|ua|rt)_",  # Shopify
    r"sq0(?:atp|csp)-",  # Square
    r"access_token\$(?:production|sandbox)\$[0-9a-z]+\$",  # PayPal, Braintree
    r"dp\.(?:pt|st|ct|sa|scim|audit)\.",  # Doppler
    r"hv[sbr]\.",  # Vault
    r"PMAK-",  # Postman
    r"pscale_(?:tkn|pw|oauth)_",  # PlanetScale
    r"sb_secret_",  # Supabase
    r"napi_",  # Neon
    r"npg_",
    r"AGE-SECRET-KEY-1",
    r"AGE-SECRET-KEY-PQ-1",
    r"glsa_",  # Grafana
    r"glc_",
    r"dt0[a-z][0-9]{2}\.",  # Dynatrace
    r"f(?:o1|m1[ar]|m2)_",  # Fly.io
    r"FlyV1 f",
    r"figd_",  # Figma
    r"AT(?:ATT|CTT)3",  # Atlassian
    r"ATBB",
    r"bk(?:ua|pi|at|ct)_",  # Buildkite
    r"CCI(?:PAT|PRJ)_",  # CircleCI
    r"dckr_(?:pat|oat)_",  # Docker
    r"tskey-",  # Tailscale
    r"rubygems_",
    r"rdme_",  # ReadMe
    r"pplx-",  # Perplexity
    r"xai-",
    r"nfp_",  # Netlify
    r"ops_eyJ",  # 1Password
    r"AKCp",  # Artifactory
    r"cmVmd",
    r"EZ[AT]K",  # EasyPost
    r"duffel_(?:test|live)_",
    r"tfp_",  # Typeform
    r"x(?:key|smtp)sib-",  # Brevo
    r"sha256~",  # OpenShift
    r"CFPAT-",  # Contentful
    r"pcsk_",  # Pinecone
    r"lsv2_(?:pt|sk)_",  # LangSmith
    r"tvly-",  # Tavily
    r"AQVN",  # Yandex
    r"shippo_(?:live|test)_",
    r"CLOJARS_",
    r"sgp_",  # Sourcegraph
    r"tr_(?:dev|prod|stg)_",  # Trigger.dev
    r"xa[ap]t-",  # Axiom
    r"phx_",  # PostHog
    r"sq[upa]_",  # SonarQube
    r"p8e-",  # Adobe
    r"fio-u-",  # Frame.io
    r"dnkey-",  # Defined Networking
    r"FLW(?:SECK|PUBK)(?:_TEST)?-",  # Flutterwave
    r"sm_[aps]at_",  # SettleMint
    r"s-s4t2(?:ud|af)-",  # 42
    r"ABSK",  # Amazon Bedrock
    r"bedrock-api-key-",
    r"cf(?:ut|at|k)_",  # Cloudflare
    r"tk-us-",  # Scalingo
    r"polar_(?:oat|pat|at)_",
    r"hcaik_",  # Honeycomb
    r"snyk_(?:uat|sat)\.",
    r"EAA[AMC]",  # Square, Facebook
    # AWS session tokens begin so in base64, and those of federated and of old sessions.
    r"IQoJb3JpZ2lu",
    r"F[wQ]oGZXIvYXdz",
    r"F[wQ]oDYXdz",
    r"A[gQ]o[JD]b3JpZ2lu",
    r"AQoDYXdz",
)

# Beginnings that may also end a word or begin a name, with what must follow.
_STRICT = (
    (
        r"sk-(?:ant|proj|svcacct|admin|or|lf)-",
        r"[0-9A-Za-z_-]{16,}",
    ),  # Anthropic, OpenAI, OpenRouter, Langfuse
    (r"sk-", r"[0-9A-Za-z]{32,}"),  # OpenAI, DeepSeek
    (r"SG\.", r"[0-9A-Za-z_-]{16,}\.[0-9A-Za-z_-]{16,}"),  # SendGrid
    (r"npm_", r"[0-9A-Za-z]{30,}"),
    (r"hf_", r"[0-9A-Za-z]{30,}"),  # Hugging Face
    (r"api_org_", r"[0-9A-Za-z]{30,}"),
    (r"re_", r"[0-9A-Za-z]{8}_[0-9A-Za-z]{20,}"),  # Resend
    (r"pul-", r"[0-9a-f]{40}"),  # Pulumi
    (r"key-", r"[0-9a-f]{32}"),  # Mailgun
    (r"SK", r"[0-9a-f]{32}"),  # Twilio
    (r"dapi", r"[0-9a-f]{32}(?:-[0-9])?"),  # Databricks
    (r"sbp_", r"[0-9a-f]{40}"),  # Supabase
    (r"pnu_", r"[0-9A-Za-z]{36}"),  # Prefect
    (r"gsk_", r"[0-9A-Za-z]{40,}"),  # Groq
    (r"r8_", r"[0-9A-Za-z]{30,}"),  # Replicate
    (r"vc[kparis]_", r"[0-9A-Za-z]{40,}"),  # Vercel
    (r"rnd_", r"[0-9A-Za-z]{28,}"),  # Render
    (r"secret_", r"[0-9A-Za-z]{43}"),  # Notion
    (r"s\.", r"[0-9A-Za-z]{24}"),  # Vault, old
    (r"sl\.", r"[0-9A-Za-z_=-]{60,}"),  # Dropbox
    (r"mfa\.", r"[0-9A-Za-z_-]{60,}"),  # Discord
    (r"LTAI", r"[0-9A-Za-z]{16,}"),  # Alibaba Cloud
    (r"AKID", r"[0-9A-Za-z]{32}"),  # Tencent Cloud
    (r"oy2", r"[0-9a-z]{43}"),  # NuGet
    (r"ico-", r"[0-9A-Za-z]{32}"),  # Infracost
    (r"API-", r"[0-9A-Z]{26}"),  # Octopus Deploy
    (r"4b1d", r"[0-9A-Za-z]{38}"),  # ClickHouse
    (r"(?:live|test)_", r"[0-9a-f]{35}"),  # Lob
    (r"y0_", r"[0-9A-Za-z_-]{50,}"),  # Yandex
    (r"t1\.", r"[0-9A-Za-z_-]+=*\.[0-9A-Za-z_-]{80,}"),
    (r"A3-", r"[0-9A-Z]{6}(?:-[0-9A-Z]{5,11}){3,5}"),  # 1Password
    (r"1//0", r"[0-9A-Za-z_-]{30,}"),  # Google, refresh
    (r"v1\.0-", r"[0-9a-f]{24}-[0-9a-f]{100,}"),  # Cloudflare, origin
    (r"pat-(?:na|eu|ap)[0-9]-", _UUID),  # HubSpot
    (r"access-(?:sandbox|development|production)-", _UUID),  # Plaid
    (r"sdk-", _UUID),  # LaunchDarkly
    (r"[ps]at\.", r"[0-9A-Za-z_-]{22}\.[0-9A-Za-z]{24}\.[0-9A-Za-z]{20}"),  # Harness
    (r"sk\.eyJ", r"[0-9A-Za-z_-]{20,}\.[0-9A-Za-z_-]{16,}"),  # Mapbox
)

# Shapes without a beginning of their own; the first group is what stays.
_SHAPES = (
    r"()eyJ[0-9A-Za-z_-]{8,}\.[0-9A-Za-z_-]{8,}\.[0-9A-Za-z_-]*(?:\.[0-9A-Za-z_-]+)*",  # JWT
    r"()eyJ[0-9A-Za-z_+/-]{40,}=*",  # JSON in base64
    r"(ZXlK)[0-9A-Za-z_+/-]{40,}=*",  # a JWT in base64
    r"()(?:M[Tjz]|N[DTjz]|O[DT])[0-9A-Za-z_-]{22,26}\.[0-9A-Za-z_-]{6}\.[0-9A-Za-z_-]{27,}",  # Discord
    r"([0-9]{8,10}):AA[0-9A-Za-z_-]{33}",  # Telegram
    r"()[0-9A-Za-z]{14}\.atlasv1\.[0-9A-Za-z_=-]{40,}",  # Terraform Cloud
    r"()[0-9A-Za-z_~.]{3}[0-9]Q~[0-9A-Za-z_~.-]{31,34}",  # Azure, client secret
    r"()[0-9a-f]{32}-us[0-9]{1,2}",  # Mailchimp
    r"()[0-9a-z]{34,36}(?:FFFF)?NRAL",  # New Relic, licence
    r"([0-9]{15,16})(?:\||%7C)[0-9A-Za-z_-]{27,40}",  # Facebook
    r"()[0-9A-Za-z]{6}_[0-9A-Za-z]{29}_mmk",  # MaxMind
    r"(hooks\.slack\.com/(?:services|workflows|triggers)/)[0-9A-Za-z+/_-]+",
    r"(discord(?:app)?\.com/api/(?:v[0-9]+/)?webhooks/[0-9]+/)[0-9A-Za-z_-]+",
    r"(webhook\.office\.com/webhookb2/)[0-9A-Za-z@/_-]+",
    r"(hooks\.zapier\.com/hooks/catch/)[0-9A-Za-z/_-]+",
)

_SHAPE_HEAD = (
    r"eyJ|ZXlK|atlasv1|Q~|[0-9a-f]-us[0-9]|NRAL|_mmk|hooks\.(?:slack|zapier)|/webhook|[0-9]:AA|[0-9](?:\||%7C)[0-9A-Za-z]"
    r"|(?:M[Tjz]|N[DTjz]|O[DT])[0-9A-Za-z]{8}"
)

_BORDER = r"(^|[^0-9A-Za-z])"
_STRICT_FORMS = "|".join(f"{beginning}{rest}" for beginning, rest in _STRICT)
_ANY_BEGINNING = "|".join(_BEGINNINGS)
_STRICT_HEAD = "|".join(f"{beginning}[0-9A-Za-z]{{4}}" for beginning, _ in _STRICT)

RULES: Final = (
    Rule(r"AKIA|ASIA|ABIA|ACCA|A3T", ((_KEY_ID + r"([0-9A-Z]{4})", MARK + "${1}"),)),
    Rule(_ANY_BEGINNING, ((f"({_ANY_BEGINNING}){_TAIL}", "${1}" + MARK),)),
    # twice: two of them may stand beside the same character, which a match takes with it
    Rule(
        rf"(?-u:\b|\\[nrt]|m)(?:{_STRICT_HEAD})",
        ((f"{_BORDER}(?:{_STRICT_FORMS})", "${1}" + MARK),) * 2,
    ),
    Rule(_SHAPE_HEAD, tuple((shape, "${1}" + MARK) for shape in _SHAPES)),
)
TRIGGERS: Final = tuple(rule.head for rule in RULES)
