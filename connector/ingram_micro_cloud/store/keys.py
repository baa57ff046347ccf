"""Where the key for secrets at rest comes from: environment, the system's keyring, or a file of mode 0600."""

import os
import secrets
import stat
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Final, Protocol

from ingram_micro_cloud.errors import StateError, StateKeyError

VARIABLE: Final = "IM_CLOUD_SECRET_KEY"
SHORTEST: Final = 16
SERVICE: Final = "ingram-micro-cloud"
QUIET_BACKENDS: Final = (
    "keyring.backends.macOS",
    "keyring.backends.Windows",
    "keyring.backends.SecretService",
)


class Keyring(Protocol):
    """The two calls of a keyring that we use."""

    def get_password(self, service: str, username: str) -> str | None:
        """Return what is kept, or None."""

    def set_password(self, service: str, username: str, password: str) -> None:
        """Keep something."""


FindKeyring = Callable[[Mapping[str, str]], Keyring | None]


def find_key(
    home: Path,
    environ: Mapping[str, str],
    find_keyring: FindKeyring,
    *,
    sealed: Callable[[], bool] = lambda: False,
) -> bytes:
    """Return the key, made and kept when there is none yet.

    Args:
        home: The folder of the key file.
        environ: Where the variable is read.
        find_keyring: Finds the operating system's keyring, or None.
        sealed: Asked before a key is made: whether something is stored that another key has sealed. Then none is made.

    Raises:
        StateKeyError: The variable is too short, the key file can be read by others, or the key is missing although
            something is sealed with it.
        StateError: The folder cannot be written.
    """
    if VARIABLE in environ:
        return key_from_variable(environ)
    path = home / "secret.key"
    if path.exists():
        # A file that is there holds what was sealed before a keyring appeared.
        return _read(path)
    keyring = find_keyring(environ)
    kept = None if keyring is None else _kept(keyring, str(home))
    if kept is not None:
        return kept
    if sealed():
        if path.exists():
            return _read(path)  # made a moment ago, by the process that sealed
        raise _missing(path)
    made = None if keyring is None else _kept(keyring, str(home), new=secrets.token_urlsafe(32))
    return made if made is not None else _make(path)


def key_from_variable(environ: Mapping[str, str]) -> bytes:
    """Return the key in IM_CLOUD_SECRET_KEY.

    Raises:
        StateKeyError: It is missing or shorter than 16 characters.
    """
    text = environ.get(VARIABLE, "").strip()
    if not text:
        raise StateKeyError(
            f"{VARIABLE} must be set, so that every worker can read what another has stored.",
            code="state_key_missing",
            hint='Make one: python -c "import secrets; print(secrets.token_urlsafe(32))"',
        )
    if len(text) < SHORTEST:
        raise StateKeyError(
            f"{VARIABLE} is too short to protect anything.",
            hint=f'At least {SHORTEST} random characters: python -c "import secrets; print(secrets.token_urlsafe(32))"',
        )
    try:
        return text.encode()
    except UnicodeEncodeError:
        raise StateKeyError(
            f"{VARIABLE} is not valid UTF-8 text.", hint="Give it in plain letters and digits."
        ) from None


def quiet_keyring(environ: Mapping[str, str]) -> Keyring | None:
    """Return the operating system's keyring, if there is one that answers without asking a person."""
    if os.name == "posix" and os.uname().sysname == "Linux" and not environ.get("DBUS_SESSION_BUS_ADDRESS"):
        return None
    import keyring  # slow to import, and only looked at where one can answer

    backend = keyring.get_keyring()
    name = type(backend).__module__
    return backend if name.startswith(QUIET_BACKENDS) and not getattr(backend, "locked", False) else None


def _missing(path: Path) -> StateKeyError:
    return StateKeyError(
        f"The key that opens the stored secrets is missing: there is no key file {path}. Nothing was changed.",
        hint=f"Bring back a backup of it, or set {VARIABLE} to the key they were saved with; without it, move "
        f"{path.parent} away and save the configurations again.",
    )


def _kept(keyring: Keyring, home: str, new: str | None = None) -> bytes | None:
    """Return what the keyring keeps for this folder; with ``new`` that is put there where it keeps nothing."""
    try:
        kept = keyring.get_password(SERVICE, home)
        if kept is None and new is not None:
            keyring.set_password(SERVICE, home, new)
            # Read back: of two processes at once, the last to write has won.
            kept = keyring.get_password(SERVICE, home)
    except Exception as problem:  # noqa: BLE001  # keyring backends raise whatever their system does; the file remains
        del problem
        return None
    return None if kept is None else kept.encode()


def _read(path: Path) -> bytes:
    mode = stat.S_IMODE(path.stat().st_mode)
    if os.name == "posix" and mode & 0o077:
        raise StateKeyError(
            f"Others can read the key file {path} (mode {mode:o}). Nothing was opened.",
            hint=f"chmod 600 {path}; if others may have read it, change the vendor passwords as well.",
        )
    key = path.read_bytes().strip()
    if len(key) < SHORTEST:
        raise StateKeyError(f"The key file {path} is damaged.", hint=f"Bring back a backup of it, or set {VARIABLE}.")
    return key


def _make(path: Path) -> bytes:
    # Written aside and linked into place: another process sees a whole file or none, and the first one wins.
    aside = path.with_name(f".{path.name}.{os.getpid()}.{secrets.token_hex(4)}")
    try:
        descriptor = os.open(aside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w") as file:
            file.write(secrets.token_urlsafe(32))
        try:
            os.link(aside, path)
        except FileExistsError:
            pass
        finally:
            aside.unlink()
    except OSError as problem:
        raise StateError(
            f"The key file {path} cannot be written.",
            code="state_unreachable",
            hint=f"Give this user the folder, name another with IM_CLOUD_HOME, or set {VARIABLE}.",
        ) from problem
    return _read(path)
