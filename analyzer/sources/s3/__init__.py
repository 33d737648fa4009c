"""`s3://` addresses as inputs: what the user names in a bucket becomes sources, as what he names on a disk does.

1. `address`: a word (`s3://BUCKET/PREFIX`, globs too) → which bucket, and which keys.
2. `listing`: that → the objects (LISTED). Where the times of the deploys are known, the days of a trail that cannot
   matter are not even listed: `layout` knows CloudTrail's keys, `plan` which days are read, and why others are not.
3. `objects`: the objects → sources, and stats of what is not read.
4. `fetch`: an object → its bytes, in ranges, always of the same ETag. `ahead` gets the next ones meanwhile.

`client` is the only module that talks to the network, by botocore (extra `s3`), and `words` says what failed.
`settings` has what the user chose and the limits. Credentials are only in the client: no source, row or message holds
them, and another process finds them by itself.

obstore is not used: it follows redirects to any host, gives up a whole listing for one key with `..` or `//` in it, and
cannot be stopped when pages never end (docs/facts/components.md#4-components-for-integration-tests).
"""
