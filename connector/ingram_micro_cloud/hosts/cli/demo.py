"""The first journey, step by step, against a practice marketplace of its own and with a state of its own."""

import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING

from ingram_micro_cloud.errors import PermissionRefusedError
from ingram_micro_cloud.hosts.cli import printing
from ingram_micro_cloud.hosts.cli.demo_buying import change_seats, print_buying
from ingram_micro_cloud.hosts.cli.demo_mapping import map_organizations, print_mapping
from ingram_micro_cloud.plugin import Integration, load_integration
from ingram_micro_cloud.runtime.connection import Connection
from ingram_micro_cloud.sandbox import Marketplace
from ingram_micro_cloud.sandbox.server import RunningMarketplace
from ingram_micro_cloud.store.configurations import Health
from ingram_micro_cloud.store.state import State

if TYPE_CHECKING:
    from ingram_micro_cloud.runtime.check import CheckReport
    from ingram_micro_cloud.runtime.outcomes import Outcome

ROWS = 12
NEXT = """\
What to try next:
  im-cloud actions                        the palette
  im-cloud describe create_order          one action in full
  im-cloud sandbox                        a practice marketplace that stays open
  im-cloud config save main               your own account, checked as you save
  im-cloud run list_customers             then run any action
  im-cloud organizations import FILE      bring your organizations in, and map them"""


async def journey(as_json: bool) -> None:
    """Start a marketplace, save and check a configuration, list customers, map organizations, meet refusals."""
    integration = load_integration()
    with (
        RunningMarketplace(Marketplace(seed=1, customers=25)) as running,
        tempfile.TemporaryDirectory(prefix="im-cloud-demo-") as folder,
        State.open(Path(folder) / "state", environ={}) as state,
    ):
        report = await _save(integration, running, state, as_json=as_json)
        configuration = integration.book(state).load("practice")
        async with integration.connect(configuration, state=state) as connection:
            outcome = await connection.run("list_customers")
            if not as_json:
                _print_customers(outcome)
            mapped = await map_organizations(integration, configuration, state, connection)
            if not as_json:
                print_mapping(mapped)
            refusal = await _refused_purchase(integration, connection)
        if not as_json:
            _print_refusal(refusal)
        bought = await change_seats(integration, configuration, state, running.marketplace.steer)
        calls = running.marketplace.steer(lambda control: control.calls()["total"])
    if as_json:
        printing.print_json(
            {
                "check": report.as_json(),
                "list_customers": outcome.as_json(),
                **mapped.as_json(),
                "refused": refusal.as_json(),
                **bought.as_json(),
                "calls": calls,
            }
        )
        return
    print_buying(bought)
    out = printing.console()
    out.print(f"\nThe whole journey took {calls} calls to the marketplace. Nothing of yours was touched.\n\n{NEXT}")


def _print_refusal(refusal: PermissionRefusedError) -> None:
    printing.console().print("\n[bold]5. Try to buy[/] with the permission this configuration has\n")
    printing.print_refusal(refusal)


def _print_customers(outcome: "Outcome") -> None:
    printing.console().print("\n[bold]3. Run List Customers[/] over HTTP\n")
    rows = outcome.result if isinstance(outcome.result, list) else []
    printing.print_rows(rows[:ROWS], total=outcome.total, title="List Customers")


async def _save(integration: Integration, running: RunningMarketplace, state: State, *, as_json: bool) -> "CheckReport":
    values: dict[str, object] = {"name": "practice", **running.announcement()}
    values.pop("control_url")
    if not as_json:
        out = printing.console()
        out.print(f"[bold]1. A practice marketplace[/] is open at {running.api_url}")
        out.print("   It stands in for the vendor, who has no public sandbox; its data is invented.\n")
        out.print("[bold]2. Save a configuration[/], checked step by step\n")
    report = await integration.check(values, state=state, on_step=None if as_json else printing.print_step)
    if report.configuration is None or report.problem is not None:
        raise report.problem or RuntimeError("the check ended without a configuration")
    health = Health(passing=True, error=None, milliseconds=report.milliseconds, checked_at=time.time())
    integration.book(state).save(report.configuration, health)
    return report


async def _refused_purchase(integration: Integration, connection: Connection) -> PermissionRefusedError:
    try:
        await connection.run("create_order", integration.actions["create_order"].examples[0].input)
    except PermissionRefusedError as refusal:
        return refusal
    raise RuntimeError("an order was not refused below the permission to buy")
