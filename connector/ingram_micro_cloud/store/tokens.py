"""Bearer tokens between processes, encrypted."""

import time
from collections.abc import Callable

import sqlalchemy as sa

from ingram_micro_cloud.errors import StateKeyError
from ingram_micro_cloud.store.database import Database
from ingram_micro_cloud.store.secrets import SecretBox
from ingram_micro_cloud.store.tables import tokens
from ingram_micro_cloud.store.turns import wait_for_turn


class TokenRecords:
    """Keeps one token per fingerprint of credentials."""

    def __init__(self, database: Database, box: SecretBox, now: Callable[[], float] = time.time) -> None:
        self._database, self._box, self._now = database, box, now

    def load(self, fingerprint: str) -> tuple[str, float] | None:
        """Return the token and the moment it should be renewed, or None.

        A token sealed with another key counts as none: it is only a cache, and its row is left alone.
        """
        with self._database.transaction() as connection:
            row = connection.execute(sa.select(tokens).where(tokens.c.fingerprint == fingerprint)).one_or_none()
        if row is None:
            return None
        try:
            return self._box.decrypt(row.token_encrypted), float(row.expires_at)
        except StateKeyError:
            return None

    def save(self, fingerprint: str, value: str, expires_at: float) -> None:
        """Keep a token; tokens that have ended are forgotten on the way."""
        sealed = self._box.encrypt(value)
        with self._database.transaction() as connection:
            wait_for_turn(self._database, connection, "tokens")
            ended = sa.or_(tokens.c.fingerprint == fingerprint, tokens.c.expires_at < self._now() - 3600)
            connection.execute(sa.delete(tokens).where(ended))
            connection.execute(
                sa.insert(tokens).values(fingerprint=fingerprint, token_encrypted=sealed, expires_at=expires_at)
            )

    def drop(self, fingerprint: str, value: str) -> None:
        """Forget this very token; a newer one stays."""
        with self._database.transaction() as connection:
            row = connection.execute(sa.select(tokens).where(tokens.c.fingerprint == fingerprint)).one_or_none()
            if row is None:
                return
            try:
                same = self._box.decrypt(row.token_encrypted) == value
            except StateKeyError:
                return
            if same:
                connection.execute(sa.delete(tokens).where(tokens.c.fingerprint == fingerprint))
