"""The files that a key's own actions have written, over HTTP."""

import anyio.to_thread

from ingram_micro_cloud.hosts.gateway.answers import Answer
from ingram_micro_cloud.hosts.gateway.refusals import no_file
from ingram_micro_cloud.hosts.gateway.routing import Asked
from ingram_micro_cloud.runtime.places import file_in


async def get_file(asked: Asked) -> Answer:
    """Answer one file as it is; what another key's actions have written is not there."""
    asked.query.finish()
    folder = asked.gateway.service.grant(asked.access).files
    found = None
    if folder is not None:
        found = await anyio.to_thread.run_sync(file_in, folder, asked.path["file_name"])
    if found is None:
        raise no_file()
    return Answer(None, file=found)
