"""The state of one installation: one database and one key, opened together."""

import logging
import os
import secrets
import stat
from collections.abc import Mapping
from contextlib import suppress
from functools import cache
from pathlib import Path
from types import TracebackType
from typing import Self

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError

from ingram_micro_cloud.errors import StateError, StateKeyError, UsageError
from ingram_micro_cloud.store.access_keys import AccessKeyRecords
from ingram_micro_cloud.store.audit import AuditRecords
from ingram_micro_cloud.store.configurations import ConfigurationRecords, DraftRecords
from ingram_micro_cloud.store.customers import CustomerRecords
from ingram_micro_cloud.store.database import Database
from ingram_micro_cloud.store.journal import JournalRecords
from ingram_micro_cloud.store.keys import FindKeyring, find_key, key_from_variable, quiet_keyring
from ingram_micro_cloud.store.locks import LockRecords
from ingram_micro_cloud.store.mappings import MappingRecords
from ingram_micro_cloud.store.organizations import OrganizationRecords
from ingram_micro_cloud.store.ownership import OwnershipRecords
from ingram_micro_cloud.store.permits import PermitRecords
from ingram_micro_cloud.store.previews import PreviewRecords
from ingram_micro_cloud.store.schema import holds_secrets, prepare
from ingram_micro_cloud.store.secrets import SecretBox, wrong_key
from ingram_micro_cloud.store.subscriptions import SubscriptionRecords
from ingram_micro_cloud.store.tables import marker
from ingram_micro_cloud.store.tokens import TokenRecords

log = logging.getLogger(__name__)
FILE = "state.db"
KNOWN_TEXT = "im-cloud"


@cache
def _empty_tables() -> bytes:
    """Return a database with its tables and nothing in them: made by every revision, once per process."""
    database = Database.in_memory()
    try:
        prepare(database)
        return database.content()
    finally:
        database.close()


class State:
    """Everything that is kept. Safe from several threads and processes at once."""

    def __init__(self, database: Database, key: bytes) -> None:
        self._database = database
        self._box = SecretBox(key)
        prepare(database)
        self._check_key()
        self.configurations = ConfigurationRecords(database, self._box)
        self.drafts = DraftRecords(database)
        self.tokens = TokenRecords(database, self._box)
        self.permits = PermitRecords(database)
        self.organizations = OrganizationRecords(database)
        self.customers = CustomerRecords(database)
        self.mappings = MappingRecords(database)
        self.ownership = OwnershipRecords(database)
        self.journal = JournalRecords(database, self._box)
        self.previews = PreviewRecords(database, self._box)
        self.audit = AuditRecords(database, self._box)
        self.locks = LockRecords(database)
        self.subscriptions = SubscriptionRecords(database)
        self.access_keys = AccessKeyRecords(database)

    @classmethod
    def open(
        cls,
        home: Path | None = None,
        *,
        environ: Mapping[str, str] = os.environ,
        find_keyring: FindKeyring = quiet_keyring,
    ) -> "State":
        """Open the state, made when first needed.

        Args:
            home: Its folder; by default IM_CLOUD_HOME, else the user's data folder. Not used when
                IM_CLOUD_DATABASE_URL names a PostgreSQL database.
            environ: Where the variables are read.
            find_keyring: Finds the operating system's keyring, or None.

        Raises:
            StateError: It cannot be opened, is damaged, is newer, or the key does not fit. Nothing was changed.
        """
        url = environ.get("IM_CLOUD_DATABASE_URL", "").strip()
        if url:
            key = key_from_variable(environ)
            return cls._guarded(Database.at_url(url), key)
        folder = home or home_folder(environ)
        _make_folder(folder)
        path = folder / FILE
        database = Database.in_file(path)
        try:
            key = find_key(folder, environ, find_keyring, sealed=lambda: _filled(path) and holds_secrets(database))
            _make_file(path)
        except StateError:
            database.close()
            raise
        return cls._guarded(database, key)

    @staticmethod
    def exists(environ: Mapping[str, str] = os.environ) -> bool:
        """Return whether there is a state to open; PostgreSQL counts as one."""
        return bool(environ.get("IM_CLOUD_DATABASE_URL", "").strip()) or _filled(home_folder(environ) / FILE)

    @classmethod
    def in_memory(cls) -> "State":
        """Return a state that is gone when closed."""
        return cls(Database.in_memory(_empty_tables()), secrets.token_bytes(32))

    def fingerprint(self, *parts: str) -> str:
        """Return a keyed hash of the parts: the same on every process that shares the key."""
        return self._box.fingerprint(*parts)

    def backup(self, target: Path) -> None:
        """Copy the state into a new file while others go on using it. Its key is not in it: keep that elsewhere.

        Raises:
            UsageError: The state is PostgreSQL, or the file is there already or cannot be written.
        """
        from ingram_micro_cloud.store.backup import write_copy  # nothing else needs it

        if not self._database.is_sqlite:
            raise UsageError(
                f"The state is {self._database.place}; back that up with its own tools.",
                hint="For example: pg_dump --format=custom",
            )
        write_copy(self._database.copy_into, target)

    def close(self) -> None:
        """Close the database."""
        self._database.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, problem: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    @classmethod
    def _guarded(cls, database: Database, key: bytes) -> "State":
        try:
            return cls(database, key)
        except StateError:
            database.close()
            raise

    def _check_key(self) -> None:
        """Seal a known text on first use, and later notice a wrong key before anything is written."""
        with self._database.transaction() as connection:
            sealed = connection.execute(sa.select(marker.c.key_check)).scalar()
            if sealed is None:
                sealed = self._begun(connection)
        try:
            opened = self._box.decrypt(sealed)
        except StateKeyError:
            raise wrong_key() from None
        if opened != KNOWN_TEXT:
            raise wrong_key()

    def _begun(self, connection: sa.Connection) -> str:
        """Return the sealed text, made here unless another worker that starts just now was quicker."""
        mine = self._box.encrypt(KNOWN_TEXT)
        try:
            with connection.begin_nested():
                connection.execute(sa.insert(marker).values(id=1, key_check=mine))
        except IntegrityError:
            return str(connection.execute(sa.select(marker.c.key_check)).scalar_one())
        return mine


