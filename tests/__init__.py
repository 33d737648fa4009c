"""Tests; they mirror `analyzer/`."""
