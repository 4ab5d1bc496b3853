"""What the exchange tells its operator: one JSON object a line, without bodies and tokens."""

import logging
import sys
from typing import Any, BinaryIO

import msgspec
import structlog
from structlog.tracebacks import ExceptionDictTransformer

_TRACEBACKS = ExceptionDictTransformer(show_locals=False)
"""Without local variables, which are passwords and tokens as often as not."""


class _ThroughStructlog(logging.Handler):
    """Logs what a library tells Python's ``logging`` as a line like the others."""

    def emit(self, record: logging.LogRecord) -> None:
        log = structlog.get_logger().bind(logger=record.name)
        if hasattr(record, "client"):  # the server knows it before there is a request
            log = log.bind(client=record.client)
        log.log(record.levelno, record.getMessage(), exc_info=record.exc_info)


def configure_logs(out: BinaryIO = sys.stderr.buffer) -> None:
    """Send the logs there. For the process that serves, once, at its start.

    Warnings of Python and of libraries are among them, uvicorn's and asyncio's included.
    """
    logging.captureWarnings(capture=True)
    logging.basicConfig(handlers=[_ThroughStructlog()], force=True)
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.ExceptionRenderer(_TRACEBACKS),
            _as_line,
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.INFO),
        logger_factory=structlog.BytesLoggerFactory(out),
        cache_logger_on_first_use=True,
    )


def _as_line(_: object, __: str, event: Any) -> bytes:  # noqa: ANN401  # structlog's event dict
    return msgspec.json.encode(event, enc_hook=str)
