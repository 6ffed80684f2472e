"""Tickets with their conversation, knowledge, complaints, greetings."""

from zhike.serve.models.article import Article
from zhike.serve.models.complaint import Complaint
from zhike.serve.models.greeting import Greeting, GreetingDay
from zhike.serve.models.message import TicketMessage
from zhike.serve.models.ticket import Ticket

__all__ = ["Article", "Complaint", "Greeting", "GreetingDay", "Ticket", "TicketMessage"]
