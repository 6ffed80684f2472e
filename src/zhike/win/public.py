"""The door of the win room."""

from zhike.win.cards import ContractCard, contract_cards, contract_ids
from zhike.win.services.load import ContractRow, OpportunityRow, contracts_load, opportunities_load

__all__ = [
    "ContractCard",
    "ContractRow",
    "OpportunityRow",
    "contract_cards",
    "contract_ids",
    "contracts_load",
    "opportunities_load",
]
