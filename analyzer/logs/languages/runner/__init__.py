"""What CI runners and package managers print (`grammars/runner.lark`)."""
