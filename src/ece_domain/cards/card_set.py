import re
from datetime import date, datetime
from typing import NewType
from uuid import UUID

from attrs import astuple, evolve, field, frozen

from ece_domain.identity import ADMINS, Actor, UserId
from ece_domain.kernel import UNSET, Aggregate, Rate, Term, Unset, changes_in

from .definitions import FinishDefinition, RarityDefinition, check_definitions, check_kept
from .errors import InvalidCount, InvalidSetCode, NotTheIssuer, RoyaltyTooHigh, UnknownDefinition
from .events import CardSetCreated, CardSetEdited, PrintingsImported
from .origin import Origin
from .text_rules import single_line

CardSetId = NewType("CardSetId", UUID)

MAX_ROYALTY = Rate(100_000)
MAX_PRINTINGS = 1_000_000

_CODE = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
_MAX_CODE = 40


def _lower(text: str) -> str:
    # Some other letters have an ASCII lower case too, such as the Kelvin sign.
    return text.lower() if text.isascii() else text


@frozen
class SetCode:
    """A card set's name in URLs, always in lower case.

    :raises InvalidSetCode: unless up to 40 letters a to z and digits, in parts with single hyphens.
    """

    text: str = field(converter=_lower)

    def __attrs_post_init__(self) -> None:
        if len(self.text) > _MAX_CODE or not _CODE.fullmatch(self.text):
            raise InvalidSetCode

    def __str__(self) -> str:
        return self.text


@frozen(kw_only=True)
class Release:
    """The published details of a card set.

    ``declared_count`` is the number of printings according to the publisher, if known.

    :raises InvalidDefinitions: if two rarities, or two finishes, share a code or a rank.
    """

    name: str = field(validator=single_line(120))
    rarities: tuple[RarityDefinition, ...]
    finishes: tuple[FinishDefinition, ...]
    released_on: date | None = None
    declared_count: int | None = None

    def __attrs_post_init__(self) -> None:
        check_definitions(self.rarities)
        check_definitions(self.finishes)
        if self.declared_count is not None and not 1 <= self.declared_count <= MAX_PRINTINGS:
            raise InvalidCount(highest=MAX_PRINTINGS)

    @property
    def terms(self) -> Term:
        """All its values, for the fingerprint of a request."""
        return (
            self.name,
            tuple(map(astuple, self.rarities)),
            tuple(map(astuple, self.finishes)),
            None if self.released_on is None else self.released_on.isoformat(),
            self.declared_count,
        )

    def rarity(self, code: str) -> RarityDefinition:
        """:raises UnknownDefinition: if the set has none of this code."""
        for rarity in self.rarities:
            if rarity.code == code:
                return rarity
        raise UnknownDefinition(field="rarity", given=code[:40])

    def finish(self, code: str) -> FinishDefinition:
        """:raises UnknownDefinition: if the set has none of this code."""
        for finish in self.finishes:
            if finish.code == code:
                return finish
        raise UnknownDefinition(field="finish", given=code[:40])


@frozen(kw_only=True)
class CardSetChanges:
    """Changes of a card set. ``UNSET`` fields keep their value."""

    name: str | Unset = UNSET
    rarities: tuple[RarityDefinition, ...] | Unset = UNSET
    finishes: tuple[FinishDefinition, ...] | Unset = UNSET
    released_on: date | Unset | None = UNSET
    declared_count: int | Unset | None = UNSET
    royalty: Rate | Unset = UNSET


@frozen(kw_only=True)
class CardSet(Aggregate):
    """A card set: its release, its issuer, and its creator's share of each sale.

    ``imported_release`` is the release in the source at the last import, for imported sets.

    :raises RoyaltyTooHigh: if the creator's share is above a tenth.
    """

    id: CardSetId
    code: SetCode
    issuer_id: UserId
    creator_id: UserId
    royalty: Rate
    release: Release
    created_at: datetime
    updated_at: datetime
    origin: Origin | None = None
    imported_release: Release | None = None

    def __attrs_post_init__(self) -> None:
        if self.royalty > MAX_ROYALTY:
            raise RoyaltyTooHigh

    @classmethod
    def create(
        cls,
        card_set_id: CardSetId,
        *,
        code: SetCode,
        issuer_id: UserId,
        creator_id: UserId,
        royalty: Rate,
        release: Release,
        now: datetime,
    ) -> "CardSet":
        created = CardSetCreated(
            occurred_at=now, card_set_id=card_set_id, set_code=code.text, issuer_id=issuer_id
        )
        return cls(
            id=card_set_id,
            code=code,
            issuer_id=issuer_id,
            creator_id=creator_id,
            royalty=royalty,
            release=release,
            created_at=now,
            updated_at=now,
            events=(created,),
        )

    def check_run_by(self, actor: Actor) -> None:
        """:raises NotTheIssuer: unless the actor is its issuer, or an admin."""
        if actor.id != self.issuer_id and actor.role not in ADMINS:
            raise NotTheIssuer

    def edit(self, changes: CardSetChanges, *, now: datetime) -> "CardSet":
        """
        :raises InvalidText: if a text is empty, too long, or has control characters.
        :raises InvalidCount: if the declared count is not positive, or larger than a million.
        :raises InvalidDefinitions: if two rarities, or two finishes, share a code or a rank.
        :raises DefinitionFixed: if a rarity or finish is missing, or has another rank.
        :raises RoyaltyTooHigh: if the creator's share is above a tenth.
        """
        given = changes_in(changes)
        royalty = given.pop("royalty", self.royalty)
        return self._edited(evolve(self.release, **given), royalty, now)

    def _edited(self, release: Release, royalty: Rate, now: datetime) -> "CardSet":
        """
        :raises DefinitionFixed: if a rarity or finish is missing, or has another rank.
        :raises RoyaltyTooHigh: if the creator's share is above a tenth.
        """
        check_kept(self.release.rarities, release.rarities)
        check_kept(self.release.finishes, release.finishes)
        edited = CardSetEdited(occurred_at=now, card_set_id=self.id, set_code=self.code.text)
        return evolve(
            self,
            release=release,
            royalty=royalty,
            updated_at=now,
            events=(*self.events, edited),
        )

    def take_release(self, release: Release, *, said: Release, now: datetime) -> "CardSet":
        """The set after an import: ``release`` is new, ``imported_release`` the one in the source.

        :raises DefinitionFixed: if a rarity or finish is missing, or has another rank.
        """
        if release == self.release:
            return evolve(self, imported_release=said, updated_at=now)
        edited = self._edited(release, self.royalty, now)
        return evolve(edited, imported_release=said)

    def note_import(self, *, created: int, changed: int, now: datetime) -> "CardSet":
        """The set with the event that counts the printings an import added and changed."""
        imported = PrintingsImported(
            occurred_at=now,
            card_set_id=self.id,
            set_code=self.code.text,
            created=created,
            changed=changed,
        )
        return evolve(self, updated_at=now, events=(*self.events, imported))
