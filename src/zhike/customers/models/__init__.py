"""Who the customers are, what is true about them now, and what happened with them."""

from zhike.customers.models.contact import Contact
from zhike.customers.models.customer import Customer
from zhike.customers.models.interaction import Interaction
from zhike.customers.models.series import NumberSeries
from zhike.customers.models.state import CustomerState
from zhike.customers.models.timeline import TimelineEntry

__all__ = ["Contact", "Customer", "CustomerState", "Interaction", "NumberSeries", "TimelineEntry"]
