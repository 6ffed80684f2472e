"""Tickets and complaints."""

from zhike.serve.models.complaint import Complaint
from zhike.serve.models.ticket import Ticket

__all__ = ["Complaint", "Ticket"]
