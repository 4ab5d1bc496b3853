"""What a benchmark comes to."""

from statistics import median

from attrs import field, frozen


@frozen
class Figure:
    """A measured value. A goal is the least that will do, or the most with ``at_most``."""

    name: str
    value: float
    goal: float | None = None
    at_most: bool = field(default=False, kw_only=True)
    note: str = field(default="", kw_only=True)

    @property
    def is_met(self) -> bool:
        if self.goal is None:
            return True
        return self.value <= self.goal if self.at_most else self.value >= self.goal


def ratio(above: list[float], below: list[float]) -> float:
    """The median of the ratios of measurements that were taken in turn."""
    return median(one / other for one, other in zip(above, below, strict=True))


def percentile(values: list[float], percent: float) -> float:
    return sorted(values)[min(len(values) - 1, int(len(values) * percent / 100))]
