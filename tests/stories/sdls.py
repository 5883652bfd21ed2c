"""SDL texts of the stories: one small web service whose page says which process serves it."""

from __future__ import annotations

from collections.abc import Mapping

SCRIPT = (
    "mkdir -p site && "
    'printf "%s|%s" "$PAGE_TEXT" "$(cat /proc/sys/kernel/random/uuid)" > site/index.html && '
    'exec python3 -m http.server --directory site "${PORT:-80}"'
)
"""Each start of the service writes another page: text|number of this start."""

GPU = """
        gpu:
          units: 1
          attributes:
            vendor:
              nvidia:{model}"""


def web(
    text: str = "hello",
    *,
    max_price: int | str = 100_000,
    denom: str = "uakt",
    cpu: str = "0.1",
    attributes: Mapping[str, str] | None = None,
    gpu: str | None = None,
) -> str:
    """A page that says `text`; `gpu` is a model of nvidia's, or "*" for any."""
    wanted = "".join(f"        {key}: {value}\n" for key, value in (attributes or {}).items())
    placement = f"      attributes:\n{wanted}" if wanted else ""
    model = "" if gpu == "*" else f"\n                - model: {gpu}"
    device = GPU.format(model=model) if gpu else ""
    return f"""version: "2.0"
services:
  web:
    image: busybox
    command: [sh, -c]
    args: ['{SCRIPT}']
    env: [PAGE_TEXT={text}]
    expose:
      - port: 80
        as: 80
        to: [global: true]
profiles:
  compute:
    web:
      resources:
        cpu: {{units: {cpu}}}
        memory: {{size: 64Mi}}
        storage: {{size: 64Mi}}{device}
  placement:
    here:
{placement}      pricing:
        web: {{denom: {denom}, amount: {max_price}}}
deployment:
  web:
    here: {{profile: web, count: 1}}
"""
