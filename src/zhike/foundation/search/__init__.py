"""Search that finds two Chinese characters, pinyin, initials or the end of a phone number among a million records.

>>> search.index("customer", {7: search.tokens_of("华为技术有限公司")})
>>> search.candidates("customer", "hwjs").narrow(Customer.objects.all())
"""

from typing import TYPE_CHECKING

from zhike.foundation.kit.doors import door

if TYPE_CHECKING:
    from zhike.foundation.search.finding import Candidates, candidates
    from zhike.foundation.search.indexing import await_rebuild, index, remove
    from zhike.foundation.search.matching import matches
    from zhike.foundation.search.pinyin import sort_key
    from zhike.foundation.search.query import Query, query_tokens
    from zhike.foundation.search.tokens import personal_tokens_of, tokens_of
    from zhike.foundation.search.version import Standing, note, source, standing

__all__ = [
    "Candidates",
    "Query",
    "Standing",
    "await_rebuild",
    "candidates",
    "index",
    "matches",
    "note",
    "personal_tokens_of",
    "query_tokens",
    "remove",
    "sort_key",
    "source",
    "standing",
    "tokens_of",
]
__getattr__ = door(
    __name__,
    {
        "tokens_of": "tokens",
        "personal_tokens_of": "tokens",
        "Query": "query",
        "query_tokens": "query",
        "index": "indexing",
        "await_rebuild": "indexing",
        "remove": "indexing",
        "Standing": "version",
        "note": "version",
        "source": "version",
        "standing": "version",
        "Candidates": "finding",
        "candidates": "finding",
        "matches": "matching",
        "sort_key": "pinyin",
    },
)
