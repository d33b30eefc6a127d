"""The start page: what this is, and where to go on."""

from fastapi.responses import HTMLResponse

from api.pages.page import show
from api.pages.visit import Visit


def start_page(visit: Visit) -> HTMLResponse:
    """Return the start page."""
    return show(visit, "start.html")
