"""When staff may see what a youth did (threat model, timing): the site's mode decides."""

from storage.records import DAY, HOUR, Timing, hour

SLOT = 2 * HOUR


def visible_at(timing: Timing, now: int) -> int:
    """In `prompt` the hour begun, so that the column tells no more than the hour."""
    if timing == "prompt":
        return hour(now)
    step = SLOT if timing == "slot" else DAY
    return now - now % step + step


LIVE_SECONDS = 600
LIVE_WAIT = 10
ENTRY_SECONDS = 180
FOCUS_SECONDS = 600


def live(timing: Timing, youth_at: int, cadre_at: int, now: int) -> bool:
    """Both wrote within ten minutes: joining and undo shrink to ten seconds."""
    return timing == "prompt" and min(youth_at, cadre_at) > now - LIVE_SECONDS
