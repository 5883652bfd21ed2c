"""A real Kubernetes on one machine, for tests: built, started, looked into and removed.

Everything it runs lives in network and mount namespaces of its own and under one folder, so that
the machine is afterwards as it was. It knows nothing of leases, chains or the driver under test.
"""

from tests.kubernetes.cluster.single import Cluster

__all__ = ["Cluster"]
