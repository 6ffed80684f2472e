"""The door of the win room."""

from zhike.win.cards import ContractCard, contract_cards
from zhike.win.services.load import ContractRow, contracts_load

__all__ = ["ContractCard", "ContractRow", "contract_cards", "contracts_load"]
