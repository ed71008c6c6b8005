"""Which values does this Arrow array hold, whatever its encoding? The forms that share one canonical form, undone.

Extension types, dictionaries, run ends and views are ways of keeping values, not values. Lists and structs that hold
them are rebuilt, because Arrow cannot select rows of all of them; what is plain already is returned as it is.
"""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc


def plain(array: pa.Array) -> pa.Array:
    """The same values without extension, dictionary, run-end or view encoding, at any depth."""
    kind = array.type
    if isinstance(kind, pa.BaseExtensionType):
        return plain(array.storage)
    if pa.types.is_dictionary(kind):
        return plain(array.dictionary_decode())
    if pa.types.is_run_end_encoded(kind):
        return plain(pc.run_end_decode(array))
    if pa.types.is_string_view(kind) or pa.types.is_binary_view(kind):
        return array.cast(pa.large_string() if pa.types.is_string_view(kind) else pa.large_binary())
    if _is_plain(kind):
        return array
    return _relisted(array) if is_list(kind) else _rebuilt(array)


def is_list(kind: pa.DataType) -> bool:
    """Whether the values are lists, whatever the width of their offsets."""
    types = pa.types
    return bool(
        types.is_list(kind) or types.is_large_list(kind) or types.is_fixed_size_list(kind) or _is_list_view(kind)
    )


def is_text(kind: pa.DataType) -> bool:
    """Whether the values are UTF-8 strings, whatever the width of their offsets."""
    return bool(pa.types.is_string(kind) or pa.types.is_large_string(kind) or pa.types.is_string_view(kind))


def is_binary(kind: pa.DataType) -> bool:
    """Whether the values are bytes, of any or of one length."""
    types = pa.types
    views = types.is_binary_view(kind) or types.is_fixed_size_binary(kind)
    return bool(views or types.is_binary(kind) or types.is_large_binary(kind))


def _is_list_view(kind: pa.DataType) -> bool:
    return bool(pa.types.is_list_view(kind) or pa.types.is_large_list_view(kind))


def _is_plain(kind: pa.DataType) -> bool:
    types = pa.types
    if isinstance(kind, pa.BaseExtensionType) or types.is_dictionary(kind) or types.is_run_end_encoded(kind):
        return False
    if types.is_string_view(kind) or types.is_binary_view(kind) or _is_list_view(kind):
        return False
    if is_list(kind):
        return _is_plain(kind.value_type)
    return all(_is_plain(member.type) for member in kind) if types.is_struct(kind) else True


def _relisted(array: pa.Array) -> pa.Array:
    lengths = pc.list_value_length(array).fill_null(0).to_numpy()
    offsets = pa.array(np.cumsum([0, *lengths], dtype=np.int64))
    return pa.LargeListArray.from_arrays(offsets, plain(array.flatten()), mask=array.is_null())


def _rebuilt(array: pa.StructArray) -> pa.Array:
    names = [member.name for member in array.type]
    return pa.StructArray.from_arrays([plain(m) for m in array.flatten()], names, mask=array.is_null())
