import re
from datetime import date, datetime
from typing import NewType
from uuid import UUID

from attrs import evolve, field, frozen

from ece_domain.identity import ADMINS, Actor, UserId
from ece_domain.kernel import Aggregate, Rate

from .definitions import Finish, Rarity, check_kept, check_traits
from .errors import InvalidCount, InvalidSetCode, NotTheIssuer, RoyaltyTooHigh, UnknownTrait
from .events import CardSetCreated, CardSetEdited, PrintingsImported
from .origin import Origin
from .text_rules import line

CardSetId = NewType("CardSetId", UUID)

HIGHEST_ROYALTY = Rate(100_000)
MOST_PRINTINGS = 1_000_000

_CODE = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
_LONGEST_CODE = 40


def _lower(text: str) -> str:
    # The lower case of some other letters is ASCII too, such as the Kelvin sign's.
    return text.lower() if text.isascii() else text


@frozen
class SetCode:
    """A card set's name in addresses, always in lower case.

    :raises InvalidSetCode: unless up to 40 letters a to z and digits, in parts with single hyphens.
    """

    text: str = field(converter=_lower)

    def __attrs_post_init__(self) -> None:
        if len(self.text) > _LONGEST_CODE or not _CODE.fullmatch(self.text):
            raise InvalidSetCode

    def __str__(self) -> str:
        return self.text


@frozen(kw_only=True)
class Release:
    """What is printed on the box of a card set.

    ``declared_count`` is how many printings its maker says there are, where that is known.

    :raises InvalidTraits: if two rarities, or two finishes, share a code or a rank.
    """

    name: str = field(validator=line(120))
    rarities: tuple[Rarity, ...]
    finishes: tuple[Finish, ...]
    released_on: date | None = None
    declared_count: int | None = None

    def __attrs_post_init__(self) -> None:
        check_traits(self.rarities)
        check_traits(self.finishes)
        if self.declared_count is not None and not 1 <= self.declared_count <= MOST_PRINTINGS:
            raise InvalidCount(highest=MOST_PRINTINGS)

    def rarity(self, code: str) -> Rarity:
        """:raises UnknownTrait: if the set has none of this code."""
        for rarity in self.rarities:
            if rarity.code == code:
                return rarity
        raise UnknownTrait(field="rarity", given=code[:40])

    def finish(self, code: str) -> Finish:
        """:raises UnknownTrait: if the set has none of this code."""
        for finish in self.finishes:
            if finish.code == code:
                return finish
        raise UnknownTrait(field="finish", given=code[:40])


@frozen(kw_only=True)
class CardSet(Aggregate):
    """A release: who issues it, and what its creator earns when its cards change hands.

    ``imported_release`` is what the source of an imported set said at the last import.

    :raises RoyaltyTooHigh: if the creator's share is above a tenth.
    """

    id: CardSetId
    code: SetCode
    issuer: UserId
    creator: UserId
    royalty: Rate
    release: Release
    origin: Origin | None = None
    imported_release: Release | None = None

    def __attrs_post_init__(self) -> None:
        if self.royalty > HIGHEST_ROYALTY:
            raise RoyaltyTooHigh

    @classmethod
    def create(
        cls,
        card_set_id: CardSetId,
        *,
        code: SetCode,
        issuer: UserId,
        creator: UserId,
        royalty: Rate,
        release: Release,
        now: datetime,
    ) -> "CardSet":
        created = CardSetCreated(
            occurred_at=now, card_set_id=card_set_id, set_code=code.text, issuer=issuer
        )
        return cls(
            id=card_set_id,
            code=code,
            issuer=issuer,
            creator=creator,
            royalty=royalty,
            release=release,
            events=(created,),
        )

    def check_run_by(self, actor: Actor) -> None:
        """:raises NotTheIssuer: unless the actor is its issuer, or an admin."""
        if actor.id != self.issuer and actor.role not in ADMINS:
            raise NotTheIssuer

    def edit(self, *, release: Release, royalty: Rate, now: datetime) -> "CardSet":
        """
        :raises TraitFixed: if a rarity or finish is missing, or has another rank.
        :raises RoyaltyTooHigh: if the creator's share is above a tenth.
        """
        check_kept(self.release.rarities, release.rarities)
        check_kept(self.release.finishes, release.finishes)
        edited = CardSetEdited(occurred_at=now, card_set_id=self.id, set_code=self.code.text)
        return evolve(self, release=release, royalty=royalty, events=(*self.events, edited))

    def take_release(self, release: Release, *, said: Release, now: datetime) -> "CardSet":
        """The set after an import: as ``release``, while its source said this.

        :raises TraitFixed: if a rarity or finish is missing, or has another rank.
        """
        if release == self.release:
            return evolve(self, imported_release=said)
        edited = self.edit(release=release, royalty=self.royalty, now=now)
        return evolve(edited, imported_release=said)

    def note_import(self, *, created: int, changed: int, now: datetime) -> "CardSet":
        """The set, telling how many of its printings an import made and changed."""
        imported = PrintingsImported(
            occurred_at=now,
            card_set_id=self.id,
            set_code=self.code.text,
            created=created,
            changed=changed,
        )
        return evolve(self, events=(*self.events, imported))
