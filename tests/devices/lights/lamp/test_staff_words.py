"""What staff read about a lamp."""

import pytest

from kacenv.core.units import Seconds
from kacenv.devices.lights.lamp import staff_words
from kacenv.devices.lights.lamp.staff_words import LONGEST_QUOTE, quoted
from kacenv.model.look import parse_setting

SETTING = parse_setting("40%")


@pytest.mark.parametrize(
    ("text", "cause", "what_to_do"),
    [
        (staff_words.changed_by_hand("floor"), "changed by hand", "kacenv lights resume"),
        (staff_words.changed_or_restarted("floor"), "power cut", "kacenv lights resume"),
        (
            staff_words.changed_again_and_again("floor", 7, Seconds(12.3)),
            "7 times in 12 s",
            "Stop the other one",
        ),
        (staff_words.came_back("floor"), "came back from a power cut", "kacenv leads it back"),
        (staff_words.refuses("floor", "no answer"), 'says: "no answer"', "Check"),
        (staff_words.is_away("floor"), "doesn't answer", "Check its power"),
        (staff_words.says_nothing("floor", SETTING), "says nothing", "its topic"),
        (staff_words.does_not_follow("floor", SETTING, SETTING), "doesn't follow", "Switch it off"),
    ],
)
def test_each_cause_has_its_name_and_what_to_do(text: str, cause: str, what_to_do: str) -> None:
    """And the lamp's."""
    assert text.startswith("Lamp floor ")
    assert cause in text
    assert what_to_do in text


def test_a_device_s_words_stay_on_one_line() -> None:
    """Shortened, without quotation marks and control characters."""
    assert quoted('Error:\n "no"\tanswer\x07') == "Error: 'no' answer"
    assert len(quoted("x" * 5000)) == LONGEST_QUOTE
