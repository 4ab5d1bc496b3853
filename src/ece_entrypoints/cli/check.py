"""Audits the ledger and the listings: ``ece check``."""

import json

from attrs import asdict, evolve

from ece_domain.identity import Actor
from ece_domain.ledger import AuditLedger, LedgerAudited
from ece_domain.market import AuditListings
from ece_entrypoints.wiring.exchange import Exchange

from .databases import check_up_to_date, database_of, on_exchange
from .exit_codes import Exit
from .options import AsJson, DatabaseUrl, settings_with


def check(*, database_url: DatabaseUrl = None, as_json: AsJson = False) -> Exit:
    """Check every invariant of the ledger and the listings, and name every violation.

    It names the exchange that it checked, and creates none. The exchange may run at the same time:
    all reads are from one snapshot.
    """
    settings = settings_with(database_url=database_url)
    with database_of(settings) as urls:
        check_up_to_date(urls)
        checked = on_exchange(urls, settings, _check)
        exchange = urls.place
    report = {"exchange": exchange, **asdict(checked)}
    print(json.dumps(report) if as_json else _report(exchange, checked))
    return Exit.FOUND_WRONG if checked.violations else Exit.DONE


async def _check(exchange: Exchange) -> LedgerAudited:
    actor, begin = Actor.exchange(), exchange.database().begin
    audited = await AuditLedger(begin)(actor=actor)
    misdescribed = await AuditListings(begin)(actor=actor)
    return evolve(audited, violations=(*audited.violations, *misdescribed))


def _report(exchange: str, checked: LedgerAudited) -> str:
    broken = [f"{one.invariant}: {one.subject}: {one.what}" for one in checked.violations]
    seen = (
        f"{checked.entries} entries, {checked.accounts} accounts, {checked.cards} cards and"
        f" {checked.closings} closings"
    )
    verdict = f"{len(broken)} violations" if broken else "every invariant holds"
    return "\n".join([*broken, f"checked {exchange}: {seen}: {verdict}"])
