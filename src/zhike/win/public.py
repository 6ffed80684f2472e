"""The door of the win room."""

from zhike.win.services.load import ContractRow, contracts_load

__all__ = ["ContractRow", "contracts_load"]
