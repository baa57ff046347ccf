"""A plain client of the marketplace, as any other tool would be: no code of the connector's own."""

import base64
import json
from dataclasses import dataclass, field
from typing import Any

from ingram_micro_cloud.sandbox import Marketplace
from ingram_micro_cloud.sandbox.calls import Answer, Call, Dropped


@dataclass
class VendorClient:
    """Signs in on demand and returns status and decoded body."""

    marketplace: Marketplace
    token: str | None = None
    headers: dict[str, str] = field(default_factory=dict)

    def sign_in(self, **changes: str) -> tuple[int, Any]:
        known = self.marketplace.credentials
        user, password = changes.get("username", known.username), changes.get("password", known.password)
        basic = base64.b64encode(f"{user}:{password}".encode()).decode()
        headers = {"authorization": f"Basic {basic}", "x-subscription-key": changes.get("key", known.subscription_key)}
        body = json.dumps({"marketplace": changes.get("marketplace", known.marketplace)}).encode()
        status, answer = self.decoded(self.marketplace.answer(Call("POST", "/token", (), headers, body)))
        if status == 200:
            self.token = answer["token"]
        return status, answer

    def call(self, method: str, path: str, body: object = None, **query: object) -> tuple[int, Any]:
        return self.decoded(self.raw(method, path, body, **query))

    def raw(self, method: str, path: str, body: object = None, **query: object) -> Answer | Dropped:
        if self.token is None:
            self.sign_in()
        headers = {
            "authorization": f"Bearer {self.token}",
            "x-subscription-key": self.marketplace.credentials.subscription_key,
            **self.headers,
        }
        pairs = [(name, str(value)) for name, value in query.items()]
        content = b"" if body is None else json.dumps(body).encode()
        return self.marketplace.answer(Call(method, path, pairs, headers, content))

    @staticmethod
    def decoded(answer: Answer | Dropped) -> tuple[int, Any]:
        assert isinstance(answer, Answer), "the connection broke"
        return answer.status, json.loads(answer.body) if answer.body else None

    def get(self, path: str, **query: object) -> Any:
        status, body = self.call("GET", path, **query)
        assert status == 200, body
        return body

    def advance(self, seconds: float) -> None:
        """Let time pass at the marketplace; the next call signs in again."""
        self.marketplace.control.advance(seconds)
        self.token = None
