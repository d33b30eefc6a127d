"""Servers to be killed: one process has everything loaded and forks a server for each line that it reads.

The coach goes without encoder and index. Each line is answered with the process id of the server.
"""

import os
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import uvicorn
from fastapi import FastAPI

import api.app
import coach.wiring
from coach.settings import Settings


@asynccontextmanager
async def _without_index(app: FastAPI) -> AsyncIterator[None]:
    yield


def main(port: int, home: Path) -> None:
    """Fork servers until the input ends."""
    vars(coach.wiring)["tuned_embedder"] = lambda _folder: None
    settings = Settings(home=home, port=port)
    loaded = coach.wiring.open_coach(settings)
    _ = loaded.chat  # the database is opened by each server itself
    vars(api.app)["open_coach"] = lambda _settings, **_rest: loaded
    for _ in sys.stdin:
        server = os.fork()
        if server == 0:
            app = api.app.create_app(settings)
            app.router.lifespan_context = _without_index
            uvicorn.run(app, host="127.0.0.1", port=port, log_config=None, access_log=False)
            os._exit(0)
        print(server, flush=True)  # noqa: T201 - that is how it answers
        os.waitpid(server, 0)


if __name__ == "__main__":
    main(int(sys.argv[1]), Path(sys.argv[2]))
