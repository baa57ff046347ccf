"""How buying looks on a terminal: previews with totals, what became of orders, the journal."""

import sys
import time
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final

from ingram_micro_cloud.hosts.cli import printing

if TYPE_CHECKING:
    from ingram_micro_cloud.ordering.follow import SeenState
    from ingram_micro_cloud.ordering.models import Preview

UNBROKEN: Final = ("Seats", "Renews", "When", "Per month", "Per term")


def print_preview(preview: "Preview") -> None:
    """Print a preview as a table with totals, and what the rules say."""
    from ingram_micro_cloud.ordering.tables import preview_table

    out = printing.console()
    shown = preview_table(preview)
    who = preview.facts.customer_name or preview.facts.customer_id
    headings = [name for name in shown.headings if name != "MPN"]
    cells = [dict(zip(shown.headings, row, strict=True)) for row in [*shown.rows, *shown.totals]]
    rows = [[_product(each), *(each[name] for name in headings[1:])] for each in cells]
    printing.print_table(f"Preview {preview.preview_id}: {who}", headings, rows, unbroken=UNBROKEN)
    for line in shown.lines:
        out.print(f"  {printing.literal(line)}", soft_wrap=True)
    failed = [each for each in preview.verdict.rules if not each.passed]
    if preview.verdict.allowed:
        out.print(f"Nothing was bought. Submit it: im-cloud order submit {preview.preview_id}")
    elif preview.verdict.needs_approval:
        out.print(f"Nothing was bought. Approve it: im-cloud order approve {preview.preview_id}")
    else:
        for each in failed:
            if each.fix:
                out.print(f"  → {printing.literal(each.fix)}", soft_wrap=True)


def _product(cells: Mapping[str, str]) -> str:
    """Return a product with its MPN in one cell: two columns would leave no room for the prices."""
    return f"{cells['Product']} ({cells['MPN']})" if cells["MPN"] else cells["Product"]


def print_placed(result: object) -> None:
    """Print what became of an order."""
    found: Mapping[str, Any] = result if isinstance(result, Mapping) else {}
    out = printing.console()
    price = found.get("price")
    told = f", {price['currency']} {price['amount']}" if isinstance(price, Mapping) else ""
    if found.get("message"):
        out.print(printing.literal(str(found["message"])), soft_wrap=True)
    if found.get("order_id"):
        out.print(f"[green]Ordered[/]: order {found['order_id']}, {found['state']}{told}. Key: {found['key']}")
        if found.get("state") == "submitted":
            out.print(f"Stay with it: im-cloud order follow {found['order_id']}")


def tell_state(seen: "SeenState") -> None:
    """Say on standard error which state an order has come to."""
    sys.stderr.write(f"{time.strftime('%H:%M:%S', time.localtime(seen.at))}  {seen.state}\n")


def print_followed(result: object) -> None:
    """Print where an order stands."""
    found: Mapping[str, Any] = result if isinstance(result, Mapping) else {}
    out = printing.console()
    out.print(printing.literal(str(found.get("message", ""))), soft_wrap=True)
    if found.get("seats"):
        out.print(f"[green]✓[/] {printing.literal(str(found['seats']))}", soft_wrap=True)
    if found.get("state") == "running":
        out.print(f"Go on: im-cloud order follow {found.get('id')}")


def print_entries(rows: object, *, nothing: str) -> None:
    """Print journal entries."""
    found: Sequence[Mapping[str, Any]] = rows if isinstance(rows, Sequence) else ()
    out = printing.console()
    if not found:
        out.print(nothing)
        return
    cells = [
        [
            str(each["key"]), str(each["state"]), str(each["customer_id"] or ""), str(each["order_id"] or ""),
            f"{each['price']['currency']} {each['price']['amount']}" if each["price"] else "",
            time.strftime("%Y-%m-%d %H:%M", time.localtime(each["created_at"])),
        ]
        for each in found[: printing.MOST_ROWS]
    ]  # fmt: skip
    printing.print_table("Orders", ["key", "state", "customer", "order", "price", "when"], cells)
    if len(found) > printing.MOST_ROWS:
        out.print(f"The first {printing.MOST_ROWS} of {len(found):,}. All of them: --json")
    if any(each["state"] == "unknown" for each in found):
        out.print("[yellow]!")
        out.print("Ingram may or may not have the unknown ones. Do not order again; look: im-cloud order check --all")
