"""Which pages of other origins may call the API from a browser (CORS)."""

from typing import Final

from litestar.config.cors import CORSConfig

from ece_entrypoints.wiring.settings import Settings

_SENT: Final = ["authorization", "content-type", "idempotency-key", "if-match", "if-none-match"]
_READ: Final = [
    *("ETag", "Idempotent-Replayed", "Link", "Location", "RateLimit", "RateLimit-Policy"),
    *("Retry-After", "X-Client-Request-Id", "X-Request-Id"),
]


def cross_origin_config(settings: Settings) -> CORSConfig | None:
    """None if only pages of the exchange itself may call it.

    Credentials stay forbidden: the API knows no cookies, and a page that has a token sends it
    itself. So ``*`` gives a foreign page nothing that a program would not get.
    """
    origins = [origin.strip() for origin in settings.cors_origins.split(",") if origin.strip()]
    if not origins:
        return None
    return CORSConfig(
        allow_origins=origins,
        allow_methods=["DELETE", "GET", "HEAD", "PATCH", "POST", "PUT"],
        allow_headers=_SENT,
        expose_headers=_READ,
        allow_credentials=False,
    )
