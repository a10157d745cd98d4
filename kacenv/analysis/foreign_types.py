"""Names of file types that kacenv doesn't play, by first bytes and by suffix."""

from typing import Final

_STARTS: Final = {
    b"OFR ": "OptimFROG",
    b"ajkg": "Shorten",
    b".ra\xfd": "RealAudio",
    b".RMF": "RealAudio",
    b"#!AMR": "AMR",
    b"MThd": "MIDI notes",
    b"Extended Module:": "a tracker's module",
    b"IMPM": "a tracker's module",
}
_SUFFIXES: Final = {
    "OptimFROG": (".ofr", ".ofs"),
    "Shorten": (".shn",),
    "RealAudio": (".ra", ".rm", ".rmvb"),
    "AMR": (".amr", ".awb"),
    "MIDI notes": (".mid", ".midi", ".kar", ".rmi"),
    "a tracker's module": (".mod", ".xm", ".it", ".s3m"),
    "ATRAC": (".aa3", ".oma", ".at3"),
}
_LOCKED: Final = {
    "Audible": (".aa", ".aax", ".aaxc", "aax "),
    "Apple": (".m4p", "M4P "),
}
"""Shops that lock files to their own players, by suffix and by brand (ISO/IEC 14496-12)."""
_PLAYED: Final = (
    *(".flac", ".opus", ".ogg", ".oga", ".mp3", ".mp2", ".wav", ".wave", ".m4a", ".m4b", ".mp4"),
    *(".aac", ".aif", ".aiff", ".aifc", ".mka", ".spx", ".rf64", ".bwf", ".wma", ".asf", ".wv"),
    *(".dsf", ".dff", ".ape", ".mpc", ".mp+", ".mpp", ".tta", ".tak", ".au", ".snd", ".caf"),
    *(".w64", ".ac3", ".eac3", ".dts"),
)


def foreign_type(head: bytes, suffix: str) -> str:
    """Return the name of a type of music that kacenv doesn't play; "" for any other file.

    The first bytes in `head` come before the `suffix`, as a file may be called anything.
    """
    for start, name in _STARTS.items():
        if head.startswith(start):
            return name
    return next((name for name, ends in _SUFFIXES.items() if suffix.lower() in ends), "")


def locked_by(head: bytes, suffix: str) -> str:
    """Return whose player alone plays a file that begins so; "" for any other file."""
    brand = head[8:12].decode("latin-1") if head[4:8] == b"ftyp" else ""
    marks = {suffix.lower(), brand}
    return next((name for name, ends in _LOCKED.items() if marks & {*ends}), "")


def is_called_music(suffix: str) -> bool:
    """Tell if a suffix is that of a type of music that kacenv plays."""
    return suffix.lower() in _PLAYED
