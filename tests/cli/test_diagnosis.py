"""What the checks of ``ece doctor`` make of clocks, which no test can set."""

from datetime import UTC, datetime, timedelta

import pytest

from ece_adapters import system
from ece_adapters.postgres.engine.schema_revision import ENCODING, NEWEST, ServerInfo
from ece_entrypoints.cli import diagnosis
from ece_entrypoints.cli.diagnosis import Health

NOON = datetime(2026, 7, 1, 12, tzinfo=UTC)


@pytest.fixture
def _noon(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(system, "now", lambda: NOON)


@pytest.mark.usefixtures("_noon")
@pytest.mark.parametrize("seconds", [-3, 3])
def test_a_database_of_another_time_is_broken(seconds: int):
    def drift(apart: timedelta) -> list[diagnosis.Diagnosis]:
        return list(diagnosis._drift(ServerInfo(18, ENCODING, NEWEST, NOON + apart)))

    (found,) = drift(timedelta(seconds=seconds))
    assert found.health is Health.BROKEN
    assert "timedatectl" in found.cure
    assert drift(timedelta(seconds=seconds / 2)) == []


@pytest.mark.usefixtures("_noon")
def test_a_clock_that_is_years_behind_is_broken(monkeypatch: pytest.MonkeyPatch):
    assert diagnosis._clock().health is Health.GOOD
    monkeypatch.setattr(system, "now", lambda: datetime(2020, 1, 1, tzinfo=UTC))
    assert diagnosis._clock().health is Health.BROKEN
