"""Files that look like music and point elsewhere: to a server, or to another file."""

import struct
from collections.abc import Iterator
from pathlib import Path
from typing import Final, NamedTuple


class Bait(NamedTuple):
    """Address of a server and path of a file that nobody may open."""

    url: str
    path: Path


def manifests(bait: Bait) -> dict[str, bytes]:
    """Return every kind of list, manifest and reference that is known, each to both baits."""
    url, path = bait.url, str(bait.path)
    texts = {
        "m3u": f"#EXTM3U\n#EXTINF:9,x\n{url}\n{path}\nfile://{path}\n",
        "hls": "#EXTM3U\n#EXT-X-VERSION:3\n#EXT-X-TARGETDURATION:9\n#EXT-X-KEY:METHOD=AES-128,"
        f'URI="{url}"\n#EXTINF:9,\n{url}.ts\n#EXTINF:9,\n{path}\n#EXT-X-ENDLIST\n',
        "hls-master": f"#EXTM3U\n#EXT-X-STREAM-INF:BANDWIDTH=9000\n{url}.m3u8\n",
        "ffconcat": f"ffconcat version 1.0\nfile '{url}'\nfile '{path}'\n",
        "pls": f"[playlist]\nFile1={url}\nFile2={path}\nNumberOfEntries=2\nVersion=2\n",
        "xspf": '<?xml version="1.0"?><playlist version="1" xmlns="http://xspf.org/ns/0/"><trackList>'
        f"<track><location>{url}</location></track></trackList></playlist>",
        "asx": f'<asx version="3"><entry><ref href="{url}"/></entry></asx>',
        "asf-reference": f"[Reference]\nRef1={url}\nRef2=file://{path}\n",
        "wpl": f'<?wpl version="1.0"?><smil><body><seq><media src="{url}"/></seq></body></smil>',
        "smil": f'<smil><body><audio src="{url}"/><audio src="{path}"/></body></smil>',
        "qtl": '<?xml version="1.0"?><?quicktime type="application/x-quicktime-media-link"?>'
        f'<embed src="{url}" autoplay="true"/>',
        "b4s": f'<?xml version="1.0"?><WinampXML><playlist><entry Playstring="{url}"/></playlist>'
        "</WinampXML>",
        "dash": '<?xml version="1.0"?><MPD xmlns="urn:mpeg:dash:schema:mpd:2011" type="static" '
        'mediaPresentationDuration="PT9S" profiles="urn:mpeg:dash:profile:isoff-on-demand:2011">'
        f'<Period><AdaptationSet mimeType="audio/mp4"><Representation id="1" bandwidth="9">'
        f"<BaseURL>{url}</BaseURL></Representation></AdaptationSet></Period></MPD>",
        "smooth": f'<SmoothStreamingMedia MajorVersion="2" Duration="9"><StreamIndex Type="audio" '
        f'Url="{url}"><c t="0" d="9"/></StreamIndex></SmoothStreamingMedia>',
        "hds": '<manifest xmlns="http://ns.adobe.com/f4m/1.0"><baseURL>'
        f'{url}</baseURL><media url="{url}" bootstrapInfoId="b"/></manifest>'.ljust(300),
        "sdp": "v=0\no=- 0 0 IN IP4 127.0.0.1\ns=x\nc=IN IP4 127.0.0.1\nt=0 0\n"
        f"a=control:{url}\nm=audio 5004 RTP/AVP 14\n",
        "rtsp": f"RTSPtext\nrtsp://{url.removeprefix('http://')}\n",
        "ram": f"{url}\n{path}\n",
        "podcast": f'<?xml version="1.0"?><rss version="2.0"><channel><item><enclosure url="{url}" '
        'type="audio/mpeg"/></item></channel></rss>',
        "itunes": '<?xml version="1.0"?><!DOCTYPE plist><plist version="1.0"><dict>'
        f"<key>Tracks</key><dict><key>1</key><dict><key>Location</key><string>{url}</string></dict></dict></dict>"
        "</plist>",
        "zpl": f"NumberOfEntries=1\nAC=1\nNM={url}\n",
        "google": f'<?xml version="1.0"?><GVP version="1.0"><url>{url}</url></GVP>',
        "cue": f'FILE "{path}" WAVE\n  TRACK 01 AUDIO\n    INDEX 01 00:00:00\n',
        "nsc": f"[Address]\nName={url}\nUnicast URL={url}\n",
        "xml": f'<?xml version="1.0"?><!DOCTYPE a SYSTEM "{url}" [<!ENTITY e SYSTEM "{path}">]>'
        "<a>&e;</a>",
        "address": f"concat:{path}|{url}\n",
        "vtt": f"WEBVTT\n\n00:00.000 --> 00:09.000\n{url}\n",
    }
    found = {name: text.encode() for name, text in texts.items()}
    found["utf-16"] = b"\xff\xfe" + texts["m3u"].encode("utf-16-le")
    found["quicktime-reference"] = _reference_movie(url)
    found["asf-header"] = _asf_script(url)
    return found


