"""Words for staff about a lamp: the cause, and what they can do about it."""

from kacenv.core.units import Seconds
from kacenv.model.look import Setting

LONGEST_QUOTE = 160
"""Most characters quoted of a device's own words."""
UNHEARD = ("doesn't answer", "doesn't follow")
"""Words of the troubles that commands which never arrive cause, too."""
_RESUME = "Bring it back with: kacenv lights resume"


def changed_by_hand(lamp: str) -> str:
    """Tell of a person, or another program, at the lamp."""
    return f"Lamp {lamp} was changed by hand; it stays so until the next look. {_RESUME}"


def changed_or_restarted(lamp: str) -> str:
    """Tell of a jump to full, which a hand and a power cut cause alike."""
    return (
        f"Lamp {lamp} went to full at once, by hand or after a power cut; "
        f"it stays so until the next look. {_RESUME}"
    )


def changed_again_and_again(lamp: str, changes: int, span: Seconds) -> str:
    """Tell of something that goes on changing the lamp."""
    return (
        f"Lamp {lamp} is changed again and again, and not by kacenv: {changes} times in "
        f"{span:.0f} s. Another controller, an automation or an effect may be at work; kacenv "
        f"leaves the lamp alone. Stop the other one first. {_RESUME}"
    )


def came_back(lamp: str) -> str:
    """Tell of a restart that kacenv has seen, and answers."""
    return f"Lamp {lamp} came back from a power cut; kacenv leads it back to its look."


def refuses(lamp: str, words: str) -> str:
    """Tell of a refusal, in the device's own words."""
    return (
        f'Lamp {lamp} refuses what kacenv asks. It, or its bridge, says: "{words}". '
        "Check its power, and `can` and `topic` in the room file."
    )


def is_away(lamp: str) -> str:
    """Tell of a lamp that is reported as offline."""
    return f"Lamp {lamp} doesn't answer. Check its power and its switch."


def says_nothing(lamp: str, wanted: Setting) -> str:
    """Tell of a lamp from which nothing was heard since it was told."""
    return (
        f"Lamp {lamp} doesn't answer: it should show {wanted}, and says nothing. "
        "Check its power, its switch and its topic."
    )


def does_not_follow(lamp: str, wanted: Setting, reported: Setting) -> str:
    """Tell of a lamp that answers, and shows something else."""
    return (
        f"Lamp {lamp} doesn't follow: it should show {wanted}, and says {reported}. "
        "Switch it off and on at the wall."
    )


def follows_again(lamp: str) -> str:
    """Tell of the end of a trouble."""
    return f"Lamp {lamp} follows again."


def quoted(words: str) -> str:
    """Return a device's words on one line, shortened, without what could end the quotation."""
    line = " ".join(words.replace('"', "'").split())
    printable = "".join(sign for sign in line if sign.isprintable())
    return printable if len(printable) <= LONGEST_QUOTE else printable[: LONGEST_QUOTE - 1] + "…"
