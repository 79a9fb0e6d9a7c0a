"""A certificate authority of our own with a server's and a client's certificate, made by openssl."""

import asyncio
import ssl
from dataclasses import dataclass
from pathlib import Path

_KEY = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"]


@dataclass(frozen=True)
class Certificates:
    """Paths of PEM files. The server's certificate is for `redis.test` and 127.0.0.1."""

    ca: Path
    server: Path
    server_key: Path
    client: Path
    client_key: Path

    @classmethod
    async def make(cls, folder: Path) -> "Certificates":
        made = cls(
            *(folder / f"{name}.pem" for name in ("ca", "server", "server-key", "client", "client-key"))
        )
        ca_key = folder / "ca-key.pem"
        await _openssl(
            *["req", "-x509", *_KEY, "-days", "2", "-subj", "/CN=test authority"],
            *["-keyout", str(ca_key), "-out", str(made.ca)],
        )
        await _sign(made.ca, ca_key, made.server, made.server_key, "DNS:redis.test,IP:127.0.0.1")
        await _sign(made.ca, ca_key, made.client, made.client_key, "DNS:client.test")
        return made

    def client_context(self) -> ssl.SSLContext:
        """For a client that trusts this authority and shows the client's certificate."""
        context = ssl.create_default_context(cafile=str(self.ca))
        context.load_cert_chain(self.client, self.client_key)
        return context


async def _sign(ca: Path, ca_key: Path, certificate: Path, key: Path, names: str) -> None:
    await _openssl(
        *["req", "-x509", *_KEY, "-days", "2", "-subj", f"/CN={certificate.stem}"],
        *["-CA", str(ca), "-CAkey", str(ca_key), "-addext", f"subjectAltName={names}"],
        *["-addext", "basicConstraints=critical,CA:false"],
        *["-keyout", str(key), "-out", str(certificate)],
    )


async def _openssl(*arguments: str) -> None:
    child = await asyncio.create_subprocess_exec(
        "openssl", *arguments, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT
    )
    output, _ = await child.communicate()
    assert child.returncode == 0, output.decode()