def _box(name: bytes, *content: bytes) -> bytes:
    whole = b"".join(content)
    return struct.pack(">I4s", 8 + len(whole), name) + whole


def _reference_movie(url: str) -> bytes:
    """Return a QuickTime movie that stands for another one."""
    address = url.encode() + b"\0"
    reference = _box(b"rdrf", bytes(4), b"url ", struct.pack(">I", len(address)), address)
    return _box(b"ftyp", b"qt  \0\0\0\0qt  ") + _box(
        b"moov", _box(b"rmra", _box(b"rmda", reference))
    )


def outside_data(movie: bytes, bait: Bait) -> Iterator[bytes]:
    """Yield an MP4 file whose sound is said to lie elsewhere: at an address, or in a file."""
    inside = _box(b"url ", b"\0\0\0\x01")
    for address in (bait.url, f"file://{bait.path}"):
        data = struct.pack(">I", 0) + address.encode() + b"\0"
        yield movie.replace(inside, _box(b"url ", data))


def _asf_script(url: str) -> bytes:
    """Return an ASF header that commands a player to open an address."""
    command = f"{url}\0".encode("utf-16-le")
    content = (
        bytes(16)
        + struct.pack("<HH", 1, 1)
        + struct.pack("<H", 3)
        + "URL".encode("utf-16-le")
        + struct.pack("<IHH", 0, 0, len(command) // 2)
        + command
    )
    script = bytes.fromhex("301afb1e620bd011a39b00a0c90348f6")
    script += struct.pack("<Q", 24 + len(content)) + content
    head = bytes.fromhex("3026b2758e66cf11a6d900aa0062ce6c")
    return head + struct.pack("<QIBB", 30 + len(script), 1, 1, 2) + script


STARTS: Final = (
    b"RIFF\0\0\0\0WAVE",
    b"RIFF\x20\x01\x01\x01WAVE",
    b"RF64\xff\xff\xff\xffWAVE",
    b"riff\x2e\x91\xcf\x11",
    b"FORM\0\0\0\0AIFF",
    b"FORM\x20\x01\x01\x01AIFC",
    b"caff\0\x01\0\0",
    b".snd\0\0\0\x18",
    b"fLaC\0\0\0\x22",
    b"OggS\0\x02",
    b"\xff\xfb\x90\x64",
    b"\xff\xf1\x50\x80",
    b"\x0b\x77",
    b"\x7f\xfe\x80\x01",
    b"\0\0\0\x20ftypM4A ",
    b"\0\0\0\x08moov",
    b"\x1aE\xdf\xa3",
    b"wvpk",
    b"TTA1",
    b"MAC ",
    b"3026b2758e66cf11",
    b"MP+",
    b"MPCK",
    b"tBaK",
    b"DSD ",
    b"FRM8",
    b"ID3\x04\0\0\0\0\0\0",
    b"APETAGEX",
    b"TAG",
)
"""First bytes of every kind of music."""


def disguised(manifest: bytes, music: dict[str, bytes]) -> Iterator[tuple[str, bytes]]:
    """Yield the manifest behind every beginning of music, and beside and inside real music."""
    yield "bare.mp3", manifest
    for suffix in ("m3u8", "mpd", "xspf", "sdp"):  # libVLC goes by a name's ending, too
        yield f"before-music.{suffix}", manifest + music["mp3"]
    for number, start in enumerate(STARTS):
        yield f"start-{number}.ogg", start + manifest.ljust(4000)
    for suffix, content in music.items():
        yield f"before.{suffix}", manifest + content
        yield f"behind.{suffix}", content + manifest
        yield f"tag.{suffix}", _id3(manifest) + content
        yield f"named.{suffix}", _id3(b"") + manifest


def _id3(content: bytes) -> bytes:
    size = len(content)
    sizes = bytes(size >> shift & 127 for shift in (21, 14, 7, 0))
    return b"ID3\x04\0\0" + sizes + content
