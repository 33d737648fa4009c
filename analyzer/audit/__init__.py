"""Many deploys: units of work, the executors that do them, the catalogue, and what follows across deploys.

The way of the data, each step a module that knows only those before it:

1. `inventory`: the words of the command → sources, compared with what the catalogue has read.
2. `looking`, `reading`: batches of new sources → `LogPart`, `TrailPart`; `catalogue.parts` keeps them.
3. `whole`, `plan`: which deploys and stores can say something of each other: a group is judged as a whole, and alone.
4. `judging`, `unit`: one pack of groups → `Judged`, exactly as `check` judges them.
5. `catalogue.publish`: judged tables → `CATALOGUE/<table>/store_id=<id>/month=<YYYY-MM>/`.
6. `follow`, `trends`, `diff`: the published tables → `report.AuditReport`.
"""
