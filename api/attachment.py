"""A file to be saved: never shown as a page of this server, never kept by anybody on the way."""

from fastapi import Response


def attachment(content: bytes | str, media_type: str, name: str) -> Response:
    """Return a download."""
    headers = {
        "Content-Disposition": f'attachment; filename="{name}"',
        "X-Content-Type-Options": "nosniff",
        "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; sandbox",
        "Cache-Control": "no-store",
    }
    return Response(content, media_type=media_type, headers=headers)
