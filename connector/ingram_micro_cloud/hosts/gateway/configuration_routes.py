"""Configurations over HTTP: the form, saving with the connection check, testing, removing."""

import anyio.to_thread

from ingram_micro_cloud.hosts.gateway.answers import Answer
from ingram_micro_cloud.hosts.gateway.members import only
from ingram_micro_cloud.hosts.gateway.query import wrong
from ingram_micro_cloud.hosts.gateway.routing import Asked
from ingram_micro_cloud.hosts.gateway.time_limit import in_time
from ingram_micro_cloud.hosts.serving.management import Management

NAME = "configuration_name"


async def get_configuration_form(asked: Asked) -> Answer:
    """Answer the form."""
    asked.query.finish()
    return Answer(asked.gateway.service.integration.configuration_form())


async def list_configurations(asked: Asked) -> Answer:
    """Answer the saved configurations the key may use, with their health."""
    asked.query.finish()
    management, mine = _management(asked), asked.access.configurations
    saved = await anyio.to_thread.run_sync(management.configurations.all)
    rows = [each.as_row() for each in saved if mine is None or each.name in mine]
    return Answer({"items": rows, "total": len(rows)})


async def get_configuration(asked: Asked) -> Answer:
    """Answer one configuration, secrets masked."""
    asked.query.finish()
    saved = await anyio.to_thread.run_sync(_management(asked).configurations.show, _named(asked))
    return Answer(dict(saved.values))


async def save_configuration(asked: Asked) -> Answer:
    """Check a filled form and save it when it works; 422 says that it is not saved."""
    unverified = asked.query.flag("unverified")
    asked.query.finish()
    if asked.body.get("name", _named(asked)) != _named(asked):
        raise wrong("name", "given_twice", "The name in the body and the one in the path differ. Nothing was done.")
    done = await in_time(_management(asked).save(_named(asked), asked.body, unverified=unverified))
    return Answer({"saved": done.saved, "check": done.report.as_json()}, 200 if done.saved else 422)


async def remove_configuration(asked: Asked) -> Answer:
    """Forget a configuration and its secrets."""
    asked.query.finish()
    name = _named(asked)

    def remove() -> None:
        _management(asked).configurations.remove(name)
        asked.gateway.service.state.drafts.remove(name)

    await anyio.to_thread.run_sync(remove)
    return Answer({"removed": name})


async def test_configuration(asked: Asked) -> Answer:
    """Check a saved configuration and remember its health."""
    asked.query.finish()
    only(asked.body)
    return Answer((await in_time(_management(asked).test(_named(asked)))).as_json())


async def test_configuration_values(asked: Asked) -> Answer:
    """Check a filled form; nothing is stored."""
    asked.query.finish()
    return Answer((await in_time(_management(asked).check(asked.body))).as_json())


def _management(asked: Asked) -> Management:
    return Management(asked.gateway.service, asked.access)


def _named(asked: Asked) -> str:
    asked.access.for_configuration(asked.path[NAME])
    return asked.path[NAME]
