"""Names of file types that kacenv doesn't play, by first bytes and by suffix."""

from typing import Final

_STARTS: Final = {
    b"\x30\x26\xb2\x75\x8e\x66\xcf\x11": "Windows Media",
    b"wvpk": "WavPack",
    b"DSD ": "DSD",
    b"FRM8": "DSD",
    b"MAC ": "Monkey's Audio",
    b"MPCK": "Musepack",
    b"MP+": "Musepack",
    b"TTA1": "True Audio",
    b"tBaK": "TAK",
    b"OFR ": "OptimFROG",
    b"ajkg": "Shorten",
    b".ra\xfd": "RealAudio",
    b".RMF": "RealAudio",
    b"#!AMR": "AMR",
    b".snd": "Sun audio",
    b"caff": "Core Audio",
    b"riff": "Wave64",
    b"MThd": "MIDI notes",
    b"Extended Module:": "a tracker's module",
    b"IMPM": "a tracker's module",
    b"\x0b\x77": "Dolby Digital",
    b"\x7f\xfe\x80\x01": "DTS",
}
_SUFFIXES: Final = {
    "Windows Media": (".wma", ".asf"),
    "WavPack": (".wv",),
    "DSD": (".dsf", ".dff"),
    "Monkey's Audio": (".ape",),
    "Musepack": (".mpc", ".mp+", ".mpp"),
    "True Audio": (".tta",),
    "TAK": (".tak",),
    "OptimFROG": (".ofr", ".ofs"),
    "Shorten": (".shn",),
    "RealAudio": (".ra", ".rm", ".rmvb"),
    "AMR": (".amr", ".awb"),
    "Sun audio": (".au", ".snd"),
    "Core Audio": (".caf",),
    "Wave64": (".w64",),
    "MIDI notes": (".mid", ".midi", ".kar", ".rmi"),
    "a tracker's module": (".mod", ".xm", ".it", ".s3m"),
    "Dolby Digital": (".ac3", ".eac3"),
    "DTS": (".dts",),
    "ATRAC": (".aa3", ".oma", ".at3"),
}
_LOCKED: Final = {
    "Audible": (".aa", ".aax", ".aaxc", "aax "),
    "Apple": (".m4p", "M4P "),
}
"""Shops that lock files to their own players, by suffix and by brand (ISO/IEC 14496-12)."""
_PLAYED: Final = (
    *(".flac", ".opus", ".ogg", ".oga", ".mp3", ".mp2", ".wav", ".wave", ".m4a", ".m4b", ".mp4"),
    *(".aac", ".aif", ".aiff", ".aifc", ".mka", ".spx", ".rf64", ".bwf"),
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
