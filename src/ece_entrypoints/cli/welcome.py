"""The text that ``ece serve`` prints once the exchange answers requests."""

from typing import Final

from ece_entrypoints import demo
from ece_entrypoints.wiring.exchange import Exchange, opened

_WELCOME: Final = """\
ECE is running at {address}/

  start page  {address}/
  API docs    {address}/docs/api
  health      {address}/health/ready
{invitation}
Ctrl-C stops everything."""

_INVITATION: Final = """
Log in as any of these with the password {password}
  {logins}

Buy {card} for {price} as {buyer}:

{purchase}
"""

_PURCHASE: Final = (
    "curl -sS -X POST {address}/v1/listings/{listing}/purchases"
    " -H 'Idempotency-Key: {listing}'"
    ' -H "Authorization: Bearer $(curl -sS {address}/v1/sessions'
    " -H 'Content-Type: application/json'"
    """ -d '{{"email":"{email}","password":"{password}"}}'"""
    """ | python3 -c 'import json,sys;print(json.load(sys.stdin)["access_token"])')\""""
)


async def invite(exchange: Exchange, address: str) -> str:
    """Fill the demo exchange unless it was filled before; the text names logins and a purchase."""
    async with opened(exchange):
        await demo.fill(exchange)
        offer = await demo.keep_an_offer(exchange)
    purchase = _PURCHASE.format(
        address=address,
        listing=offer.listing_id,
        email=demo.NEWCOMER.email,
        password=demo.PASSWORD,
    )
    return _INVITATION.format(
        password=demo.PASSWORD,
        logins="\n  ".join(f"{person.email:26} {person.role}" for person in demo.PEOPLE[:4]),
        card=offer.name,
        price=f"{offer.price.amount / 100:.2f} {offer.price.asset.code}",
        buyer=demo.NEWCOMER.email,
        purchase=purchase,
    )


def welcome(address: str, invitation: str) -> str:
    return _WELCOME.format(address=address, invitation=invitation)
