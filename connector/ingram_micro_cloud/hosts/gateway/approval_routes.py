"""Approvals and the journal over HTTP."""

from functools import partial

import anyio.to_thread

from ingram_micro_cloud.hosts.gateway.action_routes import CONFIGURATION
from ingram_micro_cloud.hosts.gateway.answers import Answer
from ingram_micro_cloud.hosts.gateway.members import only
from ingram_micro_cloud.hosts.gateway.routing import Asked
from ingram_micro_cloud.hosts.serving.management import Management


async def approve_preview(asked: Asked) -> Answer:
    """Let exactly this purchase through, once; the approver is the holder of the key."""
    only(asked.body)
    configuration = _configuration(asked)
    approve = partial(_management(asked).approve, configuration, asked.path["preview_id"])
    return Answer((await anyio.to_thread.run_sync(approve)).approval_json())


async def list_journal(asked: Asked) -> Answer:
    """Answer every purchase that was attempted, the newest first."""
    from ingram_micro_cloud.ordering.journal.exporting import journal_rows

    configuration = _configuration(asked)
    rows = journal_rows(await anyio.to_thread.run_sync(_management(asked).journal, configuration))
    return Answer({"items": rows, "total": len(rows)})


def _configuration(asked: Asked) -> str | None:
    configuration = asked.query.text("configuration", CONFIGURATION)
    asked.query.finish()
    return configuration


def _management(asked: Asked) -> Management:
    return Management(asked.gateway.service, asked.access)
