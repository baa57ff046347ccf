"""Reports: scheduled, made after a while, fetched from a signed address without credentials."""

import hashlib
import hmac
import uuid
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Final

from ingram_micro_cloud.sandbox.calls import Answer, Call, Json, Refusal, answered
from ingram_micro_cloud.sandbox.clock import parse_moment, stamp
from ingram_micro_cloud.sandbox.world import World

FORMATS: Final = ("json", "csv", "xml", "xlsx")
PROCESSING_AFTER: Final = 30
COMPLETED_AFTER: Final = 300
LINK_SECONDS: Final = 90 * 86_400
TYPES: Final = {
    "json": "application/json",
    "csv": "text/csv",
    "xml": "application/xml",
    "xlsx": "application/octet-stream",
}


class Reports:
    """The operations on reports, and the storage their files lie in."""

    def __init__(self, world: World) -> None:
        self._world = world

    def listed(self, call: Call) -> Json:
        """Return every report that fits: the vendor does not read offset and limit here."""
        wanted = _wanted(call)
        rows = [self._shown(row) for row in self._world.reports.all() if wanted(row)]
        return {"data": rows, "pagination": {"offset": 0, "limit": len(rows), "total": len(rows)}}

    def get(self, key: str) -> Json:
        """Return one report."""
        return self._shown(self._world.reports.need(key.casefold(), "report"))

    def create(self, call: Call) -> Json:
        """Schedule a report."""
        body = call.json()
        for name in ("name", "startDate"):
            if not body.get(name):
                raise Refusal(400, f"{name} is required.")
        for name in ("startDate", "endDate"):
            if name in body and parse_moment(str(body[name])) is None:
                raise Refusal(400, f"{name} must be a date and time.")
        if str(body.get("format", "json")).casefold() not in FORMATS:
            raise Refusal(400, f"format must be one of: {', '.join(FORMATS)}.")
        return self._shown(self.schedule(body, self._world.clock.now()))

    def schedule(self, body: Json, moment: float) -> Json:
        """Keep a report that goes its way from a moment on."""
        number = len(self._world.reports) + 1
        row: Json = {
            "id": str(uuid.uuid5(uuid.NAMESPACE_URL, f"{self._world.signing_key}/{number}")),
            "name": body["name"],
            **{name: body[name] for name in ("customizationName",) if name in body},
            "status": "submitted",
            "type": body.get("type", "onetime"),
            "format": str(body.get("format", "json")).casefold(),
            "creationDate": stamp(moment),
            "startDate": _moment_text(str(body["startDate"])),
            "endDate": _moment_text(str(body.get("endDate") or stamp(moment))),
        }
        self._world.reports.add(row)
        self._world.later(moment + PROCESSING_AFTER, lambda _: row.update(status="processing"))
        self._world.later(moment + COMPLETED_AFTER, lambda _: row.update(status="completed"))
        return row

    def download(self, call: Call, name: str) -> Answer:
        """Return a report's file for a signature that is right and not over."""
        key, _, kind = name.rpartition(".")
        row = self._world.reports.get(key)
        expires = call.first("se") or ""
        right = hmac.compare_digest(self._signature(name, expires).encode(), (call.first("sig") or "").encode())
        if row is None or not right or not expires.isdecimal() or int(expires) < self._world.clock.now():
            return answered({"message": "The signature is not valid or has expired."}, 403)
        return Answer(200, self._content(kind), {"Content-Type": TYPES.get(kind, "application/octet-stream")})

    def _shown(self, row: Json) -> Json:
        if row["status"] != "completed":
            return dict(row)
        name = f"{row['id']}.{row['format']}"
        expires = str(int(self._world.clock.now()) + LINK_SECONDS)
        signed = f"se={expires}&sig={self._signature(name, expires)}"
        return {**row, "downloadUrl": f"{self._world.public_url}/storage/{name}?{signed}"}

    def _signature(self, name: str, expires: str) -> str:
        text = f"{name}/{expires}".encode()
        return hmac.new(self._world.signing_key.encode(), text, hashlib.sha256).hexdigest()

    def _content(self, kind: str) -> bytes:
        rows = [
            {"subscription": row["id"], "customer": row["customerId"], "name": row["name"], **_amount(row)}
            for row in self._world.subscriptions.all()
        ]
        if kind == "csv":
            head = "subscription,customer,name,amount,currency"
            lines = [f'{r["subscription"]},{r["customer"]},"{r["name"]}",{r["amount"]},{r["currency"]}' for r in rows]
            return "\n".join([head, *lines, ""]).encode()
        return answered(rows).body


def _amount(row: Json) -> Json:
    price = row.get("totalPrice")
    return dict(price) if isinstance(price, dict) else {"currency": "USD", "amount": "0.00"}


def _moment_text(text: str) -> str:
    moment = parse_moment(text)
    return text if moment is None else stamp(moment)


def _wanted(call: Call) -> Callable[[Json], bool]:
    name, since, until = call.first("name"), call.first("from"), call.first("to")
    for text in (since, until):
        if text is not None and parse_moment(text) is None:
            raise Refusal(400, "from and to must be dates.")
    exact = {key: value for key in ("format", "status", "type") if (value := call.first(key)) is not None}

    def wanted(row: Json) -> bool:
        return (
            (name is None or name.casefold() in str(row["name"]).casefold())
            and all(str(row[key]).casefold() == value.casefold() for key, value in exact.items())
            and (since is None or str(row["endDate"])[:10] >= since[:10])
            and (until is None or str(row["startDate"])[:10] <= until[:10])
        )

    return wanted


def day_start(moment: float) -> str:
    """Return the beginning of a moment's day as a date and time."""
    return stamp(datetime.fromtimestamp(moment, UTC).replace(hour=0, minute=0, second=0).timestamp())
