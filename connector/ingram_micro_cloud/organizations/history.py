"""Going back on the last command, and history in words."""

from dataclasses import dataclass

from ingram_micro_cloud.organizations.texts import ended
from ingram_micro_cloud.store.mappings import Batch, Change, Entry


@dataclass(frozen=True, slots=True)
class UndoReport:
    """What was gone back on; without changes there was nothing left to undo."""

    changes: tuple[Change, ...]

    @property
    def message(self) -> str:
        """Return one sentence for a person."""
        if not self.changes:
            return "There is nothing to undo."
        first, number = self.changes[0], len(self.changes)
        what = first.organization_id if number == 1 else f"{number} organizations"
        return ended(f"Undone: {first.action} of {what}, made by {first.who}")

    def as_json(self) -> dict[str, object]:
        """Return what `mapping undo --json` prints."""
        first = self.changes[0] if self.changes else None
        return {
            "undone": len(self.changes),
            "action": first.action if first else None,
            "who": first.who if first else None,
            "at": first.at if first else None,
            "why": first.why if first else None,
            "organizations": [each.organization_id for each in self.changes],
            "message": self.message,
        }


def undo(batch: Batch) -> UndoReport:
    """Put back what was before the last batch that is not undone."""
    changes = batch.last()
    batch.revert(changes)
    return UndoReport(changes)


def change_as_json(change: Change) -> dict[str, object]:
    """Return a row of the history."""
    return {
        "batch": change.batch,
        "organization_id": change.organization_id,
        "action": change.action,
        "before": entry_as_json(change.before),
        "after": entry_as_json(change.after),
        "who": change.who,
        "at": change.at,
        "why": change.why,
        "undone": change.undone,
    }


def entry_as_json(entry: Entry) -> dict[str, object]:
    """Return what is decided about one organization."""
    customers = [{"customer_id": each.customer_id, "customer_name": each.customer_name} for each in entry.pairs]
    return {"customers": customers, "excluded": entry.excluded}


def entry_in_words(entry: Entry) -> str:
    """Return what is decided about one organization, for a person."""
    if entry.excluded is not None:
        return f"excluded ({entry.excluded})"
    return ", ".join(f"{each.customer_name} ({each.customer_id})" for each in entry.pairs) or "nothing"
