"""Where an action may write a file: wherever its user says, or one folder for those who call from elsewhere."""

import re
from pathlib import Path
from typing import Final

from ingram_micro_cloud.errors import FieldProblem, InputError, UsageError

_NAME: Final = re.compile(r"[\w(][\w ().,@+-]{0,149}")


def place_for(folder: Path | None, wanted: str) -> Path:
    """Return the file to write.

    Args:
        folder: The one folder files may go to, made when first needed (mode 0700); None for wherever ``wanted`` says.
        wanted: What the caller asks for; inside a folder only a bare file name.

    Raises:
        InputError: It leads elsewhere. Nothing was written.
        UsageError: The folder cannot be made.
    """
    if folder is None:
        return Path(wanted)
    if not _NAME.fullmatch(wanted) or wanted.endswith((" ", ".")):
        text = "Here a file goes to a folder of its own: give a bare name such as seats.csv, without a path."
        raise InputError(f"Nothing was sent. {text}", hint="Correct the file name.",
                         fields=[FieldProblem("/path", "outside", text)])  # fmt: skip
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as problem:
        raise UsageError(
            "The folder for files cannot be made. Nothing was sent.", hint="Look at the rights of IM_CLOUD_HOME."
        ) from problem
    target = folder / wanted
    if target.is_symlink():
        raise UsageError(f"{wanted} is a link. Nothing was sent.", hint="Name another file.")
    return target


def file_in(folder: Path, name: str) -> Path | None:
    """Return a file that was written to a folder, or None: what is no bare name, or a link, is none."""
    target = folder / name
    return target if _NAME.fullmatch(name) and target.is_file() and not target.is_symlink() else None
