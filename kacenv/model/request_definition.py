"""Shape of a request's definition: words, texts, modes, tablet keys.

Plain records without pydantic, so that the command line answers at once.
"""

from collections.abc import Callable, Mapping
from enum import StrEnum
from types import MappingProxyType
from typing import Any, Final, Literal, NamedTuple

from kacenv.model.mode import IN_SESSION, Mode

Fields = Mapping[str, Any]
"""Fields of a request, before validation."""
_NONE: Final[Mapping[Any, Any]] = MappingProxyType({})


class Topic(StrEnum):
    """Heading below which the command line lists a request."""

    SESSION = "During a session"
    CHECK_INS = "Check-ins and seats"
    SOUND_AND_LIGHT = "Sound and light"


class Argument(NamedTuple):
    """Word typed after a request, and the field it sets.

    `words` maps words to fields of their own, and with `closed` no other word is accepted. An
    optional argument takes only words that begin like the regular expression `begins`. `names` says
    what the word is a name of, for completion and checks. `signed` words may begin with a minus.
    """

    field: str
    metavar: str
    help: str | None = None
    optional: bool = False
    begins: str = ""
    words: Mapping[str, Fields] = _NONE
    closed: bool = False
    names: Literal["output", "chime"] | None = None
    signed: bool = False
    write: Callable[[Any], str] = str


class Flag(NamedTuple):
    """Option `word`, which sets `field` to False; without it the field is True."""

    word: str
    field: str
    help: str


class KeyFace(NamedTuple):
    """Face and request of a tablet key while the session's status shows all of `shown`."""

    shown: Fields
    name: str
    hint: str
    ask: Fields
    icon: str = ""


class TabletKey(NamedTuple):
    """Key on the tablet's page that sends `ask`.

    `place` is the block of index.html, `icon` a symbol of icons.svg, `style` CSS classes. A `slow`
    key must be pressed for a second; a `last` one stands behind the others of its block. With a
    second `face`, `pressed` tells screen readers which is shown. Without effect while the status
    shows all of `spent`.
    """

    id: str
    place: Literal["time", "music", "light", "close", "check-in", "seat-a", "seat-b"]
    name: str
    ask: Fields
    hint: str | None = None
    icon: str = ""
    style: str = ""
    slow: bool = False
    last: bool = False
    pressed: bool = False
    face: KeyFace | None = None
    spent: Fields = _NONE


class RequestDefinition(NamedTuple):
    """Everything about one request but its fields' types and its handler.

    Is answered with the words of `already` in its modes, else works in those of `works_in`, and is
    refused in all others. `leads_to` is the mode afterwards, where it changes. `words` is what is
    typed, if not the kind.
    """

    kind: str
    topic: Topic
    summary: str
    help: str
    examples: tuple[str, ...]
    words: str = ""
    arguments: tuple[Argument, ...] = ()
    flag: Flag | None = None
    works_in: frozenset[Mode] = IN_SESSION
    already: Mapping[Mode, str] = _NONE
    leads_to: Mapping[Mode, Mode] = _NONE
    counts_once: bool = False
    """The same request within two seconds is a double press."""
    pedal_held: bool = False
    """A pedal must be kept down for a second, as protection against slips."""
    lasting: str = ""
    """What is said to somebody who wants to take it back, where that can't be."""
    keys: tuple[TabletKey, ...] = ()

    @property
    def typed(self) -> str:
        """Words typed after `kacenv`, without arguments."""
        return self.words or self.kind

    @property
    def is_one_word(self) -> bool:
        """True if its name is one word."""
        return " " not in self.typed

    @property
    def needs_no_argument(self) -> bool:
        """True if its name alone can be typed."""
        return all(one.optional for one in self.arguments)

    @property
    def usage(self) -> str:
        """Names of its arguments as help shows them: `[OUTPUT] LEVEL`."""
        return " ".join(
            f"[{one.metavar}]" if one.optional else one.metavar for one in self.arguments
        )
