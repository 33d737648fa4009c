"""The index of an audit: what is shown of it, computed in stages, and the templates that show it (docs/page.md).

In come `AuditReport` and `Trends`; out goes `Index` (`build.py`), which the templates here turn into one
file.
"""
