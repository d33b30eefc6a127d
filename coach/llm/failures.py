"""Every fault of a provider by its name: a status, a connection that fails, a body that is none."""

import socket
import ssl
import time
from collections.abc import Mapping
from email.utils import parsedate_to_datetime

from coach.errors import ModelError, ModelOutputInvalid, ModelRejected, ModelUnavailable

_NO_TLS = "the model's address has no certificate that this machine trusts"
_PASSING = frozenset({408, 409, 425, 429})


def of_status(status: int, headers: Mapping[str, str]) -> ModelError:
    """Return the failure that an HTTP status other than 2xx means."""
    if status in _PASSING or status >= 500:
        detail = f"the model's address answered {status}"
        return ModelUnavailable(f"http-{status}", detail, retry_after=retry_after(headers))
    return ModelRejected(f"http-{status}", f"the model's address refused the request with {status}")


def retry_after(headers: Mapping[str, str]) -> float | None:
    """Return the seconds to wait that an answer names: in milliseconds, in seconds or as a date."""
    try:
        if "retry-after-ms" in headers:
            return max(0.0, float(headers["retry-after-ms"]) / 1000)
        value = headers.get("retry-after", "")
        if value and not value.strip()[:1].isdigit():
            return max(0.0, parsedate_to_datetime(value).timestamp() - time.time())
        return float(value)
    except ValueError:
        return None


def of_transport(error: BaseException) -> ModelUnavailable:
    """Return the failure behind an error of the SDK's HTTP client; what lies below it says which."""
    import httpx2  # noqa: PLC0415 - only with a model

    return _of_chain(error, httpx2.ConnectTimeout, httpx2.TimeoutException, httpx2.ConnectError, httpx2.TransportError)


def of_wire(error: BaseException) -> ModelError:
    """Return the failure behind an error of the HTTP client that reads streams."""
    import aiohttp  # noqa: PLC0415 - only with a model
    from aiohttp.http_exceptions import ContentEncodingError  # noqa: PLC0415 - only with a model

    if any(isinstance(cause, ContentEncodingError) for cause in _causes(error)):
        return ModelOutputInvalid("malformed", "the answer is not what the protocol says")
    if isinstance(error, aiohttp.ClientConnectorError) and error.ssl and _broke(error):
        return ModelUnavailable("tls", _NO_TLS)  # what answers hangs up on a handshake
    return _of_chain(
        error,
        aiohttp.ConnectionTimeoutError,
        aiohttp.ServerTimeoutError,
        aiohttp.ClientConnectorError,
        aiohttp.ClientError,
    )


def _of_chain(
    error: BaseException,
    connect_timeout: type[Exception],
    timeout: type[Exception],
    connect: type[Exception],
    broken: type[Exception],
) -> ModelUnavailable:
    """Return the failure that an error and its causes mean, given what the HTTP client calls each."""
    chain = list(_causes(error))
    if any(isinstance(cause, ssl.SSLError) for cause in chain):
        return ModelUnavailable("tls", _NO_TLS)
    if any(isinstance(cause, socket.gaierror) for cause in chain):
        return ModelUnavailable("dns", "the name of the model's address is unknown")
    if any(isinstance(cause, connect_timeout) for cause in chain):
        return ModelUnavailable("connect-timeout", "the model's address did not take the connection in time")
    if any(isinstance(cause, (TimeoutError, timeout)) for cause in chain):
        return ModelUnavailable("timeout", "the model did not answer in time")
    if any(isinstance(cause, connect) for cause in chain):
        return ModelUnavailable("connection", "the model's address cannot be reached")
    if any(isinstance(cause, broken) for cause in chain):
        return ModelUnavailable("reset", "the model's address broke the connection")
    return ModelUnavailable("connection", "the model's address cannot be reached")


def of_sdk(error: Exception) -> ModelError:
    """Return the failure behind an error of the SDK or of its parsing; re-raise what is not the provider's fault."""
    import openai  # noqa: PLC0415 - only with a model

    if isinstance(error, openai.APIConnectionError):
        return of_transport(error)
    if isinstance(error, openai.APIStatusError):
        return of_status(error.status_code, error.response.headers)
    if isinstance(error, openai.OpenAIError | ValueError | TypeError | KeyError | IndexError | AttributeError):
        return ModelOutputInvalid("malformed", f"the answer is not what the protocol says ({type(error).__name__})")
    raise error


def _broke(error: BaseException) -> bool:
    return any(isinstance(cause, ConnectionResetError | ConnectionAbortedError) for cause in _causes(error))


def _causes(error: BaseException | None) -> list[BaseException]:
    found: list[BaseException] = []
    while error is not None and error not in found:
        found.append(error)
        error = error.__cause__ or error.__context__
    return found
