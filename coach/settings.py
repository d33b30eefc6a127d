"""The settings, from environment and an optional TOML file; the only reader of the environment."""

import os
import tomllib
from pathlib import Path
from typing import Annotated, Any, Literal, Self

from pydantic import Field, SecretStr, ValidationError, field_validator, model_validator

from coach.errors import SettingsError
from coach.okr import Strict

_PREFIX = "OKR_COACH_"
_LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})


class Settings(Strict):
    """Every setting, with what it is for. A model is used only where `llm_model` is set."""

    home: Path = Field(default=Path.home() / ".okr-coach", description="everything that is written lies there")
    database_url: str | None = Field(default=None, description="SQLAlchemy URL; default: SQLite under home")
    host: str = Field(default="127.0.0.1", description="address to listen on; other than loopback needs an API key")
    port: Annotated[int, Field(ge=1, le=65535)] = Field(default=8321, description="port to listen on")
    llm_model: str | None = Field(default=None, description="name of the chat model; unset: no model, no network")
    llm_base_url: str | None = Field(default=None, description="OpenAI-compatible address")
    llm_api_key: SecretStr | None = Field(default=None, description="key for that address")
    llm_judge_model: str | None = Field(default=None, description="another model for judging")
    llm_rewrite_model: str | None = Field(default=None, description="another model for rewriting")
    llm_chat_model: str | None = Field(default=None, description="another model for chat (read, not used yet)")
    llm_timeout: Annotated[float, Field(gt=0, le=600)] = Field(
        default=60.0, description="seconds for all attempts of a request"
    )
    embedding_base_url: str | None = Field(
        default=None, description="OpenAI-compatible embedding address; unset: the bundled model"
    )
    embedding_model: str | None = Field(default=None, description="embedding model there")
    embedding_api_key: SecretStr | None = Field(default=None, description="key for that address")
    knowledge_dirs: tuple[Path, ...] = Field(
        default=(), description="folders with own knowledge, laid out like knowledge/; DIR/tenants/NAME for one tenant"
    )
    profile: str = Field(default="default", description="default | google | lenient")
    language: Literal["auto", "de", "en"] = Field(default="auto", description="language where a draft says none")

    @field_validator("knowledge_dirs", mode="before")
    @classmethod
    def _split(cls, value: Any) -> Any:
        return tuple(part for part in value.split(os.pathsep) if part) if isinstance(value, str) else value

    @model_validator(mode="after")
    def _embedding_complete(self) -> Self:
        if bool(self.embedding_base_url) != bool(self.embedding_model):
            raise ValueError("embedding_base_url and embedding_model are set together or not at all")
        return self

    @property
    def database(self) -> str:
        """The database URL in force."""
        return self.database_url or f"sqlite:///{self.own_database}"

    @property
    def own_database(self) -> Path:
        """The database's file where no URL names another."""
        return self.home / "okr-coach.db"

    @property
    def loopback(self) -> bool:
        """Whether only this machine can reach the server."""
        return self.host in _LOOPBACK

    @property
    def model_key(self) -> str | None:
        """The key for the chat model; OPENAI_API_KEY serves where ours is unset."""
        return self.llm_api_key.get_secret_value() if self.llm_api_key else os.environ.get("OPENAI_API_KEY")

    @property
    def model_base_url(self) -> str | None:
        """The chat model's address; OPENAI_BASE_URL serves where ours is unset."""
        return self.llm_base_url or os.environ.get("OPENAI_BASE_URL")


def read_settings(config: Path | None = None, **overrides: Any) -> Settings:
    """Return the settings: environment over file over defaults; `overrides` over all."""
    try:
        from_file = tomllib.loads(config.read_text(encoding="utf-8")) if config else {}
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise SettingsError(f"{config}: {error}") from error
    from_environment = {
        name: os.environ[key] for name in Settings.model_fields if (key := f"{_PREFIX}{name.upper()}") in os.environ
    }
    try:
        return Settings.model_validate({**from_file, **from_environment, **overrides})
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        name = ".".join(map(str, first["loc"])) or "settings"
        raise SettingsError(f"{_PREFIX}{name.upper()}: {first['msg'].removeprefix('Value error, ')}") from error