def home_folder(environ: Mapping[str, str]) -> Path:
    """Return the folder of the state: IM_CLOUD_HOME, else the user's data folder."""
    named = environ.get("IM_CLOUD_HOME", "").strip()
    if named:
        return Path(named).expanduser()
    from platformdirs import user_data_path  # only where no folder is named

    return user_data_path("ingram-micro-cloud", appauthor=False)


def _make_folder(folder: Path) -> None:
    try:
        try:
            folder.mkdir(mode=0o700, parents=True)
        except FileExistsError:
            _check_folder(folder)
    except OSError as problem:
        raise _unreachable(folder) from problem


def _check_folder(folder: Path) -> None:
    """Look at a folder that was there before; its rights are its owner's business and stay as they are."""
    mode = folder.stat().st_mode
    if not stat.S_ISDIR(mode):
        raise _unreachable(folder)
    if os.name != "posix" or not mode & 0o077:
        return
    if mode & stat.S_IWOTH and not mode & stat.S_ISVTX:
        raise StateError(
            f"Every user of this machine can write to the state folder {folder}. Nothing was opened.",
            hint=f"chmod 700 {folder}, or name another folder with IM_CLOUD_HOME.",
        )
    log.warning("Other users can look into the state folder %s (its files stay closed): chmod 700 %s", folder, folder)


def _filled(path: Path) -> bool:
    return path.is_file() and path.stat().st_size > 0


def _make_file(path: Path) -> None:
    # SQLite would take the rights from the umask; what it puts beside the file takes them from the file.
    try:
        with suppress(FileExistsError):
            os.close(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
    except OSError as problem:
        raise _unreachable(path.parent) from problem


def _unreachable(folder: Path) -> StateError:
    return StateError(
        f"The state folder {folder} cannot be made or opened.",
        code="state_unreachable",
        hint="Name another with IM_CLOUD_HOME, or give this user the folder.",
    )
