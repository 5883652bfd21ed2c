"""Names are Akash's, to the letter."""

from __future__ import annotations

from akashpy.types.market import LeaseID
from provider.cluster.kubernetes import names

LEASE = LeaseID(
    "akash1365yvmc4s7awdyj3n2sav7xfx76adc6dnmlx63",
    1234,
    1,
    1,
    "akash1qufa3xzrf34qvwyejkhvnc4psf49fftaw0asmh",
)


def test_the_namespace_of_a_lease() -> None:
    assert names.namespace(LEASE) == "57r7gr9g518kkt81v82s32g31rp60c2bq4gain9tjrook"


def test_the_host_of_a_service() -> None:
    assert names.static_host(LEASE, "web", "example.test") == (
        "q07j5if9pl9l9cpj2kfnrg7ep4.example.test"
    )


def test_the_sharing_key_of_an_address() -> None:
    owner = str(LEASE.owner)
    assert names.sharing_key(LEASE, "meYOU") == f"{owner}-ip-ps9pn7rkocct7m9ivtovuktb"
    assert names.sharing_key(LEASE, "my-ip-1") == f"{owner}-ip-my-ip-1"


def test_labels_name_their_lease() -> None:
    assert names.lease_of(names.lease_labels(LEASE)) == LEASE
    assert names.lease_of({"akash.network": "true"}) is None
    assert names.lease_of(names.lease_labels(LEASE) | {f"{names.LEASE}dseq": "x"}) is None
