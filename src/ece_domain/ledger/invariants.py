"""What must be true of every ledger at every moment, and the name of whatever is not.

Pure functions over the rows of one snapshot, in one pass, so that the same judge tries every store.
"""

from bisect import bisect_right
from collections.abc import AsyncIterable, Mapping, Sequence

from attrs import define, field, frozen

from ece_domain.cards import CardId
from ece_domain.identity import UserId

from .account import AccountId, Balance
from .book import MAX_BALANCE
from .closing import Closing, Line, Seal
from .hold import HoldId
from .settlement import SettlementId


@frozen
class Violation:
    """A promise that is broken: which one, how, and where."""

    invariant: str
    what: str
    subject: str


@frozen
class AccountRecord:
    """A user's account, and what its open holds have left between them."""

    account: AccountId
    balance: Balance
    set_aside: int


@frozen(kw_only=True)
class CardRecord:
    """A card, all that is known of its owners, and its open holds with whom they were placed by.

    The first three are None where handovers or holds speak of a card that does not exist.
    """

    card: CardId
    minted_to: UserId | None
    owner: UserId | None
    hold: HoldId | None
    handovers: Sequence[tuple[UserId, UserId]]
    open_holds: Sequence[tuple[HoldId, UserId]]


async def check_lines(
    lines: AsyncIterable[Line],
    accounts: AsyncIterable[AccountRecord],
    closings: Sequence[Closing],
    opening: Mapping[AccountId, int] | None = None,
) -> list[Violation]:
    """I1, I2 and I3.

    ``opening`` is what the accounts had before the first of the lines, where these go on from
    lines that were checked before.
    """
    sums, balances, seals = _Sums(), _Balances(dict(opening or {})), _Seals(closings)
    async for line in lines:
        sums.add(line)
        balances.add(line)
        seals.add(line)
    return [*sums.violations(), *await balances.violations(accounts), *seals.violations()]


async def check_cards(cards: AsyncIterable[CardRecord]) -> list[Violation]:
    """I4 and I5."""
    return [violation async for card in cards for violation in _check_card(card)]


@define
class _Sums:
    """I1: every settlement sums to zero per asset.

    A sum that has come to zero is forgotten, so this keeps no more than what is wrong.
    """

    _open: dict[tuple[SettlementId, str], int] = field(factory=dict)
    _unnamed: set[AccountId] = field(factory=set)

    def add(self, line: Line) -> None:
        if line.asset is None:
            self._unnamed.add(line.account)
            return
        key = (line.settlement, line.asset)
        total = self._open.pop(key, 0) + line.amount
        if total:
            self._open[key] = total

    def violations(self) -> list[Violation]:
        return [
            *(
                Violation("I1", f"sums to {total} {asset}, not to zero", f"settlement {settlement}")
                for (settlement, asset), total in self._open.items()
            ),
            *(
                Violation("I1", "has entries, but its asset is not recorded", f"account {account}")
                for account in self._unnamed
            ),
        ]


@define
class _Balances:
    """I2: balances are what their entries say, never negative, and cover what holds set aside."""

    _after: dict[AccountId, int] = field(factory=dict)
    _broken: list[Violation] = field(factory=list)

    def add(self, line: Line) -> None:
        if line.balance_after is None:
            return
        expected = self._after.get(line.account, 0) + line.amount
        if line.balance_after != expected:
            self._broken.append(
                Violation(
                    "I2",
                    f"its entry says {line.balance_after} where entries sum to {expected}",
                    f"account {line.account}, settlement {line.settlement}",
                )
            )
        self._after[line.account] = expected

    async def violations(self, accounts: AsyncIterable[AccountRecord]) -> list[Violation]:
        found = self._broken
        async for record in accounts:
            entries = self._after.pop(record.account, 0)
            found += [
                Violation("I2", what, f"account {record.account}")
                for what in _wrong_with(record, entries)
            ]
        found += [
            Violation("I2", f"its entries sum to {total}, but it has no balance", f"account {id_}")
            for id_, total in self._after.items()
            if total
        ]
        return found


def _wrong_with(record: AccountRecord, entries: int) -> list[str]:
    balance, wrong = record.balance, []
    if balance.total != entries:
        wrong.append(f"balance is {balance.total}, its entries sum to {entries}")
    if not 0 <= balance.total <= MAX_BALANCE:
        wrong.append(f"balance {balance.total} is out of bounds")
    if balance.held != record.set_aside:
        wrong.append(f"{balance.held} is held, its open holds sum to {record.set_aside}")
    if balance.available < 0:
        wrong.append(f"{balance.held} is held of {balance.total}")
    return wrong


class _Seals:
    """I3: what is closed is as it was, and every entry belongs to a settlement on record."""

    def __init__(self, closings: Sequence[Closing]) -> None:
        self._closings = closings
        self._watermarks = [closing.watermark for closing in closings]
        self._seals = [Seal() for _ in closings]
        self._unsettled: set[SettlementId] = set()

    def add(self, line: Line) -> None:
        if not line.is_settled:
            self._unsettled.add(line.settlement)
        number = bisect_right(self._watermarks, line.position)
        if number < len(self._seals):
            self._seals[number].add(line)

    def violations(self) -> list[Violation]:
        found = [
            Violation("I3", "has entries, but is not recorded", f"settlement {settlement}")
            for settlement in self._unsettled
        ]
        previous, balances = None, dict[AccountId, int]()
        for number, (closing, seal) in enumerate(zip(self._closings, self._seals, strict=True), 1):
            _add(balances, seal.balances)
            wrong = []
            if closing.number != number:
                wrong.append(f"is not the closing number {number} that comes next")
            if closing.entries != seal.entries:
                wrong.append(f"sealed {closing.entries} entries, there are {seal.entries}")
            if closing.digest != seal.digest(previous):
                wrong.append("its digest is not that of its entries and the closing before")
            if closing.balances != balances:
                wrong.append("its balances are not what the entries come to")
            found += [Violation("I3", what, f"closing {closing.number}") for what in wrong]
            previous = closing
        return found


def _add(balances: dict[AccountId, int], changes: Mapping[AccountId, int]) -> None:
    for account, change in changes.items():
        balances[account] = balances.get(account, 0) + change


def _check_card(card: CardRecord) -> list[Violation]:
    subject = f"card {card.card}"
    if card.owner is None or card.minted_to is None:
        return [Violation("I4", "is handed over or held, but does not exist", subject)]
    found = []
    owner = card.minted_to
    for giver, taker in card.handovers:
        if giver != owner:
            found.append(Violation("I4", f"{giver} gave what was {owner}'s", subject))
        owner = taker
    if owner != card.owner:
        found.append(Violation("I4", f"is {card.owner}'s, its last taker is {owner}", subject))
    if len(card.open_holds) > 1:
        found.append(Violation("I5", f"is under {len(card.open_holds)} open holds", subject))
    held_under = [str(hold) for hold, _ in card.open_holds]
    if held_under != ([] if card.hold is None else [str(card.hold)]):
        found.append(Violation("I5", f"says hold {card.hold}, open are {held_under}", subject))
    found += [
        Violation("I5", f"hold {hold} was placed by {placer}, who does not own it", subject)
        for hold, placer in card.open_holds
        if placer != card.owner
    ]
    return found
