"""The HTTP API as one application."""

from collections.abc import Awaitable, Callable
from typing import Any

from litestar import Litestar, Router
from litestar.datastructures import State
from litestar.di import Provide
from litestar.exceptions import HTTPException
from litestar.types import (
    ControllerRouterHandler,
    LifeSpanReceive,
    LifeSpanScope,
    LifeSpanSend,
    Receive,
    Scope,
    Send,
)
from uvicorn.middleware.proxy_headers import ProxyHeadersMiddleware

from ece_domain.kernel import DomainError
from ece_entrypoints.http.cards import cards
from ece_entrypoints.http.identity import identity, my_sessions, suspensions
from ece_entrypoints.http.ledger import money_moves as ledger
from ece_entrypoints.http.market import routes as market
from ece_entrypoints.http.platform.use_case_plugin import ExchangePlugin
from ece_entrypoints.http.sales import sales
from ece_entrypoints.web import start
from ece_entrypoints.wiring.exchange import Exchange

from . import health
from .auth import provide_caller
from .compression import CompressionMiddleware
from .conditional import provide_if_match
from .cross_origin import cross_origin_config
from .idempotency import provide_key, provide_optional_key
from .json_body import MAX_BODY, StrictRequest
from .openapi import openapi_config
from .pagination import Cursors
from .problems import answer_bug, answer_domain_error, answer_http_exception
from .rate_limits import GeneralLimit
from .request_address import AddressMiddleware, allowed_hosts
from .request_context import RequestContextMiddleware
from .request_guard import RequestGuard, prepare
from .route_errors import document_problems
from .schemas import PageSchema, TextSchema
from .views import Text

API = (
    *identity.routes,
    *my_sessions.routes,
    *suspensions.routes,
    *cards.routes,
    *ledger.routes,
    *sales.routes,
    *market.routes,
)


class Api(Litestar):
    """Litestar inside the middleware that every request passes.

    Litestar calls its own middleware only for routes that exist.
    """

    _wrapped: Callable[[Any, Any, Any], Awaitable[None]]  # uvicorn's types are not Litestar's

    def wrap(self, exchange: Exchange) -> None:
        """Put the middleware around the application."""
        settings = exchange.settings()
        checked = AddressMiddleware(
            super().__call__, self.state.public_url, allowed_hosts(settings)
        )
        compressed = CompressionMiddleware(checked)
        wrapped: Any = RequestContextMiddleware(compressed, exchange.new_id(), settings.access_log)
        if settings.trusted_proxies:
            wrapped = ProxyHeadersMiddleware(wrapped, settings.trusted_proxies)
        self._wrapped = wrapped

    async def __call__(
        self,
        scope: Scope | LifeSpanScope,
        receive: Receive | LifeSpanReceive,
        send: Send | LifeSpanSend,
    ) -> None:
        await self._wrapped(scope, receive, send)


def create_app(exchange: Exchange, routes: tuple[ControllerRouterHandler, ...] = API) -> Litestar:
    """The API over this exchange. It opens the exchange's database, and closes it at the end.

    :raises ImproperlyConfiguredException: if a route does not say who may call it, or could be
        called by anybody else.
    """
    guard = RequestGuard(
        exchange.identity.token_verifier(),
        GeneralLimit(exchange.rate_limiter(), exchange.general_limit()),
    )
    app = Api(
        [Router("/v1", route_handlers=routes), *health.routes, *start.routes],
        before_request=guard,
        cors_config=cross_origin_config(exchange.settings()),
        debug=False,
        dependencies={
            "caller": Provide(provide_caller, sync_to_thread=False),
            "if_match": Provide(provide_if_match, sync_to_thread=False),
            "key": Provide(provide_key, sync_to_thread=False),
            "optional_key": Provide(provide_optional_key, sync_to_thread=False),
            "paging": Provide(Cursors(exchange.secret()).provide_paging, sync_to_thread=False),
            "ready": Provide(lambda: exchange.database().ready, sync_to_thread=False),
        },
        exception_handlers={
            DomainError: answer_domain_error,
            HTTPException: answer_http_exception,
            Exception: answer_bug,
        },
        logging_config=None,
        openapi_config=openapi_config(),
        plugins=[ExchangePlugin(exchange), PageSchema(), TextSchema()],
        request_class=StrictRequest,
        request_max_body_size=MAX_BODY,
        state=State(
            {"public_url": exchange.settings().public_url.rstrip("/"), "is_draining": False}
        ),
        type_encoders={Text: str},
    )
    prepare(app.routes, guard)
    document_problems(app.routes)
    app.wrap(exchange)
    return app
