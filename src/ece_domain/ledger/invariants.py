"""The invariants of the ledger, as functions that return their violations.

Pure functions over the rows of one snapshot, in one pass each, so that every store is checked by
the same code:

- I1: every settlement sums to zero per asset.
- I2: balances are the sums of their entries; only external accounts may be negative.
- I3: closed settlements are unchanged, and every settlement is either closed or queued.
- I4: a card's transfers lead from its first owner to its current one.
- I5: a card and its open hold refer to each other.
"""

from collections.abc import AsyncIterable, AsyncIterator, Mapping, Sequence

from attrs import define, field, frozen

from ece_domain.cards import CardId
from ece_domain.identity import UserId

from .account import AccountId, AccountKind, Balance
from .book import MAX_BALANCE
from .closing import Closing, ClosingHash, JournalRecord
from .hold import HoldId


@frozen
class Violation:
    """A violated invariant: its code, what is wrong, and where."""

    invariant: str
    what: str
    subject: str


@frozen
class AccountRecord:
    """An account with a balance row, and the sum of its open holds."""

    account_id: AccountId
    balance: Balance
    open_holds_total: int
    entry_count: int


@frozen
class AccountLine:
    """An entry of an account with a balance row; ``nth`` counts from 1."""

    account_id: AccountId
    nth: int
    amount: int
    balance_after: int


@frozen
class RunningBalance:
    """The number of entries of an account so far, and its balance after them."""

    entry_count: int = 0
    total: int = 0

    def after(self, line: AccountLine) -> "RunningBalance":
        return RunningBalance(line.nth, self.total + line.amount)


@frozen
class RolledUpAccount:
    """An account without a balance row; ``balance`` is the one that readers get."""

    account_id: AccountId
    kind: AccountKind
    balance: int


@frozen(kw_only=True)
class CardRecord:
    """A card with its owners, its transfers, and its open holds with the owners at their placement.

    Both owners are None if transfers or holds refer to a card that does not exist. A transfer is
    its nth, and the owners before and after it.
    """

    card_id: CardId
    minted_to_id: UserId | None
    owner_id: UserId | None
    hold_id: HoldId | None
    transfer_count: int
    transfers: Sequence[tuple[int, UserId, UserId]]
    open_holds: Sequence[tuple[HoldId, UserId]]


def check_record(record: JournalRecord) -> list[Violation]:
    """I1, and the part of I3 about one settlement: closed or queued, not both."""
    return [*_wrong_sums(record), *_wrong_places(record)]


async def check_journal(
    records: AsyncIterable[JournalRecord],
    rolled_up: AsyncIterable[RolledUpAccount],
    closings: AsyncIterator[Closing],
) -> list[Violation]:
    """I1, I3, and I2 for the accounts without a balance row.

    The records are sorted by the number of their closing and then by id, unclosed ones last; the
    closings by their number. Both are read in parallel, so the use of memory is constant.
    """
    found: list[Violation] = []
    check, sums = _ClosingCheck(closings), dict[AccountId, int]()
    async for record in records:
        found += check_record(record)
        await check.add(record)
        for line in record.lines:
            if line.balance_after is None:
                sums[line.account_id] = sums.get(line.account_id, 0) + line.amount
    async for account in rolled_up:
        total = sums.get(account.account_id, 0)
        found += [
            Violation("I2", what, f"account {account.account_id}")
            for what in _wrong_roll_up(account, total)
        ]
    return [*found, *await check.finish()]


async def check_accounts(
    lines: AsyncIterable[AccountLine],
    accounts: AsyncIterable[AccountRecord],
    opening: Mapping[AccountId, RunningBalance] | None = None,
) -> list[Violation]:
    """I2 for the accounts with a balance row. The lines of each account are sorted by nth.

    ``opening`` is the state of the accounts before the first line, if earlier lines have been
    checked already.
    """
    found: list[Violation] = []
    running = dict(opening or {})
    async for line in lines:
        before = running.get(line.account_id, RunningBalance())
        found += [
            Violation("I2", what, f"account {line.account_id}, entry {line.nth}")
            for what in _wrong_line(line, before)
        ]
        running[line.account_id] = before.after(line)
    async for record in accounts:
        entries = running.pop(record.account_id, RunningBalance())
        found += [
            Violation("I2", what, f"account {record.account_id}")
            for what in _wrong_balance(record, entries)
        ]
    found += [
        Violation("I2", f"its entries sum to {left.total}, but it has no balance", f"account {id_}")
        for id_, left in running.items()
        if left.total
    ]
    return found


async def check_cards(cards: AsyncIterable[CardRecord]) -> list[Violation]:
    """I4 and I5."""
    return [violation async for card in cards for violation in _check_card(card)]


def _wrong_sums(record: JournalRecord) -> list[Violation]:
    sums: dict[str, int] = {}
    found = []
    for line in record.lines:
        if line.asset is None:
            found.append(
                Violation(
                    "I1",
                    "has entries, but its asset is not recorded",
                    f"account {line.account_id}",
                )
            )
        else:
            sums[line.asset] = sums.get(line.asset, 0) + line.amount
    found += [
        Violation(
            "I1",
            f"sums to {total} {asset}, not to zero",
            f"settlement {record.settlement_id}",
        )
        for asset, total in sums.items()
        if total
    ]
    return found


