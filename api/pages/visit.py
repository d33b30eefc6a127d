"""A visit: the language in which a page is read, and the addresses of other pages in it."""

from typing import Annotated, NamedTuple
from urllib.parse import quote, urlencode

from fastapi import Depends, Request

from api.pages.accept import preferred_language
from coach.language import LANGUAGES, Language
from coach.wiring import Coach

_FALLBACK: Language = "de"


class Visit(NamedTuple):
    """Who asks for which page; `chosen`: the address itself names the language, so links keep it."""

    language: Language
    chosen: bool
    path: str
    query: tuple[tuple[str, str], ...] = ()

    def link(self, path: str, anchor: str = "", language: Language | None = None, **query: str) -> str:
        """Return the address of a page; in another language where one is given, without what is empty in `query`."""
        wanted = language or self.language
        named = {name: value for name, value in query.items() if value}
        if self.chosen or wanted != self.language:
            named["lang"] = wanted
        return path + (f"?{urlencode(named)}" if named else "") + (f"#{anchor}" if anchor else "")

    def here(self, language: Language | None = None) -> str:
        """Return the address of this page in a language; without one, in that of whoever follows it."""
        path = "/" + quote(self.path.lstrip("/\\"))  # two slashes would name a foreign host
        query = [*self.query, *([("lang", language)] if language else [])]
        return f"{path}?{urlencode(query)}" if query else path


async def visit_of(request: Request) -> Visit:
    """Return the visit: the language by address, else by browser, else by setting, else German."""
    coach: Coach = request.app.state.coach
    query = tuple((name, value) for name, value in request.query_params.multi_items() if name != "lang")
    named = request.query_params.get("lang")
    for language in LANGUAGES:
        if named == language:
            return Visit(language, True, request.url.path, query)
    set_language = coach.settings.language
    default = _FALLBACK if set_language == "auto" else set_language
    language = preferred_language(request.headers.get("accept-language", "")) or default
    return Visit(language, False, request.url.path, query)


VisitDependency = Annotated[Visit, Depends(visit_of)]
