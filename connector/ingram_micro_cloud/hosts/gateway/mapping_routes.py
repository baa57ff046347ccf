"""Organizations and their mapping over HTTP. What matches runs in a thread: it takes a processor for seconds."""

from collections.abc import Callable
from typing import TypeVar

import anyio.to_thread

from ingram_micro_cloud.hosts.gateway.action_routes import CONFIGURATION
from ingram_micro_cloud.hosts.gateway.answers import Answer
from ingram_micro_cloud.hosts.gateway.members import flag_member, only, rows_member, text_member
from ingram_micro_cloud.hosts.gateway.query import wrong
from ingram_micro_cloud.hosts.gateway.routing import Asked
from ingram_micro_cloud.hosts.gateway.time_limit import in_time
from ingram_micro_cloud.hosts.serving.management import Management
from ingram_micro_cloud.organizations.book import MappingBook

Result = TypeVar("Result")
ORGANIZATION = "organization_id"


async def list_organizations(asked: Asked) -> Answer:
    """Answer the organizations that sources gave."""
    asked.query.finish()
    state = asked.gateway.service.state

    def read() -> list[dict[str, object]]:
        return [
            {
                "id": each.id, "name": each.name, "domains": list(each.domains),
                "external_ids": dict(each.external_ids), "country": each.country, "tags": list(each.tags),
                "source": each.source,
            }
            for each in state.organizations.all() if not each.gone
        ]  # fmt: skip

    return _rows(await anyio.to_thread.run_sync(read))


async def put_organizations(asked: Asked) -> Answer:
    """Take organizations in; what the same source gave before is replaced."""
    asked.query.finish()
    only(asked.body, "items")
    rows, source = rows_member(asked.body, "items"), asked.path["source"]
    report = await anyio.to_thread.run_sync(_management(asked).import_organizations, rows, source)
    return Answer(report.as_json())


async def show_mapping(asked: Asked) -> Answer:
    """Answer how every organization stands."""
    return _rows(await _of_book(asked, lambda book: [each.as_json() for each in book.show()]))


async def suggest_mapping(asked: Asked) -> Answer:
    """Answer what fits whom, and why; nothing is saved."""
    return _rows(await _of_book(asked, lambda book: [each.as_json() for each in book.suggest()]))


async def report_mapping(asked: Asked) -> Answer:
    """Answer how far the mapping is."""
    return Answer(await _of_book(asked, lambda book: book.report().as_json()))


async def refresh_mapping(asked: Asked) -> Answer:
    """Read the vendor's customers."""
    only(asked.body)
    configuration = _configuration(asked)
    return Answer((await in_time(_management(asked).refresh_mapping(configuration))).as_json())


async def accept_mapping(asked: Asked) -> Answer:
    """Save every certain pair."""
    only(asked.body, "band")
    if asked.body.get("band") != "certain":
        raise wrong("band", "not_certain", "Only what is certain can be accepted at once. Nothing was saved.")

    def accept(book: MappingBook) -> dict[str, object]:
        chosen = [each for each in book.suggest() if each.band == "certain" and each.state == "suggested"]
        return {"accepted": book.accept(chosen), "of": len(chosen)}

    return Answer(await _of_book(asked, accept))


async def map_organization(asked: Asked) -> Answer:
    """Let an organization stand for a customer."""
    only(asked.body, "customer_id", "also")
    customer, also = text_member(asked.body, "customer_id"), flag_member(asked.body, "also")
    configuration = _configuration(asked)
    management = _management(asked)
    work = management.map_organization(configuration, asked.path[ORGANIZATION], customer, also=also)
    decision = await in_time(work)
    return Answer(decision.as_json())


async def unmap_organization(asked: Asked) -> Answer:
    """Forget an organization's customers and its exclusion."""
    return Answer(await _of_book(asked, lambda book: book.clear(asked.path[ORGANIZATION]).as_json()))


async def exclude_organization(asked: Asked) -> Answer:
    """Take an organization out of mapping."""
    only(asked.body, "reason")
    reason = text_member(asked.body, "reason")
    return Answer(await _of_book(asked, lambda book: book.exclude(asked.path[ORGANIZATION], reason).as_json()))


async def _of_book(asked: Asked, work: Callable[[MappingBook], Result]) -> Result:
    configuration = _configuration(asked)

    def inside() -> Result:
        return work(_management(asked).mapping(configuration))

    return await anyio.to_thread.run_sync(inside)


def _configuration(asked: Asked) -> str | None:
    configuration = asked.query.text("configuration", CONFIGURATION)
    asked.query.finish()
    return configuration


def _management(asked: Asked) -> Management:
    return Management(asked.gateway.service, asked.access)


def _rows(rows: list[dict[str, object]]) -> Answer:
    return Answer({"items": rows, "total": len(rows)})
