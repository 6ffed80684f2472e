"""Whoever changes what belongs to a customer takes the customer first: two at once wait, and nobody for ever."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Callable
from typing import Any

import pytest

from zhike.acquire.tests.test_two_at_once import together
from zhike.customers.models import Customer
from zhike.customers.services import customer as files
from zhike.customers.services.customer import customer_reassign
from zhike.customers.tests.office import Office, opened
from zhike.foundation.access.models import Person
from zhike.foundation.kit import clock
from zhike.foundation.kit.refusals import NotFound
from zhike.win.models import Contract
from zhike.win.services import review
from zhike.win.services.review import contract_sign
from zhike.win.tests.deals import a_deal, a_draft, a_signer, approved, with_more_posts

_SOON = 3  # seconds in which the other one arrives, if nothing keeps it waiting


@pytest.fixture
def committed(transactional_db: None) -> Office:
    return with_more_posts(opened())


def meeting(monkeypatch: pytest.MonkeyPatch, *places: tuple[Any, str]) -> None:
    """Let those who come to one of ``places`` wait there for the other, each with what it holds by then."""
    gate = threading.Barrier(len(places))

    def stopping(original: Callable[..., Any]) -> Callable[..., Any]:
        def stopped(*given: Any, **named: Any) -> Any:
            with contextlib.suppress(threading.BrokenBarrierError):  # the other one waits for a lock, as it should
                gate.wait(_SOON)
            return original(*given, **named)

        return stopped

    for module, name in places:
        monkeypatch.setattr(module, name, stopping(getattr(module, name)))


def test_a_contract_is_signed_while_its_customer_gets_another_owner(
    committed: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Signing writes contract and customer, a new owner customer and contract: a deadlock, but for the order."""
    seller = Person.objects.get(pk=committed.person("seller one"))
    contract = approved(committed, a_draft(seller, a_deal(seller)))
    signer = a_signer(committed.viewer("seller one"), contract.customer)
    signing, giving = committed.viewer("seller one"), committed.viewer("chief")
    meeting(monkeypatch, (review, "_tell_signed"), (files, "assign"))

    outcomes = together(
        lambda: contract_sign(
            viewer=signing, uid=contract.uid, version=contract.version, signer=str(signer.uid),
            authority="power_of_attorney", authority_reference="授权书 9", signed_on=clock.today(), is_sealed=True,
        ),
        lambda: customer_reassign(
            viewer=giving, uid=contract.customer.uid, owner_id=committed.person("other one")
        ),
    )  # fmt: skip

    signed, given = outcomes if isinstance(outcomes[1], Customer) else reversed(outcomes)
    contract.refresh_from_db()
    contract.customer.refresh_from_db()
    assert isinstance(given, Customer), outcomes
    assert contract.customer.owner_id == committed.person("other one")
    # Whoever came first, the other one acted after it: on a contract that is somebody else's by then, not at all.
    assert isinstance(signed, Contract | NotFound), outcomes
    assert contract.status == ("active" if isinstance(signed, Contract) else "approved")
