"""Operators: what keeps host names, leased addresses and the inventory as their records say.

Tasks of the daemon by default (`keepers`), or programs of their own with Akash's names and flags
(`akashpy-provider operator hostname|ip|inventory`). They read records and make what follows from
them; they never end a lease, and they know nothing of the chain.
"""
