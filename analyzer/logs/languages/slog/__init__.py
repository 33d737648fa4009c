"""SST's own log (`grammars/slog.lark`)."""
