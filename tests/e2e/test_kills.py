"""PostgreSQL and the API are killed while collectors buy; nothing acknowledged is lost or doubled.

Each is killed at independent random moments, so that one is killed while the other starts, recovers
or works, and sometimes both at once.
"""

import random
import threading
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor

import pytest
from attrs import define, field

from tests.tally import SCALE, Tally

from .bazaar import Bazaar
from .exchange_process import ExchangeProcess, opened
from .traffic import PATIENCE, Traffic, assert_done_once

POSTGRES_KILLS = 5 * SCALE
API_KILLS = 5 if SCALE == 1 else 15 * SCALE
"""The API restarts faster, so the proof kills it three times as often."""


@define
class Killer:
    """Kills a process at random moments, and starts it again."""

    running: ExchangeProcess
    traffic: Traffic
    killed: Counter[str] = field(factory=Counter)
    _postgres_is_next: threading.Semaphore = field(factory=lambda: threading.Semaphore(0))
    """Kills both equally often, however long the API takes to start."""

    def kill_postgres(self) -> None:
        chance = random.Random(1)
        for _ in range(POSTGRES_KILLS):
            assert self._postgres_is_next.acquire(timeout=PATIENCE)
            self.traffic.assert_flowing()
            if chance.random() < 0.5:
                self.running.wait_until_it_serves()
            else:
                time.sleep(chance.uniform(0, 2))
            if chance.random() < 0.3 and self.running.strike_api():
                self.killed["both"] += 1
            self.running.postgres.kill()
            self.killed["postgres"] += 1
            time.sleep(chance.uniform(0, 0.5))
            self.running.postgres.start()

    def kill_api(self) -> None:
        chance = random.Random(2)
        while self.killed["api"] < API_KILLS:
            self.traffic.assert_flowing()
            served = chance.random() < 0.7
            if served:
                self.running.bring_up()
            time.sleep(chance.uniform(0, 1))
            if self.running.is_running:
                self.running.kill_api()
                self.killed["api"] += 1
                self.killed["starting api"] += not served
                if self.killed["api"] % (API_KILLS // POSTGRES_KILLS) == 0:
                    self._postgres_is_next.release()
            self.running.start_api()


@pytest.mark.timeout(120 + 120 * SCALE)
async def test_no_acknowledged_purchase_is_lost_or_doubled_by_kills(
    running: ExchangeProcess, bazaar: Bazaar, tally: Tally
):
    traffic = await Traffic.of(bazaar, pairs=8)
    killer = Killer(running, traffic)

    with traffic.flowing(), ThreadPoolExecutor(1) as thread:
        api = thread.submit(killer.kill_api)
        killer.kill_postgres()  # from the main thread, as this server ends with its thread
        api.result()
        running.bring_up()
        traffic.wait_for_sales(100)

    async with opened(running) as exchange:
        await assert_done_once(exchange, traffic)
    killed, met = killer.killed, traffic.met
    kills = POSTGRES_KILLS + API_KILLS
    lost = sum(number for what, number in met.items() if what.endswith("Error"))
    tally.count("kills of PostgreSQL", killed["postgres"], at_least=POSTGRES_KILLS)
    tally.count("kills of the API", killed["api"], at_least=API_KILLS)
    tally.count("kills of a starting API", killed["starting api"], at_least=API_KILLS // 20)
    tally.count("kills of both at once", killed["both"], at_least=POSTGRES_KILLS // 20)
    tally.count("purchases acknowledged", len(traffic.sales), at_least=5 * kills)
    tally.count("replays seen", met["replayed"], at_least=kills // 20)
    tally.count("answers 503", met["503"], at_least=POSTGRES_KILLS // 5)
    tally.count("connections lost or refused", lost, at_least=10 * kills)
