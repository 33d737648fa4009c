"""What versions of the tools are known to do wrong: `advisories.toml` is data, and the rest reads it."""
