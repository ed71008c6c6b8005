"""Which materials each parameter set of PyBaMM is about, and whether what a cell is given contradicts them.

A parameter set gives concentrations and potentials of one active material in each electrode, but not what it weighs
without pores, which is what turns a mass loading into a thickness. All layered oxides of nickel are taken to weigh what
NMC 811 does: their unit cells differ by 3 % at most. Content of a BPX file names no materials, and contradicts none.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from ragone.pipelines.cell.engine import ARRHENIUS, require_parameter_set
from ragone.pipelines.cell.errors import ContradictionError
from ragone.schemas import CellDesign, Materials, Transport
from ragone.schemas.materials import ACTIVE_MATERIAL_DENSITY, NMC_811, SOURCES

_LARGEST_DEVIATION = 0.05  # of a density: what measured ones of one material scatter by
_SAME = 1e-9  # relative difference up to which two conductivities are one

_DENSITY = "active_material_density_kilogram_per_cubic_metre"
_BINDER = "carbon_binder_density_kilogram_per_cubic_metre"
_CONDUCTIVITY = "active_material_conductivity_siemens_per_metre"
_BINDER_CONDUCTIVITY = "carbon_binder_conductivity_siemens_per_metre"
_CONDUCTIVITIES = (_CONDUCTIVITY, _BINDER_CONDUCTIVITY)
_IONIC = "carbon_binder_ionic_conductivity_share"
_VIERRATH = (
    "dry carbon-binder of a LiCoO2 electrode by FIB-SEM; Vierrath et al. 2015, Electrochemistry Communications 60, 176"
)
_AS_NMC = "assumption: order of magnitude, as of NMC"


def _positive(name: str, density: float, source: str, conducts: str = _AS_NMC) -> Materials:
    sources = SOURCES | {_DENSITY: source, _CONDUCTIVITY: conducts}
    return Materials(active_material=name, active_material_density_kilogram_per_cubic_metre=density, sources=sources)


def _layered(name: str) -> Materials:
    return _positive(name, ACTIVE_MATERIAL_DENSITY, f"assumption: as NMC 811, {SOURCES[_DENSITY]}")


def _carbon(name: str) -> Materials:
    sources = {
        _DENSITY: "crystal of graphite, a = 2.464, c = 6.711 Angstrom, Z = 4; Trucano and Chen 1975, "
        "doi 10.1038/258136a0",
        _BINDER: "assumption: carboxymethyl cellulose, 1600, styrene-butadiene rubber, 970, carbon black, 1800 to 2000",
        _CONDUCTIVITY: "assumption: order of magnitude",
        _BINDER_CONDUCTIVITY: "assumption: as with poly(vinylidene fluoride)",
    }
    return Materials(
        active_material=name,
        active_material_density_kilogram_per_cubic_metre=2260.0,
        carbon_binder_density_kilogram_per_cubic_metre=1400.0,
        active_material_conductivity_siemens_per_metre=1000.0,
        sources=SOURCES | sources,
    )


_LCO = _positive(
    "lithium cobalt oxide",
    5050.0,
    "unit cell of LiCoO2, a = 2.816, c = 14.05 Angstrom, Z = 3; Reimers and Dahn 1992, doi 10.1149/1.2221184",
)
_LFP = _positive(
    "lithium iron phosphate",
    3600.0,
    "unit cell of LiFePO4, 10.334 x 6.008 x 4.693 Angstrom, Z = 4; Padhi et al. 1997, doi 10.1149/1.1837571",
    "assumption: order of magnitude of particles coated with carbon",
)
_GRAPHITE, _SILICON_GRAPHITE = _carbon("graphite"), _carbon("graphite with silicon oxide")

NAMED_MATERIALS: Mapping[str, Materials] = {
    "nmc-811": NMC_811,
    "graphite": _GRAPHITE,
    "silicon-graphite": _SILICON_GRAPHITE,
    "nmc-811-nanoporous": replace(
        NMC_811,
        carbon_binder_nanoporosity=0.576,
        carbon_binder_ionic_conductivity_share=0.32,
        carbon_binder_ionic_conductivity_share_uncertainty_factor=3.0,
        active_material_conductivity_uncertainty_factor=10.0,
        carbon_binder_conductivity_uncertainty_factor=3.0,
        sources=SOURCES
        | {
            "carbon_binder_nanoporosity": _VIERRATH,
            _IONIC: f"that porosity over its tortuosity, 1.6 to 2.0; {_VIERRATH}. Factor 3, assumption: the binder "
            "swells in the electrolyte, by 75 % of its volume if that is to explain lower measured values",
            _CONDUCTIVITY: f"{SOURCES[_CONDUCTIVITY]}. Factor 10, assumption: the charged half of that range",
            _BINDER_CONDUCTIVITY: f"{SOURCES[_BINDER_CONDUCTIVITY]}. Factor 3, assumption",
        },
    ),
}

_SETS: dict[str, tuple[Materials, Materials | None]] = {
    "Ai2020": (_LCO, _GRAPHITE),
    "Chen2020": (NMC_811, _SILICON_GRAPHITE),
    ARRHENIUS: (NMC_811, _SILICON_GRAPHITE),
    "Ecker2015": (_layered("lithium nickel cobalt oxide"), _GRAPHITE),
    "Marquis2019": (_LCO, _GRAPHITE),
    "Mohtat2020": (_layered("NMC 532"), _GRAPHITE),
    "NCA_Kim2011": (_layered("NCA"), _GRAPHITE),
    "OKane2022": (NMC_811, _SILICON_GRAPHITE),
    "Prada2013": (_LFP, _GRAPHITE),
    "Xu2019": (_layered("NMC 532"), None),
}


def materials_of_set(parameter_set: str, electrode: str) -> Materials:
    """The materials of an electrode of a parameter set of PyBaMM, each property with its source.

    Parameters
    ----------
    parameter_set
        One of those that a cell or half cell can be built on.
    electrode
        "positive" or "negative".

    Raises
    ------
    UnknownFieldError
        If the set is not known, or has no such electrode.
    """
    require_parameter_set(parameter_set, half_cell=electrode == "positive")
    positive, negative = _SETS[parameter_set]
    found = positive if electrode == "positive" else negative
    assert found is not None  # a set without a negative electrode was refused above
    return found


def set_of(design: CellDesign, electrode: str) -> str:
    """Name of the parameter set, or title of the BPX file, of the "positive" or "negative" electrode of a cell."""
    return (design.negative_parameter_set if electrode == "negative" else "") or design.parameter_set


def is_of_a_file(design: CellDesign, electrode: str) -> bool:
    """Whether that electrode's electrochemistry is the content of a BPX file, which names no materials."""
    combined = electrode == "negative" and design.negative_parameter_set
    return bool(design.negative_parameters if combined else design.parameters)


