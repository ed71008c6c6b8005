"""Every command in a few words, in the order of use, and the formats of an answer."""

COMMANDS = {
    "demo": "run the study of params.yaml in a few minutes and reproduce its best result",
    "run": "run a study, or go on with one that was stopped",
    "import": "bring a segmented TIFF or NPY volume in, and run it through all stages",
    "import-measurement": "bring a cycler's file in, checked: Battery Data Format, text, MATLAB or Excel",
    "cases": "the three case studies of Kench et al. (2024), published figures beside ours, with pictures",
    "powers": "designs at many powers: their Ragone curves, where they cross, with a picture",
    "bruggeman": "what a model gets wrong that takes tortuosity from porosity, with a picture",
    "represent": "say how large a cube, how many of them and how fine a voxel a target needs, with a picture",
    "train-generator": "train a generator of microstructures on volumes of the lake, or on simulated ones; resumable",
    "fidelity": "say how true a generator is, and whether it copies, beside real volumes that it has not seen",
    "measure": "measure a microstructure: transport with certified intervals, tensor, geometry, random walkers",
    "cell": "build a cell of a measured electrode, a parameter set or a BPX file: what it is made of, and as BPX",
    "cycle": "do a protocol with a cell: charge, discharge, pulses, rests, a drive profile; step by step",
    "kpis": "read KPIs off curves, spectra and cells: value, uncertainty, window and id, side by side",
    "thermal": "say where a cell's heat comes from, how warm it gets under a load, and whether it runs away",
    "compare": "the model of a cell beside measured discharges: voltages and KPIs, with a picture",
    "impedance": "simulate the impedance of a cell or import a measured one, and split its resistance",
    "query": "answer one SELECT over the lake's tables",
    "show": "show a record; a microstructure as a picture, a discharge as a curve",
    "lineage": "show what an artifact was made of, and what was made of it",
    "reproduce": "compute an artifact again, compare, and store the verdict",
    "why": "say why an artifact was computed, and whether it would be reused",
    "snapshot": "freeze what the lake holds now under one id",
    "drop": "drop the data of computed artifacts, keeping how to make them again",
    "fsck": "check every file of the lake against its name",
    "rebuild": "make all tables again from objects and runs",
    "doctor": "check this installation: versions, telemetry, write access, a self-test",
}
DESCRIPTION = "Designs lithium-ion electrodes in a closed loop, and can reproduce every number it ever printed."
FORMATS = ("table", "json", "csv", "parquet")
