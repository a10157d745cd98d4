"""Session: the engine on a clock, connected to sound, light and chimes."""

import asyncio
import logging
from collections.abc import Callable
from dataclasses import replace

from kacenv.core.errors import KacenvError, RefusedError
from kacenv.core.units import Decibels, Seconds
from kacenv.engine import answers
from kacenv.engine.forecast import forecast, is_same_music
from kacenv.engine.lights import LIGHTS_UP
from kacenv.engine.phases import STOPPING
from kacenv.engine.replay import replay
from kacenv.engine.state import LightHand, State
from kacenv.engine.step import LEAD, next_due, step
from kacenv.model.commands import (
    Command,
    Crossfade,
    EnterPhase,
    Notice,
    Prompt,
    ResumeLights,
    ScheduledCommand,
    SessionEnded,
    SetDuck,
    SetHush,
    SetMute,
    SetVolume,
    ShowLook,
)
from kacenv.model.mode import Mode
from kacenv.model.playlist import SHORTEST_FADE
from kacenv.model.requests import Event, LightsUp, Press, Request, Resume, Stop
from kacenv.model.room import Role, Room
from kacenv.model.status import RoomStatus
from kacenv.session.device_hub import DeviceHub
from kacenv.session.dropout_tally import DropoutTally
from kacenv.session.journal import Journal, ResumableSession
from kacenv.session.ports import SupervisionPort
from kacenv.session.session_log import SessionLog
from kacenv.session.staff_messages import StaffMessages
from kacenv.session.status import describe
from kacenv.system.clock import Clock
from kacenv.system.timestamps import slept

SHORTEST_SLEEP = Seconds(1.0)
"""Shortest suspend of the machine that counts as an outage."""
LONGEST_WAIT = Seconds(0.5)
"""Longest wait of the loop, in real seconds."""
ORDERED_AHEAD = Seconds(4 * 3600.0)
"""Time for which the music is ordered ahead: longer than any session; a hold has no end."""

_NO_PLAN = "The plan can't be followed; the music goes on. These work: lights-up, stop."
_NO_WAY_BACK = (
    "The session before could not be carried on. Start the scene again, and go to its phase "
    "with: kacenv next"
)
_NO_MUSIC = Decibels(-120.0)
_log = logging.getLogger(__name__)