def require_agreement(materials: Materials, transport: Transport, design: CellDesign, electrode: str) -> None:
    """Refuse materials that are not those of the design's chemistry, or not those that entered the metrics.

    Raises
    ------
    ContradictionError
        If the active material weighs otherwise than the parameter set's own, or a phase conducts otherwise than it did
        when the metrics were computed.
    """
    if not is_of_a_file(design, electrode):
        require_same_material(materials, set_of(design, electrode), electrode)
    entered = {name: getattr(transport, name) for name in _CONDUCTIVITIES}
    if any(entered.values()):  # both are 0 where nothing was computed: the metrics were assumed
        entered[_IONIC] = transport.carbon_binder_ionic_conductivity_share
        _require_same_conductivities(materials, entered, electrode)


def require_same_material(materials: Materials, parameter_set: str, electrode: str) -> None:
    """Refuse an active material that weighs otherwise than the parameter set's own; raises as `require_agreement`."""
    own = materials_of_set(parameter_set, electrode)
    given, expected = (each.active_material_density_kilogram_per_cubic_metre for each in (materials, own))
    if abs(given / expected - 1) > _LARGEST_DEVIATION:
        raise ContradictionError(
            f"materials of the {electrode} electrode: {materials.active_material} of {given:g} kg/m^3; the parameter "
            f"set {parameter_set} is about {own.active_material} of {expected:g} kg/m^3. Choose a parameter set of "
            f"{materials.active_material}, or give the materials of {own.active_material} to every step."
        )


def _require_same_conductivities(materials: Materials, entered: dict[str, float], electrode: str) -> None:
    for name, value in entered.items():
        given = getattr(materials, name)
        unit = "[-]" if name == _IONIC else "S/m"
        if abs(given - value) > _SAME * max(given, value):
            raise ContradictionError(
                f"materials of the {electrode} electrode: {name} = {given:g} {unit}, but {value:g} {unit} entered the "
                "metrics of its microstructure. Give those that entered, or characterise it again with these."
            )
