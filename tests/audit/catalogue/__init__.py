"""Tests of the catalogue's own parts."""
