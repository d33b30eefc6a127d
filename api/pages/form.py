"""What a form of a page sends, and only a page of this server may send one."""

from typing import Annotated, NamedTuple
from urllib.parse import parse_qsl, urlsplit

from fastapi import Depends, HTTPException, Request

from api.dependencies import body_in
from api.multipart import files_in, is_multipart, parts_of

_MOST_FIELDS = 200
_PATIENCE = 100_000_000
_OURS = frozenset({"same-origin", "none"})


class FormWithFiles(NamedTuple):
    """The fields of a form, and names and contents of the files chosen in it."""

    fields: dict[str, str]
    files: list[tuple[str, bytes]]


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
    return {name: _plain(text) for name, text in fields}


async def form_with_files(request: Request) -> FormWithFiles:
    """Return the fields of a form and the files chosen in it; raise TooLarge or InputError where it cannot be read."""
    kind = request.headers.get("content-type", "")
    if not is_multipart(kind):
        return FormWithFiles(await form_in(request, None), [])
    parts = parts_of(kind, await body_in(request, patience=_PATIENCE))
    fields = {part.name: _plain(part.content.decode("utf-8", "replace")) for part in parts if part.file is None}
    return FormWithFiles(fields, files_in(parts))


def _plain(text: str) -> str:
    return text.replace("\x00", "").replace("\r\n", "\n")


FormDependency = Annotated[dict[str, str], Depends(form_in)]
SameOrigin = Annotated[None, Depends(same_origin)]
