"""Money: what an order would do, whether it is allowed, the journal of what was sent, and following it to its end."""
