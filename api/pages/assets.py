"""The style sheet, scripts and the icon: read once, addressed by content, revalidated by ETag."""

import hashlib
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import NamedTuple

from fastapi import APIRouter, Request, Response
from starlette.exceptions import HTTPException

_FOLDER = Path(__file__).parent / "static"
_MEDIA_TYPES = {".css": "text/css; charset=utf-8", ".js": "text/javascript; charset=utf-8", ".svg": "image/svg+xml"}
_FOREVER = "public, max-age=31536000, immutable"
_FOR_NOW = "public, max-age=300"

router = APIRouter(include_in_schema=False)


class Asset(NamedTuple):
    """A static file in memory; `version` changes with its content."""

    content: bytes
    media_type: str
    version: str


@cache
def assets() -> Mapping[str, Asset]:
    """Return every static file by its name."""
    found = {}
    for path in sorted(_FOLDER.iterdir()):
        if media_type := _MEDIA_TYPES.get(path.suffix):
            content = path.read_bytes()
            found[path.name] = Asset(content, media_type, hashlib.sha256(content).hexdigest()[:16])
    return found


def address_of(name: str) -> str:
    """Return the address of a static file, with its version, so that browsers may keep it."""
    return f"/static/{name}?v={assets()[name].version}"


@router.get("/static/{name}")
async def get_asset(request: Request, name: str, v: str = "") -> Response:
    """Return a static file, or 304 where the browser has it already."""
    asset = assets().get(name)
    if asset is None:
        raise HTTPException(404, "no such file")
    etag = f'"{asset.version}"'
    headers = {
        "ETag": etag,
        "Cache-Control": _FOREVER if v == asset.version else _FOR_NOW,
        "X-Content-Type-Options": "nosniff",
    }
    known = {entry.strip().removeprefix("W/") for entry in request.headers.get("if-none-match", "").split(",")}
    if known & {etag, "*"}:
        return Response(status_code=304, headers=headers)
    return Response(asset.content, media_type=asset.media_type, headers=headers)
