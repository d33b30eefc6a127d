"""The log: JSON lines on standard error; never a word of a draft."""

import logging
import sys
import traceback
from collections.abc import MutableMapping
from typing import Any

import structlog


def configure_log() -> None:
    """Set the log up for this process."""
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            _without_words,
            structlog.processors.JSONRenderer(),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.INFO),
        logger_factory=structlog.WriteLoggerFactory(file=sys.stderr),
        cache_logger_on_first_use=True,
    )


def _without_words(_logger: object, _method: str, entry: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """Say where an exception was raised and of which type, and not its message: that may quote a draft."""
    error = entry.pop("exc_info", None)
    if isinstance(error, BaseException):
        entry["exception"] = _chain(error)
    return entry


def _chain(error: BaseException) -> list[str]:
    lines = [
        type(error).__qualname__,
        *(f"{f.filename}:{f.lineno} {f.name}" for f in traceback.extract_tb(error.__traceback__)),
    ]
    before = error.__cause__ or error.__context__
    return [*_chain(before), *lines] if before is not None else lines
