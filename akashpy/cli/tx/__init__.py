"""`akashpy tx`: Akash's transaction tree with Akash's names, flags, defaults and output."""
