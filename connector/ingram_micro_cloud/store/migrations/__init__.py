"""Alembic's home: env.py and the revisions. Reached through store/schema.py only."""
