"""The catalogue: a folder with what was read, and what became of every write. It is private, and is taken for hostile.

| place | what it holds | module |
|---|---|---|
| `manifest.json` | the schema's version, the units of the tables, and where their rows stand | `manifest` |
| `<table>/store_id=…/month=…/data.parquet` | the judged tables, redacted, for any tool | `layout`, `publish`, `read` |
| `.read/<number>/` | what was read of the inputs: it is judged again, never read again | `parts`, `held`, `merging` |
| `.work/` | packs that are judged and not yet published | `work` |
| `.lock` | held by the audit that writes here | `lock` |

`folder` alone opens files: below the catalogue, never through a link, each written whole or not at all.
"""
