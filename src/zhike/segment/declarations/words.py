"""Names of the strategy rows in lists of customers."""

from zhike.customers.public import strategies_from
from zhike.segment.words import row_choices

strategies_from(row_choices)
