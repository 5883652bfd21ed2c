"""What a driver can answer instead of doing as asked.

    ClusterError
    +- Declined            the driver cannot run this workload; carries a reason code
    +- LeaseMissing        nothing of this lease is here
    +- ServiceMissing      the lease has no service of that name
    +- HostnameRefused     a host name cannot be given to this lease
    +- EndpointRefused     a leased address cannot be given to this lease
    +- Unavailable         the cluster cannot be reached now; nothing is known
    +- ExecRefused         a command was not started; the text is meant for the tenant
    +- ExecLost            a command's connection broke; nothing is known about its end

The texts of the missing and refused ones are those a real provider answers, prefix included.
They carry no HTTP status: that is the gateway's business.
"""

from __future__ import annotations


class ClusterError(Exception):
    """Root of all a driver raises on purpose."""


class Declined(ClusterError):
    """The workload cannot run here; `reason` is a stable code, the text says why and what helps."""

    def __init__(self, reason: str, text: str) -> None:
        super().__init__(text)
        self.reason = reason


class LeaseMissing(ClusterError):
    """No workload of this lease is known to the driver."""

    def __init__(self) -> None:
        super().__init__("kube: lease not found")


class ServiceMissing(ClusterError):
    """The lease is here, but it has no such service."""

    def __init__(self) -> None:
        super().__init__("kube: no service for that lease")


class HostnameRefused(ClusterError):
    """A host name cannot be given to a lease; the text is meant for the tenant."""

    @classmethod
    def not_used(cls, host: str) -> HostnameRefused:
        """The lease declares no such name."""
        return cls(f'the hostname "{host}" is not used by this deployment')

    @classmethod
    def of_another(cls, host: str) -> HostnameRefused:
        """It belongs to another tenant."""
        return cls(f'hostname not allowed: host "{host}" in use')


class EndpointRefused(ClusterError):
    """A leased address cannot be given to a lease; the text is meant for the tenant."""

    @classmethod
    def not_declared(cls, endpoint: str) -> EndpointRefused:
        """The lease declares no such endpoint."""
        return cls(f'the endpoint "{endpoint}" does not exist in the destination deployment')


class Unavailable(ClusterError):
    """The cluster did not answer; says nothing about any workload."""


class ExecRefused(ClusterError):
    """A command was refused before it ran, for a reason the tenant may read."""

    def __init__(self, reason: str) -> None:
        super().__init__(f"remote command execute error: {reason}")

    @classmethod
    def out_of_range(cls, replicas: int) -> ExecRefused:
        """There is no replica of that index."""
        return cls(f"pod index out of range: valid range is [0, {replicas - 1}]")

    @classmethod
    def not_ready(cls) -> ExecRefused:
        """The replica is there, but its program does not run at this moment."""
        return cls("service with that name is not running: the service is not ready")

    @classmethod
    def not_found(cls) -> ExecRefused:
        """The command names no program of the replica."""
        return cls("command could not be executed because it does not exist")

    @classmethod
    def not_executable(cls) -> ExecRefused:
        """The command names something that cannot be executed."""
        return cls("command execution failed")


class ExecLost(ClusterError):
    """The connection to a running command broke."""
