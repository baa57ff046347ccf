"""Who may knock: which names the gateway goes by, and what a browser says about the page behind a request."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final
from urllib.parse import urlsplit

from ingram_micro_cloud.hosts.gateway.refusals import cross_site, host_refused
from ingram_micro_cloud.hosts.serving.host_names import host_name
from ingram_micro_cloud.runtime.addresses import is_loopback

_FOREIGN: Final = frozenset({"cross-site", "same-site"})
"""Another port of this machine is the same site to a browser, and still another program's page."""


@dataclass(frozen=True, slots=True)
class Doors:
    """The checks every request passes first.

    On loopback, and wherever ``public_url`` says by which name the gateway goes, the Host header must be that name or
    this machine's, or a page could have its own name lead here (DNS rebinding) and read what no key protects. Without
    either nobody has said which names there are, and any is let in.

    No forwarded header is believed: nothing here depends on the caller's address or scheme, and the address the
    gateway is known by outside comes from ``public_url`` alone. A proxy that passes the outer name on as Host is let in
    because ``public_url`` holds that name.

    Attributes:
        loopback: Whether the gateway listens on this machine alone.
        public_url: The address it is known by outside.
    """

    loopback: bool
    public_url: str | None = None

    def check(self, headers: Mapping[str, str]) -> None:
        """Refuse a request that came in under a foreign name or for a page of another site.

        Args:
            headers: By name in lower case.

        Raises:
            HttpRefusalError: 403 host_refused or cross_site.
        """
        host = headers.get("host", "")
        if (self.loopback or self.public_url is not None) and not self._known(host):
            raise host_refused()
        if headers.get("sec-fetch-site", "").casefold() in _FOREIGN:
            raise cross_site()
        origin = headers.get("origin")
        if origin is not None and origin.casefold() not in self._origins(host):
            raise cross_site()

    def _known(self, host: str) -> bool:
        name = host_name(host)
        return name is not None and (is_loopback(name) or name == host_name(urlsplit(self.public_url or "").netloc))

    def _origins(self, host: str) -> set[str]:
        own = {f"http://{host.casefold()}", f"https://{host.casefold()}"}
        if self.public_url is not None:
            parts = urlsplit(self.public_url)
            own.add(f"{parts.scheme}://{parts.netloc}".casefold())
        return own
