"""Whether the parts of an SDL file fit together: everything that one section says of another.

The checks run in Akash's order, once the groups are built. Where Akash's order depends on chance
(maps), the order of the file is taken. Knows no limit.
"""

from __future__ import annotations

import re

from sdl.build import report_no_profile, report_no_resources
from sdl.errors import Code, Path
from sdl.gotext import quote
from sdl.model import Deploy, Document, Resources, Service
from sdl.problems import Problems
from sdl.quantity import QuantityError, parse_duration
from sdl.remedy import did_you_mean

_ENDPOINT_NAME = re.compile(r"[a-z]+[a-z\-_0-9]+", re.ASCII)


def check_references(document: Document, problems: Problems) -> int | None:
    """Check a document; return the reclamation window in nanoseconds, None without one.

    Raises SdlError unless gathering.
    """
    window = _check_reclamation(document, problems)
    _check_endpoints(document, problems)
    used: set[str] = set()
    taken: dict[tuple[str, int, str], str] = {}
    for name in sorted(document.deployment):
        placements = document.deployment[name]
        for placement in sorted(placements):
            checker = _ServiceChecker(document, problems, name, placement, placements[placement])
            checker.check(used, taken)
    for endpoint in document.endpoints:
        if endpoint not in used:
            problems.at_path(
                Code.ENDPOINT_UNUSED,
                f"SDL invalid: endpoint {quote(endpoint)} declared but never used",
                ("endpoints", endpoint),
                value=endpoint,
                remedy=f"remove it, or expose a port to it with `ip: {endpoint}`",
            )
    return window


def _check_reclamation(document: Document, problems: Problems) -> int | None:
    text = document.reclamation
    if text is None:
        return None
    path = ("reclamation", "min_window")
    try:
        window = parse_duration(text)
    except QuantityError as error:
        problems.at_path(error.code, error.text, path, value=text, remedy=error.remedy)
        return None
    if window <= 0:
        problems.at_path(
            Code.RECLAMATION_POSITIVE,
            "SDL invalid: reclamation min_window must be > 0",
            path,
            value=text,
            remedy="write a window such as 24h, or remove reclamation",
        )
    return window


def _check_endpoints(document: Document, problems: Problems) -> None:
    for name, kind in document.endpoints.items():
        path = ("endpoints", name)
        shown = quote(name)
        if not _ENDPOINT_NAME.fullmatch(name):
            problems.at_path(
                Code.ENDPOINT_NAME,
                f"SDL invalid: endpoint named {shown} is not a valid name",
                path,
                value=name,
                remedy="use two or more of a-z, 0-9, '-', '_', beginning with a letter",
            )
        if not kind:
            problems.at_path(
                Code.ENDPOINT_NO_KIND,
                f"SDL invalid: endpoint named {shown} has no kind",
                path,
                value=name,
                remedy="add kind: ip",
            )
        elif kind != "ip":
            problems.at_path(
                Code.ENDPOINT_KIND,
                f"SDL invalid: endpoint named {shown}, unknown kind {quote(kind)}",
                (*path, "kind"),
                value=kind,
                remedy="write kind: ip",
            )


