"""The gateway about itself: whether it lives, whether it can serve, what it offers."""

import anyio
import anyio.to_thread

from ingram_micro_cloud.errors import IngramMicroCloudError
from ingram_micro_cloud.hosts.gateway.action_routes import CONFIGURATION
from ingram_micro_cloud.hosts.gateway.answers import Answer
from ingram_micro_cloud.hosts.gateway.routing import Asked

READY_SECONDS = 5.0
"""How long the state may take to be read; who asks for readiness does not wait longer either."""


async def get_health(asked: Asked) -> Answer:
    """Answer as long as the process does."""
    asked.query.finish()
    return Answer({"status": "ok"})


async def get_readiness(asked: Asked) -> Answer:
    """Answer whether calls can be served: the bundle is loaded, the state can be read. The vendor is not asked."""
    asked.query.finish()
    gateway = asked.gateway
    count = len(gateway.service.integration.actions)
    told = [
        _check("bundle", f"{count} actions are loaded.", passed=count > 0),
        await _state(asked),
        _check(
            "serving",
            "The gateway is being stopped." if gateway.in_flight.stopping else "Requests are accepted.",
            passed=not gateway.in_flight.stopping,
        ),
    ]
    ready = all(each["passed"] for each in told)
    return Answer({"ready": ready, "checks": told}, 200 if ready else 503)


async def get_openapi_document(asked: Asked) -> Answer:
    """Answer the document of everything there is."""
    asked.query.finish()
    return Answer(asked.gateway.document())


async def list_actions(asked: Asked) -> Answer:
    """Answer the palette, within the key's permission."""
    configuration = asked.query.text("configuration", CONFIGURATION)
    asked.query.finish()
    allowed = await anyio.to_thread.run_sync(asked.gateway.service.allowed, asked.access, configuration)
    rows = [spec.as_row() for spec in allowed.values()]
    return Answer({"items": rows, "total": len(rows)})


async def _state(asked: Asked) -> dict[str, object]:
    with anyio.move_on_after(READY_SECONDS):
        try:
            # A thread that waits for the database is left behind: readiness is asked for again soon.
            await anyio.to_thread.run_sync(asked.gateway.service.state.configurations.all, abandon_on_cancel=True)
        except IngramMicroCloudError as problem:
            return _check("state", problem.message, passed=False)
        return _check("state", "It can be read.", passed=True)
    return _check("state", f"It could not be read within {READY_SECONDS:g} seconds.", passed=False)


def _check(name: str, message: str, *, passed: bool) -> dict[str, object]:
    return {"name": name, "passed": passed, "message": message}
