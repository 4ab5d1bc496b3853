"""What an import does where both the source and the issuer may have changed something.

Three states are compared: what the source said at the last import, what it says now, and what ECE
has. What only one side changed is taken from that side. What both changed stays as the issuer has
it, and a quirk names it.
"""

from collections.abc import Iterable, Sequence
from hashlib import sha256
from typing import TypeVar

from attrs import define, evolve, field

from .card_set import CardSetId, Release
from .definitions import HIGHEST_RANK, Trait
from .import_records import Quirk
from .printing import Design

Value = TypeVar("Value")
OneTrait = TypeVar("OneTrait", bound=Trait)


def digest_of(design: Design, card_set: CardSetId) -> bytes:
    """Tells whether a printing is as it was.

    Its terms are named, and empty ones left out: a field that is added later, or renamed in the
    code, changes no digest that was stored before.
    """
    terms = (
        ("artist", design.artist),
        ("flavour", design.flavour),
        ("image", design.image),
        ("name", design.name),
        ("number", design.number),
        ("rarity", design.rarity),
        ("finish", design.finish),
        ("rules", design.rules),
        ("variant", design.variant),
    )
    # No text on a card has a NUL in it.
    said = "".join(f"{name}\0{text}\0" for name, text in terms if text)
    return sha256(card_set.bytes + said.encode()).digest()[:16]


def merge_release(
    key: str, *, known: Release, said_last: Release, says_now: Release
) -> tuple[Release, tuple[Quirk, ...]]:
    """What a set is from now on. Its rarities and finishes stay, each with its rank."""
    merge = _Merge(key)
    merged = evolve(
        known,
        name=merge.value("name", known.name, said_last.name, says_now.name),
        released_on=merge.value(
            "released_on", known.released_on, said_last.released_on, says_now.released_on
        ),
        declared_count=merge.value(
            "declared_count",
            known.declared_count,
            said_last.declared_count,
            says_now.declared_count,
        ),
        rarities=merge.traits("rarity", known.rarities, said_last.rarities, says_now.rarities),
        finishes=merge.traits("finish", known.finishes, said_last.finishes, says_now.finishes),
    )
    return merged, tuple(merge.quirks)


@define
class _Merge:
    """One set's merge, and what is odd about it."""

    _key: str
    quirks: list[Quirk] = field(factory=list)

    def value(self, name: str, known: Value, said_last: Value | None, says_now: Value) -> Value:
        if says_now in (said_last, known):
            return known
        if known == said_last:
            return says_now
        self._note("kept-edit", f"{name} stays {known}: it was edited here, to {says_now} there")
        return known

    def traits(
        self,
        kind: str,
        known: Sequence[OneTrait],
        said_last: Sequence[OneTrait],
        says_now: Sequence[OneTrait],
    ) -> tuple[OneTrait, ...]:
        merged = {trait.code: trait for trait in known}
        before = {trait.code: trait for trait in said_last}
        for trait in says_now:
            own, last = merged.get(trait.code), before.pop(trait.code, None)
            if own is None:
                merged[trait.code] = self._with_free_rank(kind, trait, merged.values())
            elif trait != last:
                merged[trait.code] = self._with_new_label(kind, own, last, trait)
        for gone in before:
            self._note("kept-trait", f"{kind} {gone} stays: the source has it no more")
        return tuple(merged.values())

    def _with_new_label(
        self, kind: str, own: OneTrait, last: OneTrait | None, now: OneTrait
    ) -> OneTrait:
        if now.rank not in {own.rank, last.rank if last else None}:
            # Printings are sorted by their rarities' ranks, so these never change.
            what = f"{kind} {own.code} keeps rank {own.rank}: it has {now.rank} there"
            self._note("kept-rank", what)
        label = self.value(f"{kind} {own.code}", own.label, last.label if last else None, now.label)
        return evolve(own, label=label)

    def _with_free_rank(self, kind: str, trait: OneTrait, others: Iterable[OneTrait]) -> OneTrait:
        """The trait as it is or, if another one has its rank, with the nearest free one."""
        holders = {other.rank: other for other in others}
        holder = holders.get(trait.rank)
        if holder is None:
            return trait
        free = (rank for rank in range(HIGHEST_RANK + 1) if rank not in holders)
        rank = min(free, key=lambda rank: (abs(rank - trait.rank), -rank))
        what = f"{kind} {trait.code} gets rank {rank}: {trait.rank} is that of {holder.code}"
        self._note("rank-taken", what)
        return evolve(trait, rank=rank)

    def _note(self, name: str, what: str) -> None:
        self.quirks.append(Quirk(name, self._key, what))
