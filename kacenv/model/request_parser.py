"""Parser of typed requests, with validation of their fields."""

from typing import Any, Final

from pydantic import TypeAdapter, ValidationError

from kacenv.core.errors import UnitError
from kacenv.model.request_text import PressError, definition_of, fields_of, press_error, syntax_of
from kacenv.model.requests import Press, PressField

_PRESS: Final[TypeAdapter[Press]] = TypeAdapter(PressField)


def press_of(words: list[str]) -> Press:
    """Parse a request typed after `kacenv`.

    Raises:
        PressError: There is no such request, or its syntax differs.
    """
    fields = fields_of(words)
    try:
        return _PRESS.validate_python(fields)
    except ValidationError as error:
        raise _invalid(words, error) from error


def _invalid(words: list[str], error: ValidationError) -> PressError:
    definition, first = definition_of(words), error.errors()[0]
    cause: Any = first.get("ctx", {}).get("error")
    typed, syntax = " ".join(words), syntax_of(definition)
    if isinstance(cause, UnitError):
        return press_error(definition, f"{typed}: {cause}", f"{syntax}, with {cause.expected}")
    reason = first["msg"].replace("Input should be", "expected")
    return press_error(definition, f"{typed}: {reason}; type: {syntax}")
