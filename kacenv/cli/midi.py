"""`kacenv midi`: MIDI ports, and the messages of a pedal or a controller."""

from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from typing import TYPE_CHECKING, Annotated

import typer

from kacenv.cli.help_text import described
from kacenv.cli.options import HouseOption, JsonOption, print_json, room_option
from kacenv.core.errors import DeviceError

if TYPE_CHECKING:
    from queue import SimpleQueue

    from kacenv.model.midi_trigger import MidiMessage
    from kacenv.model.room import Controls, Room

app = typer.Typer(
    help="Find MIDI ports, and learn what a pedal or a controller sends.",
    no_args_is_help=True,
    **described("Find MIDI ports, and learn what a pedal sends", "midi ports"),
)
_NO_MIDI = (
    "This machine has no MIDI. Under Linux, load its sequencer: modprobe snd-seq; where MIDI runs "
    "by JACK, say so: MIDO_BACKEND=mido.backends.rtmidi/UNIX_JACK"
)


@app.command(**described("List the MIDI ports", "midi ports"))
def ports(as_json: JsonOption = False) -> None:
    """List the MIDI ports; a room file takes any part of a name."""
    inputs, outputs = _ports()
    if as_json:
        print_json({"inputs": inputs, "outputs": outputs})
        return
    for name in inputs:
        print(f"in   {name}")
    for name in outputs:
        print(f"out  {name}")
    if not inputs and not outputs:
        print("There are no MIDI ports. Plug the instrument or pedal in and look again.")


def _ports() -> tuple[list[str], list[str]]:
    from kacenv.devices.midi.chime_player import RtMidiOutputs
    from kacenv.devices.midi.midi_input import RtMidiInputs
    from kacenv.devices.midi.rtmidi_ports import MISSING

    try:
        return list(RtMidiInputs().names()), list(RtMidiOutputs().output_names())
    except OSError as error:
        raise DeviceError(str(error) if str(error) == MISSING else _NO_MIDI) from None


@app.command(**described("Show what a pedal or controller sends", "midi learn --room garden"))
def learn(
    room: Annotated[str | None, room_option("Whose port, and map.")] = None,
    port: Annotated[
        str | None, typer.Option("--port", help="The port, or part of its name.")
    ] = None,
    house: HouseOption = None,
) -> None:
    """Show what a pedal or controller sends, in the words of the room file, until Ctrl-C."""
    from kacenv.config import House, load_room
    from kacenv.devices.midi.control_map import TriggerLearner

    place = load_room(House.find(house), room) if room else None
    mapped = place.midi.controls if place else None
    lesson = TriggerLearner(mapped.map if mapped else ())
    names = _chosen(port, mapped)
    with _listening(names) as heard:
        _introduce(place, mapped, names[0])
        while True:
            for line in lesson.describe(heard.get()):
                print(f"      {line}", flush=True)


def _chosen(port: str | None, mapped: "Controls | None") -> list[str]:
    """Return the ports to listen to: the named one, the room's, or all."""
    from kacenv.devices.midi.port_names import matching_port

    names, _ = _ports()
    wanted = port or (mapped.port if mapped else "")
    found = matching_port(names, wanted)
    if not found:
        there = ", ".join(names) or "none"
        what = f"No MIDI input is called “{wanted}”" if wanted else "There is no MIDI input"
        raise DeviceError(f"{what}; there is: {there}. Plug it in, or choose one by --port.")
    return found


@contextmanager
def _listening(names: Sequence[str]) -> "Iterator[SimpleQueue[MidiMessage]]":
    """Yield a queue of the messages on these ports."""
    from queue import SimpleQueue

    from kacenv.devices.midi.midi_input import RtMidiInputs
    from kacenv.model.midi_trigger import message_in

    heard: SimpleQueue[MidiMessage] = SimpleQueue()

    def hear(data: Sequence[int], _at: float) -> None:
        message = message_in(data)
        if message is not None:
            heard.put(message)

    with ExitStack() as stack:
        for name in names:
            stack.callback(RtMidiInputs().open(name, hear).close)
            print(f"# Listening to {name}. Press and move each control. Ctrl-C ends.")
        yield heard


def _introduce(place: "Room | None", mapped: "Controls | None", port: str) -> None:
    """Print a heading for the lines that follow."""
    from kacenv.core.plain_text import json_text
    from kacenv.devices.midi.port_names import bare_name
    from kacenv.server.client import running_rooms

    if place and place.name in running_rooms():
        print(f"# The room {place.name} is running: what its file maps is done, too.")
    if mapped:
        print("# These belong under `midi: controls: map:` in the room file.", flush=True)
    else:
        name = json_text(bare_name(port))
        print(f"midi:\n  controls:\n    port: {name}\n    map:", flush=True)
