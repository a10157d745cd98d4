"""Values derived from frozen records, each computed once for a record."""

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import wraps
from typing import Any, Concatenate, ParamSpec, TypeVar

_Record = TypeVar("_Record", bound="Derivable")
_Rest = ParamSpec("_Rest")
_Value = TypeVar("_Value")


@dataclass(frozen=True, slots=True)
class Derivable:
    """Base of frozen records that keep what was derived from them; it isn't part of their value."""

    memo: dict[Any, Any] = field(default_factory=dict, init=False, repr=False, compare=False)


def derived(
    compute: Callable[Concatenate[_Record, _Rest], _Value],
) -> Callable[Concatenate[_Record, _Rest], _Value]:
    """Return `compute` such that it is called once for each record and further arguments."""

    @wraps(compute)
    def known(record: _Record, /, *args: _Rest.args, **named: _Rest.kwargs) -> _Value:
        key = (compute, args)
        if key not in record.memo:
            record.memo[key] = compute(record, *args, **named)
        value: _Value = record.memo[key]
        return value

    return known
