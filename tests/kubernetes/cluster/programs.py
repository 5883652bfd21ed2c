"""The command lines and configuration files of the cluster's programs, as plain values.

Nothing here touches the machine: each function says what one program is told.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from tests.kubernetes.cluster import layout
from tests.kubernetes.cluster.layout import Layout

FAST_CLIENT = ("--kube-api-qps=500", "--kube-api-burst=1000")
"""With the default of 20 calls a second the first service account takes five seconds."""
PAUSE_IMAGE = "localhost/pause:1"
POD_PIDS = 256
"""Processes a pod may have: what contains a fork bomb; only the kubelet can set it."""
NODE_GRACE_S = 16
"""A node that says nothing for so long is not Ready; it speaks every five seconds."""
RUNTIMES = ("runc", "sandboxed", "nvidia")
"""Handlers of containerd. All are runc: what is tested is that a pod gets the one it asked for."""


def etcd(place: Layout) -> tuple[str, ...]:
    """One member that loses nothing but speed when the machine loses power."""
    return (
        "etcd",
        f"--name={layout.NODE}",
        f"--data-dir={place.path('etcd')}",
        f"--listen-client-urls=https://127.0.0.1:2379,https://{layout.NODE_IP}:2379",
        f"--advertise-client-urls=https://{layout.NODE_IP}:2379",
        "--listen-peer-urls=http://127.0.0.1:2380",
        "--initial-advertise-peer-urls=http://127.0.0.1:2380",
        f"--initial-cluster={layout.NODE}=http://127.0.0.1:2380",
        "--log-level=warn",
        "--unsafe-no-fsync",
        "--client-cert-auth",
        f"--trusted-ca-file={place.path('pki/ca.crt')}",
        f"--cert-file={place.path('pki/etcd.crt')}",
        f"--key-file={place.path('pki/etcd.key')}",
    )


def api_server(place: Layout) -> tuple[str, ...]:
    """The API server with node authorisation, roles, and the pod security admission."""

    def pki(name: str) -> str:
        return place.path("pki", name)

    return (
        "kube-apiserver",
        "--etcd-servers=https://127.0.0.1:2379",
        f"--etcd-cafile={pki('ca.crt')}",
        f"--etcd-certfile={pki('etcd.crt')}",
        f"--etcd-keyfile={pki('etcd.key')}",
        "--bind-address=0.0.0.0",
        f"--secure-port={layout.API_PORT}",
        f"--advertise-address={layout.NODE_IP}",
        f"--service-cluster-ip-range={layout.SERVICE_CIDR}",
        "--allow-privileged=true",
        "--authorization-mode=Node,RBAC",
        "--enable-admission-plugins=NodeRestriction",
        f"--client-ca-file={pki('ca.crt')}",
        f"--tls-cert-file={pki('apiserver.crt')}",
        f"--tls-private-key-file={pki('apiserver.key')}",
        f"--kubelet-certificate-authority={pki('ca.crt')}",
        f"--kubelet-client-certificate={pki('kubelet-client.crt')}",
        f"--kubelet-client-key={pki('kubelet-client.key')}",
        "--kubelet-preferred-address-types=InternalIP",
        "--service-account-issuer=https://kubernetes.default.svc.cluster.local",
        f"--service-account-key-file={pki('sa.pub')}",
        f"--service-account-signing-key-file={pki('sa.key')}",
        "--shutdown-delay-duration=0s",
    )


def controller_manager(place: Layout) -> tuple[str, ...]:
    """All controllers but those of clouds."""
    absent = ("node-ipam", "node-route", "cloud-node-lifecycle", "service-lb")
    return (
        "kube-controller-manager",
        f"--kubeconfig={place.path('pki/controllers.kubeconfig')}",
        "--leader-elect=false",
        *FAST_CLIENT,
        "--use-service-account-credentials=true",
        f"--root-ca-file={place.path('pki/ca.crt')}",
        f"--service-account-private-key-file={place.path('pki/sa.key')}",
        f"--service-cluster-ip-range={layout.SERVICE_CIDR}",
        "--allocate-node-cidrs=false",
        "--bind-address=127.0.0.1",
        f"--node-monitor-grace-period={NODE_GRACE_S}s",
        "--controllers=*," + ",".join(f"-{name}-controller" for name in absent),
    )


def scheduler(place: Layout) -> tuple[str, ...]:
    """The scheduler, which looks again soon at pods that it found no room for.

    A pod whose volume is bound while it is being looked at may be told of nothing more; then it is
    looked at again after this time only, of which the default is five minutes.
    """
    return (
        "kube-scheduler",
        f"--kubeconfig={place.path('pki/scheduler.kubeconfig')}",
        *FAST_CLIENT,
        "--pod-max-in-unschedulable-pods-duration=5s",
        "--leader-elect=false",
        "--bind-address=127.0.0.1",
    )


def kubelet(place: Layout) -> tuple[str, ...]:
    """The node agent; its settings are in a file."""
    return (
        "kubelet",
        f"--config={place.path('kubelet.json')}",
        f"--kubeconfig={place.path('pki/node.kubeconfig')}",
        f"--root-dir={place.path('kubelet')}",
        f"--cert-dir={place.path('kubelet/pki')}",
        f"--node-ip={layout.NODE_IP}",
        f"--hostname-override={layout.NODE}",
        "--v=1",
    )


def kubelet_settings(place: Layout) -> Mapping[str, Any]:
    """Nothing is evicted for want of disk, since the disk is the tests' machine's."""
    authentication = {
        "anonymous": {"enabled": False},
        "webhook": {"enabled": True},
        "x509": {"clientCAFile": place.path("pki/ca.crt")},
    }
    return {
        "apiVersion": "kubelet.config.k8s.io/v1beta1",
        "kind": "KubeletConfiguration",
        "cgroupDriver": "cgroupfs",
        "cgroupRoot": f"/{place.id}",
        "failSwapOn": False,
        "failCgroupV1": False,
        "authentication": authentication,
        "authorization": {"mode": "Webhook"},
        "address": layout.NODE_IP,
        "port": 10250,
        "readOnlyPort": 0,
        "healthzPort": 10248,
        "tlsCertFile": place.path("pki/kubelet-server.crt"),
        "tlsPrivateKeyFile": place.path("pki/kubelet-server.key"),
        "clusterDNS": [layout.DNS_IP],
        "clusterDomain": "cluster.local",
        "resolvConf": place.path("resolv.conf"),
        "podLogsDir": "/var/log/pods",
        "podPidsLimit": POD_PIDS,
        "volumePluginDir": place.path("kubelet/volumeplugins"),
        "containerRuntimeEndpoint": "unix:///run/containerd/containerd.sock",
        "imageGCHighThresholdPercent": 100,
        "imageGCLowThresholdPercent": 99,
        "imageMinimumGCAge": "24h",
        "serializeImagePulls": False,
        "evictionHard": {
            "memory.available": "50Mi",
            "nodefs.available": "0%",
            "nodefs.inodesFree": "0%",
            "imagefs.available": "0%",
        },
        "nodeStatusUpdateFrequency": "5s",
        "syncFrequency": "10s",
        "maxPods": 200,
        "protectKernelDefaults": False,
        "enforceNodeAllocatable": ["pods"],
        "runtimeRequestTimeout": "2m",
    }


def proxy_settings(place: Layout) -> Mapping[str, Any]:
    """Services by packet filter rules; limits of the whole machine are left alone."""
    return {
        "apiVersion": "kubeproxy.config.k8s.io/v1alpha1",
        "kind": "KubeProxyConfiguration",
        "mode": "iptables",
        "clusterCIDR": layout.POD_CIDR,
        "hostnameOverride": layout.NODE,
        "bindAddress": layout.NODE_IP,
        "healthzBindAddress": "127.0.0.1:10256",
        "metricsBindAddress": "127.0.0.1:10249",
        "clientConnection": {"kubeconfig": place.path("pki/proxy.kubeconfig")},
        "conntrack": {
            "maxPerCore": 0,
            "min": 0,
            "tcpEstablishedTimeout": "0s",
            "tcpCloseWaitTimeout": "0s",
        },
        "iptables": {"minSyncPeriod": "100ms", "syncPeriod": "30s"},
    }


def pod_network(place: Layout) -> Mapping[str, Any]:
    """Pods on one bridge, with ports of the node for those that ask for them."""
    addresses = {
        "type": "host-local",
        "ranges": [[{"subnet": layout.POD_CIDR}]],
        "routes": [{"dst": "0.0.0.0/0"}],
        "dataDir": place.path("cni/ipam"),
    }
    bridge = {
        "type": "bridge",
        "bridge": "cni0",
        "isGateway": True,
        "ipMasq": False,
        "hairpinMode": True,
        "ipam": addresses,
    }
    ports = {"type": "portmap", "capabilities": {"portMappings": True}}
    return {"cniVersion": "0.4.0", "name": "pods", "plugins": [bridge, ports]}


def containerd_settings(place: Layout, snapshotter: str, plugins: str) -> str:
    """TOML; the limits on what runc may set are those of a machine without all capabilities."""
    runtimes = "".join(_runtime(name) for name in RUNTIMES)
    absent = ", ".join(f'"{name}"' for name in ABSENT_PLUGINS)
    return f"""version = 2
