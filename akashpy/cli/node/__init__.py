"""`akashpy node`: the chain itself on this machine; one module for each group of verbs."""
