"""The coach as a model that any OpenAI client can talk to; nothing of what is said there is stored."""

from api.openai_door.errors import errors_for_openai
from api.openai_door.routes import router

__all__ = ["errors_for_openai", "router"]
