"""`python -m ingram_micro_cloud.manifest check|generate|drift`: for connector authors and `make check`."""

import sys
from collections.abc import Collection
from pathlib import Path

from ingram_micro_cloud.bundle import bundle_root
from ingram_micro_cloud.errors import BundleError
from ingram_micro_cloud.manifest.checks import bundle_problems


def main(arguments: list[str]) -> int:
    """Run one of the three words; returns the exit status (1 when something is wrong)."""
    root = bundle_root()
    match arguments:
        case ["check"]:
            return check()
        case ["generate" | "drift" as word]:
            # Only a checkout has these to write; a wheel carries no docs.
            from ingram_micro_cloud.manifest.generated import generated_files

            return _compare(Path(str(root)), generated_files(root), write=word == "generate")
    sys.stderr.write("usage: python -m ingram_micro_cloud.manifest check|generate|drift\n")
    return 2


def check(handlers: Collection[str] | None = None) -> int:
    """Print every mistake of the bundle; returns the exit status.

    Args:
        handlers: The names there are, where the caller knows them.
    """
    try:
        problems = list(bundle_problems(bundle_root(), handlers))
    except BundleError as problem:
        problems = [problem.message]
    sys.stdout.write("".join(f"{problem}\n" for problem in problems))
    sys.stdout.write(f"bundle: {len(problems)} problems\n" if problems else "bundle: in order\n")
    return 1 if problems else 0


def _compare(root: Path, files: dict[str, str], *, write: bool) -> int:
    stale = [name for name, text in files.items() if not _holds(root / name, text)]
    for name in stale:
        if write:
            (root / name).parent.mkdir(parents=True, exist_ok=True)
            (root / name).write_text(files[name], encoding="utf-8")
        sys.stdout.write(f"{'written' if write else 'out of date'}: {name}\n")
    if stale and not write:
        sys.stdout.write("Run `make fix` to generate them again.\n")
    return 1 if stale and not write else 0


def _holds(path: Path, text: str) -> bool:
    return path.is_file() and path.read_text(encoding="utf-8") == text


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
