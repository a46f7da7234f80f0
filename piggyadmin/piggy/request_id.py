"""The id of the request being served: logged with every line and sent to Piggy as `X-Request-Id`."""

from contextvars import ContextVar

request_id: ContextVar[str] = ContextVar("request_id", default="")
