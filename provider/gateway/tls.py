"""TLS for asyncio with client certificates that no trust store would accept.

The only module that knows pyOpenSSL. Python's ssl refuses Akash's client certificates during the
handshake (their key usage lacks digitalSignature) and cannot hand an untrusted one over. Here the
handshake accepts any certificate, and an asynchronous check decides before the first byte of the
protocol above is handled. It knows nothing of chains, addresses or HTTP.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Sequence
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePrivateKey
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from OpenSSL import SSL

log = logging.getLogger(__name__)

HANDSHAKE_SECONDS = 10.0
READ_BYTES = 64 * 1024
CLOSE_SECONDS = 10.0
"""How long a closed connection may take to flush before it is cut."""
IDENTITY = "client identity"
"""Name under which a transport gives what the check returned (`get_extra_info`)."""

Check = Callable[[Sequence[x509.Certificate]], Awaitable[Any]]


class ClientRefused(Exception):
    """A check's verdict that this client may not connect; the text says which rule."""


class Credentials:
    """A certificate chain with its key, and whether clients are asked for theirs."""

    def __init__(
        self,
        chain: Sequence[x509.Certificate],
        key: EllipticCurvePrivateKey | RSAPrivateKey,
        *,
        asks_client: bool,
    ) -> None:
        context = _context()
        context.use_certificate(chain[0])
        for extra in chain[1:]:
            context.add_extra_chain_cert(extra)
        context.use_privatekey(key)
        context.check_privatekey()
        self._context = context
        self._mode = SSL.VERIFY_PEER if asks_client else SSL.VERIFY_NONE

    def dress(self, connection: SSL.Connection) -> None:
        """Serve a connection with these credentials; for this module only."""
        connection.set_context(self._context)
        # The context brings the certificate, but not whether one is asked for.
        connection.set_verify(self._mode, _accept)


def _context() -> SSL.Context:
    """A server's context: TLS 1.3, no resumption."""
    context = SSL.Context(SSL.TLS_SERVER_METHOD)
    context.set_min_proto_version(SSL.TLS1_3_VERSION)
    # A resumed session would carry an old certificate past the check's meaning.
    context.set_session_cache_mode(SSL.SESS_CACHE_OFF)
    context.set_options(SSL.OP_NO_TICKET)
    return context


def _accept(*_: object) -> bool:
    """Any certificate may come; the check after the handshake decides."""
    return True


class TlsServer:
    """Listens, and gives every checked connection to a protocol.

    `choose` picks the credentials by the name the client asks for (None without one), anew for
    each handshake. `check` gets the client's certificates, leaf first, and returns its identity;
    raising anything ends the connection.
    """

    def __init__(
        self,
        protocol: Callable[[], asyncio.Protocol],
        *,
        choose: Callable[[str | None], Credentials],
        check: Check,
    ) -> None:
        self._protocol = protocol
        self._check = check
        self._bridges: set[_Bridge] = set()
        # Every connection begins without a certificate and gets one once its name is known.
        self._front = _context()
        self._front.set_tlsext_servername_callback(lambda connection: _switch(connection, choose))
        self._server: asyncio.Server | None = None

    async def start(self, host: str, port: int) -> tuple[str, int]:
        """Begin to listen; the address taken. Raises OSError."""
        loop = asyncio.get_running_loop()
        self._server = await loop.create_server(self._make, host, port)
        name = self._server.sockets[0].getsockname()
        return name[0], name[1]

    async def close(self) -> None:
        """Stop listening and cut what is still connected."""
        if self._server is not None:
            self._server.close()
            for bridge in list(self._bridges):
                bridge.abort()
            await self._server.wait_closed()

    def _make(self) -> _Bridge:
        tls = SSL.Connection(self._front, None)
        return _Bridge(self._protocol, tls, self._check, self._bridges)


class _Transport(asyncio.Transport):
    """What the protocol above sees: plain bytes in and out of a bridge."""

    def __init__(self, bridge: _Bridge, identity: Any) -> None:
        super().__init__()
        self._bridge = bridge
        self._identity = identity

    def get_extra_info(self, name: str, default: Any = None) -> Any:
        if name == IDENTITY:
            return self._identity
        if name == "sslcontext":
            return True  # aiohttp takes any value as: the scheme is https
        return self._bridge.raw.get_extra_info(name, default)

    def write(self, data: bytes | bytearray | memoryview[Any]) -> None:
        self._bridge.write(bytes(data))

    def writelines(self, list_of_data: Any) -> None:
        self._bridge.write(b"".join(list_of_data))

    def is_closing(self) -> bool:
        return self._bridge.is_closing

    def close(self) -> None:
        self._bridge.close()

    def abort(self) -> None:
        self._bridge.abort()

    def can_write_eof(self) -> bool:
        return False

    def pause_reading(self) -> None:
        self._bridge.pause()

    def resume_reading(self) -> None:
        self._bridge.resume()

    def is_reading(self) -> bool:
        return not self._bridge.is_paused

    def set_write_buffer_limits(self, high: int | None = None, low: int | None = None) -> None:
        self._bridge.raw.set_write_buffer_limits(high, low)

    def get_write_buffer_size(self) -> int:
        return self._bridge.raw.get_write_buffer_size()

    def get_protocol(self) -> asyncio.BaseProtocol:
        assert self._bridge.above is not None
        return self._bridge.above

    def set_protocol(self, protocol: asyncio.BaseProtocol) -> None:
        assert isinstance(protocol, asyncio.Protocol)
        self._bridge.above = protocol


