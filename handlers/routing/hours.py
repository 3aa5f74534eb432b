"""Working hours written as `1-5 09:00-18:00` (Monday is 1), and deadlines within them."""

import re
from dataclasses import dataclass
from datetime import datetime, time, timedelta

_FORM = re.compile(r"([1-7])-([1-7]) (\d\d):(\d\d)-(\d\d):(\d\d)")
_WEEK = 7


@dataclass(frozen=True, slots=True)
class Hours:
    first: int
    last: int
    start: time
    end: time

    def cover(self, local: datetime) -> bool:
        return self.works_on(local) and self.start <= local.time() < self.end

    def works_on(self, local: datetime) -> bool:
        return self.first <= local.isoweekday() <= self.last


def parse_hours(text: str) -> Hours:
    """Raises ValueError with the form expected."""
    found = _FORM.fullmatch(text)
    if found is None:
        raise ValueError(f"{text!r}: expected hours like '1-5 09:00-18:00'")
    first, last, *clock = (int(part) for part in found.groups())
    start, end = time(clock[0], clock[1]), time(clock[2], clock[3])
    if first > last or start >= end:
        raise ValueError(f"{text!r}: the first day and hour must come before the last")
    return Hours(first, last, start, end)


def answer_by(local: datetime, answer_hours: int, hours: Hours) -> datetime:
    """The promised moment: so many hours on, or the end of the next working day after that."""
    promised = local + timedelta(hours=answer_hours)
    if hours.cover(promised):
        return promised
    day = promised if promised.time() < hours.end else promised + timedelta(days=1)
    for _ in range(_WEEK):
        if hours.works_on(day):
            break
        day += timedelta(days=1)
    return day.replace(hour=hours.end.hour, minute=hours.end.minute, second=0, microsecond=0)
