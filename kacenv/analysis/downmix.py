"""Conversion of decoded sound to stereo: the one downmix of kacenv, for the meter and the decks.

Surround sound is mixed down as ITU-R BS.775-3 says: centre and surrounds at -3 dB, no LFE. The mix
is scaled so that it can't clip, whatever all channels do at once: 5.1 by -7.7 dB.
"""

from collections.abc import Iterator, Mapping
from typing import Final, NamedTuple

import av
from av.audio.frame import AudioFrame
from av.filter.context import FilterContext
from av.filter.graph import Graph

_MINUS_3_DB: Final = str(0.5**0.5)
_MATRIX: Final = {
    "center_mix_level": _MINUS_3_DB,
    "surround_mix_level": _MINUS_3_DB,
    "lfe_mix_level": "0",
    "rematrix_maxval": "1",
}
_BOTH_SIDES: Final = "stereo|c0=c0|c1=c0"
"""A mono file plays on both sides at its full level; FFmpeg's own upmix is 3 dB softer."""
_RATES: Final = range(1_000, 6_000_001)
"""Sample rates (Hz) of music; beyond, FFmpeg's filters and its resampler fail, or take for ever."""
Form = tuple[int, str, str]
"""Sample rate, channel layout and sample format of a frame."""


def form_of(frame: AudioFrame) -> Form:
    """Return what mustn't change inside a filter graph."""
    return frame.sample_rate, frame.layout.name, frame.format.name


def source_of(graph: Graph, frame: AudioFrame) -> FilterContext:
    """Add the source of a graph for frames like `frame`."""
    return graph.add_abuffer(
        sample_rate=frame.sample_rate,
        format=frame.format.name,
        layout=frame.layout.name,
        time_base=frame.time_base,
    )


def stereo_filters(graph: Graph, channels: int) -> tuple[FilterContext, ...]:
    """Add the filters that make two channels of more; none for one or two channels."""
    if channels <= 2:
        return ()
    return (graph.add("aresample", **_MATRIX, out_chlayout="stereo"),)


def pulled(sink: FilterContext) -> Iterator[AudioFrame]:
    """Yield the frames that a graph has ready."""
    while True:
        try:
            frame = sink.pull()
        except (av.BlockingIOError, av.EOFError):
            return
        if isinstance(frame, AudioFrame):
            yield frame


class _Chain(NamedTuple):
    """Filters from a source to a sink; they live no longer than their graph."""

    graph: Graph
    source: FilterContext
    sink: FilterContext


class StereoConverter:
    """Makes stereo frames of one format and rate, also where a sound's form changes inside."""

    def __init__(self, sample_format: str, rate: int) -> None:
        self._wanted = {"sample_fmts": sample_format, "sample_rates": str(rate)}
        self._form: Form | None = None
        self._chain: _Chain | None = None

    def convert(self, frame: AudioFrame | None) -> Iterator[AudioFrame]:
        """Yield what can be made once `frame` is known; None is the end of the sound."""
        if frame is None or form_of(frame) != self._form:
            yield from self._rest()
        if frame is None:
            return
        if self._chain is None:
            self._form, self._chain = form_of(frame), _chain_for(frame, self._wanted)
        self._chain.source.push(frame)
        yield from pulled(self._chain.sink)

    def _rest(self) -> Iterator[AudioFrame]:
        chain, self._chain = self._chain, None
        if chain is not None:
            chain.source.push(None)
            yield from pulled(chain.sink)


def _chain_for(frame: AudioFrame, wanted: Mapping[str, str]) -> _Chain:
    graph, channels = Graph(), frame.layout.nb_channels
    layout = "mono" if channels == 1 else "stereo"
    nodes = [source_of(graph, frame), *stereo_filters(graph, channels)]
    nodes.append(graph.add("aformat", **wanted, channel_layouts=layout))
    if channels == 1:
        nodes.append(graph.add("pan", _BOTH_SIDES))
    nodes.append(graph.add("abuffersink"))
    graph.link_nodes(*nodes).configure()
    return _Chain(graph, nodes[0], nodes[-1])


def converts(frame: AudioFrame) -> bool:
    """Tell if a frame can be made stereo at the room's rate.

    Damage has frames say that they hold 49 channels, or one sample a second.
    """
    if frame.sample_rate not in _RATES:
        return False
    try:
        _chain_for(frame, {})
    except (av.FFmpegError, ValueError):
        return False
    return True
