"""`akashpy dev`: a chain, providers and funded keys in one process tree on one machine."""
