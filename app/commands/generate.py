"""`ragone generate`: a volume of a recipe, drawn by a generator or simulated, and how far outside the recipe lies."""

from __future__ import annotations

from app.pictures.drawing import draw
from app.terminal.session import FINE, FOUND, Session
from flows.engines import DEFAULT
from flows.generator.generators import generate_volume
from schemas import Design
from schemas.units import parse_quantity


def execute(session: Session) -> int:
    """Draw and store; 1 if the recipe lies outside of what the generator has seen."""
    given = session.arguments
    names = ("active_material_weight_fraction", "porosity", "binder_adhesion")
    recipe = {name: parse_quantity(getattr(given, name), "1", f"--{name.replace('_', '-')}") for name in names}
    design = Design(**recipe, mass_loading_kilogram_per_square_metre=0.2)  # the loading does not enter the voxels
    with session.lake(create=given.simulate or given.generator == DEFAULT) as lake, session.working("drawing"):
        found = generate_volume(
            lake, design, given.generator, edge_voxels=given.edge, seed=given.seed, simulate=given.simulate
        )
    if given.png:
        draw(found.volume, given.png)
    fractions = {
        name: float((found.volume.labels == label).mean())
        for name, label in zip(found.volume.phase_names, found.volume.phase_labels, strict=True)
    }
    data = {"microstructure_id": found.microstructure_id, "design_id": found.design_id, "fractions": fractions}
    shown = [f"microstructure  {found.microstructure_id}", f"design          {found.design_id}"]
    shown += [f"{name:<16}{share:.4f}" for name, share in fractions.items()]
    session.answer({**data, "outside": found.outside, "place": found.statement}, "\n".join([*shown, found.statement]))
    return FOUND if found.outside else FINE
