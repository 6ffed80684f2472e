"""The door of the serve room."""

from zhike.serve.services.load import ComplaintRow, TicketRow, complaints_load, tickets_load

__all__ = ["ComplaintRow", "TicketRow", "complaints_load", "tickets_load"]
