"""What a newcomer reads once the exchange is open."""

from ece_entrypoints.wiring.exchange import Exchange

_WELCOME = """\
ECE is open at {address}/

  start page  {address}/
  API docs    {address}/docs/api
  health      {address}/health/ready
{invitation}
Ctrl-C stops everything."""


async def invite(exchange: Exchange, address: str) -> str:
    return ""


def welcome(address: str, invitation: str = "") -> str:
    return _WELCOME.format(address=address, invitation=invitation)
