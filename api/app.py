"""The application: routes, problems, and what starts and ends with it."""

import asyncio
import gc
import threading
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import structlog
from fastapi import FastAPI

from api import openai_door, pages
from api.log import configure_log
from api.metrics import Metrics
from api.middleware import RequestGuard
from api.openai_door.replay import Replay
from api.problems import ProblemHandler, register_problems
from api.relay import Relay
from api.routes import (
    conversations,
    cycles,
    feedback,
    health,
    knowledge,
    metrics,
    muted_patterns,
    patterns,
    readiness,
    reviews,
    strategy,
    workshops,
)
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
    counts = Metrics()
    coach = open_coach(settings, meter=counts)
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
    app.state.coach, app.state.metrics = coach, counts
    app.state.replay = Replay()
    app.state.throttle = Throttle()
    app.state.relay = Relay(coach.conversations)
    register_problems(app, present=_present)
    for routes in (
        reviews,
        feedback,
        patterns,
        muted_patterns,
        knowledge,
        conversations,
        strategy,
        cycles,
        readiness,
        workshops,
    ):
        app.include_router(routes.router, prefix="/v1")
    app.include_router(openai_door.router)
    app.include_router(health.router)
    app.include_router(metrics.router)
    app.include_router(pages.router)
    app.add_middleware(RequestGuard, only_loopback=settings.loopback and not coach.keys.any(), counts=counts)
    return app


def _present(handler: ProblemHandler) -> ProblemHandler:
    return pages.page_for_readers(openai_door.errors_for_openai(handler))


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
    await app.state.relay.close()
    if coach.models is not None:
        for model in coach.models:
            await model.aclose()
            model.close()
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
    for model in coach.models or ():
        model.load()
    coach.search.build()
    gc.collect()
    gc.freeze()  # what is loaded by now stays: collections need not walk it on every request
