"""A three-way merge of the changes of a source and of the issuer.

Three states are compared: the source at the last import, the source now, and ECE. A field that one
side changed gets the value of that side. A field that both changed keeps the issuer's value, and
the report has a warning.
"""

from collections.abc import Iterable, Sequence
from hashlib import sha256
from typing import TypeVar

from attrs import define, evolve, field

from .card_set import CardSetId, Release
from .definitions import MAX_RANK, Definition
from .import_records import PackageWarning
from .printing import PrintingDetails

Value = TypeVar("Value")
OneDefinition = TypeVar("OneDefinition", bound=Definition)


def digest_of(details: PrintingDetails, card_set: CardSetId) -> bytes:
    """A digest of the details, to detect changes of a printing.

    The terms are named, and empty ones left out, so that a field that is added or renamed in the
    code later changes no stored digest.
    """
    terms = (
        ("artist", details.artist),
        ("flavor", details.flavor),
        ("image", details.image),
        ("name", details.name),
        ("number", details.number),
        ("rarity", details.rarity),
        ("finish", details.finish),
        ("rules", details.rules),
        ("variant", details.variant),
    )
    # Texts of a card contain no NUL.
    said = "".join(f"{name}\0{text}\0" for name, text in terms if text)
    return sha256(card_set.bytes + said.encode()).digest()[:16]


def merge_release(
    key: str, *, known: Release, said_last: Release, says_now: Release
) -> tuple[Release, tuple[PackageWarning, ...]]:
    """The merged release of a set. Existing rarities and finishes keep their ranks."""
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
        rarities=merge.definitions("rarity", known.rarities, said_last.rarities, says_now.rarities),
        finishes=merge.definitions("finish", known.finishes, said_last.finishes, says_now.finishes),
    )
    return merged, tuple(merge.warnings)


@define
class _Merge:
    """The merge of one set, with its warnings."""

    _key: str
    warnings: list[PackageWarning] = field(factory=list)

    def value(self, name: str, known: Value, said_last: Value | None, says_now: Value) -> Value:
        if says_now in (said_last, known):
            return known
        if known == said_last:
            return says_now
        self._note("kept-edit", f"{name} stays {known}: it was edited here, to {says_now} there")
        return known

    def definitions(
        self,
        kind: str,
        known: Sequence[OneDefinition],
        said_last: Sequence[OneDefinition],
        says_now: Sequence[OneDefinition],
    ) -> tuple[OneDefinition, ...]:
        merged = {definition.code: definition for definition in known}
        before = {definition.code: definition for definition in said_last}
        for definition in says_now:
            own, last = merged.get(definition.code), before.pop(definition.code, None)
            if own is None:
                merged[definition.code] = self._with_free_rank(kind, definition, merged.values())
            elif definition != last:
                merged[definition.code] = self._with_new_label(kind, own, last, definition)
        for gone in before:
            self._note("kept-definition", f"{kind} {gone} stays: the source has it no more")
        return tuple(merged.values())

    def _with_new_label(
        self, kind: str, own: OneDefinition, last: OneDefinition | None, now: OneDefinition
    ) -> OneDefinition:
        if now.rank not in {own.rank, last.rank if last else None}:
            # Printings are sorted by the ranks of their rarities, so ranks never change.
            what = f"{kind} {own.code} keeps rank {own.rank}: it has {now.rank} there"
            self._note("kept-rank", what)
        label = self.value(f"{kind} {own.code}", own.label, last.label if last else None, now.label)
        return evolve(own, label=label)

    def _with_free_rank(
        self, kind: str, definition: OneDefinition, others: Iterable[OneDefinition]
    ) -> OneDefinition:
        """The definition, with the nearest free rank if another definition has its rank."""
        holders = {other.rank: other for other in others}
        holder = holders.get(definition.rank)
        if holder is None:
            return definition
        free = (rank for rank in range(MAX_RANK + 1) if rank not in holders)
        rank = min(free, key=lambda rank: (abs(rank - definition.rank), -rank))
        what = (
            f"{kind} {definition.code} gets rank {rank}: {definition.rank} is that of {holder.code}"
        )
        self._note("rank-taken", what)
        return evolve(definition, rank=rank)

    def _note(self, name: str, what: str) -> None:
        self.warnings.append(PackageWarning(name, self._key, what))
