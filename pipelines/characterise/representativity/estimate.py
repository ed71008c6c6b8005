"""How representative are volume elements of a material? Bias and scatter by size, bias of voxels, cheapest sample.

From single volume elements of several sizes and, if given, the same structures at several voxel sizes; nothing but
their transport records. The numbers needed and the cheapest are those of drawn volume elements where there are any,
else of cut ones. The bias of cut volume elements beside that of drawn ones shows what drawing a small volume element
changes in the material itself (a packing in a small periodic box; particles that were made smaller to fit).

What it does not do: no extrapolation in size and voxel at once; the bias of the voxels stands beside the target, not
in it.
"""

from __future__ import annotations

from ragone.pipelines.characterise.errors import SampleError
from ragone.pipelines.characterise.representativity.metrics import METRICS
from ragone.pipelines.characterise.representativity.samples import require_alike, rows_of
from ragone.pipelines.characterise.representativity.sizes import Sizes
from ragone.pipelines.characterise.representativity.voxels import resolution_fields
from ragone.schemas import Representativity, Transport, stage

_METHOD = (
    "means over groups (volume elements cut from one volume), cluster-robust errors, Student's t; "
    "mean = value (1 + b / edge) and scatter ~ edge^-p by least squares, weighted by measured volume and by degrees of "
    "freedom"
)


@stage("representativity.estimate", libraries=("numpy", "scipy"))
def estimate_representativity(
    drawn: tuple[Transport, ...],
    cut: tuple[Transport, ...],
    resolved: tuple[Transport, ...],
    *,
    metric: str = "pore_tortuosity_factor",
    cut_from: tuple[int, ...] = (),
    resolved_of: tuple[int, ...] = (),
    target: float = 0.01,
    confidence: float = 0.95,
    fit_from_edge_voxels: int = 1,
    most_cubes: int = 1000,
    cost_exponent: float = 3.0,
    resolution_order: float = 1.0,
) -> Representativity:
    """Representativity of one metric.

    Parameters
    ----------
    drawn
        Single volume elements, each a structure of its own. May be empty if `cut` is not.
    cut
        Single volume elements cut from larger ones; the same voxel size as `drawn`.
    resolved
        The same structures, at equal edges in metres, at several voxel sizes; may be empty.
    metric
        One of `METRICS`.
    cut_from
        Position in `drawn` of the volume element that each of `cut` was cut from; of volumes that are not in
        `drawn`, any number that tells them apart. Volume elements cut from one single volume count as independent.
    resolved_of
        Number of the structure of each of `resolved`.
    target
        Largest relative error of the mean [-].
    confidence
        Confidence of the target and of all intervals [-].
    fit_from_edge_voxels
        Smaller volume elements enter no fit: where the packing itself changes with the size the laws of size do not
        hold.
    most_cubes
        Largest number considered [-].
    cost_exponent
        Cost of a volume element ~ edge^this [-].
    resolution_order
        The error by voxel size h is taken as ~ h^this [-]; 1 for stair-stepped interfaces.

    Returns
    -------
    Representativity
        Rows by way of sampling and size.

    Raises
    ------
    SampleError
        If the volume elements are not alike, or fewer than two sizes are left with enough volume elements that conduct.
    """
    require_alike(metric, (*drawn, *cut), resolved)
    rows, left_out = rows_of(drawn, cut, metric, cut_from)
    if not rows:
        raise SampleError(
            f"no volume elements can be used: {left_out or 'there are none'}. Measure several of several sizes."
        )
    sizes = Sizes(rows, fit_from=fit_from_edge_voxels, confidence=confidence)
    voxel = (drawn or cut)[0].voxel_size_metre
    return Representativity.build(
        {
            "metric": metric,
            "metric_unit": METRICS[metric],
            "target": target,
            "confidence": confidence,
            "voxel_size_metre": voxel,
            "fit_from_edge_voxels": fit_from_edge_voxels,
            **sizes.mean_fields(voxel),
            **sizes.bias_fields(),
            **sizes.scatter_fields(voxel),
            **sizes.demand_fields(target=target, most=most_cubes, cost_exponent=cost_exponent),
            **resolution_fields(resolved, resolved_of, metric, voxel_size=voxel, order=resolution_order),
            "left_out": left_out,
            "method": _METHOD,
        }
    )
