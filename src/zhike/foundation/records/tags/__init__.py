"""Tags: words of a managed list that people, files, programs and rules put on records and take off again.

A kind of records carries them by one field, :func:`.carrying.tags_of`. Their codes stand in the record's column
``custom`` (see :mod:`zhike.foundation.records.custom`), so that lists, exports and the API read them with the row.
A row in :class:`.models.TagMark` for each makes them found by an index.
"""
