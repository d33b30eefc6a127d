"""An HTTP client whose answers end: in time as a whole, and at a size."""

import time
from collections.abc import Iterator
from typing import TYPE_CHECKING

from coach.errors import ModelOutputInvalid, ModelUnavailable
from coach.llm.address import ModelAddress

if TYPE_CHECKING:
    import httpx2

LONGEST_BODY = 2_000_000


def bounded_client(address: ModelAddress) -> "httpx2.Client":
    """Return a client for whole answers.

    The client's own read timeout starts anew with every byte; here it is the time for the whole body as well.
    """
    import httpx2  # noqa: PLC0415 - only with a model

    class Bounded(httpx2.SyncByteStream):
        def __init__(self, stream: httpx2.SyncByteStream, seconds: float) -> None:
            self._stream = stream
            self._end = time.monotonic() + seconds

        def __iter__(self) -> Iterator[bytes]:
            size = 0
            for chunk in self._stream:
                size += len(chunk)
                if size > LONGEST_BODY:
                    raise ModelOutputInvalid("endless", "the answer does not end")
                if time.monotonic() > self._end:
                    raise ModelUnavailable("deadline", "the model did not finish in time")
                yield chunk

        def close(self) -> None:
            self._stream.close()

    def signed(request: httpx2.Request) -> None:
        request.headers.pop("authorization", None)
        request.headers.update(address.sent_headers())
        request.extensions["began"] = time.monotonic()

    def bounded(response: httpx2.Response) -> None:
        extensions = response.request.extensions
        seconds = extensions["timeout"]["read"] - (time.monotonic() - extensions["began"])
        assert isinstance(response.stream, httpx2.SyncByteStream)
        response.stream = Bounded(response.stream, seconds)

    return httpx2.Client(event_hooks={"request": [signed], "response": [bounded]})
