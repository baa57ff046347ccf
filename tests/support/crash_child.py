"""A nursery of processes that place orders: everything is imported once, then each order gets a process by fork.

Reads one JSON object a line: {"id", "place": {…}} begins a process, {"id", "kill": true} ends it the hard way.
Writes one a line: {"id", "pid"} when it began, {"id", "told"} what came of the order, {"id", "ended"} its status.
"""

import json
import os
import select
import signal
import sys
import time
import traceback
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import Any

import anyio
import httpx

from ingram_micro_cloud.errors import IngramMicroCloudError
from ingram_micro_cloud.ordering.journal.purchase import OrderJournal
from ingram_micro_cloud.ordering.journal.unfinished import UnfinishedSeats
from ingram_micro_cloud.ordering.models import JournalEntry, OrderFacts
from ingram_micro_cloud.sandbox.access import Credentials
from support.direct_caller import DirectCaller, direct_client, sale, seat_change, unchanged
from support.journals import ACTING, FREELY, opened

Json = dict[str, Any]
PATIENCE = 25.0
"""Seconds an order may take, waiting for others included."""


def say(**what: object) -> None:
    os.write(1, (json.dumps(what) + "\n").encode())


@dataclass
class Nursery:
    """Begins and ends processes; one that ended keeps its number until it is noticed here."""

    place: str
    url: str
    credentials: Credentials
    children: dict[int, str] = field(default_factory=dict)

    def run(self) -> None:
        pending = b""
        while True:
            ready, _, _ = select.select([0], [], [], 0.005)
            if ready:
                read = os.read(0, 65_536)
                if not read:
                    break
                *lines, pending = (pending + read).split(b"\n")
                for line in lines:
                    self.obey(json.loads(line))
            self.notice()
        for pid in self.children:
            os.kill(pid, signal.SIGKILL)

    def obey(self, wanted: Json) -> None:
        if "kill" in wanted:
            for pid, name in self.children.items():
                if name == wanted["id"]:
                    os.kill(pid, signal.SIGKILL)
            return
        pid = os.fork()
        if pid == 0:
            status = 1
            try:
                anyio.run(self.order, wanted["id"], wanted["place"])
                status = 0
            except BaseException:  # noqa: BLE001  # the process ends here, and what was wrong must be read somewhere
                traceback.print_exc()
            finally:
                os._exit(status)
        self.children[pid] = wanted["id"]
        say(id=wanted["id"], pid=pid)

    def notice(self) -> None:
        for pid in list(self.children):
            done, status = os.waitpid(pid, os.WNOHANG)
            if done:
                say(id=self.children.pop(pid), ended=os.waitstatus_to_exitcode(status))

    async def order(self, name: str, wanted: Json) -> None:
        with opened(self.place) as state:
            transport = httpx.AsyncHTTPTransport(verify=False)  # plain HTTP on loopback
            client = direct_client(self.url, self.credentials, state, transport=transport, timeout_seconds=10)
            caller = DirectCaller(client)
            cap = wanted.get("day_cap")
            rules = replace(FREELY, max_day_amount=None if cap is None else Decimal(cap))
            journal = OrderJournal(state, ACTING, rules, caller)
            async with anyio.create_task_group() as group:
                for number in range(wanted.get("at_once", 1)):
                    group.start_soon(self.one, f"{name}.{number}", wanted, journal, caller)
            await client.aclose()

    async def one(self, name: str, wanted: Json, journal: OrderJournal, caller: DirectCaller) -> None:
        try:
            entry = await self.placed(wanted, journal, caller)
            say(id=name, told=entry.state, order=entry.order_id, key=entry.key)
        except IngramMicroCloudError as problem:
            say(id=name, told=problem.specific_code, message=problem.message)

    async def placed(self, wanted: Json, journal: OrderJournal, caller: DirectCaller) -> JournalEntry:
        deadline, key = time.time() + PATIENCE, wanted.get("key")
        subscription = wanted.get("subscription")
        if subscription is None:
            facts = sale(wanted["customer"], quantity=wanted.get("seats", 1), poNumber=wanted["number"])
            return await journal.place(facts, caller.send, refresh=unchanged(facts), key=key, deadline=deadline)

        async def more() -> OrderFacts:
            planner = UnfinishedSeats(caller, journal.under_way)
            return await seat_change(caller, subscription, lambda seats: seats + wanted["more"], planner=planner)

        asked = {"increase": wanted["more"]}
        return await journal.place(await more(), caller.send, refresh=more, key=key, deadline=deadline, asked=asked)


if __name__ == "__main__":
    given = json.loads(sys.argv[1])
    Nursery(given["place"], given["url"], Credentials(**given["credentials"])).run()
