"""The leases a driver has heard of, and who waits for news of them.

A lease's name wakes everybody who waits when anything in its namespace changes. It knows nothing
of the API.
"""

from __future__ import annotations

import asyncio
from weakref import WeakValueDictionary

from akashpy.types.market import LeaseID
from provider.cluster.workload import namespace


class Lease:
    """News of one lease."""

    def __init__(self, id: LeaseID) -> None:
        self.id = id
        self.namespace = namespace(id)
        self.lock = asyncio.Lock()
        """Orders the verbs that change it."""
        self.uid = ""
        """Of its record, once it was seen: a later record of the same name is of another life."""
        self.is_over = False
        self.changed = asyncio.Event()
        """Set at the next change; taken anew after each."""

    def wake(self) -> None:
        """Tell those who wait that something changed."""
        self.changed.set()
        self.changed = asyncio.Event()


class Leases:
    """All of them, by namespace; forgotten with the last one who holds one."""

    def __init__(self) -> None:
        self._known: WeakValueDictionary[str, Lease] = WeakValueDictionary()

    def of(self, id: LeaseID) -> Lease:
        """The lease of an id."""
        name = namespace(id)
        found = self._known.get(name)
        if found is None:
            found = self._known[name] = Lease(id)
        return found

    def wake(self, name: str) -> None:
        """Something changed in a namespace."""
        found = self._known.get(name)
        if found is not None:
            found.wake()

    def end(self, name: str, uid: str = "") -> None:
        """The lease of a namespace is over; one of the same name later is another.

        With `uid`, only when its record is that one: news of an earlier life come late.
        """
        found = self._known.get(name)
        if found is None or (uid and found.uid not in ("", uid)):
            return
        del self._known[name]
        found.is_over = True
        found.wake()
