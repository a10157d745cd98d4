"""Warnings about a scene's music, fades and check-ins."""

from collections.abc import Iterator, Mapping

from kacenv.config.checks.cross_file import ScenePlan
from kacenv.config.checks.track_warnings import LintWarning, WarningRule
from kacenv.config.yaml.document import Trail
from kacenv.core.units import Seconds, format_brief, format_seconds
from kacenv.model.playlist import Queue
from kacenv.model.scene import EndKind


def scene_warnings(plan: ScenePlan, queues: Mapping[str, Queue]) -> Iterator[LintWarning]:
    """Yield warnings about a scene; `queues` are its playlists that could be read."""
    for index, phase in enumerate(plan.scene.phases):
        queue = queues.get(phase.playlist)
        if queue is not None:
            yield from _music(plan, index, queue)
        yield from _fades(plan, index)
    yield from _check_ins(plan)


def _warning(plan: ScenePlan, trail: Trail, rule: WarningRule, text: str) -> LintWarning:
    line, column = plan.document.place(trail)
    return LintWarning(plan.document.file, line, column, text, rule)


def _music(plan: ScenePlan, index: int, queue: Queue) -> Iterator[LintWarning]:
    phase = plan.scene.phases[index]
    if plan.scene.overflow is not None and not queue.repeat and queue.length < phase.duration:
        text = (
            f"{phase.playlist} holds {format_seconds(queue.length)} of music for a phase of"
            f" {format_seconds(phase.duration)}; after that, {plan.scene.overflow} goes on"
        )
        yield _warning(plan, ("phases", index, "playlist"), WarningRule.COVERAGE, text)
    shortest = min(queue.cuts, key=lambda cut: cut.length)
    if shortest.length / 2 < _crossfade(plan, index):
        text = (
            f"a crossfade of {format_seconds(phase.crossfade)} is longer than half of"
            f" “{shortest.title}” ({format_brief(shortest.length)}), which may play in it;"
            f" then it takes {format_brief(shortest.length / 2)}"
        )
        yield _warning(plan, ("phases", index, "crossfade"), WarningRule.CROSSFADE, text)


def _crossfade(plan: ScenePlan, index: int) -> Seconds:
    """Return the crossfade as the timeline shortens it."""
    phase = plan.scene.phases[index]
    return Seconds(min(phase.crossfade, phase.duration / 2))


def _fades(plan: ScenePlan, index: int) -> Iterator[LintWarning]:
    phase = plan.scene.phases[index]
    lasts = f"the phase {phase.name} lasts {format_seconds(phase.duration)}"
    half = Seconds(phase.duration / 2)
    if phase.crossfade > half:
        text = (
            f"a crossfade of {format_seconds(phase.crossfade)}, but {lasts};"
            f" it takes {format_seconds(_crossfade(plan, index))}"
        )
        yield _warning(plan, ("phases", index, "crossfade"), WarningRule.CROSSFADE, text)
    if phase.light is not None and phase.light_fade > half:
        text = (
            f"a light_fade of {format_seconds(phase.light_fade)}, but {lasts};"
            f" it takes {format_seconds(half)}"
        )
        yield _warning(plan, ("phases", index, "light_fade"), WarningRule.LIGHT_FADE, text)
    if phase.window is not None and phase.window > half:
        text = (
            f"a window of {format_seconds(phase.window)}, but {lasts}; it is {format_seconds(half)}"
        )
        yield _warning(plan, ("phases", index, "window"), WarningRule.WINDOW, text)


def _check_ins(plan: ScenePlan) -> Iterator[LintWarning]:
    """Yield check-ins that don't come if a phase ends early, with its music."""
    early = {
        phase.name: Seconds(phase.duration - min(phase.window or 0.0, phase.duration / 2))
        for phase in plan.scene.phases
        if phase.end is EndKind.TRACK
    }
    lasts = {phase.name: phase.duration for phase in plan.scene.phases}
    for index, check_in in enumerate(plan.scene.check_ins):
        moment = check_in.at if check_in.at is not None else check_in.every
        for name in check_in.phases:
            if name in early and moment is not None and early[name] <= moment < lasts[name]:
                key = "at" if check_in.at is not None else "every"
                text = (
                    f"may not come: with its music, the phase {name} may end after"
                    f" {format_seconds(early[name])}"
                )
                yield _warning(plan, ("check_ins", index, key), WarningRule.CHECK_IN, text)
