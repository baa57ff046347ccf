"""Organizations of the platform and the vendor's customers they stand for: sources, matching, mapping."""
