"""The HTTP client that streams are read on: bytes as they come, parsed in C, for a third of what httpx takes."""

import asyncio
import weakref
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit
from urllib.request import getproxies, proxy_bypass

from coach.errors import ModelOutputInvalid
from coach.llm.address import ModelAddress
from coach.llm.bounded import LONGEST_BODY

if TYPE_CHECKING:
    from aiohttp import ClientResponse, ClientSession

_READ_AHEAD = 2**16


class Wire:
    """Connections to one address, kept per event loop."""

    def __init__(self, address: ModelAddress) -> None:
        self._address = address
        self._sessions: weakref.WeakKeyDictionary[asyncio.AbstractEventLoop, ClientSession] = (
            weakref.WeakKeyDictionary()
        )

    async def post(self, body: dict[str, Any]) -> "ClientResponse":
        """Return a response whose body has not been read; to be closed by whoever asks."""
        address = self._address
        return await self._session().post(
            f"{address.root}/chat/completions", json=body, params=address.query or None, allow_redirects=False
        )

    async def aclose(self) -> None:
        """Close the connections of this event loop."""
        session = self._sessions.pop(asyncio.get_running_loop(), None)
        if session is not None:
            await session.close()

    def _session(self) -> "ClientSession":
        import aiohttp  # noqa: PLC0415 - only with a model
        import httpx2  # noqa: PLC0415 - only with a model

        loop = asyncio.get_running_loop()
        if loop not in self._sessions:
            headers = {**self._address.sent_headers(), "Accept": "text/event-stream", "Accept-Encoding": "identity"}
            if urlsplit(self._address.root).username:
                headers.pop("Authorization", None)  # what the URL names counts, as it does for the SDK
            self._sessions[loop] = aiohttp.ClientSession(
                connector=aiohttp.TCPConnector(ssl=httpx2.create_ssl_context()),  # the SDK's, so both trust the same
                cookie_jar=aiohttp.DummyCookieJar(),
                headers=headers,
                read_bufsize=_READ_AHEAD,
                timeout=aiohttp.ClientTimeout(sock_connect=self._address.timeouts.connect),
                proxy=_proxy(self._address.root),
            )
        return self._sessions[loop]


def _proxy(url: str) -> str | None:
    """Return the proxy that the environment names for a URL."""
    parts, proxies = urlsplit(url), getproxies()
    if proxy_bypass(parts.netloc):
        return None
    return proxies.get(parts.scheme) or proxies.get("all")


async def body_of(response: "ClientResponse") -> bytes:
    """Return a body that is no stream; raise ModelOutputInvalid where it does not end."""
    body = b""
    async for chunk in response.content.iter_any():
        body += chunk
        if len(body) > LONGEST_BODY:
            raise ModelOutputInvalid("endless", "the answer does not end")
    return body
