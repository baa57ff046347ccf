"""The actions as tools of the Model Context Protocol: over standard streams, and over streamable HTTP with keys."""
