"""What can be wrong with an SDL file, as one error class and one list of identifiers.

Every rule of the language has exactly one identifier here, so that tools, tests and editors can
match on it. The module knows nothing of YAML or of the rules themselves.
"""

from __future__ import annotations

from enum import StrEnum
from typing import TypeAlias

Step: TypeAlias = str | int
Path: TypeAlias = tuple[Step, ...]


class Code(StrEnum):
    """Identifier of a rule; one per row of Akash's error texts.

    Rows that no SDL text can reach (duplicate ids, attributes of memory and volumes) are here for
    completeness: other tools send them.
    """

    # The text as a whole
    UNREADABLE = "input.unreadable"
    TOO_LARGE = "input.too-large"
    TOO_DEEP = "yaml.too-deep"
    YAML_SYNTAX = "yaml.syntax"
    YAML_TYPE = "yaml.type"
    YAML_DUPLICATE_KEY = "yaml.duplicate-key"
    YAML_VALUE = "yaml.value"
    YAML_ALIASES = "yaml.excessive-aliasing"
    UNINITIALIZED = "root.uninitialized"
    UNKNOWN_FIELD = "root.unexpected-field"
    # Version
    VERSION_MISSING = "version.missing"
    VERSION_UNSUPPORTED = "version.unsupported"
    VERSION_SYNTAX = "version.syntax"
    # Quantities
    FLOAT_SYNTAX = "quantity.float-syntax"
    FLOAT_RANGE = "quantity.float-range"
    UINT_SYNTAX = "quantity.uint-syntax"
    UINT_RANGE = "quantity.uint-range"
    NEGATIVE = "quantity.negative"
    # Prices
    PRICE_ZERO = "price.zero"
    PRICE_NEGATIVE = "price.negative"
    PRICE_EMPTY = "price.empty"
    PRICE_LENGTH = "price.length"
    PRICE_SYNTAX = "price.syntax"
    PRICE_RANGE = "price.range"
    PRICE_PRECISION = "price.precision"
    PRICE_BASE10 = "price.base10"
    PRICE_NULL = "price.null"
    PRICE_DENOM = "price.denom"
    PRICE_DENOM_MIXED = "price.denom-mixed"
    PRICE_OVERFLOW = "price.overflow"
    PRICE_LIMIT = "price.limit"
    # Compute profiles
    CPU_ATTRIBUTE = "cpu.unsupported-attribute"
    GPU_FIELD = "gpu.unsupported-field"
    GPU_ATTRIBUTE = "gpu.unsupported-attribute"
    GPU_NO_ATTRIBUTES = "gpu.attributes-required"
    GPU_NO_VENDOR = "gpu.vendor-required"
    GPU_BAD_ATTRIBUTES = "gpu.invalid-attributes"
    GPU_INTERFACE = "gpu.invalid-interface"
    STORAGE_ATTRIBUTE = "storage.unsupported-attribute"
    STORAGE_DUPLICATE = "storage.duplicated-name"
    STORAGE_EPHEMERAL_CLASS = "storage.ephemeral-class"
    STORAGE_RAM_PERSISTENT = "storage.ram-persistent"
    STORAGE_PERSISTENT_VALUE = "storage.invalid-persistent"
    STORAGE_CLASS_VALUE = "storage.invalid-class"
    NO_RESOURCES = "compute.no-resources"
    # Services
    PROTOCOL = "expose.unsupported-protocol"
    HTTP_BODY_SIZE = "http.body-size"
    HTTP_PROXY_BUFFER = "http.proxy-buffer-size"
    HTTP_READ_TIMEOUT = "http.read-timeout"
    HTTP_SEND_TIMEOUT = "http.send-timeout"
    HTTP_NEXT_CASE = "http.next-case"
    HTTP_NEXT_OFF = "http.next-off"
    HOST_URL = "expose.host-url"
    TEE_TYPE = "tee.unsupported-type"
    TEE_NEEDS_GPU = "tee.requires-gpu"
    TEE_CONFLICT = "tee.conflict"
    # References between the parts
    RECLAMATION_DURATION = "reclamation.invalid-duration"
    RECLAMATION_POSITIVE = "reclamation.not-positive"
    ENDPOINT_NAME = "endpoint.invalid-name"
    ENDPOINT_NO_KIND = "endpoint.no-kind"
    ENDPOINT_KIND = "endpoint.unknown-kind"
    ENDPOINT_UNUSED = "endpoint.unused"
    NO_COMPUTE_PROFILE = "deployment.no-compute-profile"
    NO_PLACEMENT_PROFILE = "deployment.no-placement-profile"
    NO_PRICING = "deployment.no-pricing"
    NO_SERVICE = "deployment.no-service"
    CREDENTIALS_HOST = "credentials.missing-host"
    CREDENTIALS_USERNAME = "credentials.missing-username"
    CREDENTIALS_PASSWORD = "credentials.missing-password"
    IP_NOT_GLOBAL = "ip.not-global"
    IP_UNDECLARED = "ip.no-endpoint"
    IP_COLLISION = "ip.port-in-use"
    VOLUME_UNKNOWN = "volume.unknown"
    VOLUME_MOUNT = "volume.mount-not-absolute"
    VOLUME_MOUNT_TAKEN = "volume.mount-duplicated"
    VOLUME_NEEDS_MOUNT = "volume.persistent-without-mount"
    VOLUME_RAM_READONLY = "volume.ram-read-only"
    # Deployment groups
    GROUPS_EMPTY = "groups.empty"
    GROUP_NAME = "group.empty-name"
    GROUP_DENOM = "group.inconsistent-denom"
    UNIT_ID = "unit.id"
    UNIT_DUPLICATE_ID = "unit.duplicate-id"
    UNIT_NIL_CPU = "unit.no-cpu"
    UNIT_NIL_GPU = "unit.no-gpu"
    UNIT_NIL_MEMORY = "unit.no-memory"
    UNIT_NIL_STORAGE = "unit.no-storage"
    UNIT_NIL_ENDPOINTS = "unit.no-endpoints"
    UNIT_CPU = "unit.cpu-limit"
    UNIT_GPU = "unit.gpu-limit"
    UNIT_MEMORY = "unit.memory-limit"
    UNIT_STORAGE = "unit.storage-limit"
    UNIT_GPU_STATE = "unit.gpu-attributes-without-units"
    UNIT_CPU_ATTRIBUTES = "unit.cpu-attributes"
    UNIT_GPU_ATTRIBUTES = "unit.gpu-attributes"
    UNIT_MEMORY_ATTRIBUTES = "unit.memory-attributes"
    UNIT_STORAGE_ATTRIBUTES = "unit.storage-attributes"
    TOTAL_CPU = "total.cpu"
    TOTAL_GPU = "total.gpu"
    TOTAL_MEMORY = "total.memory"
    # Manifest
    MANIFEST_SHAPE = "manifest.shape"
    MANIFEST_EMPTY = "manifest.empty"
    MANIFEST_NO_SERVICES = "manifest.no-services"
    MANIFEST_UNSORTED = "manifest.services-unsorted"
    MANIFEST_DUPLICATE_GROUP = "manifest.duplicate-group"
    MANIFEST_NO_GLOBAL = "manifest.zero-global-services"
    SERVICE_NO_NAME = "service.empty-name"
    SERVICE_NAME = "service.invalid-name"
    SERVICE_IMAGE = "service.empty-image"
    SERVICE_ENV = "service.invalid-env"
    EXPOSE_UNSORTED = "expose.unsorted"
    EXPOSE_PORT = "expose.port"
    EXPOSE_PROTO = "expose.protocol"
    HOST_INVALID = "expose.invalid-hostname"
    HOST_DUPLICATE = "expose.duplicated-hostname"
    # A manifest beside the groups on chain
    CROSS_GROUP_COUNT = "cross.group-count"
    CROSS_GROUP_UNKNOWN = "cross.unknown-group"
    CROSS_NO_UNIT = "cross.no-unit"
    CROSS_REPLICAS = "cross.over-utilized-replicas"
    CROSS_CPU = "cross.cpu-mismatch"
    CROSS_GPU = "cross.gpu-mismatch"
    CROSS_MEMORY = "cross.memory-mismatch"
    CROSS_STORAGE = "cross.storage-mismatch"
    CROSS_OVER_HTTP = "cross.over-utilized-http"
    CROSS_OVER_PORT = "cross.over-utilized-port"
    CROSS_OVER_IP = "cross.over-utilized-ip"
    CROSS_UNDER_HTTP = "cross.under-utilized-http"
    CROSS_UNDER_PORT = "cross.under-utilized-port"
    CROSS_UNDER_IP = "cross.under-utilized-ip"
    CROSS_UNDER_UNITS = "cross.under-utilized-resources"


