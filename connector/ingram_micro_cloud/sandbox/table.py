"""Rows by id, newest first, cheap to page through however many there are."""

from collections.abc import Callable, Iterator
from itertools import islice

from ingram_micro_cloud.sandbox.calls import Call, Json, Refusal


class Table:
    """The objects of one kind, in the order they came to be."""

    def __init__(self, first_id: int, *, prefix: str = "", newest_first: bool = True) -> None:
        self._rows: dict[str, Json] = {}
        self._order: list[str] = []
        self._next = first_id
        self._prefix = prefix
        self._newest_first = newest_first

    def new_id(self) -> str:
        """Return an id that was never given before."""
        self._next += 1
        return f"{self._prefix}{self._next}"

    def add(self, row: Json) -> Json:
        """Keep a new row under its ``id``."""
        self._rows[str(row["id"])] = row
        self._order.append(str(row["id"]))
        return row

    def get(self, key: object) -> Json | None:
        """Return a row by id."""
        return self._rows.get(str(key))

    def need(self, key: str, what: str) -> Json:
        """Return a row by id, or refuse with 404."""
        row = self.get(key)
        if row is None:
            raise Refusal(404, f"The {what} {key[:60]} was not found.")
        return row

    def all(self) -> Iterator[Json]:
        """Yield every row as the list shows them."""
        ids = reversed(self._order) if self._newest_first else iter(self._order)
        return (self._rows[key] for key in ids)

    def __len__(self) -> int:
        return len(self._order)

    def page(self, call: Call, wanted: Callable[[Json], bool] | None, shown: Callable[[Json], Json]) -> Json:
        """Return one page in the vendor's envelope; ``offset`` 0 and ``limit`` 10 unless asked for."""
        offset, limit = whole_number(call, "offset", 0, least=0), whole_number(call, "limit", 10, least=1)
        if wanted is None:
            total = len(self._order)
            keys = self._order[max(0, total - offset - limit) : max(0, total - offset)][::-1]
            rows = [self._rows[key] for key in (keys if self._newest_first else self._order[offset : offset + limit])]
        else:
            found = [row for row in self.all() if wanted(row)]
            total, rows = len(found), list(islice(found, offset, offset + limit))
        return {
            "data": [shown(row) for row in rows],
            "pagination": {"offset": offset, "limit": limit, "total": total},
        }


def whole_number(call: Call, name: str, default: int, *, least: int) -> int:
    """Return a whole number of the query, or refuse with 400."""
    text = call.first(name)
    if text is None:
        return default
    if not text.isdecimal() or int(text) < least or int(text) >= 2**31:
        raise Refusal(400, f"The parameter {name} must be a whole number of {least} or more.")
    return int(text)
