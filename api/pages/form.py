"""What a form sends: URL-encoded fields, within the limit of every body."""

from typing import Annotated
from urllib.parse import parse_qsl

from fastapi import Depends, HTTPException, Request

from api.dependencies import limited_body
from coach.formats.reading import decode

_FIELDS = 200


async def fields_of(request: Request) -> dict[str, str]:
    """Return the fields of a form by name; refuse what a page elsewhere has sent."""
    if request.headers.get("sec-fetch-site", "same-origin") not in {"same-origin", "none"}:
        raise HTTPException(403, "forms are taken from these pages alone")
    body = decode(await limited_body(request))
    try:
        return dict(parse_qsl(body, keep_blank_values=True, max_num_fields=_FIELDS))
    except ValueError as error:
        raise HTTPException(400, "too many fields") from error


FormDependency = Annotated[dict[str, str], Depends(fields_of)]
