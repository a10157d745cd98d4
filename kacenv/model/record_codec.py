"""Codec of records: models, requests, events and commands as JSON, for journals and processes."""

from typing import Any

from cattrs.preconf.json import JsonConverter, make_converter
from cattrs.strategies import configure_tagged_union

from kacenv.model.fields import Model


def record_converter(*unions: Any) -> JsonConverter:
    """Return a converter to and from JSON; a record of a union is tagged by its class's name."""
    converter = make_converter(omit_if_default=True)
    converter.register_unstructure_hook_factory(_is_model, lambda _: _from_model(converter))
    converter.register_structure_hook_factory(_is_model, lambda _: _to_model(converter))
    for union in unions:
        configure_tagged_union(union, converter, tag_name="is")
    return converter


def _is_model(kind: Any) -> bool:
    return isinstance(kind, type) and issubclass(kind, Model)


def _from_model(converter: JsonConverter) -> Any:
    def write(model: Model) -> dict[str, Any]:
        fields = type(model).model_fields
        return {
            name: converter.unstructure(getattr(model, name), field.annotation)
            for name, field in fields.items()
            if name in model.model_fields_set
        }

    return write


def _to_model(converter: JsonConverter) -> Any:
    """Return a reader of models that skips validation: they were valid when written."""

    def read(data: dict[str, Any], kind: type[Model]) -> Model:
        fields = kind.model_fields
        missing = {name for name, field in fields.items() if field.is_required()} - data.keys()
        if missing:
            raise KeyError(*missing)
        values = {
            name: converter.structure(value, fields[name].annotation)  # type: ignore[arg-type] # an annotation is there
            for name, value in data.items()
            if name in fields
        }
        return kind.model_construct(**values)

    return read