def show_path(path: Path) -> str:
    """Write a YAML path the way people read it: `services.web.expose[0].port`."""
    text = ""
    for step in path:
        if isinstance(step, int):
            text += f"[{step}]"
        elif step and all(c.isalnum() or c in "-_" for c in step):
            text += f".{step}" if text else step
        else:
            text += f'["{step}"]'
    return text


class SdlError(Exception):
    """One broken rule, with the place where it is broken and what to do about it.

    `text` is the sentence Akash's own parser gives; `str(error)` starts with it. `line` and
    `column` count from 1, and are 0 where no text is known (a manifest without its SDL). `path`
    is the YAML path, `value` the offending value, `remedy` advice; each may be "".
    """

    def __init__(
        self,
        code: Code,
        text: str,
        *,
        file: str = "",
        line: int = 0,
        column: int = 0,
        path: str = "",
        value: str = "",
        remedy: str = "",
    ) -> None:
        super().__init__(code, text)
        self.code = code
        self.text = text
        self.file = file
        self.line = line
        self.column = column
        self.path = path
        self.value = value
        self.remedy = remedy

    @property
    def where(self) -> str:
        """`file:line:column`, as far as known."""
        parts = [self.file] if self.file else []
        if self.line:
            parts += [str(self.line), str(self.column)]
        return ":".join(parts)

    def __str__(self) -> str:
        place = ", ".join(part for part in (self.where, self.path) if part)
        return (
            self.text
            + (f" ({place})" if place else "")
            + (f"; {self.remedy}" if self.remedy else "")
        )
