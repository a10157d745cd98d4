"""The page moves a status's clocks as the daemon does, so that it needs few messages."""

from itertools import product
from typing import Any

from support.browser import Open
from support.tablet import ServedRoom

from kacenv.server.status_diff import extrapolate

MOVE = """async ([status, at]) => {
  const { foretell } = await import('/page/status.js');
  return foretell(status, at);
}"""


def a_status(mode: str) -> dict[str, Any]:
    """A status in which every clock has something to do."""
    held = mode == "held"
    session = {
        "mode": mode,
        "in_phase": 100.0,
        "phase_left": 20.0,
        "elapsed": 400.0,
        "left": 500.0,
        "playing": {"title": "Warm Ground", "position": 100.0, "length": 130.0},
        "next_check_in": {"prompt": "Look in", "due_in": None if held else 30.0},
    }
    told = [{"text": "Masks on", "ago": 10.0}, {"text": "Welcome", "ago": 1.0}]
    return {"room": "garden", "session": session, "told": told, "at": 1000.0}


def test_the_page_foretells_what_the_daemon_does(idle_room: ServedRoom, open_tablet: Open) -> None:
    """The same clocks go on, stand still and stop at their ends."""
    tablet = open_tablet(idle_room)

    def foretold(mode: str, span: float) -> Any:
        return tablet.page.evaluate(MOVE, [a_status(mode), 1000.0 + span])

    for mode, span in product(("running", "held", "idle", "fading"), (0.0, 7.5, 25.0, 60.0)):
        assert foretold(mode, span) == extrapolate(a_status(mode), 1000.0 + span)
    assert foretold("running", 60.0)["session"]["left"] == 480.0
    assert foretold("held", 60.0)["session"]["playing"]["position"] == 130.0
