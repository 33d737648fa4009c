"""Inputs: which files the user's words name, their bytes unpacked, and their kind, detected by content."""
