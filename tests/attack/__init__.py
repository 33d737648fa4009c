"""Attacks on the program as a user runs it: hostile folders, streams, names and signals."""
