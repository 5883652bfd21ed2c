"""The kernel that state transitions run on: storage, branches, gas, collections.

It knows bytes, gas and versions; it must not know any module, message or transport.
"""
