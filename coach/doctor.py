"""Examines an installation: the settings in force, then everything that can be tried."""

import asyncio
import os
import time
from collections.abc import Callable, Iterator, Mapping, Sequence, Set
from contextlib import aclosing
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, NamedTuple
from urllib.parse import urlsplit, urlunsplit

from pydantic import SecretStr

from coach.errors import CoachError
from coach.okr import Strict
from coach.prompting import Message
from coach.settings import Settings
from coach.wiring import Coach, open_coach

if TYPE_CHECKING:
    from coach.llm import ChatModel, Dialects, ModelAddress

_SET = "set (hidden)"
_UNSET = "not set"
_LENT = {"llm_api_key": "OPENAI_API_KEY", "llm_base_url": "OPENAI_BASE_URL"}


class Setting(NamedTuple):
    """A setting as it may be shown: its variable's name, its value, where it comes from."""

    name: str
    value: str
    origin: str


class Check(NamedTuple):
    """Something that was tried: `off` where it is not set up; what was found, and the seconds that it took."""

    name: str
    state: Literal["ok", "failed", "off"]
    found: str
    seconds: float | None = None


def settings_in_force(settings: Settings, origins: Mapping[str, str]) -> list[Setting]:
    """Return every setting; secrets say only whether they are set."""
    shown = []
    for name in Settings.model_fields:
        value, origin = getattr(settings, name), origins[name]
        lent = _LENT.get(name)
        if value is None and lent and settings.llm_model and lent in os.environ:
            value = SecretStr("") if name == "llm_api_key" else os.environ[lent]
            origin = f"environment: {lent}"
        shown.append(Setting(f"OKR_COACH_{name.upper()}", _shown(value), origin))
    return shown


def _shown(value: Any) -> str:
    if value is None:
        return _UNSET
    if isinstance(value, SecretStr):
        return _SET
    if isinstance(value, dict):
        return ", ".join(f"{name}: {_shown(item)}" for name, item in value.items()) or _UNSET
    if isinstance(value, tuple):
        return ", ".join(map(_shown, value)) or _UNSET
    text = str(value)
    return text if isinstance(value, Path) or "://" not in text else _without_credentials(text)


def _without_credentials(url: str) -> str:
    """Return a URL without user, password and query; `MODEL@URL` keeps its model."""
    model, at, rest = url.rpartition("@http") if "@http" in url else ("", "", url)
    prefix, rest = (f"{model}@", f"http{rest}") if at else ("", rest)
    parts = urlsplit(rest)
    place = parts.netloc.rpartition("@")[2]
    hidden = "…@" if "@" in parts.netloc else ""
    return prefix + urlunsplit((parts.scheme, hidden + place, parts.path, "", ""))


def examined(settings: Settings) -> list[Check]:
    """Try everything that is set up, one after the other; a failure never stops the rest."""
    coach = open_coach(settings)
    return [
        _tried("home", lambda: _home(settings)),
        _tried("knowledge", lambda: _knowledge(coach)),
        _tried("database", lambda: _database(coach)),
        _encoder(coach),
        _tried("embedding", lambda: _embedding(coach)) if settings.embedding_base_url else _off("embedding"),
        *(_model(coach) if settings.llm_model else [_off("model")]),
    ]


def _off(name: str) -> Check:
    found = {"embedding": "search uses the encoder in the package", "model": "reviews come from the rules"}
    return Check(name, "off", found[name])


def _tried(name: str, attempt: Callable[[], str]) -> Check:
    started = time.monotonic()
    try:
        found = attempt()
    except CoachError as error:
        return Check(name, "failed", str(error), round(time.monotonic() - started, 3))
    except OSError as error:
        return Check(name, "failed", f"{error.strerror}: {error.filename}")
    return Check(name, "ok", found, round(time.monotonic() - started, 3))


def _home(settings: Settings) -> str:
    settings.home.mkdir(parents=True, exist_ok=True)
    probe = settings.home / f".doctor-{os.getpid()}"
    probe.write_bytes(b"")
    probe.unlink()
    return "can be written"


