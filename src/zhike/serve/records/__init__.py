"""How tickets, knowledge and complaints are listed, shown, and what is done to them."""