root = "{place.path("containerd")}"
state = "/run/containerd"
disabled_plugins = [{absent}]
[grpc]
  address = "/run/containerd/containerd.sock"
[plugins."{CRI}"]
  sandbox_image = "{PAUSE_IMAGE}"
  disable_apparmor = true
  restrict_oom_score_adj = true
[plugins."{CRI}".registry]
  config_path = "{place.path("certs.d")}"
[plugins."{CRI}".cni]
  bin_dir = "{plugins}"
  conf_dir = "{place.path("cni/net.d")}"
[plugins."{CRI}".containerd]
  snapshotter = "{snapshotter}"
  default_runtime_name = "{RUNTIMES[0]}"
{runtimes}"""


CRI = "io.containerd.grpc.v1.cri"
ABSENT_PLUGINS = (
    "io.containerd.snapshotter.v1.btrfs",
    "io.containerd.snapshotter.v1.zfs",
    "io.containerd.snapshotter.v1.devmapper",
    "io.containerd.snapshotter.v1.aufs",
    "io.containerd.tracing.processor.v1.otlp",
    "io.containerd.internal.v1.tracing",
)


def _runtime(name: str) -> str:
    table = f'plugins."{CRI}".containerd.runtimes.{name}'
    return f"""[{table}]
  runtime_type = "io.containerd.runc.v2"
[{table}.options]
  SystemdCgroup = false
"""