class _Faulty(CoachError):
    """Something is there and not right."""


def _knowledge(coach: Coach) -> str:
    faults = [fault for each in (coach, *coach.tenants()) for fault in each.knowledge_faults]
    if faults:
        raise _Faulty("; ".join(map(str, faults)))
    return f"{len(coach.catalog.patterns)} patterns, {len(coach.settings.knowledge_dirs)} own folders"


def _database(coach: Coach) -> str:
    try:
        if not coach.database.answers():
            raise _Faulty("the database does not answer")
        return f"{coach.database.engine.dialect.name} answers"
    finally:
        if "database" in coach.__dict__:
            coach.database.close()


def _encoder(coach: Coach) -> Check:
    started = time.monotonic()
    if coach.encoder is None:
        return Check("encoder", "failed", "cannot run on this machine; findings rest on words alone")
    coach.encoder.embed_queries(["a word"])
    return Check("encoder", "ok", "runs", round(time.monotonic() - started, 3))


def _embedding(coach: Coach) -> str:
    assert coach.embedder is not None
    return f"{coach.embedder.embed_queries(['a word']).shape[1]} dimensions"


class _Greeting(Strict):
    greeting: str


_ASK = [Message("system", "You answer briefly."), Message("user", "Greet me in one word.")]


def _model(coach: Coach) -> Iterator[Check]:
    """Try every model and fallback by itself: a whole answer in the schema, then a stream; tell each role's chain."""
    from coach.llm import Breaker, ChatModel, Dialect, Dialects  # noqa: PLC0415 - only with a model
    from coach.llm.upstream import Upstream  # noqa: PLC0415 - only with a model

    assert coach.models is not None
    addresses = {_key(u.address): u.address for model in coach.models for u in model.upstreams}
    working = set[tuple[str, str]]()
    for key, address in addresses.items():
        dialects = Dialects(coach.settings.home / "cache" / "models.json")
        dialects.suppose(address, Dialect())
        model = ChatModel([Upstream(address, breaker=Breaker(), booked=lambda _: None)], dialects=dialects)
        name = f"{address.model} at {address.place}"
        tried = [
            _tried(f"{name}: answer", partial(_answers, model, dialects)),
            _tried(f"{name}: stream", partial(_streams, model)),
        ]
        model.close()
        yield from tried
        if all(check.state == "ok" for check in tried):
            working.add(key)
    for role, model in coach.models._asdict().items():
        yield _chain(role, [upstream.address for upstream in model.upstreams], working)


def _chain(role: str, chain: "Sequence[ModelAddress]", working: Set[tuple[str, str]]) -> Check:
    """Return who is asked in a role, in order; `failed` where nobody of them works."""
    names = [f"{a.model} at {a.place}{'' if _key(a) in working else ' (fails)'}" for a in chain]
    return Check(f"chain: {role}", "ok" if any(_key(a) in working for a in chain) else "failed", ", then ".join(names))


def _key(address: "ModelAddress") -> tuple[str, str]:
    return (address.model, address.root)


def _answers(model: "ChatModel", dialects: "Dialects") -> str:
    from coach.llm import Bounds  # noqa: PLC0415 - only with a model

    answer = model.answer(_ASK, _Greeting, model.deadline(), bounds=Bounds(at_most={"greeting": 40}))
    dialect = dialects.of(model.upstreams[0].address)
    left_out = {
        "temperature": not dialect.temperature,
        "lengths": not dialect.lengths,
        "sets of values": not dialect.sets,
    }
    without = [name for name, holds in left_out.items() if holds]
    told = f" without {', '.join(without)}" if without else ""
    return f"schema mode {dialect.schema}{told}, {answer.usage.tokens} tokens"


def _streams(model: "ChatModel") -> str:
    async def first_text() -> float:
        started = time.monotonic()
        first = 0.0
        try:
            async with aclosing(model.stream(_ASK, model.deadline())) as deltas:
                async for _ in deltas:
                    first = first or time.monotonic() - started
        finally:
            await model.aclose()
        return first

    return f"first text after {asyncio.run(first_text()):.3f} s"
