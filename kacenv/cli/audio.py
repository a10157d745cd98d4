"""`kacenv audio`: sound devices, channels, and loudness calibration."""

import re
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from kacenv.cli import completion
from kacenv.cli.help_text import described
from kacenv.cli.options import HouseOption, JsonOption, a_number, print_json, room_option
from kacenv.core.errors import DeviceError, LoadError

if TYPE_CHECKING:
    from contextlib import AbstractContextManager

    from kacenv.config.yaml.document import Document
    from kacenv.model.room import Output, Room

app = typer.Typer(
    help="Find sound devices, hear each channel, and measure how loud the room is.",
    no_args_is_help=True,
    **described("Find sound devices, hear them, measure the room", "audio devices"),
)

RoomOption = Annotated[str | None, room_option("The room, if there are several.")]
_TONE, _LEVEL = 1.5, -30.0
_NOISE, _RISE, _SEED = 20.0, 10.0, 1
_SPL = re.compile(r"([0-9]{1,3}(?:\.[0-9]{1,9})?)\s*(?:dB)?(?:\s*SPL|\([AC]\))?", re.IGNORECASE)
_NONE = (
    "No sound device was found. Connect it and switch it on, then look again. Under Linux, "
    "see whether the sound server runs (pactl info) and the system sees the card (aplay -l)."
)
_SOURCES = """\
Level 0 dB means music of -20 LUFS; music of a loudness is taken to read what pink noise of that
loudness reads. 65 dB SPL is our choice: no source gives a level for these rooms; music below
70 dB harms no ear however long, while players reach 97 to 107 dB (docs/room.md)."""


@app.command(**described("List the sound devices", "audio devices"))
def devices(as_json: JsonOption = False) -> None:
    """List the sound devices; `device` in a room file takes any part of a name."""
    from dataclasses import asdict

    from kacenv.devices.audio.output.miniaudio_backend import list_devices

    found = list_devices()
    if as_json:
        print_json([asdict(device) for device in found])
    elif not found:
        raise DeviceError(_NONE)
    else:
        for device in found:
            channels = f"{device.channels} channels" if device.channels else "channels not told"
            print(f"{device.name}  ({channels}, {device.backend})")


@app.command("test", **described("A soft tone on each channel in turn", "audio test --room garden"))
def walk(
    room: RoomOption = None,
    output: Annotated[
        str | None, typer.Argument(metavar="[OUTPUT]", autocompletion=completion.outputs)
    ] = None,
    house: HouseOption = None,
) -> None:
    """Play a soft tone on each channel in turn, and say before it which one sounds."""
    from kacenv.core.units import Decibels, Seconds
    from kacenv.devices.audio.signal_player import SignalPlayer
    from kacenv.devices.audio.signals import soft_tone

    place, _, _ = _open(room, house)
    chosen = place.outputs if output is None else (_output(place, output),)
    with held(place.name):
        for one in chosen:
            for side, column in zip(_sides(one), one.channels, strict=True):
                print(f"{one.id}, {side}: channel {column} of {one.device}", flush=True)
                alone = one.model_copy(update={"channels": (column,)})
                tone = soft_tone(Seconds(_TONE), Decibels(_LEVEL))
                with SignalPlayer(place, alone, tone) as player:
                    player.wait()
    print("Did each one sound where it should? If not, change `channels` in the room file.")


@app.command(
    "chime", **described("Hear a chime before it is used", "audio chime bell --room garden")
)
def hear_chime(
    room: RoomOption = None,
    name: Annotated[
        str, typer.Argument(metavar="[CHIME]", autocompletion=completion.chimes)
    ] = "bell",
    output: Annotated[
        str | None,
        typer.Option(
            "--output",
            help="Where; without it, the first output.",
            autocompletion=completion.outputs,
        ),
    ] = None,
    house: HouseOption = None,
) -> None:
    """Hear a chime on the built-in bell, as loud as in a quiet room, before it is used."""
    import numpy as np

    from kacenv.core.units import amplitude
    from kacenv.devices.audio.mixing.bell_synth import ring
    from kacenv.devices.audio.signal_player import SignalPlayer

    place, _, _ = _open(room, house)
    known = place.phrases
    if name not in known:
        raise DeviceError(f"The room has no chime called {name!r}; it has: {', '.join(known)}.")
    one = place.outputs[0] if output is None else _output(place, output)
    sound = ring(known[name]) * np.float32(amplitude(place.chime_loudness.softest))
    with held(place.name), SignalPlayer(place, one, np.stack((sound, sound), axis=1)) as player:
        print(f"{name} on {one.id}, at {place.chime_loudness.softest:g} dBFS", flush=True)
        player.wait()


@app.command(
    **described(
        "Find an output's trim with a sound-level meter",
        "audio calibrate speakers --room garden",
        "audio calibrate speakers --room garden --reading 62dB --write",
    )
)
def calibrate(  # noqa: PLR0913 - one argument for each option
    output: Annotated[str, typer.Argument(autocompletion=completion.outputs)],
    room: RoomOption = None,
    *,
    house: HouseOption = None,
    reading: Annotated[
        str | None, typer.Option(help="What the meter showed earlier, e.g. 62dB; plays nothing.")
    ] = None,
    reference_spl: Annotated[
        float,
        typer.Option(
            help="dB SPL that music at level 0 dB shall have.", min=40, max=80, callback=a_number
        ),
    ] = 65.0,
    write: Annotated[bool, typer.Option("--write", help="Put the trim in the room file.")] = False,
) -> None:
    """Measure an output with a sound-level meter, and find its trim.

    Plays pink noise, very soft at first, while you read the meter (C, slow) where the head will
    be. The noise is the same whatever the trim is, so a reading stays true until the amplifier
    is touched.
    """
    from kacenv.devices.audio.calibration import calibrate as computed

    place, path, document = _open(room, house)
    one = _output(place, output)
    spl = _parse(reading) if reading is not None else _measured(place, one)
    found = computed(spl, one.ceiling, reference_spl)
    trim = f"{found.trim:g} dB"
    print(f"{one.id}: music at level 0 dB will be heard at {reference_spl:g} dB SPL with")
    print(f"    trim: {trim}")
    print(f"    ceiling: {one.ceiling:g} dB   # no peak passes {found.ceiling_spl:.0f} dB SPL")
    print(_SOURCES)
    if write:
        _write(path, place, document, place.outputs.index(one), trim)
        print(f"Written to {path}. It counts from the next start of the room on.")


