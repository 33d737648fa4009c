"""Logs that are JSON: how a document is read, and its rows of EVENTS."""