def _wrong_places(record: JournalRecord) -> list[Violation]:
    is_closed = record.closing_number is not None
    if record.settlement is None:
        what = "has entries, card transfers or a closing, but is not recorded"
    elif is_closed and record.is_queued:
        what = "is closed, and queued to be closed"
    elif not (is_closed or record.is_queued):
        what = "is neither closed nor queued to be closed"
    else:
        return []
    return [Violation("I3", what, f"settlement {record.settlement_id}")]


def _wrong_roll_up(account: RolledUpAccount, total: int) -> list[str]:
    wrong = []
    if account.balance != total:
        wrong.append(f"balance is {account.balance}, its entries sum to {total}")
    if total < 0 and not account.kind.may_be_negative:
        wrong.append(f"balance {total} is below zero")
    return wrong


def _wrong_line(line: AccountLine, before: RunningBalance) -> list[str]:
    wrong = []
    if line.nth != before.entry_count + 1:
        wrong.append(f"comes where the number is {before.entry_count + 1}")
    if line.balance_after != before.total + line.amount:
        wrong.append(f"says {line.balance_after}, entries sum to {before.total + line.amount}")
    return wrong


def _wrong_balance(record: AccountRecord, entries: RunningBalance) -> list[str]:
    balance, wrong = record.balance, []
    if balance.total != entries.total:
        wrong.append(f"balance is {balance.total}, its entries sum to {entries.total}")
    if record.entry_count != entries.entry_count:
        wrong.append(f"counts {record.entry_count} entries, the last one is {entries.entry_count}")
    if not 0 <= balance.total <= MAX_BALANCE:
        wrong.append(f"balance {balance.total} is out of bounds")
    if balance.held != record.open_holds_total:
        wrong.append(f"{balance.held} is held, its open holds sum to {record.open_holds_total}")
    if balance.available < 0:
        wrong.append(f"{balance.held} is held of {balance.total}")
    return wrong


@define
class _ClosingCheck:
    """I3: closed settlements are unchanged. Has one closing in memory at a time."""

    _closings: AsyncIterator[Closing]
    found: list[Violation] = field(factory=list)
    _count: int = 0
    _previous: Closing | None = None
    _present: Closing | None = None
    _hash: ClosingHash = field(factory=ClosingHash)
    """The hash of the records of the current closing."""
    _balances: dict[AccountId, int] = field(factory=dict)
    _missing: int | None = None
    _is_over: bool = False

    async def add(self, record: JournalRecord) -> None:
        number = record.closing_number
        if number is None:
            return
        await self._go_on_to(number)
        if self._present is not None and self._present.number == number:
            self._hash.add(record)
        elif self._missing != number:
            self._missing = number
            what = "has closed settlements, but is not recorded"
            self.found.append(Violation("I3", what, f"closing {number}"))

    async def finish(self) -> list[Violation]:
        """Check the remaining closings. Returns the violations of all."""
        await self._go_on_to(None)
        return self.found

    async def _go_on_to(self, number: int | None) -> None:
        """Check the closings before a number, or all."""
        while not self._is_over:
            if self._present is not None:
                if number is not None and self._present.number >= number:
                    return
                self._judge(self._present)
            self._previous, self._hash = self._present, ClosingHash()
            self._present = await anext(self._closings, None)
            self._is_over = self._present is None

    def _judge(self, closing: Closing) -> None:
        self._count += 1
        expected = self._hash.close(self._previous, self._balances, closing.closed_at)
        self._balances |= expected.balances
        self.found += [
            Violation("I3", what, f"closing {closing.number}")
            for what in _wrong_closing(closing, self._count, expected)
        ]


def _wrong_closing(closing: Closing, number: int, expected: Closing) -> list[str]:
    wrong = []
    if closing.number != number:
        wrong.append(f"is not the closing number {number} that comes next")
    if closing.settlement_count != expected.settlement_count:
        wrong.append(
            f"closed {closing.settlement_count} settlements, there are {expected.settlement_count}"
        )
    if closing.digest != expected.digest:
        wrong.append("its digest is not that of its settlements and the closing before")
    if closing.balances != expected.balances:
        wrong.append("its balances are not what the entries come to")
    return wrong


def _check_card(card: CardRecord) -> list[Violation]:
    subject = f"card {card.card_id}"
    if card.owner_id is None or card.minted_to_id is None:
        return [Violation("I4", "is transferred or held, but does not exist", subject)]
    found = [Violation("I4", what, subject) for what in _wrong_transfers(card, card.minted_to_id)]
    if len(card.open_holds) > 1:
        found.append(Violation("I5", f"is under {len(card.open_holds)} open holds", subject))
    held_under = [str(hold) for hold, _ in card.open_holds]
    if held_under != ([] if card.hold_id is None else [str(card.hold_id)]):
        found.append(Violation("I5", f"says hold {card.hold_id}, open are {held_under}", subject))
    found += [
        Violation("I5", f"hold {hold} was placed by {placer}, who does not own it", subject)
        for hold, placer in card.open_holds
        if placer != card.owner_id
    ]
    return found


def _wrong_transfers(card: CardRecord, owner: UserId) -> list[str]:
    wrong = []
    for number, (nth, from_owner_id, to_owner_id) in enumerate(card.transfers, 1):
        if nth != number:
            wrong.append(f"transfer {nth} comes where the number is {number}")
        if from_owner_id != owner:
            wrong.append(f"{from_owner_id} gave what was {owner}'s")
        owner = to_owner_id
    if owner != card.owner_id:
        wrong.append(f"is {card.owner_id}'s, its last transfer was to {owner}")
    if card.transfer_count != len(card.transfers):
        wrong.append(f"counts {card.transfer_count} transfers, there are {len(card.transfers)}")
    return wrong