def _open(room: str | None, house: Path | None) -> "tuple[Room, Path, Document]":
    from kacenv.config import House, load_room
    from kacenv.config.yaml.document import read_document

    home = House.find(house)
    room = room or home.only_room()
    path = home.room(room)
    return load_room(home, room), path, read_document(path)


def _output(place: "Room", name: str) -> "Output":
    for output in place.outputs:
        if output.id == name:
            return output
    known = ", ".join(output.id for output in place.outputs)
    raise DeviceError(f"The room {place.name} has no output called {name!r}; it has: {known}.")


def _sides(output: "Output") -> tuple[str, ...]:
    return ("left", "right") if len(output.channels) == 2 else ("mono",)


def held(room: str) -> "AbstractContextManager[Path]":
    """Lock the room against a daemon while its outputs or lamps are tested."""
    from kacenv.system.room_lock import claim

    return claim(
        room,
        refusal=f"The room {room} is running, and a test signal has no place in a session. "
        "End the session and the room's daemon first, then try again.",
    )


def _measured(place: "Room", output: "Output") -> float:
    """Play noise until the meter's reading is typed; return it."""
    from kacenv.core.units import Seconds
    from kacenv.devices.audio.calibration import noise_level
    from kacenv.devices.audio.signal_player import SignalPlayer
    from kacenv.devices.audio.signals import pink_noise

    level = noise_level(output.ceiling)
    noise = pink_noise(Seconds(_NOISE), level, _SEED)
    with held(place.name), SignalPlayer(place, output, noise, Seconds(_RISE)):
        print(f"Pink noise on {output.id}: {level:g} dBFS rms, seed {_SEED}, rising for 10 s.")
        print("Nobody should wear headphones. Hold the meter (C, slow) where the head will be.")
        return _parse(typer.prompt("Reading in dB SPL, once it is steady (Ctrl-C stops)"))


def _parse(text: str) -> float:
    match = _SPL.fullmatch(text.strip())
    if match is None:
        raise DeviceError(f"A reading is a number of dB, such as 62dB; found {text!r}.")
    return float(match[1])


def _write(path: Path, place: "Room", document: "Document", index: int, trim: str) -> None:
    """Write `trim` into the room file, and change nothing else in it."""
    from kacenv.config.yaml.document import parse
    from kacenv.config.yaml.text_files import shown
    from kacenv.config.yaml.validation_errors import validate
    from kacenv.core.units import parse_decibels
    from kacenv.model.room import Room
    from kacenv.system.paths import is_packed

    if is_packed(path):
        raise DeviceError(
            "You can't change a room that comes with kacenv. Make your own: kacenv init"
        )
    text = path.read_bytes().decode("utf-8")
    changed = _with_trim(text, document, index, trim)
    outputs = list(place.outputs)
    written = validate(Room, document)
    outputs[index] = outputs[index].model_copy(update={"trim": parse_decibels(trim)})
    wanted = written.model_copy(update={"outputs": tuple(outputs)})
    try:
        right = validate(Room, parse(changed, shown(path))) == wanted
    except LoadError:
        right = False
    if not right:
        raise DeviceError(f"{shown(path)} is written in a way we can't edit; put in: trim: {trim}")
    _replace(path.resolve(), changed)


def _with_trim(text: str, document: "Document", index: int, trim: str) -> str:
    lines = text.splitlines(keepends=True)
    trail = ("outputs", index, "trim")
    if trail in document.values:
        line, column = document.place(trail)
        old, rest = str(document.at(trail)), lines[line - 1][column - 1 :]
        quote = rest[0] if rest[0] in "'\"" else ""
        end = len(old) + 2 * len(quote)
        lines[line - 1] = lines[line - 1][: column - 1] + quote + trim + quote + rest[end:]
        return "".join(lines)
    line, column = document.place(("outputs", index, "role"), of_key=True)
    start = document.place(("outputs", index))
    before, after = lines[line - 1][: column - 1], lines[line - 1][column - 1 :]
    if lines[start.line - 1][start.column - 1] == "{":
        lines[line - 1] = f"{before}trim: {trim}, {after}"
    else:
        new_line = "\r\n" if after.endswith("\r\n") else "\n"
        lines[line - 1] = f"{before}trim: {trim}{new_line}{' ' * (column - 1)}{after}"
    return "".join(lines)


def _replace(path: Path, text: str) -> None:
    import os
    import stat

    from kacenv.system.atomic_write import atomic_write

    try:
        with atomic_write(path) as file:
            file.write(text.encode("utf-8"))
            os.fchmod(file.fileno(), stat.S_IMODE(path.stat().st_mode))
    except OSError as error:
        raise DeviceError(f"{path} can't be written: {error.strerror}") from error
