"""Leases: each is deployed, watched, paid for and, once the chain has proven its end, removed."""
