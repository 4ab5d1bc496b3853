"""Prints the OpenAPI document: ``ece openapi``."""

import sys

from attrs import evolve
from dependency_injector import providers
from litestar import Litestar

from ece_entrypoints.http.platform.app import create_app
from ece_entrypoints.http.platform.openapi import openapi_document
from ece_entrypoints.wiring.exchange import Exchange
from ece_entrypoints.wiring.settings import Store

from .options import settings_with


def openapi() -> None:
    """Print the OpenAPI document of the HTTP API. It needs neither database nor secret."""
    sys.stdout.buffer.write(openapi_document(documented_app()))


def documented_app() -> Litestar:
    """The application over the memory store: the document is the same for every store."""
    exchange = Exchange(
        settings=evolve(settings_with(), store=Store.memory), secret=providers.Object(bytes(32))
    )
    return create_app(exchange)
