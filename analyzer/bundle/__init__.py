"""Evidence as a folder or an archive: what `lostwrite collect` gathers, kept with a manifest, and judged offline."""
