"""A cell's geometry and metrics in the terms of BattINFO, as JSON-LD: the ontology of batteries on top of EMMO.

Only terms of BattINFO's own context are used, spelled out in the file, so that it is read without a network. A quantity
that BattINFO has no term for (the effective conductivity, the tortuosity factor, the area ratio) is left out rather
than forced under a term that means something else. All values are calculated, and say so.

References
----------
Clark et al. (2022), Advanced Energy Materials 12, 2102702, doi 10.1002/aenm.202102702; context of
https://w3id.org/emmo/domain/battery/context.
"""

from __future__ import annotations

from typing import Any

from ragone.dataset.exchange.description import NAMESPACE
from ragone.schemas import CellParameters, NegativeElectrode

MEDIA_TYPE, STANDARD = "application/ld+json", "https://w3id.org/emmo/domain/battery/context"
_EMMO = "https://w3id.org/emmo#"
_ELECTROCHEMISTRY = "https://w3id.org/emmo/domain/electrochemistry#electrochemistry_"
_BATTERY = "https://w3id.org/emmo/domain/battery#battery_"
_CONTEXT: dict[str, Any] = {
    "schema": "https://schema.org/",
    "BatteryCell": f"{_BATTERY}68ed592a_7924_45d0_a108_94d6275d57f0",
    "CoatedElectrode": f"{_ELECTROCHEMISTRY}92147e31_d015_4889_a092_04fbab033f15",
    "ElectrodeCoating": f"{_ELECTROCHEMISTRY}403c300e_09b9_400b_943b_04e82a3cfb56",
    "Separator": f"{_ELECTROCHEMISTRY}331e6cca_f260_4bf8_af55_35304fe1bbe0",
    "ModelledProperty": f"{_EMMO}EMMO_d0200cf1_e4f4_45ae_873f_b9359daea3cd",
    "RealData": f"{_EMMO}EMMO_18d180e4_5e3e_42f7_820c_e08951223486",
    "Area": f"{_EMMO}EMMO_96f39f77_44dc_491b_8fa7_30d887fe0890",
    "HeatCapacity": f"{_EMMO}EMMO_802c167d_b792_4cb8_a315_35797345c0e3",
    "Mass": f"{_EMMO}EMMO_ed4af7ae_63a2_497e_bb88_2309619ea405",
    "NPRatio": f"{_ELECTROCHEMISTRY}05012606_b93d_4016_bbc7_8a927efdf723",
    "NominalCapacity": f"{_ELECTROCHEMISTRY}8abde9d0_84f6_4b4f_a87e_86028a397100",
    "ParticleRadius": f"{_ELECTROCHEMISTRY}b92e382f_5109_4f60_ab5e_c89d340419a9",
    "Porosity": f"{_EMMO}EMMO_3a6578ac_aee0_43b9_9bc6_1eb208c8c9a9",
    "ThermalConductivity": f"{_EMMO}EMMO_8dd40ec6_2c5a_43f3_bf64_cadcd447a1c1",
    "Thickness": f"{_EMMO}EMMO_43003c86_9d15_433b_9789_ee2940920656",
    "Volume": f"{_EMMO}EMMO_f1a51559_aa3d_43a0_9327_918039f0dfed",
    "hasNumberValue": f"{_EMMO}EMMO_faf79f53_749d_40b2_807c_d34244c192f4",
    **{
        name: {"@id": iri, "@type": "@id"}
        for name, iri in {
            "hasCoating": f"{_ELECTROCHEMISTRY}4df9926d_d4f2_4955_93f3_a03c5edc5383",
            "hasNegativeElectrode": f"{_ELECTROCHEMISTRY}5d299271_3f68_494f_ab96_3db9acdd3138",
            "hasPositiveElectrode": f"{_ELECTROCHEMISTRY}8e9cf965_9f92_46e8_b678_b50410ce3616",
            "hasSeparator": f"{_ELECTROCHEMISTRY}9317be62_e602_4343_a72d_02c87201b9f6",
            "hasProperty": f"{_EMMO}EMMO_e1097637_70d2_4895_973f_2396f04fa204",
            "hasNumericalPart": f"{_EMMO}EMMO_8ef3cd6d_ae58_4a8d_9fc0_ad8f49015cd0",
            "hasMeasurementUnit": f"{_EMMO}EMMO_bed1d005_b04e_4a90_94cf_02bc678a8569",
        }.items()
    },
}
_UNIT_ONE = "EMMO_5ebd5e01_0ed3_49a2_a30d_cd05cbe72978"
_COULOMB_PER_AMPERE_HOUR = 3600.0


def battinfo(cell: CellParameters) -> dict[str, Any]:
    """Return the document of a cell; what is not known is left out."""
    known = {
        "@context": _CONTEXT,
        "@id": NAMESPACE + cell.id,
        "@type": "BatteryCell",
        "schema:name": f"{cell.form_factor} cell on {cell.chemistry}",
        "schema:description": cell.method,
        "hasProperty": _properties(
            ("NominalCapacity", cell.nominal_capacity_ampere_hour * _COULOMB_PER_AMPERE_HOUR, "Coulomb"),
            ("NPRatio", cell.negative_to_positive_capacity_ratio or None, _UNIT_ONE),
            ("Mass", cell.cell_mass_kilogram, "Kilogram"),
            ("Volume", cell.cell_volume_cubic_metre, "CubicMetre"),
            ("HeatCapacity", cell.heat_capacity_joule_per_kelvin, "JoulePerKelvin"),
            ("ThermalConductivity", cell.thermal_conductivity_watt_per_metre_kelvin, "WattPerMetreKelvin"),
        ),
        "hasPositiveElectrode": _electrode(
            cell, cell.positive_thickness_metre, cell.positive_porosity, cell.positive_particle_radius_metre
        ),
        "hasSeparator": _layer("Separator", cell.separator_thickness_metre, cell.separator_porosity),
    }
    if cell.negative_electrode is NegativeElectrode.INTERCALATION:
        known["hasNegativeElectrode"] = _electrode(cell, cell.negative_thickness_metre, cell.negative_porosity, None)
    return {name: value for name, value in known.items() if value}


def _electrode(cell: CellParameters, thickness: float, porosity: float | None, radius: float | None) -> dict[str, Any]:
    return {
        "@type": "CoatedElectrode",
        "hasProperty": _properties(("Area", cell.electrode_area_square_metre, "SquareMetre")),
        "hasCoating": _layer("ElectrodeCoating", thickness, porosity, ("ParticleRadius", radius, "Metre")),
    }


def _layer(kind: str, thickness: float | None, porosity: float | None, *more: Any) -> dict[str, Any]:
    found = _properties(("Thickness", thickness, "Metre"), ("Porosity", porosity, _UNIT_ONE), *more)
    return {"@type": kind, "hasProperty": found} if found else {}


def _properties(*quantities: tuple[str, float | None, str]) -> list[dict[str, Any]]:
    return [
        {
            "@type": [name, "ModelledProperty"],
            "hasNumericalPart": {"@type": "RealData", "hasNumberValue": value},
            "hasMeasurementUnit": _EMMO + unit,
        }
        for name, value, unit in quantities
        if value is not None
    ]
