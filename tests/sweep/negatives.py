"""A hundred texts without a deploy: builds, tests, tools like these, and source and words that quote their lines.

None gives a deploy by inference: each is here bare and behind prefixes.
"""

from __future__ import annotations

from typing import Final

from tests.sweep.shapes import SHAPES, prefixed

_NPM: Final = """\
npm warn deprecated inflight@1.0.6: This module is not supported
> harbour@1.0.0 build
> tsc -p . && vite build
added 412 packages, and audited 413 packages in 9s
found 0 vulnerabilities
npm error code ELIFECYCLE
npm error Exit status 1
"""
_VITE: Final = """\
vite v6.3.5 building for production...
transforming...
✓ 412 modules transformed.
rendering chunks...
dist/index.html                   0.46 kB │ gzip:  0.30 kB
dist/assets/index-D8b4DHJx.css    1.39 kB │ gzip:  0.71 kB
✓ built in 1.32s
✗ Build failed in 210ms
"""
_NEXT: Final = """\
   ▲ Next.js 15.1.0
   Creating an optimized production build ...
 ✓ Compiled successfully
 ✓ Collecting page data
Route (app)                              Size     First Load JS
┌ ○ /                                    5.6 kB          105 kB
└ ○ /_not-found                          979 B           101 kB
+ First Load JS shared by all            100 kB
  ├ chunks/517-c6ff5d2d0ee07a0c.js       50.5 kB
"""
_WEBPACK: Final = """\
asset main.js 1.2 MiB [emitted] [minimized] (name: main)
modules by path ./src/ 412 KiB 88 modules
ERROR in ./src/a.ts 3:9
Module not found: Error: Can't resolve './b'
webpack 5.90.0 compiled with 1 error in 4210 ms
"""
_TERRAFORM: Final = """\
Terraform will perform the following actions:
  # aws_s3_bucket.assets will be created
  + resource "aws_s3_bucket" "assets" {
      + bucket = "harbour"
    }
Plan: 1 to add, 0 to change, 0 to destroy.
aws_s3_bucket.assets: Creating...
aws_s3_bucket.assets: Creation complete after 2s [id=harbour]
Apply complete! Resources: 1 added, 0 changed, 0 destroyed.
Outputs:
url = "https://harbour.example.com"
"""
_CLOUDFORMATION: Final = """\
Resources:
  Bucket:
    Type: AWS::S3::Bucket
Outputs:
  Url:
    Value: !GetAtt Bucket.WebsiteURL
CREATE_IN_PROGRESS        AWS::S3::Bucket    Bucket    -
CREATE_COMPLETE           AWS::S3::Bucket    Bucket    -
UPDATE_FAILED             AWS::Lambda::Function  Fn    Resource handler returned message
Successfully created/updated stack - harbour in eu-west-1
"""
_DOCKER: Final = """\
#1 [internal] load build definition from Dockerfile
#1 transferring dockerfile: 412B done
#1 DONE 0.1s
#7 [4/9] RUN npm ci
#7 12.31 added 412 packages in 11s
#7 ERROR: process "/bin/sh -c npm ci" did not complete successfully: exit code: 1
------
"""
_KUBECTL: Final = """\
deployment.apps/harbour configured
service/harbour unchanged
Waiting for deployment "harbour" rollout to finish: 1 of 3 updated replicas are available...
error: deployment "harbour" exceeded its progress deadline
Duration: 12s
"""
_PYTEST: Final = """\
============================= test session starts ==============================
collected 3 items
tests/test_log.py .F.                                                    [100%]
    def test_header():
>       assert read(log) == "SST 3.17.10  ready!"
E       AssertionError: assert 'SST 3.17.9  ready!' == 'SST 3.17.10  ready!'
E         - SST 3.17.10  ready!
E         + SST 3.17.9  ready!
E       |  Created     Quay sst:aws:Astro → QuayKvKeys sst:aws:KvKeys
========================= 1 failed, 2 passed in 0.31s ==========================
"""
_JEST: Final = """\
PASS src/log.test.ts
  rows
    ✓ reads |  Created     Quay sst:aws:Astro → QuayKvKeys sst:aws:KvKeys (3 ms)
    ✓ reads  +  aws:s3:Bucket assets created (2s) (1 ms)
    ✕ reads  ~  aws:s3:Bucket assets **updating failed** (5 ms)
Tests:       1 failed, 2 passed, 3 total
Time:        1.204 s
"""
_PYTHON: Final = '''\
"""Reads lines."""
HEADER = "SST 3.17.10  ready!"
ROWS = [
    "|  Created     Quay sst:aws:Astro → QuayKvKeys sst:aws:KvKeys",
    "|  Error       Docs sst:aws:StaticSite → DocsKvKeys sst:aws:KvKeys",
    " +  aws:s3:Bucket assets created (2s)",
]
END = "✓  Complete"
for row in ROWS:
    print(f"row: {row}")
'''
_GO: Final = """\
func TestRows(t *testing.T) {
\tcases := []string{
\t\t"Updating (live):",
\t\t" +  aws:s3:Bucket assets creating (0s)",
\t\t" +  aws:s3:Bucket assets created (2s)",
\t\t"Duration: 33s",
\t}
\tfor _, line := range cases {
\t\tt.Log(line)
\t}
}
"""
_TYPESCRIPT: Final = """\
// sample ui_header: SST 3.17.10  ready!
// sample ui_app: ➜  App:        harbour
// sample ui_child_step: |  Created     Quay sst:aws:Astro → QuayKvKeys sst:aws:KvKeys
// sample ui_error_of: |  Error       Docs sst:aws:StaticSite → DocsKvKeys sst:aws:KvKeys
// sample ui_done: ✓  Complete
export const forms = ["header", "app", "step"];
"""
_GREP: Final = """\
docs/forms.md:12:The header is `SST 3.17.10  ready!`
tests/a.py:3:    "|  Created     Quay sst:aws:Astro → QuayKvKeys sst:aws:KvKeys",
tests/b.py:88:assert ends == "✓  Complete"
src/rows.ts:41:const ROW = ' +  aws:s3:Bucket assets created (2s)';
"""
_CHAT: Final = """\
ann: it prints `SST 3.17.10  ready!` and hangs
bob: what does the log say after ➜  App:        harbour
ann: only |  Created     Quay sst:aws:Astro → QuayKvKeys sst:aws:KvKeys
bob: did you see ✕  Failed
cid: mine said ✓  Complete
"""
_CHANGELOG: Final = """\
# Changelog
## 3.17.10
- The footer no longer hides `✓  Complete`
- `Updating (live):` is printed once
- Fixed: |  Error       rows without a type
## 3.17.9
- Duration: 12s was shown as 0s
"""
_REVIEW: Final = """\
1. The header: SST 3.17.10  ready!
2. Then rows such as |  Created     Quay sst:aws:Astro → QuayKvKeys sst:aws:KvKeys
3. At last one of ✓  Complete
4. or ✕  Failed
"""
_GO_TEST: Final = """\
=== RUN   TestDeploy
    deploy_test.go:41: row  +  aws:s3:Bucket assets created (2s)
    deploy_test.go:44: got Duration: 33s
--- FAIL: TestDeploy (0.02s)
FAIL
Duration: 33s
"""
_LOADTEST: Final = """\
     checks.........................: 100.00% 412 out of 412
     data_received..................: 1.2 MB 41 kB/s
Resources:
    cpu 12%
Duration: 30s
"""
_SERVICE: Final = """\
GET /api/items 200 12ms
Updating (user 41) failed
cache: error: update failed
job 7 created (2s)
Resources: 3 running
"""
TEXTS: Final = {
    "npm": _NPM,
    "vite": _VITE,
    "next": _NEXT,
    "webpack": _WEBPACK,
    "terraform": _TERRAFORM,
    "cloudformation": _CLOUDFORMATION,
    "docker": _DOCKER,
    "kubectl": _KUBECTL,
    "pytest": _PYTEST,
    "jest": _JEST,
    "python": _PYTHON,
    "go": _GO,
    "typescript": _TYPESCRIPT,
    "grep": _GREP,
    "chat": _CHAT,
    "changelog": _CHANGELOG,
    "review": _REVIEW,
    "go test": _GO_TEST,
    "load test": _LOADTEST,
    "service": _SERVICE,
}
_BEHIND: Final = (SHAPES[0], SHAPES[33], SHAPES[69], SHAPES[-3])

NEGATIVES: Final = {
    f"{name} behind {shape!r}" if shape else name: prefixed(text, shape) if shape else text
    for name, text in TEXTS.items()
    for shape in ("", *_BEHIND)
}
"""A hundred texts by name."""