class Session:
    """Engine of one room on a clock; commands go to the devices.

    All methods but `report`, `press`, `volume` and `tell` belong to the event loop's thread.
    """

    def __init__(
        self,
        room: Room,
        clock: Clock,
        journal: Journal | None = None,
        slept: Callable[[], Seconds] = slept,
    ) -> None:
        self.state = State(room=room)
        self.room = room
        self.clock = clock
        self.turns = 0
        """Counter of the loop's turns."""
        self.ended = asyncio.Event()
        self.devices = DeviceHub(room)
        self.supervision: SupervisionPort | None = None
        self._session_log = SessionLog(journal, self._engine_time, lambda: self.devices.underruns)
        self._messages = StaffMessages(clock.now, self._session_log.tell)
        self._dropouts = DropoutTally(clock.now())
        self._failing = False
        self._ordered_ahead: State | None = None
        self._slept, self._awake_since = slept, slept()
        self._wake = asyncio.Event()
        self._loop = asyncio.get_running_loop()

    async def run(self) -> None:
        """Run the engine's actions when due, until cancelled."""
        while True:
            self.turns += 1
            self._advance_safely()
            self._order_ahead_safely()
            self._poll_devices()
            self._wake.clear()
            try:
                await asyncio.wait_for(self._wake.wait(), self._wait())
            except TimeoutError:
                continue

    def _advance_safely(self) -> None:
        """Advance the engine; a fault must not end the loop: music goes on, staff can still act."""
        try:
            self._handle_suspend()
            self._advance(None)
        except Exception:  # noqa: BLE001 - whatever it is, the room is kept
            if not self._failing:
                _log.exception("the plan could not be followed")
                self._messages.tell(_NO_PLAN)
            self._failing = True
        else:
            self._failing = False

    def resume(self, back: ResumableSession, sounding: tuple[int, ...] = ()) -> None:
        """Resume a session that broke off; the clock is as if it had never stopped.

        `sounding` are the tracks that have gone on playing.
        """
        past, certain = back
        if past.lost:
            self._messages.tell(f"{past.lost} lines of the session's record are lost.")
        self._session_log.go_on(past.number)
        try:
            self.state = replay(past.base, past.entries)
            self._advance(Resume(past.since, certain, sounding))
        except Exception:  # noqa: BLE001 - a room that can't go back must open all the same
            _log.exception("the session before could not be carried on")
            self.state = State(room=self.room)
            self._session_log.close(self._engine_time())
            self._messages.tell(_NO_WAY_BACK)

    def restore_sound(self) -> None:
        """Put the music back where it should be, as a new player knows nothing of it."""
        self._ordered_ahead = None
        if not self.is_idle:
            self._pressed(Resume(self._engine_time()))
        self.wake()

    def _handle_suspend(self) -> None:
        """Resume after a suspend of the machine as after any other outage."""
        gap = Seconds(self._slept() - self._awake_since)
        if gap <= SHORTEST_SLEEP:
            return
        since = self._engine_time()
        self._awake_since = Seconds(self._awake_since + gap)
        if self.devices.sound is not None:
            self.devices.sound.fade_in()
            self.devices.sound.schedule(())
            self._ordered_ahead = None
        self.clock.jump(gap)
        if not self.is_idle:
            self._pressed(Resume(since))

    def _order_ahead_safely(self) -> None:
        """Order the music of the whole plan ahead, whenever that changes."""
        try:
            self._order_ahead()
        except Exception:  # noqa: BLE001 - the engine is at fault, and will be asked again
            _log.exception("the plan can't be told ahead")

    def _order_ahead(self) -> None:
        sound, before = self.devices.sound, self._ordered_ahead
        if sound is None or (before is not None and is_same_music(before, self.state)):
            return
        self._ordered_ahead = self.state
        ahead: list[ScheduledCommand] = []
        try:
            for order in forecast(self.state, Seconds(self._engine_time() + ORDERED_AHEAD)):
                ahead.append(order)  # noqa: PERF402 - what was told before an error counts
        finally:
            sound.schedule(ahead)

    def _poll_devices(self) -> None:
        """Write a heartbeat and report faults of devices; an error in that doesn't end the loop."""
        try:
            self._count_dropouts()
            self._session_log.beat(self._engine_time())
            self._report_device_changes()
        except Exception:  # noqa: BLE001 - whatever it is, the room is kept
            _log.exception("the room's devices could not be looked after")

    def _count_dropouts(self) -> None:
        """Count the gaps that the sound device made while a session was on."""
        found = self.devices.sound.take_dropouts() if self.devices.sound else ()
        for dropout in found if not self.is_idle else ():
            own = self._dropouts.add(dropout)
            if own is not None:
                self._session_log.dropout(own)

    def _report_device_changes(self) -> None:
        """Tell staff when the sound device or the journal's disk fails, and when it works again."""
        sound = self.devices.sound.device_note if self.devices.sound else None
        self._messages.tell_once("The sound is back.", sound)
        self._messages.tell_once("The session is being written down again.", self._session_log.note)

    def _wait(self) -> float:
        due = None if self._failing else next_due(self.state)
        if due is None or not self.clock.rate:
            return LONGEST_WAIT
        return min(LONGEST_WAIT, max(0.0, due - self._engine_time()) / self.clock.rate)

    def _engine_time(self) -> Seconds:
        return Seconds(self.clock.now() + LEAD)

    def submit(self, request: Request, request_id: str = "") -> str:
        """Handle a request now, and return the reply for the therapist.

        One whose id is known does nothing more, and gets the first reply, or the first refusal.

        Raises:
            RefusedError: The request makes no sense now; the room is unchanged.
        """
        try:
            reply = self._advance(request, request_id)
        except RefusedError as error:
            self._remember_refusal(request, request_id, str(error))
            raise
        except KacenvError:
            raise
        except Exception:  # noqa: BLE001 - the therapist's word counts, whatever has failed
            _log.exception("a request could not be followed: %s", request)
            return self._without_plan(request)
        self.wake()
        return reply

    def _remember_refusal(self, request: Request, request_id: str, words: str) -> None:
        if not request_id or self.knows(request_id):
            return
        asked_at = answers.AskedAt(request_id, request, self._engine_time())
        self.state = answers.refused(asked_at, self.state, words)
        self._session_log.refuse(asked_at, words)

    def knows(self, request_id: str) -> bool:
        """Return True if a request with this id was answered before."""
        return request_id in self.state.answered

    def wake(self) -> None:
        """Have the loop do now what has come due, as after a change of the clock."""
        self._wake.set()

    def _without_plan(self, request: Request) -> str:
        """Handle stop and lights-up, which must never fail, without the engine.

        Raises:
            RefusedError: The request is another one.
        """
        now = self._engine_time()
        if isinstance(request, Stop):
            self._perform(Crossfade(None, now, STOPPING))
            self._perform(ShowLook(self.room.safe_light, now, STOPPING))
            self._reset_levels(Seconds(now + STOPPING))
            self._session_log.write(self.state, now, request)
            self.state = State(
                room=self.room,
                last_play_id=self.state.last_play_id + 1,
                answered=self.state.answered,
            )
            self._session_log.close(now)
            self.ended.set()
            return "Stopping: the music fades out and the safe light comes up."
        if isinstance(request, LightsUp):
            self._perform(ShowLook(self.room.safe_light, now, LIGHTS_UP, urgent=True))
            self.state = replace(self.state, light_hand=LightHand.LIGHTS_UP)
            return "Lights are coming up."
        raise RefusedError("That can't be done; the music goes on. These work: lights-up, stop.")

    def _reset_levels(self, at: Seconds) -> None:
        """Undo silence, ducking, mutes and volumes for the next session."""
        self._perform(SetHush(False, at, SHORTEST_FADE))
        self._perform(SetDuck(Decibels(0.0), at, SHORTEST_FADE))
        for output in self.room.outputs:
            self._perform(SetMute(output.id, False, at, SHORTEST_FADE))
            self._perform(SetVolume(output.id, Decibels(0.0), at, SHORTEST_FADE))

    def report(self, event: Event) -> None:
        """Handle a device's event. Thread-safe."""
        self._call_soon(self.submit, event)

    def press(self, request: Press) -> None:
        """Handle a request without a reply; staff are shown a refusal. Thread-safe."""
        self._call_soon(self._pressed, request)

    def _pressed(self, request: Request) -> None:
        try:
            self.submit(request)
        except KacenvError as error:
            self._messages.tell(str(error))

    def volume(self, output: str | None) -> Decibels:
        """Return the target volume of one output (dB from the plan), or the loudest of all.

        Thread-safe.
        """
        volumes = self.state.volumes
        names = [one.id for one in self.room.outputs] if output is None else [output]
        return Decibels(max(volumes[name].target if name in volumes else 0.0 for name in names))

    def tell(self, text: str) -> None:
        """Show a message to staff. Thread-safe."""
        self._call_soon(self._messages.tell, text)

    def _call_soon(self, act: object, *args: object) -> None:
        try:
            self._loop.call_soon_threadsafe(act, *args)  # type: ignore[arg-type]
        except RuntimeError:
            _log.debug("came after the end: %s", args)

    def _advance(self, request: Request | None, request_id: str = "") -> str:
        before, now = self.state, self._engine_time()
        if self.knows(request_id):
            return step(before, now, request, request_id).reply
        due = next_due(before)
        self.state, commands, reply = step(before, now, request, request_id)
        self._session_log.order_performed(due, now, request)
        if request is not None:
            self._session_log.write(before, now, request, request_id)
        if before.timeline is None and self.state.timeline is not None:
            self._dropouts = DropoutTally(now)
        for command in commands:
            self._perform(command)
        return reply

    def _perform(self, command: Command) -> None:
        """Route one command; a device that fails must not stop the others."""
        try:
            self._route(command)
        except Exception:  # noqa: BLE001 - one broken adapter must not take the others with it
            _log.exception("could not be done: %s", command)
            self._messages.tell("A part of the room didn't answer; the session goes on.")

    def _route(self, command: Command) -> None:
        match command:
            case Prompt(text=text):
                self._messages.tell(text, check_in=True)
            case Notice(text=text):
                self._messages.tell(text, planned=True)
            case EnterPhase(name=name):
                self.ended.clear()
                _log.info("phase %s", name)
            case SessionEnded():
                _log.info("session ended")
                self._session_log.close(self._engine_time())
                self.ended.set()
            case ShowLook() | ResumeLights():
                self.devices.show(command)
            case _:
                self.devices.play(command)

    @property
    def is_idle(self) -> bool:
        """True if no session is on."""
        return self.state.mode is Mode.IDLE

    def status(self) -> RoomStatus:
        """Return the room's present status."""
        now, devices, supervision = self.clock.now(), self.devices, self.supervision
        watch = supervision.health() if supervision else {}
        return RoomStatus(
            room=self.room.name,
            session=describe(self.state, Seconds(now + LEAD)),
            sound=devices.sound.device if devices.sound else "none",
            meters=dict(devices.meters()),
            broker=devices.light.connected if devices.light else None,
            lamps=dict(devices.lamps()),
            told=self._messages.lines(now),
            health={
                **devices.health(self._dropouts.note(now)),
                **self._session_log.health(),
                **watch,
            },
            dropouts=self._dropouts.status(),
            roles={output.id: output.role for output in self.room.outputs},
            processes=supervision.processes() if supervision else (),
            at=now,
            rate=self.clock.rate,
        )


def lacks_staff_sound(room: Room) -> bool:
    """Return True if nobody would hear a chime for staff."""
    return room.midi.chimes is None and all(out.role is not Role.STAFF for out in room.outputs)
