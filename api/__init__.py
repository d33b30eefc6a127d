"""The REST API: thin routes over the coach."""

from api.app import create_app

__all__ = ["create_app"]
