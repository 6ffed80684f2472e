"""What is said to customers and heard from them, with what, and what they do not want."""

from zhike.correspond.models.message import Direction, Message, MessageState
from zhike.correspond.models.stop import Stop
from zhike.correspond.models.template import Template

__all__ = ["Direction", "Message", "MessageState", "Stop", "Template"]