class _ServiceChecker:
    """The checks of one service in one placement."""

    def __init__(
        self, document: Document, problems: Problems, name: str, placement: str, deploy: Deploy
    ) -> None:
        self.document = document
        self.problems = problems
        self.name = name
        self.placement = placement
        self.deploy = deploy
        self.path: Path = ("services", name)

    def check(self, used: set[str], taken: dict[tuple[str, int, str], str]) -> None:
        """Check everything, noting the endpoints used and the ports taken on them."""
        self._check_profiles()
        service = self.document.services.get(self.name)
        if service is None:
            self._report(
                Code.NO_SERVICE,
                f"no service profile named {self.name}",
                ("deployment", self.name),
                self.name,
                did_you_mean(self.name, self.document.services) or "declare it under services",
            )
            return
        self._check_credentials(service)
        self._check_ips(service, used, taken)
        self._check_storage(service)

    def _report(self, code: Code, text: str, path: Path, value: str, remedy: str) -> None:
        self.problems.at_path(
            code,
            f"SDL invalid: {self.name}.{self.placement}: {text}",
            path,
            value=value,
            remedy=remedy,
        )

    def _check_profiles(self) -> None:
        document, deploy = self.document, self.deploy
        path: Path = ("deployment", self.name, self.placement)
        if deploy.profile not in document.compute:
            report_no_profile(document, self.problems, self.name, self.placement, deploy)
        placement = document.placement.get(self.placement)
        if placement is None:
            self._report(
                Code.NO_PLACEMENT_PROFILE,
                f"no placement profile named {self.placement}",
                path,
                self.placement,
                did_you_mean(self.placement, document.placement)
                or "declare it under profiles.placement",
            )
        elif deploy.profile not in placement.pricing:
            self._report(
                Code.NO_PRICING,
                f"no pricing for profile {deploy.profile}",
                ("profiles", "placement", self.placement, "pricing"),
                deploy.profile,
                f"add {deploy.profile}: {{denom: uact, amount: ...}} to the pricing of "
                f"{self.placement}",
            )

    def _check_credentials(self, service: Service) -> None:
        credentials = service.credentials
        if credentials is None:
            return
        for code, word, key in (
            (Code.CREDENTIALS_HOST, "Host", "host"),
            (Code.CREDENTIALS_USERNAME, "Username", "username"),
            (Code.CREDENTIALS_PASSWORD, "Password", "password"),
        ):
            if not getattr(credentials, key).strip():
                self._report(
                    code,
                    f"service Credentials missing {word}",
                    (*self.path, "credentials", key),
                    "",
                    f"add {key}:, or remove credentials",
                )

    def _check_ips(
        self, service: Service, used: set[str], taken: dict[tuple[str, int, str], str]
    ) -> None:
        for expose in service.expose:
            for to in expose.to:
                if not to.ip:
                    continue
                path = (*self.path, "expose", expose.index, "to", to.index)
                used.add(to.ip)
                if not to.is_global:
                    self.problems.at_path(
                        Code.IP_NOT_GLOBAL,
                        f"SDL invalid: error on {quote(self.name)} if an IP is declared the "
                        "directive must be declared as global",
                        (*path, "ip"),
                        value=to.ip,
                        remedy="add global: true",
                    )
                    continue
                if to.ip not in self.document.endpoints:
                    self.problems.at_path(
                        Code.IP_UNDECLARED,
                        f"SDL invalid: error on service {quote(self.name)} no endpoint named "
                        f"{quote(to.ip)} exists",
                        (*path, "ip"),
                        value=to.ip,
                        remedy=did_you_mean(to.ip, self.document.endpoints)
                        or f"declare it: endpoints: {{{to.ip}: {{kind: ip}}}}",
                    )
                    continue
                key = (to.ip, expose.as_port, expose.proto)
                if key in taken:
                    self.problems.at_path(
                        Code.IP_COLLISION,
                        f"SDL invalid: IP endpoint {quote(to.ip)} port: {expose.port} protocol: "
                        f"{expose.proto} specified by service {quote(self.name)} already in use "
                        f"by {quote(taken[key])}",
                        (*path, "ip"),
                        value=to.ip,
                        remedy="give each port of the IP its own `as:` number",
                    )
                taken[key] = self.name

    def _check_storage(self, service: Service) -> None:
        profile_name = self.deploy.profile
        if profile_name not in self.document.compute:
            return
        resources = self.document.compute[profile_name]
        if resources is None:
            report_no_resources(self.problems, profile_name)
            return
        mounts = service.params.storage if service.params else {}
        self._check_mounts(service, resources)
        if mounts or self.document.shared_units:
            return
        for volume in resources.storage or ():
            if volume.attribute("persistent") == "true":
                self.problems.at_path(
                    Code.VOLUME_NEEDS_MOUNT,
                    f"SDL invalid: compute.storage.{volume.name} has persistent=true which "
                    f"requires service.{self.name}.params.storage.{volume.name} to have mount",
                    (*self.path, "params"),
                    value=volume.name,
                    remedy=f"add params: {{storage: {{{volume.name}: {{mount: /data}}}}}} to "
                    f"{self.name}",
                )

    def _check_mounts(self, service: Service, resources: Resources) -> None:
        volumes = {volume.name: volume for volume in resources.storage or ()}
        mounted: dict[str, str] = {}
        for name, mount in (service.params.storage if service.params else {}).items():
            path = (*self.path, "params", "storage", name)
            if name not in volumes:
                self.problems.at_path(
                    Code.VOLUME_UNKNOWN,
                    f"SDL invalid: service {quote(self.name)} references to no-existing compute "
                    f"volume named {quote(name)}",
                    path,
                    value=name,
                    remedy=did_you_mean(name, volumes)
                    or f"add a volume of this name to profile {self.deploy.profile}",
                )
                continue
            if not mount.mount.startswith("/"):
                self.problems.at_path(
                    Code.VOLUME_MOUNT,
                    f'SDL invalid: invalid value for "service.{self.name}.params.{name}.mount" '
                    "parameter. expected absolute path",
                    (*path, "mount"),
                    value=mount.mount,
                    remedy=f"write mount: /{mount.mount or 'data'}",
                )
            elif mount.mount in mounted:
                self.problems.at_path(
                    Code.VOLUME_MOUNT_TAKEN,
                    f"sdl: duplicated mount point: mount {quote(mount.mount)} already in use by "
                    f"volume {quote(mounted[mount.mount])}",
                    (*path, "mount"),
                    value=mount.mount,
                    remedy="mount every volume at a path of its own",
                )
            mounted.setdefault(mount.mount, name)
            if (
                self.document.shared_units
                and mount.read_only
                and volumes[name].attribute("class") == "ram"
            ):
                self.problems.at_path(
                    Code.VOLUME_RAM_READONLY,
                    f"SDL invalid: services.{self.name}.params.storage.{name} has readOnly=true "
                    'which is not allowed for storage class "ram"',
                    (*path, "readOnly"),
                    value="true",
                    remedy="remove readOnly",
                )
