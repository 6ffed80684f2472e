"""What a contract needs before it goes to legal, and before it is signed. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

EDITABLE = ("draft", "returned", "approved")


def missing_for_review(
    *, status: str, clauses: Sequence[Mapping[str, str]], has_end: bool, has_value: bool, has_parties: bool,
    vague: Sequence[str],
) -> list[str]:  # fmt: skip
    """Codes of what a draft lacks; each vague wording (its sentence is made by the caller) stands in the list too."""
    missing = []
    if status not in ("draft", "returned"):
        missing.append("not_a_draft")
    if not has_parties:
        missing.append("parties")
    if not has_value:
        missing.append("value")
    if not has_end:
        missing.append("end")
    if not clauses:
        missing.append("clauses")
    return [*missing, *vague]


def missing_for_signing(
    *, status: str, has_signer: bool, has_authority: bool, has_reference: bool, is_sealed: bool
) -> list[str]:
    """Codes of what stands between an approved contract and its signature (WIN-11)."""
    missing = []
    if status != "approved":
        missing.append("legal_review")
    if not has_signer:
        missing.append("signer")
    if not (has_authority and has_reference):
        missing.append("authority")
    if not is_sealed:
        missing.append("seal")
    return missing
