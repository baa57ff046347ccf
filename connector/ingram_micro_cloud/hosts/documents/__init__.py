"""The documents that platforms read: OpenAPI 3.0.3, Swagger 2.0, and the rules importers hold them to."""
