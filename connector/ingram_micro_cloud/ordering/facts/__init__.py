"""Everything that is read before an order, and what it means."""
