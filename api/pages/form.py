"""What a form of a page sends, and only a page of this server may send one."""

from typing import Annotated
from urllib.parse import parse_qsl, urlsplit

from fastapi import Depends, HTTPException, Request

from api.dependencies import body_in

_MOST_FIELDS = 200
_OURS = frozenset({"same-origin", "none"})


async def same_origin(request: Request) -> None:
    """Refuse what a page of another origin makes a browser send; programs send neither header."""
    site, origin = request.headers.get("sec-fetch-site"), request.headers.get("origin")
    if (site is not None and site not in _OURS) or (
        origin is not None and urlsplit(origin).netloc != request.headers.get("host", "")
    ):
        raise HTTPException(403, "another site may not send this")


async def form_in(request: Request, _: Annotated[None, Depends(same_origin)]) -> dict[str, str]:
    """Return the fields of a form; lone surrogates and NULs cannot come in, a later field of a name wins."""
    sent = (await body_in(request)).decode("ascii", "replace")
    try:
        fields = parse_qsl(sent, keep_blank_values=True, errors="replace", max_num_fields=_MOST_FIELDS)
    except ValueError as error:
        raise HTTPException(400, "too many fields") from error
    return {name: text.replace("\x00", "").replace("\r\n", "\n") for name, text in fields}


FormDependency = Annotated[dict[str, str], Depends(form_in)]
