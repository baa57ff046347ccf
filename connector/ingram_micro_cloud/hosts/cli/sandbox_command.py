"""`im-cloud sandbox` and `im-cloud demo`: the practice marketplace."""

import sys
from typing import TYPE_CHECKING, Annotated

import typer

from ingram_micro_cloud.errors import UsageError
from ingram_micro_cloud.hosts.cli import printing
from ingram_micro_cloud.hosts.cli.palette_commands import JsonOption

if TYPE_CHECKING:
    from ingram_micro_cloud.sandbox.server import RunningMarketplace


def sandbox(
    port: Annotated[int, typer.Option(min=0, max=65535, help="Port on 127.0.0.1; 0 takes any that is free.")] = 0,
    seed: Annotated[int, typer.Option(help="Decides names, ids and credentials.")] = 1,
    customers: Annotated[
        int, typer.Option(min=0, max=500_000, help="How many customers; 0 leaves only the catalogue.")
    ] = 25,
    unlimited: Annotated[bool, typer.Option("--unlimited", help="Refuse no calls for limits.")] = False,
    as_json: JsonOption = False,
) -> None:
    """The practice marketplace as a server on this machine, until stopped."""
    from ingram_micro_cloud.sandbox import Marketplace
    from ingram_micro_cloud.sandbox.server import RunningMarketplace

    marketplace = Marketplace(seed=seed, customers=customers, unlimited=unlimited)
    try:
        running = RunningMarketplace(marketplace, port=port)
    except OSError as problem:
        raise UsageError(f"Port {port} is taken.", hint="Use --port 0 to take any that is free.") from problem
    if as_json:
        printing.print_json(running.announcement())
    else:
        _print_welcome(running)
    try:
        running.serve()
    except KeyboardInterrupt:
        # uvicorn has shut down by then and hands the signal on; for a server, Ctrl-C is the way to end well.
        sys.stderr.write("\nThe practice marketplace is closed.\n")


def demo(as_json: JsonOption = False) -> None:
    """The first journey: nothing installed, nothing configured, nothing of yours touched."""
    import anyio

    from ingram_micro_cloud.hosts.cli.demo import journey

    anyio.run(journey, as_json)


def _print_welcome(running: "RunningMarketplace") -> None:
    values = running.announcement()
    out = printing.console()
    control = values.pop("control_url")
    out.print(
        printing.table("The practice marketplace is open", ["", ""], [list(pair) for pair in values.items()], bare=True)
    )
    out.print("Use it in another terminal:\n")
    for name, value in values.items():
        out.print(f"  export IM_CLOUD_{name.upper()}='{value}'", soft_wrap=True)
    out.print("  im-cloud run list_customers\n")
    out.print(f"Count its calls: curl {control}/calls", soft_wrap=True)
    out.print(f"Let an hour pass: curl -d '{{\"advance_seconds\": 3600}}' {control}/clock", soft_wrap=True)
    out.print("\nStop it with Ctrl-C; everything in it is then gone.")
