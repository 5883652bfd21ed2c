"""`akashpy oracle`: a program that feeds prices to the chain and does not fall silent.

`sources` reads prices, `guard` decides which to believe and what to feed, `feeder` does it again
and again, `command` has the flags. It must not know what the chain makes of prices.
"""
