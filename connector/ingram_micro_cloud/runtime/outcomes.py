"""What a run gives back, on every surface the same."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field


@dataclass(frozen=True, slots=True)
class Notice:
    """Something the caller should know that did not stop the run."""

    code: str
    message: str
    pointer: str | None = None
    count: int = 1


@dataclass(frozen=True, slots=True)
class Outcome:
    """The result of one action and how it came about.

    Attributes:
        action: The action's id.
        organization: The organization it ran for, or None for the reseller.
        result: The merged bare list of a list action, else the bare object; None for an empty answer.
        complete: False when a list was cut because the caller asked for a part of it.
        total: Rows the vendor announced, for lists.
        calls: HTTP requests sent, sign-in and retries included.
        pages: Pages read, or 1.
        request_ids: The vendor's correlation ids, in order; their support asks for them.
        status_code: HTTP status of the last answer, None for a dry run.
        dry_run: Whether nothing was sent on purpose; ``request`` then holds what would have been.
        warnings: What the caller should know.
        request: Method, path, query and body of a dry run, secrets masked.
    """

    action: str
    organization: str | None
    result: object
    complete: bool
    total: int | None
    calls: int
    pages: int
    request_ids: tuple[str, ...]
    status_code: int | None
    dry_run: bool = False
    warnings: tuple[Notice, ...] = ()
    request: Mapping[str, object] | None = field(default=None)

    def as_json(self) -> dict[str, object]:
        """Return the object that `run --json` prints; ``request`` only for a dry run."""
        shown: dict[str, object] = {
            "action": self.action,
            "organization": self.organization,
            "result": self.result,
            "complete": self.complete,
            "total": self.total,
            "calls": self.calls,
            "pages": self.pages,
            "request_ids": list(self.request_ids),
            "status_code": self.status_code,
            "dry_run": self.dry_run,
            "warnings": [asdict(warning) for warning in self.warnings],
        }
        if self.dry_run:
            shown["request"] = self.request
        return shown


@dataclass(frozen=True, slots=True)
class Page:
    """One page of a list, as ``pages()`` streams it.

    Attributes:
        rows: The rows, duplicates of earlier pages dropped.
        total: Rows the vendor announced, when it did.
        received: Rows handed out so far, this page included.
        complete: Whether this page is the last and the list is whole.
        warnings: Mismatches with the declared output on this page.
    """

    rows: Sequence[object]
    total: int | None
    received: int
    complete: bool
    warnings: tuple[Notice, ...] = ()
