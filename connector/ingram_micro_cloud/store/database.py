"""Opens the database: SQLite in the state folder, or PostgreSQL by its URL. Short, immediate transactions."""

import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager, nullcontext
from pathlib import Path
from threading import Lock
from typing import Final

import sqlalchemy as sa
from sqlalchemy.exc import DatabaseError, OperationalError, SQLAlchemyError
from sqlalchemy.pool import StaticPool

from ingram_micro_cloud.errors import StateDamagedError, StateError

BUSY_SECONDS: Final = 15.0
_TURN_SECONDS: Final = 0.02
SQLITE_HEADER: Final = b"SQLite format 3\x00"
_SYNCED_COMMIT: Final = (
    "SELECT set_config('synchronous_commit', 'on', true) WHERE current_setting('synchronous_commit') = 'off'"
)


class Database:
    """One engine, and transactions that say what is wrong when the state cannot be used."""

    def __init__(
        self, engine: sa.Engine, place: str, *, alone: bool = False, busy_seconds: float = BUSY_SECONDS
    ) -> None:
        self._busy_seconds = busy_seconds
        self.engine = engine
        self.place = place
        self.is_sqlite = engine.dialect.name == "sqlite"
        # A database in memory has one connection, which two threads must not be inside of at once.
        self.in_memory_only = alone
        self._alone = Lock() if alone else nullcontext()

    @classmethod
    def in_file(cls, path: Path, *, busy_seconds: float = BUSY_SECONDS) -> "Database":
        """Open a SQLite file, made when first needed; waits so long for another process that has it locked.

        Raises:
            StateDamagedError: The file is there and is not SQLite; it is not touched.
        """
        _check_header(path)
        engine = sa.create_engine(
            f"sqlite:///{path}", connect_args={"timeout": busy_seconds, "check_same_thread": False}
        )
        sa.event.listen(engine, "connect", _prepare_file)
        sa.event.listen(engine, "begin", _begin_immediate)
        return cls(engine, str(path), busy_seconds=busy_seconds)

    @classmethod
    def in_memory(cls, content: bytes | None = None) -> "Database":
        """Open a database that lives as long as this object, shared between threads; with what another one held."""
        engine = sa.create_engine("sqlite://", poolclass=StaticPool, connect_args={"check_same_thread": False})
        sa.event.listen(engine, "connect", _own_transactions)
        sa.event.listen(engine, "begin", _begin_immediate)
        made = cls(engine, "memory", alone=True)
        if content is not None:
            made._raw().deserialize(content)
        return made

    def content(self) -> bytes:
        """Return a database in memory as bytes, for another one to begin with."""
        return self._raw().serialize()

    def copy_into(self, other: sqlite3.Connection) -> None:
        """Copy a SQLite database as it stands at one moment; writers may go on meanwhile."""
        with closing(self.engine.raw_connection()) as pooled:
            driver = pooled.driver_connection
            if not isinstance(driver, sqlite3.Connection):
                raise TypeError(f"{self.place} is not SQLite")
            driver.backup(other)

    def _raw(self) -> sqlite3.Connection:
        with closing(self.engine.raw_connection()) as pooled:
            driver = pooled.driver_connection
        if not isinstance(driver, sqlite3.Connection):
            raise TypeError(f"{self.place} is not a database in memory")
        return driver

    @classmethod
    def at_url(cls, url: str) -> "Database":
        """Open PostgreSQL.

        Raises:
            StateError: The URL is not one of PostgreSQL (state_unreachable).
        """
        try:
            parsed = sa.make_url(url)
        except SQLAlchemyError:
            parsed = None
        if parsed is None or parsed.get_backend_name() not in ("postgresql", "postgres"):
            raise StateError(
                "IM_CLOUD_DATABASE_URL is not a PostgreSQL address.",
                code="state_unreachable",
                hint="Expected: postgresql://user:password@host:5432/database. Without it the state is a SQLite file.",
            )
        engine = sa.create_engine(
            parsed.set(drivername="postgresql+psycopg"),
            pool_pre_ping=True,
            # A server that was set up without an encoding would otherwise hand out bytes instead of texts.
            connect_args={"client_encoding": "utf8"},
        )
        return cls(engine, f"PostgreSQL on {parsed.host or 'a local socket'}")

    @contextmanager
    def transaction(self, *, synced: bool = False) -> Iterator[sa.Connection]:
        """Give one short transaction; it is committed at the end and undone by any error.

        Args:
            synced: Once committed it outlasts a loss of power, at the cost of waiting for the disk.

        Raises:
            StateError: The database is busy for too long or cannot be reached.
            StateDamagedError: What is stored there is not readable.
        """
        try:
            with self._alone, self._synced() if synced else self.engine.begin() as connection:
                yield connection
        except OperationalError as problem:
            raise self._unusable(problem) from problem
        except DatabaseError as problem:
            raise StateDamagedError(
                f"The state in {self.place} is damaged. Nothing was changed.",
                hint="Put a backup in its place, or move it away and save the configurations again.",
            ) from problem

    @contextmanager
    def _synced(self) -> Iterator[sa.Connection]:
        with self.engine.connect() as connection:
            if not self.is_sqlite:
                with connection.begin():
                    connection.exec_driver_sql(_SYNCED_COMMIT)
                    yield connection
                return
            # Outside of the transaction: SQLite does not change this inside of one.
            cursor = connection.connection.cursor()
            cursor.execute("PRAGMA synchronous=FULL")
            try:
                with connection.begin():
                    yield connection
            finally:
                cursor.execute("PRAGMA synchronous=NORMAL")
                cursor.close()

    def begin_logging(self) -> None:
        """Let readers and a writer work side by side from now on (SQLite's WAL; stays with the file).

        Only called once the file is known to be ours or empty: it changes the file.
        """
        if not self.is_sqlite or self.in_memory_only:
            return
        until = time.monotonic() + self._busy_seconds
        while True:
            # SQLite waits for other processes everywhere but here: of several that start at once on a new file, it
            # would turn all but one away at once.
            raw = self.engine.raw_connection()
            try:
                raw.cursor().execute("PRAGMA journal_mode=WAL")
            except sqlite3.OperationalError as problem:
                if time.monotonic() > until:
                    raise self._busy() from problem
            else:
                return
            finally:
                raw.close()
            time.sleep(_TURN_SECONDS)

    def close(self) -> None:
        """Close every connection."""
        self.engine.dispose()

    def _unusable(self, problem: OperationalError) -> StateError:
        if "locked" in str(problem.orig):
            return self._busy()
        return StateError(
            f"The state in {self.place} cannot be opened.",
            code="state_unreachable",
            hint="Check that it exists and is this user's to write (IM_CLOUD_HOME, IM_CLOUD_DATABASE_URL).",
        )

    def _busy(self) -> StateError:
        return StateError(
            f"Another process kept the state in {self.place} locked for too long.",
            code="state_busy",
            hint="Try again; if it stays, look for a process that hangs.",
        )


def _check_header(path: Path) -> None:
    if path.is_file() and path.stat().st_size > 0:
        with path.open("rb") as file:
            header = file.read(len(SQLITE_HEADER))
        if header != SQLITE_HEADER:
            raise StateDamagedError(
                f"{path} is not a state file of this connector. Nothing was touched.",
                hint="Move it away, or name another folder with IM_CLOUD_HOME.",
            )


def _prepare_file(connection: object, _record: object) -> None:
    _own_transactions(connection, _record)
    cursor = connection.cursor()  # type: ignore[attr-defined]  # sqlite3's connection
    cursor.execute("PRAGMA synchronous=NORMAL")
    cursor.execute("PRAGMA foreign_keys=ON")
    cursor.close()


def _own_transactions(connection: object, _record: object) -> None:
    # sqlite3 would begin a deferred transaction of its own, and two of those can deadlock.
    connection.isolation_level = None  # type: ignore[attr-defined]


def _begin_immediate(connection: sa.Connection) -> None:
    connection.exec_driver_sql("BEGIN IMMEDIATE")
