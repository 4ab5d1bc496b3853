"""What identity asks of the outside world."""

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from ece_domain.kernel import Outbox, Page, PageRequest

from .claims import Claims
from .client_address import ClientAddress
from .email import EmailAddress
from .handle import Handle
from .password import Password, PasswordHash
from .session import Session, SessionId
from .tokens import AccessToken
from .user import User, UserId


class PasswordHasher(Protocol):
    """Slow on purpose, and bounded: so many at a time, so many waiting, and a few per network."""

    async def hash(self, password: Password, address: ClientAddress | None = None) -> PasswordHash:
        """:raises TooBusy: if too many passwords wait already, or too many of this network."""

    async def verify(
        self,
        password: Password,
        against: PasswordHash | None,
        address: ClientAddress | None = None,
    ) -> bool:
        """Whether the password has this hash. Against None it is False, after the same work.

        :raises TooBusy: if too many passwords wait already, or too many of this network.
        """

    def needs_rehash(self, hashed: PasswordHash) -> bool:
        """Whether the hash was made with another algorithm or cost than today's."""


class TokenIssuer(Protocol):
    """Signs access tokens."""

    def issue(self, user: User, session_id: SessionId, now: datetime) -> AccessToken: ...


class TokenVerifier(Protocol):
    """Tells who calls. Cheap enough for every request, and asks no store."""

    def verify(self, token: str) -> Claims:
        """
        :raises InvalidToken: unless this exchange issued the token for this use.
        :raises TokenExpired: if its time is over.
        :raises SessionNotActive: at the latest two seconds after its session was ended.
        """


class RevokedSessions(Protocol):
    """The sessions that were ended while access tokens of theirs may still be good."""

    def add(self, session_id: SessionId) -> None:
        """Refuse the session in this process from now on; others learn of it from the store."""


class UserRepository(Protocol):
    """Users, in a transaction."""

    async def get(self, user_id: UserId) -> User:
        """:raises UserNotFound: if there is none."""

    async def get_for_update(self, user_id: UserId) -> User:
        """The user, locked to the end of the transaction.

        :raises UserNotFound: if there is none.
        """

    async def with_email(self, email: EmailAddress) -> User | None:
        """The user with this mailbox, regardless of case."""

    async def with_handle(self, handle: Handle) -> User:
        """:raises UserNotFound: if there is none."""

    async def page(self, page: PageRequest) -> Page[User]:
        """All users, newest first."""

    def require_unchanged(self, user: User) -> None:
        """Check at the transaction's end that the user is as they were when loaded.

        :raises ConcurrentChange: at the transaction's end, if they were saved in the meantime.
        """

    def save(self, user: User) -> None:
        """Store the user and its events with the transaction. At the transaction's end:

        :raises EmailTaken: if another user has the mailbox.
        :raises HandleTaken: if another user has the handle.
        :raises ConcurrentChange: if the user was saved by someone else in the meantime.
        """


class SessionRepository(Protocol):
    """Sessions, in a transaction."""

    async def find(self, session_id: SessionId) -> Session | None: ...

    async def of_family(self, family_digest: bytes) -> Session | None:
        """The session whose refresh tokens share this digest."""

    async def open_of(self, user_id: UserId) -> Sequence[Session]:
        """The user's sessions that were not ended, oldest first; some may have expired."""

    async def page_of_open(
        self, user_id: UserId, now: datetime, page: PageRequest
    ) -> Page[Session]:
        """The user's sessions that have neither ended nor expired, newest first."""

    async def ended_since(self, moment: datetime) -> frozenset[SessionId]:
        """The sessions ended at or after the moment."""

    def save(self, *sessions: Session) -> None:
        """Store sessions and their events with the transaction. At the transaction's end:

        :raises ConcurrentChange: if one was saved by someone else in the meantime.
        """


class IdentityTransaction(Protocol):
    """What the use cases of this context need from a transaction."""

    @property
    def users(self) -> UserRepository: ...

    @property
    def sessions(self) -> SessionRepository: ...

    @property
    def outbox(self) -> Outbox: ...
