"""The solids of a porous composite: how weight becomes volume, and how each of them conducts.

The defaults are those of a nickel-rich layered oxide with carbon black in poly(vinylidene fluoride).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar

from ragone.schemas.errors import BoundsError
from ragone.schemas.field import document, real, text
from ragone.schemas.migration import Migrations, added, annotated
from ragone.schemas.record import Record

ACTIVE_MATERIAL_DENSITY = 4780.0  # kg/m^3
CARBON_BINDER_DENSITY = 1800.0  # kg/m^3
ACTIVE_MATERIAL_CONDUCTIVITY = 0.1  # S/m
CARBON_BINDER_CONDUCTIVITY = 100.0  # S/m
_IONIC = "carbon_binder_ionic_conductivity_share"
_FACTORS = (
    "active_material_conductivity_uncertainty_factor",
    "carbon_binder_conductivity_uncertainty_factor",
    f"{_IONIC}_uncertainty_factor",
)
SOURCES = {
    "active_material_density_kilogram_per_cubic_metre": "unit cell of LiNi(0.8)Co(0.1)Mn(0.1)O2, a = 2.872, "
    "c = 14.20 Angstrom, Z = 3; Noh et al. 2013, doi 10.1016/j.jpowsour.2013.01.063",
    "carbon_binder_density_kilogram_per_cubic_metre": "poly(vinylidene fluoride), 1780, with carbon black, 1800 "
    "to 2000",
    "carbon_binder_nanoporosity": "assumption: dense",
    "carbon_binder_ionic_conductivity_share": "assumption: dense",
    "active_material_conductivity_siemens_per_metre": "a well charged particle of NMC333 and NMC523: 1e-5 lithiated "
    "to 1 three quarters charged; Amin and Chiang 2016, doi 10.1149/2.0131608jes",
    "carbon_binder_conductivity_siemens_per_metre": "carbon-black-filled poly(vinylidene fluoride), order of "
    "magnitude; Grillet et al. 2016, doi 10.1149/2.0341609jes",
}


def _factor() -> Any:
    return real(
        "1",
        low=1,
        optional=True,
        default=None,
        doc="by which one standard deviation multiplies or divides the value; null if its uncertainty is not stated",
    )


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class Materials(Record):
    """Bulk properties of the active material and of the carbon-binder of one electrode, each with its source.

    Densities are those of the dense components. The carbon-binder may hold nanopores: a volume of it that an image or
    a drawing shows is then solid to the share 1 - `carbon_binder_nanoporosity` only. Whether ions cross it is
    `carbon_binder_ionic_conductivity_share`: at most the nanoporosity, which is that of straight nanopores.
    """

    kind: ClassVar[str] = "materials"
    schema_version: ClassVar[int] = 2
    migrations: ClassVar[Migrations] = {
        1: (added(_IONIC, 0.0), annotated("sources", _IONIC), *(added(name, None) for name in _FACTORS))
    }

    active_material: str = text(doc="what it is called, for example NMC 811")
    active_material_density_kilogram_per_cubic_metre: float = real(
        "kg/m^3", low=0, low_open=True, default=ACTIVE_MATERIAL_DENSITY, doc="density of the dense active material"
    )
    carbon_binder_density_kilogram_per_cubic_metre: float = real(
        "kg/m^3",
        low=0,
        low_open=True,
        default=CARBON_BINDER_DENSITY,
        doc="density of the carbon-binder without its nanopores",
    )
    carbon_binder_nanoporosity: float = real(
        "1", low=0, high=1, high_open=True, default=0.0, doc="pore volume inside the carbon-binder over its volume"
    )
    carbon_binder_ionic_conductivity_share: float = real(
        "1",
        low=0,
        high=1,
        high_open=True,
        default=0.0,
        doc="ionic conductivity of the carbon-binder with its nanopores over the electrolyte's; 0 if dense to ions",
    )
    active_material_conductivity_siemens_per_metre: float = real(
        "S/m", low=0, default=ACTIVE_MATERIAL_CONDUCTIVITY, doc="electronic, bulk"
    )
    carbon_binder_conductivity_siemens_per_metre: float = real(
        "S/m", low=0, default=CARBON_BINDER_CONDUCTIVITY, doc="electronic, of the carbon-binder with its nanopores"
    )
    active_material_conductivity_uncertainty_factor: float | None = _factor()
    carbon_binder_conductivity_uncertainty_factor: float | None = _factor()
    carbon_binder_ionic_conductivity_share_uncertainty_factor: float | None = _factor()
    sources: Any = document(default=SOURCES, doc="field to author, year and doi, or 'assumption' and what is assumed")

    def validate(self) -> None:
        """Ions cross the carbon-binder in its nanopores only."""
        if self.carbon_binder_ionic_conductivity_share > self.carbon_binder_nanoporosity:
            raise BoundsError(
                f"materials.{_IONIC} = {self.carbon_binder_ionic_conductivity_share:g} [-] is more than "
                f"carbon_binder_nanoporosity = {self.carbon_binder_nanoporosity:g} [-], which is that of straight "
                "nanopores. State both: nanoporosity over the tortuosity factor of the nanopores is the share."
            )

    def active_material_share(self, weight_fraction: float) -> float:
        """Volume of active material over that of all dense solids [-], given its weight over theirs [-]."""
        active = weight_fraction / self.active_material_density_kilogram_per_cubic_metre
        return active / (active + (1 - weight_fraction) / self.carbon_binder_density_kilogram_per_cubic_metre)

    def dense_carbon_binder(self, carbon_binder_fraction: float) -> float:
        """Volume fraction of dense carbon-binder [-], given the part that it fills with its nanopores [-]."""
        return carbon_binder_fraction * (1 - self.carbon_binder_nanoporosity)

    def ion_conducting_nanopores(self, carbon_binder_fraction: float) -> float:
        """Volume fraction of the nanopores that ions cross [-], given that of the carbon-binder; 0 if it is dense."""
        if self.carbon_binder_ionic_conductivity_share == 0:
            return 0.0
        return carbon_binder_fraction - self.dense_carbon_binder(carbon_binder_fraction)

    def masses(self, active_material_fraction: float, carbon_binder_fraction: float) -> tuple[float, float]:
        """Mass of active material and of carbon-binder over the volume that they fill the given parts of [kg/m^3]."""
        return (
            active_material_fraction * self.active_material_density_kilogram_per_cubic_metre,
            self.dense_carbon_binder(carbon_binder_fraction) * self.carbon_binder_density_kilogram_per_cubic_metre,
        )

    def weight_fraction(self, active_material_fraction: float, carbon_binder_fraction: float) -> float:
        """Mass of active material over that of all solids [-], given the parts of a volume that are seen [-]."""
        active, binder = self.masses(active_material_fraction, carbon_binder_fraction)
        return active / (active + binder)


NMC_811 = Materials(active_material="NMC 811")
