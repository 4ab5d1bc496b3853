"""Pages of lists: encrypted cursors that only their own list accepts."""

import hmac
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Callable
from typing import Annotated, Any, ClassVar, Generic, TypeAlias, TypeVar
from urllib.parse import urlencode

import msgspec
from attrs import define, frozen
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESSIV
from litestar import Request, Response
from litestar.di import Dependency
from litestar.params import QueryParameter, SkipValidationMarker
from msgspec import Struct

from ece_domain.kernel import MAX_PAGE, CursorPosition, InvalidInput, Page, PageRequest

from .views import view

ItemView = TypeVar("ItemView", bound=Struct)
Item = TypeVar("Item")


class PageBody(Struct, Generic[Item], frozen=True):
    """A part of a list. Each list has a subclass, which names its schema."""

    data: tuple[Item, ...]
    next: str | None


PageView = TypeVar("PageView", bound=PageBody[Any])


@define(slots=False)
class InvalidCursor(InvalidInput):
    """The cursor is not valid for this list."""

    code: ClassVar[str] = "http.invalid-cursor"
    cause = "A cursor works only for the list, the filters and the user that it was given to."
    hint = "Start again from the first page, without a cursor."


@frozen
class PageOfRequest:
    """Which page a request asks for, and how the answer is made."""

    request: PageRequest
    _http: Request[Any, Any, Any]
    _cursors: "Cursors"

    def answer(
        self,
        kind: type[PageView],
        found: Page[Item],
        item: type[ItemView] | Callable[[Item], ItemView],
    ) -> Response[PageView]:
        """A page struct with ``data`` and ``next``, and the ``Link`` to the next page.

        ``item`` is the struct of one item, filled by ``view``, or a function that makes it.
        """
        make = (lambda each: view(each, item)) if isinstance(item, type) else item
        following = None if found.next is None else self._cursors.seal(self._http, found.next)
        body = kind(data=tuple(make(each) for each in found.items), next=following)
        if following is None:
            return Response(body)
        query = [pair for pair in self._http.query_params.multi_items() if pair[0] != "cursor"]
        target = f"{self._http.scope['path']}?{urlencode([*query, ('cursor', following)])}"
        return Response(body, headers={"Link": f'<{target}>; rel="next"'})


Paging: TypeAlias = Annotated[PageOfRequest, Dependency(), SkipValidationMarker()]
"""The page that is asked for, for the parameter ``paging``."""


@frozen(init=False)
class Cursors:
    """Encrypts positions, so that a client can neither read them nor make them up.

    A cursor is bound to the path, the filters and the caller: what one list gave is refused by any
    other. Nothing is stored. The cipher (AES-SIV, RFC 5297) needs no nonce: the same page of the
    same list has the same cursor.
    """

    _cipher: AESSIV

    def __init__(self, secret: bytes) -> None:
        self.__attrs_init__(AESSIV(hmac.digest(secret, b"ece cursor", "sha512")))

    def seal(self, request: Request[Any, Any, Any], position: CursorPosition) -> str:
        return _text_of(self._cipher.encrypt(msgspec.json.encode(position), [_list_of(request)]))

    def open(self, request: Request[Any, Any, Any], cursor: str) -> CursorPosition:
        """:raises InvalidCursor: unless ``seal`` made it for the same list and caller."""
        try:
            sealed = urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4))
            position = self._cipher.decrypt(sealed, [_list_of(request)])
        except (ValueError, InvalidTag):
            raise InvalidCursor from None
        if _text_of(sealed) != cursor:
            raise InvalidCursor
        return tuple(msgspec.json.decode(position, type=list[str | int]))

    def provide_paging(
        self,
        request: Request[Any, Any, Any],
        limit: Annotated[
            int, QueryParameter(ge=1, le=MAX_PAGE, description="Items in a page, at most.")
        ] = 25,
        cursor: Annotated[
            str | None,
            QueryParameter(
                max_length=2048, description="The ``next`` of the page before, as it is."
            ),
        ] = None,
    ) -> PageOfRequest:
        """:raises InvalidCursor: if this list did not give the cursor to this caller."""
        after = None if cursor is None else self.open(request, cursor)
        return PageOfRequest(PageRequest(limit, after), request, self)


def _list_of(request: Request[Any, Any, Any]) -> bytes:
    """What a cursor is bound to."""
    caller = request.scope.get("user")
    filters = sorted(
        pair for pair in request.query_params.multi_items() if pair[0] not in {"cursor", "limit"}
    )
    return msgspec.json.encode(
        (request.scope["path"], filters, None if caller is None else caller.user_id)
    )


def _text_of(sealed: bytes) -> str:
    return urlsafe_b64encode(sealed).rstrip(b"=").decode()
