"""Generator of the documentation's pictures.

docs/demo.svg is the live view at one moment of a rehearsed demo, docs/session.svg the whole of
the three-hour scene.
"""

import os
from dataclasses import asdict
from pathlib import Path
from tempfile import TemporaryDirectory

from rich.console import Console

from kacenv.cli.live_view import picture
from kacenv.config import House, load_room, load_session
from kacenv.core.units import Seconds
from kacenv.engine.state import State
from kacenv.engine.step import next_due, step
from kacenv.model.commands import Prompt
from kacenv.model.requests import Start
from kacenv.model.status import LampStatus, RoomStatus, Told
from kacenv.rehearsal.plot import arc_of, write_picture
from kacenv.rehearsal.plot import draw as svg_of
from kacenv.rehearsal.simulation import rehearse
from kacenv.session.status import describe

MOMENT = Seconds(158.0)
"""Time of the picture: in the return, shortly after a check-in, while the light comes back."""


def draw(target: Path) -> None:
    """Rehearse the demo up to the moment, and save its picture."""
    house = House.find()
    room = load_room(house, "demo")
    state, _, _ = step(State(room=room), Seconds(0.0), Start(load_session(house, "demo", "demo")))
    told: list[Told] = []
    while (due := next_due(state)) is not None and due <= MOMENT:
        state, commands, _ = step(state, due)
        prompts = (command for command in commands if isinstance(command, Prompt))
        told += [Told(prompt.text, MOMENT - prompt.at, check_in=True) for prompt in prompts]
    lamps = {
        fixture.id: LampStatus(
            fixture.zone, state.light[fixture.zone].value_at(MOMENT), 2200.0, available=True
        )
        for fixture in room.lights
    }
    meters = {"speakers": (-24.0, -14.5)}
    status = RoomStatus(
        room.name, describe(state, MOMENT), "Built-in Audio", meters, True, lamps, tuple(told)
    )
    with Path("/dev/null").open("w") as nowhere:
        console = Console(record=True, width=100, file=nowhere, force_terminal=True)
        console.print(picture(asdict(status)))
    console.save_svg(str(target), title="kacenv demo")


def draw_session(target: Path) -> None:
    """Rehearse the three-hour scene as a fresh checkout would, and save its picture."""
    house = House.find()
    room, timeline = load_room(house, "demo"), load_session(house, "couple-lozenge", "demo")
    write_picture(target, svg_of([arc_of(room, timeline, rehearse(room, timeline))]))


if __name__ == "__main__":
    with TemporaryDirectory() as empty:
        os.environ["KACENV_CACHE"] = empty  # what this machine has measured would show
        draw(Path(__file__).with_name("demo.svg"))
        draw_session(Path(__file__).with_name("session.svg"))
