"""The application: routes, problems, and what starts and ends with it."""

import asyncio
import gc
import threading
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import structlog
from fastapi import FastAPI

from api import pages
from api.log import configure_log
from api.middleware import RequestGuard
from api.problems import register_problems
from api.routes import feedback, health, knowledge, muted_patterns, patterns, reviews, workshops
from api.throttle import Throttle
from coach import __version__
from coach.errors import SettingsError
from coach.settings import Settings
from coach.wiring import Coach, open_coach

_HOUR = 3600
_DESCRIPTION = """Reviews drafts of OKRs (Objectives and Key Results), German and English: findings with the words
they rest on, one question each, and verified rewrites. Errors are RFC 9457 problems with stable codes."""


def create_app(settings: Settings) -> FastAPI:
    """Return the application; raise SettingsError where it would be open to others without a key."""
    configure_log()
    coach = open_coach(settings)
    if not settings.loopback and not coach.keys.any():
        raise SettingsError(
            f"listening on {settings.host} needs an API key: create one with `okr-coach keys create NAME`"
        )
    app = FastAPI(
        title="okr-coach",
        version=__version__,
        description=_DESCRIPTION,
        lifespan=_lifespan,
        docs_url=None,
        redoc_url=None,
    )
    app.state.coach = coach
    app.state.throttle = Throttle()
    register_problems(app, present=pages.page_for_readers)
    for routes in (reviews, feedback, patterns, muted_patterns, knowledge, workshops):
        app.include_router(routes.router, prefix="/v1")
    app.include_router(health.router)
    app.include_router(pages.router)
    app.add_middleware(RequestGuard, only_loopback=settings.loopback and not coach.keys.any())
    return app


@asynccontextmanager
async def _lifespan(app: FastAPI) -> AsyncIterator[None]:
    coach: Coach = app.state.coach
    _ = coach.critic, coach.reviews, coach.feedback
    coach.workshops.start()
    builder = threading.Thread(target=_build_index, args=(coach,), name="index", daemon=True)
    builder.start()
    expiring = asyncio.create_task(_expire_workshops(coach))
    yield
    expiring.cancel()
    coach.workshops.stop()
    coach.database.close()


async def _expire_workshops(coach: Coach) -> None:
    """Delete workshops whose time is up, every hour."""
    while True:
        await asyncio.sleep(_HOUR)
        await asyncio.to_thread(coach.workshops.expire)


def _build_index(coach: Coach) -> None:
    """Build the search index beside the running server; search answers from words until it is there."""
    for fault in coach.knowledge_faults:
        structlog.get_logger("okr-coach").warning("own knowledge skipped", fault=str(fault))
    coach.search.build()
    gc.collect()
    gc.freeze()  # what is loaded by now stays: collections need not walk it on every request
