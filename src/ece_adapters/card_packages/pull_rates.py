"""Warnings about pull rates: the probabilities of the rarities in each slot of a pack.

ECE does not store pull rates yet. They are checked now, so that errors in the source are known.
"""

from collections.abc import Container, Iterator, Mapping
from decimal import Decimal
from itertools import chain
from typing import Final, TypeAlias

from msgspec import Struct

from ece_domain.cards import PackageWarning

from .broken_package import shown

_WHOLE: Final = Decimal(100)


class _Pack(Struct):
    """Rates are percentages, read as decimals so that sums are exact."""

    appearance_rate: Decimal
    slots: dict[str, dict[str, Decimal]]

    def __post_init__(self) -> None:
        rates = chain([self.appearance_rate], *(slot.values() for slot in self.slots.values()))
        if not all(map(_is_share, rates)):
            raise ValueError("a rate is 0 to 100 %, with nine decimals at most")


Packs: TypeAlias = dict[str, _Pack]
"""The kinds of pack of one card set, by name."""


def rate_warnings(
    packs_of_sets: Mapping[str, Packs], card_sets: Container[str], rarities: Container[str]
) -> Iterator[PackageWarning]:
    for code, packs in packs_of_sets.items():
        if code not in card_sets:
            yield PackageWarning("rates-of-unknown-set", shown(code), "there is no such set")
        odds = sum((pack.appearance_rate for pack in packs.values()), Decimal())
        if odds != _WHOLE:
            yield PackageWarning(
                "rates-not-whole", shown(code), f"its packs' odds sum to {_ppm(odds)}"
            )
        for name, pack in packs.items():
            yield from _warnings_of_pack(shown(f"{code}/{name}"), pack, rarities)


def _warnings_of_pack(key: str, pack: _Pack, rarities: Container[str]) -> Iterator[PackageWarning]:
    sums = {slot: sum(rates.values(), Decimal()) for slot, rates in pack.slots.items()}
    wrong = [f"{shown(slot)}: {_ppm(total)}" for slot, total in sums.items() if total != _WHOLE]
    if wrong:
        yield PackageWarning(
            "rates-not-whole", key, f"rates do not sum to 100 % in slot {', '.join(wrong)}"
        )
    unknown = {
        rarity for rates in pack.slots.values() for rarity in rates if rarity not in rarities
    }
    if unknown:
        what = f"it has rates of unknown rarities: {', '.join(map(shown, sorted(unknown)))}"
        yield PackageWarning("rates-of-unknown-rarity", key, what)


def _is_share(rate: Decimal) -> bool:
    return rate.is_finite() and 0 <= rate <= _WHOLE and rate == round(rate, 9)


def _ppm(percentage: Decimal) -> str:
    return f"{(percentage * 10_000).normalize():f} ppm"
