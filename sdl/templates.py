"""Files to start from, one for each common kind of deployment.

Plain texts with comments that explain what to change. Every one passes `check` without warnings.
"""

from __future__ import annotations

_WEB = """\
# One container behind the provider's HTTP ingress.
version: "2.0"

services:
  web:
    image: nginx:1.27
    expose:
      - port: 80 # where the container listens
        as: 80 # 80 gets a host name and HTTP; other ports get a port of the provider
        to:
          - global: true

profiles:
  compute:
    web:
      resources:
        cpu:
          units: 0.5
        memory:
          size: 512Mi
        storage:
          size: 1Gi
  placement:
    akash:
      pricing:
        web:
          denom: uact
          amount: 100 # the most you would pay for one block

deployment:
  web:
    akash:
      profile: web
      count: 1
"""

_GPU = """\
# One container with a GPU and shared memory.
version: "2.0"

services:
  model:
    image: vllm/vllm-openai:v0.6.3
    args:
      - --model
      - Qwen/Qwen2.5-0.5B-Instruct
    expose:
      - port: 8000
        as: 80
        to:
          - global: true
    params:
      storage:
        shm:
          mount: /dev/shm

profiles:
  compute:
    model:
      resources:
        cpu:
          units: 8
        memory:
          size: 32Gi
        gpu:
          units: 1
          attributes:
            vendor:
              nvidia: # any of these models; leave the list out for any GPU
                - model: a100
                  ram: 80Gi
                - model: h100
        storage:
          - size: 100Gi
          - name: shm
            size: 8Gi
            attributes:
              persistent: false
              class: ram
  placement:
    akash:
      pricing:
        model:
          denom: uact
          amount: 5000

deployment:
  model:
    akash:
      profile: model
      count: 1
"""

_MULTI = """\
# A web application, and a database that only it can reach.
version: "2.0"

services:
  app:
    image: ghcr.io/example/app:1.0.0
    env:
      - DATABASE_HOST=db # services find each other by name
    expose:
      - port: 3000
        as: 80
        to:
          - global: true
  db:
    image: postgres:16
    env:
      - POSTGRES_HOST_AUTH_METHOD=trust
      - PGDATA=/var/lib/postgresql/data/pgdata
    expose:
      - port: 5432
        to:
          - service: app
    params:
      storage:
        data:
          mount: /var/lib/postgresql/data

profiles:
  compute:
    app:
      resources:
        cpu:
          units: 1
        memory:
          size: 1Gi
        storage:
          size: 1Gi
    db:
      resources:
        cpu:
          units: 1
        memory:
          size: 1Gi
        storage:
          - size: 1Gi
          - name: data
            size: 10Gi
            attributes:
              persistent: true
              class: beta2
  placement:
    akash:
      pricing:
        app:
          denom: uact
          amount: 100
        db:
          denom: uact
          amount: 100

deployment:
  app:
    akash:
      profile: app
      count: 1
  db:
    akash:
      profile: db
      count: 1
"""

_IP = """\
# A service at an IP address of its own, on any port and over UDP too.
version: "2.0"

endpoints:
  public: # a name of your choice, used below
    kind: ip

services:
  dns:
    image: coredns/coredns:1.11.3
    expose:
      - port: 53
        as: 53
        proto: udp
        to:
          - global: true
            ip: public
      - port: 53
        as: 53
        proto: tcp
        to:
          - global: true
            ip: public

profiles:
  compute:
    dns:
      resources:
        cpu:
          units: 0.5
        memory:
          size: 256Mi
        storage:
          size: 512Mi
  placement:
    akash:
      pricing:
        dns:
          denom: uact
          amount: 500

deployment:
  dns:
    akash:
      profile: dns
      count: 1
"""

_PERSISTENT = """\
# A service whose data survives restarts and updates (but not the end of the lease).
version: "2.0"

services:
  store:
    image: redis:7.4
    args:
      - redis-server
      - --appendonly
      - "yes"
    expose:
      - port: 6379
        to:
          - global: true
    params:
      storage:
        data:
          mount: /data

profiles:
  compute:
    store:
      resources:
        cpu:
          units: 0.5
        memory:
          size: 1Gi
        storage:
          - size: 512Mi
          - name: data
            size: 10Gi
            attributes:
              persistent: true
              class: beta3 # beta1 HDD, beta2 SSD, beta3 NVMe
  placement:
    akash:
      pricing:
        store:
          denom: uact
          amount: 100

deployment:
  store:
    akash:
      profile: store
      count: 1
"""

TEMPLATES = {
    "web": _WEB,
    "gpu": _GPU,
    "multi-service": _MULTI,
    "ip": _IP,
    "persistent-storage": _PERSISTENT,
}
"""Kind -> text."""
