"""State between runs: configurations, tokens, call permits. The only part that knows the database."""
