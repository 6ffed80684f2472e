"""Every number the business may argue about, as data with unit, bounds, reason and source.

``declare`` and ``load`` are pure; the versions changed on a page live in ``models``.
"""
