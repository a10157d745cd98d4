"""Status of a room as text."""

from collections.abc import Iterable
from typing import Any

from kacenv.core.plain_text import cleaned_tree, credited
from kacenv.core.units import format_clock

_RECENT = 300.0
"""Age up to which messages are shown, in seconds."""
_NO_BROKER = "the broker can't be reached; the lamps stay as they are"


def status_lines(status: dict[str, Any]) -> Iterable[str]:
    """Yield the status as lines of text."""
    status = cleaned_tree(status)
    session = status["session"]
    if session["phase"] is None:
        yield f"{status['room']}: no session is on."
    else:
        yield from _session_lines(session)
    yield from _seat_lines(session, status["at"])
    yield from due_lines(session, status["at"])
    yield f"sound     {status['sound']}; {', '.join(_volumes(session))}"
    yield from hand_lines(session)
    if status["broker"] is False:
        yield f"lights    {status['health'].get('lights') or _NO_BROKER}"
    elif status["lamps"]:
        yield f"lights    {', '.join(_lamp(*item) for item in status['lamps'].items())}"
    if trouble := status["health"].get("restart"):
        yield f"restart   {trouble}"
    for told in status["told"]:
        if told["ago"] <= _RECENT:
            kind = "check-in" if told["check_in"] else "note"
            yield f"{kind:<9} {told['text']} ({format_clock(told['ago'])} ago)"


def _volumes(session: dict[str, Any]) -> Iterable[str]:
    for name, level in session["volumes"].items():
        yield f"{name} muted" if name in session["muted"] else f"{name} {level:+g} dB"


def hand_lines(session: dict[str, Any]) -> Iterable[str]:
    """Yield the therapist's changes of the sound beyond the plan, and how to undo them."""
    if session["hushed"]:
        yield "silence   the music is silent; bring it back with: kacenv music"
    if session["ducked"]:
        yield "duck      the music is low for speech; let it come back with: kacenv duck --off"
    if session["lean"]:
        yield f"lean      the music leans {'up' if session['lean'] > 0 else 'down'}"


def _session_lines(session: dict[str, Any]) -> Iterable[str]:
    phase = session["phases"][session["phase"]]
    yield f"{session['title']}: {session['mode']}"
    clock = f"{format_clock(session['in_phase'])} of {format_clock(phase['duration'])}"
    yield f"phase     {phase['name']}, {clock}; {format_clock(session['phase_left'])} left"
    whole = f"{format_clock(session['elapsed'])} so far; {format_clock(session['left'])} left"
    yield f"session   {whole}"
    if track := session["playing"]:
        heard = f"{format_clock(track['position'])} of {format_clock(track['length'])}"
        piece = credited(f"“{track['title']}”", track["artist"])
        yield f"playing   {piece} ({heard})"
    if coming := session["next_check_in"]:
        due = coming["due_in"]
        yield f"next      {asked(coming)} {when(due)}"


def _seat_lines(session: dict[str, Any], now: float) -> Iterable[str]:
    for name, seat in session["seats"].items():
        coming = ""
        if seat["next_prompt"]:
            coming = f"; {seat['next_prompt']} in {format_clock(seat['next_at'] - now)}"
        yield f"seat {name}    began {format_clock(now - seat['since'])} ago{coming}"


def due_lines(session: dict[str, Any], now: float) -> Iterable[str]:
    """Yield the check-ins due or snoozed at `now` on the room's clock, and how to answer."""
    for due in session["due"]:
        waits = format_clock(now - due["since"])
        yield f"due       {asked(due)} (for {waits}): kacenv done {due['id']}"
    if session["due"]:
        yield "          or let it come again: kacenv snooze 5m; or go by: kacenv pass"
    for due in session["snoozed"]:
        again = None if due["again"] is None else due["again"] - now
        yield f"snoozed   {asked(due)}, again {when(again)}"


def asked(check_in: dict[str, Any]) -> str:
    """Return a check-in's prompt, with its seat if it is on a seat's clock."""
    seat = check_in.get("seat")
    return f"Seat {seat.upper()}: {check_in['prompt']}" if seat else str(check_in["prompt"])


def when(due: float | None) -> str:
    """Format the time until something is due, in seconds; None while time is held."""
    return "after the hold" if due is None else f"in {format_clock(due)}"


def _lamp(name: str, lamp: dict[str, Any]) -> str:
    white = f" {lamp['kelvin']:.0f} K" if lamp["kelvin"] and lamp["level"] else ""
    away = " (not answering)" if lamp["available"] is False else ""
    return f"{name} {lamp['level']:.0%}{white}{away}"
