"""`ragone generator draw`: a volume of a recipe, by a generator or a simulator, and how far outside the recipe lies."""

from __future__ import annotations

from ragone.app.pictures.drawing import draw
from ragone.app.terminal.session import FINE, FOUND, Session
from ragone.flows.generator.generators import generate_volume
from ragone.flows.generator.trust import DEFAULT
from ragone.flows.parameter_files.fields import read_fields, settings_of
from ragone.schemas import Recipe


def execute(session: Session) -> int:
    """Draw and store; 1 if the recipe is outside of the generator's applicability domain."""
    given = session.arguments
    options = {parameter.short: getattr(given, parameter.short, None) for parameter in Recipe.parameters().values()}
    words = {name: word for name, word in options.items() if word is not None}
    recipe = Recipe.build(read_fields(Recipe, {**words, **settings_of(given.settings)}))
    with session.lake(create=given.simulate or given.generator == DEFAULT) as lake, session.working("drawing"):
        found = generate_volume(
            lake, recipe, given.generator, edge_voxels=given.edge, seed=given.seed, simulate=given.simulate
        )
    if given.png:
        draw(found.volume, given.png)
    fractions = {
        name: float((found.volume.labels == label).mean())
        for name, label in zip(found.volume.phase_names, found.volume.phase_labels, strict=True)
    }
    data = {"microstructure_id": found.volume.id, "recipe_id": found.recipe.id, "fractions": fractions}
    shown = [f"microstructure  {found.volume.id}", f"recipe          {found.recipe.id}"]
    shown += [f"{name:<16}{share:.4f}" for name, share in fractions.items()]
    session.answer({**data, "outside": found.outside, "place": found.statement}, "\n".join([*shown, found.statement]))
    return FOUND if found.outside else FINE
