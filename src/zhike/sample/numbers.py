"""Official numbers that pass every check and belong to nobody.

- 统一社会信用代码 (GB 32100): the organisation code starts with ``YY``, which the registry does not hand out.
- 公民身份号码 (GB 11643): sequence numbers 996 to 999 were set apart for people over a hundred.
- Mobile numbers: 1349 and 1740 0-5 are satellite telephones; no subscriber of a normal network has one.
"""

from __future__ import annotations

import numpy as np

from zhike.sample.draws import DayArray, IntArray, TextArray, texts

_USCC = np.array(list("0123456789ABCDEFGHJKLMNPQRTUWXY"))
_USCC_WEIGHTS = np.array([1, 3, 9, 27, 19, 26, 16, 17, 20, 29, 25, 13, 8, 24, 10, 30, 28])
# The organisation code counts letters over the full alphabet (A = 10 … Z = 35), the credit code over 31 signs.
_ORGANISATION_VALUE = np.array([int(sign, 36) for sign in _USCC])
_ORGANISATION_WEIGHTS = np.array([3, 7, 9, 10, 5, 8, 4, 2])
_ID_WEIGHTS = np.array([7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2])
_ID_CHECKS = np.array(list("10X98765432"))
_Y, _X = 30, 29


def _digits(number: IntArray, width: int, base: int = 10) -> IntArray:
    """Digits of each number, most significant first. Shape (n, width)."""
    powers = base ** np.arange(width - 1, -1, -1, dtype=np.int64)
    return np.asarray(number[:, None] // powers % base)


def credit_codes(district_code: IntArray, number: IntArray) -> TextArray:
    """18 signs per firm: 91, six digits of the district, organisation code with its check, check. Shapes (n,)."""
    count = len(number)
    body = np.empty((count, 17), np.int64)
    body[:, 0], body[:, 1] = 9, 1
    body[:, 2:8] = _digits(district_code, 6)
    body[:, 8] = body[:, 9] = _Y
    # Scattered, so that neighbours in the list do not look numbered.
    body[:, 10:16] = _digits(number * 21_345_677 % 31**6, 6, base=31)
    check = 11 - (_ORGANISATION_VALUE[body[:, 8:16]] * _ORGANISATION_WEIGHTS).sum(axis=1) % 11
    body[:, 16] = np.where(check == 10, _X, np.where(check == 11, 0, check))
    final = (31 - (body * _USCC_WEIGHTS).sum(axis=1) % 31) % 31
    signs = _USCC[np.column_stack([body, final])]
    return texts(["".join(row) for row in signs.tolist()])


def identity_numbers(district_code: IntArray, birthday: DayArray, female: IntArray) -> TextArray:
    """18 signs per person; 997 and 999 for men, 996 and 998 for women. Shapes (n,)."""
    count = len(female)
    body = np.empty((count, 17), np.int64)
    body[:, :6] = _digits(district_code, 6)
    month = birthday.astype("M8[M]").astype(np.int64)
    year, month_of_year = 1970 + month // 12, month % 12 + 1
    day = (birthday - birthday.astype("M8[M]")).astype(np.int64) + 1
    body[:, 6:14] = _digits(year * 10_000 + month_of_year * 100 + day, 8)
    sequence = np.where(female == 1, 998, 999) - 2 * (np.arange(count) % 2)
    body[:, 14:17] = _digits(sequence, 3)
    check = _ID_CHECKS[(body * _ID_WEIGHTS).sum(axis=1) % 11]
    heads = ["".join(map(str, row)) for row in body.tolist()]
    return texts([head + last for head, last in zip(heads, check.tolist(), strict=True)])


def mobile_numbers(number: IntArray) -> TextArray:
    """A mobile number per running number (from 0), all different up to 16,000,000. Shape (n,)."""
    if number.size and int(number.max()) >= 16_000_000:
        raise ValueError("mobile_numbers: the satellite ranges hold 16,000,000 numbers")
    scattered = number * 9_973_639 % 16_000_000
    return texts(
        [f"1349{value:07d}" if value < 10_000_000 else f"1740{value - 10_000_000:07d}" for value in scattered.tolist()]
    )
