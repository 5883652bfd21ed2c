"""Deciding on orders: whether to bid, at which price, and following each order to its end."""
