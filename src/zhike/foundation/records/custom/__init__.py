"""Custom fields: fields that an enterprise adds to a kind of records on a page, without a migration.

A definition (:mod:`.models`) becomes a :class:`~zhike.foundation.records.declare.Field` (:mod:`.known`) whose path
leads into the JSON column ``custom`` of the record (:mod:`.column`). So lists, forms, filters, exports, imports and
the API carry it like a declared one. Why so: docs/decisions/0021.
"""
