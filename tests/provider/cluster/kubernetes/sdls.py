"""SDLs of the kinds a provider meets, one per name, for golden files."""

from __future__ import annotations

ONE = """
version: "2.0"
{endpoints}services:
  web:
    image: {image}
{more}    expose:
{expose}
profiles:
  compute:
    web:
      resources:
        cpu: {{units: 0.5}}
        memory: {{size: 256Mi}}
        storage: {storage}
{gpu}  placement:
    west: {{pricing: {{web: {{denom: uact, amount: 1000}}}}}}
deployment: {{web: {{west: {{profile: web, count: {count}}}}}}}
"""
HTTP = "      - {port: 80, as: 80, accept: [%s], to: [{global: true}]}"


def one(
    *,
    image: str = "docker.io/library/nginx:1.27",
    expose: str = HTTP % "web.example.test",
    storage: str = "[{size: 512Mi}]",
    more: str = "",
    gpu: str = "",
    endpoints: str = "",
    count: int = 1,
) -> str:
    """An SDL with one service."""
    return ONE.format(
        image=image,
        expose=expose,
        storage=storage,
        more=more,
        gpu=gpu,
        endpoints=endpoints,
        count=count,
    )


C2C = """
version: "2.0"
services:
  page:
    image: docker.io/library/nginx:1.27
    env: [REDIS=store]
    expose:
      - {port: 80, as: 80, accept: [page.example.test], to: [{global: true}]}
  store:
    image: docker.io/library/redis:7
    expose:
      - {port: 6379, to: [{service: page}]}
profiles:
  compute:
    page: {resources: {cpu: {units: 0.1}, memory: {size: 64Mi}, storage: [{size: 64Mi}]}}
    store: {resources: {cpu: {units: 1}, memory: {size: 512Mi}, storage: [{size: 64Mi}]}}
  placement:
    west:
      pricing: {page: {denom: uact, amount: 1000}, store: {denom: uact, amount: 1000}}
deployment:
  page: {west: {profile: page, count: 1}}
  store: {west: {profile: store, count: 1}}
"""

SDLS = {
    "simple": one(count=3),
    "container-to-container": C2C,
    "node-port": one(
        image="docker.io/library/busybox:1",
        expose="      - {port: 8080, as: 30000, to: [{global: true}]}\n"
        "      - {port: 5353, as: 53, proto: udp, to: [{global: true}]}",
    ),
    "storage-default": one(
        storage="[{size: 512Mi}, {name: data, size: 1Gi, "
        "attributes: {persistent: true, class: default}}]",
        more="    params: {storage: {data: {mount: /data}}}\n",
    ),
    "storage-beta2": one(
        storage="[{size: 512Mi}, {name: data, size: 1Gi, "
        "attributes: {persistent: true, class: beta2}}]",
        more="    params: {storage: {data: {mount: /data, readOnly: true}}}\n",
    ),
    "storage-ram": one(
        storage="[{size: 512Mi}, {name: shm, size: 64Mi, "
        "attributes: {persistent: false, class: ram}}]",
        more="    params: {storage: {shm: {mount: /dev/shm}}}\n",
    ),
    "gpu": one(
        gpu="        gpu: {units: 2, attributes: {vendor: {nvidia: "
        "[{model: a100, ram: 80Gi, interface: sxm}, {model: h100}]}}}\n"
    ),
    "gpu-any": one(gpu="        gpu: {units: 1, attributes: {vendor: {nvidia: }}}\n"),
    "gpu-amd": one(gpu="        gpu: {units: 1, attributes: {vendor: {amd: [{model: mi300x}]}}}\n"),
    "permissions": one(more="    params: {permissions: {read: [logs, events]}}\n"),
    "credentials": one(
        image="registry.example.test/private:1",
        more="    credentials: {host: registry.example.test, username: alice, password: s3cret}\n",
    ),
    "leased-ip": one(
        endpoints="endpoints: {address: {kind: ip}}\n",
        expose="      - {port: 80, as: 80, to: [{global: true, ip: address}]}",
    ),
    "gateway-api": one(
        expose=(HTTP % "gateway.example.test")[:-1]
        + ", http_options: {max_body_size: 2097152, next_timeout: 30000}}"
    ),
    "allowed-root": one(image="docker.io/relaxed/tool:1"),
}
