"""`akashpy query`: Akash's query tree with Akash's names, flags and output."""
