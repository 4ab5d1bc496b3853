"""``domain_purchases_per_s``: the bare decision of a purchase, in memory, without any store.

The price of the moment, the receipt with its fees, the sale, and the new book of the ledger.
"""

from collections.abc import Iterator
from time import perf_counter

from attrs import evolve

from ece_adapters.system import now
from ece_domain.cards import CardId, ConditionKey, PrintingId
from ece_domain.identity import UserId
from ece_domain.kernel import USD, Money, Rate
from ece_domain.ledger import Account
from ece_domain.ledger.storage import Balance, Book, CardOwnership
from ece_domain.market import Listing, ListingId, Pricing
from ece_domain.sales import CURRENT_FEES, Royalty, SaleId, SaleReceipt, TrailingSales
from ece_domain.sales.storage import TrailingPeriod

from .figure import Figure
from .server import Site
from .stock import id_of


def measure(site: Site) -> Iterator[Figure]:
    count, moment = site.size(40_000, 5_000), now()
    buyer, seller, creator = (UserId(id_of(number)) for number in (1, 2, 3))
    period = TrailingPeriod.before(moment)
    record = TrailingSales(period.since, period.until, 20, Money(2_000_00, USD))
    royalty = Royalty(creator, Rate(50_000))
    listing = Listing.of_card(
        ListingId(id_of(4)),
        card_id=CardId(id_of(5)),
        printing_id=PrintingId(id_of(6)),
        condition=ConditionKey("unstated"),
        seller_id=seller,
        pricing=Pricing(Money(10_00, USD)),
        expires_at=None,
        now=moment,
    )
    book = Book(
        balances={Account.of_user(buyer, USD): Balance(10_00)},
        holds={listing.hold.id: listing.hold},
        cards={listing.card_id: CardOwnership(seller, listing.hold.id)},
    )
    started = perf_counter()
    for number in range(count):
        offered = evolve(listing, id=listing.id)
        price = offered.price_for(buyer, max_price=None, now=moment)
        receipt = SaleReceipt.issue(CURRENT_FEES, price, record, royalty)
        sold, sale = offered.sell(
            SaleId(id_of(number)), buyer_id=buyer, receipt=receipt, now=moment
        )
        book.settle(sale.settlement(sold.hold, purpose="market.purchase"), moment)
    yield Figure("domain_purchases_per_s", count / (perf_counter() - started))