class _Bridge(asyncio.Protocol):
    """One connection: raw bytes below, TLS in the middle, the protocol above."""

    raw: asyncio.Transport

    def __init__(
        self,
        protocol: Callable[[], asyncio.Protocol],
        tls: SSL.Connection,
        check: Check,
        known: set[_Bridge],
    ) -> None:
        self._protocol = protocol
        self._check = check
        self._known = known
        self._loop = asyncio.get_running_loop()
        self._tls = tls
        self._tls.set_accept_state()
        self._checking: asyncio.Task[None] | None = None
        self._timer: asyncio.TimerHandle | None = None
        self._is_shaken = False
        self._peer_ended = False
        self._writing_paused = False
        self.above: asyncio.Protocol | None = None
        self.is_closing = False
        self.is_paused = False

    # Below: called by asyncio.

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.raw = transport  # type: ignore[assignment]  # a TCP server's transports are full ones
        self._known.add(self)
        self._timer = self._loop.call_later(HANDSHAKE_SECONDS, self.abort)

    def data_received(self, data: bytes) -> None:
        if self.is_closing:
            return
        self._tls.bio_write(data)
        if not self._is_shaken:
            self._shake()
        else:
            self._read()

    def eof_received(self) -> bool:
        self._peer_ended = True
        return False

    def connection_lost(self, exc: Exception | None) -> None:
        self.is_closing = True
        self._known.discard(self)
        for handle in (self._timer, self._checking):
            if handle is not None:
                handle.cancel()
        above, self.above = self.above, None
        if above is not None:
            above.connection_lost(exc)

    def pause_writing(self) -> None:
        self._writing_paused = True
        if self.above is not None:
            self.above.pause_writing()

    def resume_writing(self) -> None:
        self._writing_paused = False
        if self.above is not None:
            self.above.resume_writing()

    # The middle.

    def _shake(self) -> None:
        try:
            self._tls.do_handshake()
        except SSL.WantReadError:
            self._flush()
            return
        except SSL.Error as error:
            self._flush()  # the alert that tells the client why
            log.debug("handshake failed: %s", error)
            self.raw.close()
            return
        self._is_shaken = True
        self._flush()
        # Whatever already came is not read before the check has passed.
        self.raw.pause_reading()
        self._checking = self._loop.create_task(self._admit())

    async def _admit(self) -> None:
        try:
            identity = await self._check(self._certificates())
        except ClientRefused as error:
            log.info("client refused: %s", error)
            self.abort()
            return
        except Exception:
            log.exception("a client's certificate could not be checked")
            self.abort()
            return
        if self._timer is not None:
            self._timer.cancel()
        if self.is_closing:
            return
        self.above = self._protocol()
        self.above.connection_made(_Transport(self, identity))
        if self._writing_paused:
            self.above.pause_writing()
        if not self.is_paused:
            self.raw.resume_reading()
            self._read()

    def _certificates(self) -> list[x509.Certificate]:
        leaf = self._tls.get_peer_certificate(as_cryptography=True)
        if leaf is None:
            return []
        chain = self._tls.get_peer_cert_chain(as_cryptography=True) or []
        # A server's chain leaves the leaf out; be indifferent to it.
        return [leaf, *(c for c in chain if c != leaf)]

    def _read(self) -> None:
        """Hand decrypted bytes up, as long as somebody wants them."""
        while self.above is not None and not self.is_paused and not self.is_closing:
            try:
                data = self._tls.recv(READ_BYTES)
            except SSL.WantReadError:
                break
            except SSL.ZeroReturnError:
                self.close()
                break
            except SSL.Error as error:
                log.debug("connection broke: %s", error)
                self.abort()
                break
            self.above.data_received(data)
        self._flush()

    def _flush(self) -> None:
        while not self.raw.is_closing():
            try:
                data = self._tls.bio_read(READ_BYTES)
            except SSL.Error:
                return
            self.raw.write(data)

    # Above: called through the transport.

    def write(self, data: bytes) -> None:
        if self.is_closing or not data:
            return
        view = memoryview(data)
        try:
            while view:
                view = view[self._tls.send(view[:READ_BYTES]) :]
                self._flush()
        except SSL.Error as error:
            log.debug("writing failed: %s", error)
            self.abort()

    def close(self) -> None:
        """Say goodbye in TLS, flush, close."""
        if self.is_closing:
            return
        self.is_closing = True
        try:
            self._tls.shutdown()
        except SSL.Error as error:
            log.debug("no goodbye: %s", error)
        self._flush()
        self.raw.close()
        self._timer = self._loop.call_later(CLOSE_SECONDS, self.raw.abort)

    def abort(self) -> None:
        """Cut the connection."""
        self.is_closing = True
        self.raw.abort()

    def pause(self) -> None:
        self.is_paused = True
        if not self.raw.is_closing():
            self.raw.pause_reading()

    def resume(self) -> None:
        if self.is_paused:
            self.is_paused = False
            if not self.raw.is_closing():
                self.raw.resume_reading()
            self._loop.call_soon(self._read)


def _switch(connection: SSL.Connection, choose: Callable[[str | None], Credentials]) -> None:
    """Use the credentials for the name the client asked for."""
    name = connection.get_servername()
    choose(name.decode("ascii", "replace") if name else None).dress(connection)


def credentials(cert_pem: bytes, key_pem: bytes, *, asks_client: bool) -> Credentials:
    """Credentials from PEM: a certificate chain, leaf first, and an open private key."""
    key = serialization.load_pem_private_key(key_pem, None)
    if not isinstance(key, EllipticCurvePrivateKey | RSAPrivateKey):
        raise ValueError("the private key must be of kind EC or RSA")
    return Credentials(x509.load_pem_x509_certificates(cert_pem), key, asks_client=asks_client)
