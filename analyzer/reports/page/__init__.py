"""The page of a post-mortem: what is shown of a report, computed in stages, and the templates that show it.

In comes `Report`; out goes `Page` (`build.py`), which the templates of this folder turn into one HTML file. No stage
knows the templates, and no template computes. docs/page.md says what the marks mean.
"""
