"""Organizations from a JSON file, and no writes at weekends."""

import json
import os
import time
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from ingram_micro_cloud.hookspecs import OrganizationSource, extension

FILE = "EXAMPLE_ORGANIZATIONS"
"""Names a file with a list of {id, name, domains, external_ids, country, tags}."""
FROZEN = "EXAMPLE_FROZEN_DAYS"
"""Days (UTC) on which nothing is changed."""
DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")


class Example:
    """Both hooks in one object, so that clock and environment can be handed in."""

    def __init__(self, *, now: Callable[[], float] = time.time, environ: Mapping[str, str] = os.environ) -> None:
        self._now, self._environ = now, environ

    @extension
    def organization_sources(self) -> Mapping[str, OrganizationSource]:
        """Offer `im-cloud organizations import --source example`."""
        return {"example": self._organizations}

    @extension
    def before_write(self, preview: Mapping[str, Any]) -> str | None:
        """Object to every write on a frozen day."""
        frozen = self._environ.get(FROZEN, "saturday,sunday").lower().replace(" ", "").split(",")
        today = DAYS[datetime.fromtimestamp(self._now(), UTC).weekday()]
        return f"{preview['title']} changes something, and nothing is changed on a {today}" if today in frozen else None

    def _organizations(self) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = json.loads(Path(self._environ[FILE]).read_text(encoding="utf-8"))
        return found


example = Example()
"""What the entry point names."""
