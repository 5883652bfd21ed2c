"""A corpus of SDL files in the style of real ones, made the same way every time.

Comments, blank lines, quoting, one to five services, GPUs, volumes, several placements. Knows
only how such files look.
"""

from __future__ import annotations

from random import Random

FILES = 150
SEED = 20

_SERVICES: tuple[tuple[str, str, int, tuple[str, ...], str], ...] = (
    ("web", "nginx:1.27-alpine", 80, (), ""),
    ("api", "ghcr.io/example/api:2.4.1", 3000, ("NODE_ENV=production", "LOG_LEVEL=info"), ""),
    ("db", "postgres:16", 5432, ("POSTGRES_DB=app", "POSTGRES_USER=app"), "/var/lib/postgresql"),
    ("cache", "redis:7.4", 6379, (), ""),
    ("wordpress", "wordpress:6.6-apache", 80, ("WORDPRESS_DB_HOST=db:3306",), "/var/www/html"),
    ("mysql", "mysql:8.0", 3306, ("MYSQL_DATABASE=wp", "MYSQL_USER=wp"), "/var/lib/mysql"),
    ("grafana", "grafana/grafana:11.2.0", 3000, ("GF_USERS_ALLOW_SIGN_UP=false",), "/data"),
    ("prometheus", "prom/prometheus:v2.54.1", 9090, (), "/prometheus"),
    ("node", "ghcr.io/example/validator:v18.0.1", 26657, ("CHAIN_ID=test-1", "PRUNING=nothing",
     "P2P_SEEDS=a@seed-1.example.com:26656,b@seed-2.example.com:26656"), "/data/chain"),
    ("model", "vllm/vllm-openai:v0.6.3", 8000, ("HF_HOME=/models", "VLLM_PORT=8000"), ""),
    ("jupyter", "jupyter/tensorflow-notebook:2024-10-07", 8888, ("JUPYTER_ENABLE_LAB=yes",), ""),
    ("game", "itzg/minecraft-server:2024.10.0", 25565, ("EULA=TRUE", "MEMORY=4G"), "/data"),
    ("worker", "ghcr.io/example/worker:2.4.1", 9000, ("QUEUE=redis://cache:6379",), ""),
    ("proxy", "traefik:v3.1", 8080, (), ""),
)  # fmt: skip


def corpus(files: int = FILES, seed: int = SEED) -> list[str]:
    """The texts of the corpus."""
    random = Random(seed)
    return [_file(random) for _ in range(files)]


def _file(random: Random) -> str:
    chosen = random.sample(_SERVICES, random.choice((1, 1, 1, 2, 2, 3, 4, 5)))
    placements = random.choice((["akash"], ["dcloud"], ["westcoast"], ["us-east", "eu-west"]))
    lines = ["---"] if random.random() < 0.6 else []
    if random.random() < 0.5:
        lines += ["# Deployed with care.", "# See the project's README for details."]
    lines += [f'version: "{random.choice(("2.0", "2.0", "2.1"))}"', "", "services:"]
    for i, service in enumerate(chosen):
        lines += _service(random, service, is_first=i == 0, others=[s[0] for s in chosen])
    lines += ["", "profiles:", "  compute:"]
    for service in chosen:
        lines += _compute(random, service)
    lines += ["  placement:"]
    for placement in placements:
        lines += _placement(random, placement, [service[0] for service in chosen])
    lines += ["", "deployment:"]
    for service in chosen:
        lines.append(f"  {service[0]}:")
        for placement in placements:
            lines += [f"    {placement}:", f"      profile: {service[0]}"]
            lines.append(f"      count: {random.choice((1, 1, 1, 2))}")
    return "\n".join(lines) + "\n"


def _service(
    random: Random,
    service: tuple[str, str, int, tuple[str, ...], str],
    *,
    is_first: bool,
    others: list[str],
) -> list[str]:
    name, image, port, env, mount = service
    lines = [f"  {name}:", f"    image: {image}"]
    if random.random() < 0.3:
        lines += ["    command:", '      - "sh"', '      - "-c"']
        lines += ["    args:", f"      - 'exec /entrypoint --port {port} --verbose'"]
    if env:
        lines.append("    env:")
        lines += [
            f'      - "{entry}"' if random.random() < 0.5 else f"      - {entry}" for entry in env
        ]
        if random.random() < 0.4:
            lines += [
                f"      - SETTING_{i}=value-{i}  # tune me" for i in range(random.randint(1, 12))
            ]
    lines += ["    expose:", f"      - port: {port}"]
    if is_first:
        lines += ["        as: 80", "        to:", "          - global: true"]
        if random.random() < 0.2:
            lines += ["        http_options:", "          max_body_size: 104857600"]
    else:
        lines += ["        to:", *(f"          - service: {o}" for o in others if o != name)]
    if mount:
        lines += ["    params:", "      storage:", "        data:", f"          mount: {mount}"]
        lines.append("          readOnly: false")
    return lines


def _compute(random: Random, service: tuple[str, str, int, tuple[str, ...], str]) -> list[str]:
    name, mount = service[0], service[4]
    lines = [f"    {name}:", "      resources:", "        cpu:"]
    lines.append(f"          units: {random.choice(('0.5', '1', '1.0', '2', '500m', '4.0'))}")
    lines += [
        "        memory:",
        f"          size: {random.choice(('512Mi', '1Gi', '4Gi', '16Gi'))}",
    ]
    if name in ("model", "jupyter"):
        lines += [
            "        gpu:",
            "          units: 1",
            "          attributes:",
            "            vendor:",
        ]
        lines += [
            "              nvidia:",
            "                - model: a100",
            "                - model: h100",
        ]
    lines.append("        storage:")
    if not mount:
        return [*lines, f"          size: {random.choice(('512Mi', '1Gi', '10Gi'))}"]
    lines += ["          - size: 1Gi", "          - name: data", "            size: 20Gi"]
    return [
        *lines,
        "            attributes:",
        "              persistent: true",
        f"              class: {random.choice(('beta1', 'beta2', 'beta3'))}",
    ]


def _placement(random: Random, placement: str, names: list[str]) -> list[str]:
    lines = [f"    {placement}:"]
    if random.random() < 0.5:
        lines += ["      attributes:", "        host: akash"]
    if random.random() < 0.4:
        lines += ["      signedBy:", "        anyOf:"]
        lines.append('          - "akash1365yvmc4s7awdyj3n2sav7xfx76adc6dnmlx63"')
    lines.append("      pricing:")
    for name in names:
        lines += [f"        {name}:", "          denom: uact"]
        lines.append(f"          amount: {random.choice((100, 1000, 10000))}")
    return lines
