"""`kacenv init`: a clinic's first room, with scenes, playlists and music."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from kacenv.core.errors import KacenvError

if TYPE_CHECKING:
    from kacenv.config.scaffold import LampAnswer, SetupAnswers
    from kacenv.model.room import Role

_LISTEN = {
    "speakers": ("speakers",),
    "headphones": ("seat-a", "seat-b"),
    "both": ("speakers", "seat-a", "seat-b"),
}
_LAMP = "ID:DIALECT:TOPIC:ZONE"
FolderArgument = Annotated[
    Path | None, typer.Argument(metavar="[DIR]", help="Where; else your own house.")
]
RoomOption = Annotated[str | None, typer.Option("--room", help="What the room is called.")]
ListenOption = Annotated[
    str | None, typer.Option("--listen", help="speakers, headphones (two pairs), or both.")
]
StaffOption = Annotated[
    bool | None, typer.Option("--staff/--no-staff", help="An earpiece for staff.")
]
DeviceOption = Annotated[
    str | None, typer.Option("--device", help="The sound device, or part of its name.")
]
BrokerOption = Annotated[str | None, typer.Option("--broker", help="The MQTT broker of the lamps.")]
LampOption = Annotated[
    list[str] | None,
    typer.Option("--lamp", metavar=_LAMP, help="A lamp, e.g. desk:wled:wled/desk:task."),
]
MidiOption = Annotated[str | None, typer.Option("--midi", help="A MIDI port for the chimes.")]
YesOption = Annotated[bool, typer.Option("--yes", "-y", help="Ask nothing.")]


def init(  # noqa: PLR0913 - one argument for each option
    folder: FolderArgument = None,
    *,
    room: RoomOption = None,
    listen: ListenOption = None,
    staff: StaffOption = None,
    device: DeviceOption = None,
    broker: BrokerOption = None,
    lamp: LampOption = None,
    midi: MidiOption = None,
    yes: YesOption = False,
) -> None:
    """Write a room, scenes, playlists and music to begin with; nothing is ever overwritten.

    Without DIR they go to ~/.config/kacenv, or as root to /etc/kacenv, where every command
    finds them.
    """
    from kacenv.config.scaffold import SetupAnswers, write_first_house
    from kacenv.system.paths import own_house

    where = folder or own_house()
    _refuse_second(where)
    ask = _Questions(silent=yes)
    name = ask.text(room, "What is the room called (small letters, digits, hyphens)", "garden")
    roles = _roles(ask, listen, staff)
    sound = ask.device(device)
    host = ask.text(broker, "Address of the lamps' MQTT broker (Enter for no lamps)", "")
    lamps = _lamps(ask, lamp or [], host)
    port = ask.text(midi, "MIDI port for the chimes (Enter for the built-in bell)", "")
    answers = SetupAnswers(name, roles, sound, host, lamps, port)
    written = write_first_house(where, answers)
    _say_what_now(where, answers, written)


def _refuse_second(where: Path) -> None:
    """Refuse an existing house before any question."""
    there = [name for name in ("rooms", "scenes", "playlists") if any((where / name).glob("*"))]
    if there:
        raise KacenvError(
            f"There is a house in {where} already, and nothing in it was touched:"
            f" {', '.join(f'{name}/' for name in there)}."
            " Name another folder: kacenv init my-clinic"
        )


class _Questions:
    """Questions for values without an option; `silent` takes the defaults."""

    def __init__(self, *, silent: bool) -> None:
        self._silent = silent

    def text(self, given: str | None, question: str, usual: str) -> str:
        if given is not None or self._silent:
            return usual if given is None else given
        answer: str = typer.prompt(question, default=usual, show_default=bool(usual))
        return answer.strip()

    def choice(self, given: str | None, question: str, choices: Any) -> str:
        known = list(choices)
        answer = self.text(given, f"{question} ({', '.join(known)})", known[0])
        if answer not in known:
            raise KacenvError(f"There is no {answer!r} to choose; there are: {', '.join(known)}.")
        return answer

    def device(self, given: str | None) -> str:
        if given is not None or self._silent:
            return given or "default"
        from kacenv.devices.audio.output.miniaudio_backend import list_devices

        devices = list_devices()
        for number, found in enumerate(devices, 1):
            channels = f"{found.channels} channels" if found.channels else "channels not told"
            typer.echo(f"  {number}  {found.name}  ({channels})")
        answer = self.text(None, "Sound device: its number, or part of its name", "default")
        if answer.isdecimal() and 1 <= int(answer) <= len(devices):
            return devices[int(answer) - 1].name
        return answer

    def more(self, question: str) -> bool:
        return not self._silent and typer.confirm(question, default=False)


def _roles(ask: _Questions, listen: str | None, staff: bool | None) -> "tuple[Role, ...]":
    from kacenv.model.room import Role

    chosen = _LISTEN[ask.choice(listen, "What does the music come from", _LISTEN)]
    if staff is None:
        staff = ask.more("Is there an earpiece for staff, on a channel of its own?")
    return tuple(Role(name) for name in (*chosen, *(["staff"] if staff else [])))


def _lamps(ask: _Questions, given: list[str], host: str) -> "tuple[LampAnswer, ...]":
    from kacenv.config.scaffold import LampAnswer
    from kacenv.model.dialects import Dialect
    from kacenv.model.look import Zone

    if given and not host:
        raise KacenvError("Lamps need a broker; add for example: --broker 192.168.1.10")
    lamps = [_lamp(text) for text in given]
    while host and not given and ask.more("Another lamp?" if lamps else "A lamp?"):
        lamps.append(
            LampAnswer(
                ask.text(None, "Its short name", f"lamp-{len(lamps) + 1}"),
                Dialect(ask.choice(None, "How it is spoken to", [one.value for one in Dialect])),
                ask.text(None, "Its MQTT topic", f"zigbee2mqtt/lamp-{len(lamps) + 1}"),
                Zone(ask.choice(None, "Where it is", [one.value for one in Zone])),
            )
        )
    return tuple(lamps)


def _lamp(text: str) -> "LampAnswer":
    from kacenv.config.scaffold import LampAnswer
    from kacenv.model.dialects import Dialect
    from kacenv.model.look import Zone

    try:
        name, dialect, rest = text.split(":", 2)
        topic, zone = rest.rsplit(":", 1)
        return LampAnswer(name, Dialect(dialect), topic, Zone(zone))
    except ValueError as error:
        dialects, zones = (", ".join(one.value for one in kind) for kind in (Dialect, Zone))
        raise KacenvError(
            f"A lamp is written {_LAMP}, for example desk:wled:wled/desk:task; found {text!r}."
            f" Dialects: {dialects}. Zones: {zones}."
        ) from error


def _say_what_now(where: Path, answers: "SetupAnswers", written: list[Path]) -> None:
    from kacenv.system.paths import house_folder, in_words

    found = house_folder().resolve() == where.resolve()
    house = "" if found else f" --house {where}"
    print(f"{where}: {len(written)} files, with the room {answers.room}. What now:")
    print(f"  kacenv check{house}")
    print(f"  kacenv rehearse couple-lozenge --room {answers.room}{house}")
    print(f"  kacenv start couple-lozenge --room {answers.room}{house}")
    print(f"Your own music: copy a folder of it to {where / 'playlists'}, for example calm; then:")
    print(f"  kacenv music import {where / 'playlists/calm'} --scene couple-lozenge{house}")
    if not found:
        usual = in_words(str(house_folder()))
        print(f"Without --house, commands look in {usual}; or: cd {where}")
