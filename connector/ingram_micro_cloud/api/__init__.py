"""HTTP with the vendor: signing in, limits, retries, pages, errors. Knows nothing of actions."""
