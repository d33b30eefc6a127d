"""Waiting for something only as long as the client is there."""

import asyncio
from collections.abc import Coroutine
from typing import Any, TypeVar

from fastapi import Request

Result = TypeVar("Result")


async def while_there(request: Request, waiting: Coroutine[Any, Any, Result]) -> Result:
    """Return what is waited for; a client that goes before ends the waiting."""
    making = asyncio.ensure_future(waiting)
    going = asyncio.ensure_future(_gone(request))
    try:
        await asyncio.wait({making, going}, return_when=asyncio.FIRST_COMPLETED)
        if not making.done():
            making.cancel()
        return await making
    finally:
        going.cancel()


async def _gone(request: Request) -> None:
    while (await request.receive())["type"] != "http.disconnect":
        pass
