"""Who orders electronically in the tests: an authority, certificates, orders, in short."""

from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

from apothecary.config.tests.world import World
from apothecary.drugs.models import Package
from apothecary.staff.duties import Role
from apothecary.staff.worker import Worker
from apothecary.vault.csos.certificates import Enrolled, register_certificate
from apothecary.vault.csos.models import CsosCertificate, CsosLine, CsosOrder
from apothecary.vault.csos.receiving import link_to_order
from apothecary.vault.csos.sending import send_order
from apothecary.vault.csos.signing import KeyFile, sign_order
from apothecary.vault.csos.tests.authority import PASSPHRASE, Authority, Issued
from apothecary.vault.csos.trust import Trust, trust_in
from apothecary.vault.csos.writing import To, add_line, begin_order
from apothecary.vault.orders.arriving import Arrived
from apothecary.vault.orders.tests.desk import registrant

PLAINS = To("Plains Wholesale", "1 Depot Road, Amarillo, TX 79101", "PB1111119")
COAST = To("Coast Wholesale", "2 Pier Street, Houston, TX 77002", "PC2222228")


@dataclass
class OrderDesk:
    """The pharmacist in charge is the registrant and has a key; technicians write."""

    world: World
    folder: Path
    authority: Authority = field(default_factory=Authority)

    def __post_init__(self) -> None:
        self.authority.lay(self.folder)
        self.boss = registrant(self.world)

    @property
    def dea(self) -> str:
        return self.world.pharmacy.dea

    @property
    def trust(self) -> Trust:
        return trust_in(self.folder)

    @cached_property
    def key(self) -> Issued:
        """The registrant's own, on file."""
        issued = self.authority.issue(dea=self.dea)
        self.file(issued)
        return issued

    def file(
        self, issued: Issued, *, of: Role = Role.IN_CHARGE, by: Worker | None = None
    ) -> CsosCertificate:
        enrolled = Enrolled(self.world.people[of].pk, issued.pem)
        return register_certificate(by=by or self.boss, enrolled=enrolled, trust=self.trust)

    def begun(
        self, *, to: To = PLAINS, number: str = "", by: Worker | None = None
    ) -> CsosOrder:
        return begin_order(by=by or self.world.technician, to=to, number=number)

    def add(self, order: CsosOrder, packages: int = 3, drug: str = "oxycodone") -> CsosLine:
        package_id = self.world.drugs[drug].pk
        return add_line(
            by=self.world.technician,
            order_id=order.pk,
            package_id=package_id,
            packages=packages,
        )

    def written(self, *packages: int) -> CsosOrder:
        order = self.begun()
        for each in packages or (3,):
            self.add(order, each)
        return order

    def sign(
        self, order: CsosOrder, issued: Issued | None = None, *, by: Worker | None = None,
        passphrase: str = PASSPHRASE,
    ) -> CsosOrder:  # fmt: skip
        issued = issued or self.key
        file = KeyFile(issued.file(), passphrase)
        return sign_order(
            by=by or self.boss, order_id=order.pk, key_file=file, trust=self.trust
        )

    def signed(self, *packages: int) -> CsosOrder:
        return self.sign(self.written(*packages))

    def sent(self, *packages: int) -> CsosOrder:
        order = self.signed(*packages)
        return send_order(by=self.world.technician, order_id=order.pk)

    def arrived(
        self, order: CsosOrder, packages: int = 1, *, drug: str = "oxycodone", dea: str = ""
    ) -> Arrived:
        package: Package = self.world.drugs[drug]
        return Arrived(order.number, package, packages, dea)

    def came(self, order: CsosOrder, packages: int = 1, *, key: str = "r-1") -> None:
        """Packages received by two people."""
        link_to_order(
            by=self.world.technician,
            arrived=self.arrived(order, packages),
            key=key,
            witness_id=self.world.people[Role.PHARMACIST].pk,
        )
