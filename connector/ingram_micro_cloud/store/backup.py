"""A copy of a SQLite state while others go on using it: whole, or not there at all."""

import os
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

from ingram_micro_cloud.errors import UsageError


def write_copy(copy_to: Callable[[sqlite3.Connection], None], target: Path) -> None:
    """Write a database into a new file of mode 0600.

    Args:
        copy_to: Copies the database into an open connection.
        target: The new file.

    Raises:
        UsageError: There is such a file already, or it cannot be written. Nothing is left behind.
    """
    part = target.with_name(f".{target.name}.{os.getpid()}.part")
    try:
        os.close(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
        with closing(sqlite3.connect(part)) as connection:
            copy_to(connection)
            # A copy in WAL mode would want two more files beside it.
            connection.execute("PRAGMA journal_mode=DELETE")
        _put(part, target)
    except FileExistsError:
        raise UsageError(f"{target} is there already. Nothing was written.", hint="Name a new file.") from None
    except (OSError, sqlite3.Error) as problem:
        why = problem.strerror if isinstance(problem, OSError) else "the disk is full or cannot be written"
        raise UsageError(
            f"{target} cannot be written: {why}. Nothing was written.", hint="Name another file."
        ) from problem
    finally:
        part.unlink(missing_ok=True)


def _put(part: Path, target: Path) -> None:
    try:
        os.link(part, target)  # unlike a rename, this never replaces what is there
    except FileExistsError:
        raise
    except OSError:
        # No links on this file system: the name is taken first, and the copy put in its place.
        os.close(os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
        part.replace(target)
