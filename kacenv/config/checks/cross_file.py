"""Checks across files: scene, room and playlists together."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import PurePath

from kacenv.config.playlists.formats import EXPORT, UNREADABLE
from kacenv.config.yaml.document import Document, Trail
from kacenv.config.yaml.text_files import any_of, near
from kacenv.core.errors import FileProblem
from kacenv.core.units import Seconds, format_seconds
from kacenv.model.playlist import Queue
from kacenv.model.room import Room
from kacenv.model.scene import CheckIn, EndKind, Phase, Scene


@dataclass(frozen=True, slots=True)
class ScenePlan:
    """Scene with the positions of its lines."""

    scene: Scene
    document: Document

    def playlists(self) -> dict[str, Trail]:
        """Return the playlists that the scene names, each with the first place."""
        named: dict[str, Trail] = {}
        for index, phase in enumerate(self.scene.phases):
            named.setdefault(phase.playlist, ("phases", index, "playlist"))
        if self.scene.overflow is not None:
            named.setdefault(self.scene.overflow, ("overflow",))
        return named


def unknown_playlist(plan: ScenePlan, trail: Trail, names: tuple[str, ...]) -> FileProblem:
    """Return the problem of a playlist that isn't among the house's `names`."""
    wanted = str(plan.document.at(trail))[:60]
    kind = UNREADABLE.get(PurePath(wanted).suffix.lower())
    if kind:
        found = f"{trail[-1]}: {wanted}, {kind}"
        return plan.document.problem(trail, found, EXPORT)
    like = near(wanted, names)
    return plan.document.problem(
        trail,
        f"{trail[-1]}: {wanted}, which isn't there",
        f"one of the playlists: {any_of(names)}",
        f"{trail[-1]}: {like}" if like else "",
    )


def check_scene(plan: ScenePlan) -> Iterator[FileProblem]:
    """Yield the problems of the scene alone: check-ins that never come, an unknown `from`."""
    for index, check_in in enumerate(plan.scene.check_ins):
        yield from _late(plan, index, check_in)
    names = [phase.name for phase in plan.scene.phases]
    begin = plan.scene.ending.begin
    trail = ("ending", "from")
    if trail in plan.document.values and begin not in names:
        expected = f"one of this scene's phases: {any_of(names)}"
        example = f"from: {near(begin, names) or names[-1]}"
        yield plan.document.problem(trail, f"from: {begin}", expected, example)


def _late(plan: ScenePlan, index: int, check_in: CheckIn) -> Iterator[FileProblem]:
    key = "at" if check_in.at is not None else "every"
    moment = check_in.at or check_in.every or Seconds(0.0)
    for what, duration in _spans(plan.scene, check_in):
        if moment >= duration:
            yield plan.document.problem(
                ("check_ins", index, key),
                f"{key}: {format_seconds(moment)}, but {what} lasts {format_seconds(duration)}",
                f"a time before the end of {what}, so that the check-in comes",
                f"{key}: {format_seconds(duration // 2)}",
            )


def _spans(scene: Scene, check_in: CheckIn) -> Iterator[tuple[str, Seconds]]:
    if not check_in.phases:
        yield "the session", scene.duration
    for phase in scene.phases:
        if phase.name in check_in.phases:
            yield f"the phase {phase.name}", phase.duration


def check_looks(plan: ScenePlan, room: Room) -> Iterator[FileProblem]:
    """Yield the scene's looks that the room lacks."""
    for index, phase in enumerate(plan.scene.phases):
        if phase.light is not None and phase.light not in room.looks:
            like = near(phase.light, room.looks)
            yield plan.document.problem(
                ("phases", index, "light"),
                f"light: {phase.light}, which the room {room.name} doesn't have",
                f"one of the room's looks: {any_of(room.looks)}",
                f"light: {like}" if like else "",
            )


def check_chimes(plan: ScenePlan, room: Room) -> Iterator[FileProblem]:
    """Yield the scene's chimes that the room lacks."""
    known = (*room.phrases, "none")
    for index, check_in in enumerate(plan.scene.check_ins):
        if check_in.chime is not None and check_in.chime not in known:
            yield plan.document.problem(
                ("check_ins", index, "chime"),
                f"chime: {check_in.chime[:60]}, which the room {room.name} doesn't have",
                f"one of the room's chimes: {any_of(known)}",
                f"chime: {near(check_in.chime, known) or known[0]}",
            )


def check_music(plan: ScenePlan, queues: Mapping[str, Queue]) -> Iterator[FileProblem]:
    """Yield the phases whose music is too short for their longest duration."""
    if plan.scene.overflow is not None:
        return
    for index, phase in enumerate(plan.scene.phases):
        queue = queues.get(phase.playlist)
        needed = _longest(phase)
        if queue is not None and not queue.repeat and queue.length < needed:
            yield plan.document.problem(
                ("phases", index, "playlist"),
                f"playlist: {phase.playlist}, {format_seconds(queue.length)} of music for a"
                f" phase of up to {format_seconds(needed)}",
                "enough music: more tracks, `repeat: yes` in the playlist,"
                " or an `overflow` playlist for the scene",
                "overflow: overflow",
            )


def _longest(phase: Phase) -> Seconds:
    slack = phase.window if phase.end is EndKind.TRACK else phase.timeout
    return Seconds(phase.duration + (slack or 0.0))
