"""Every command in a few words, by subject and in the order of use, and the formats of an answer.

A command of two words is a sub-command: `ragone generator train`. A line here and a module in `commands/` make a
command; its arguments, if it has any of its own, are declared by a module beside this one.
"""

from collections.abc import Mapping

GROUPS: Mapping[str, Mapping[str, str]] = {
    "studies": {
        "demo": "run a small study, query, reproduce, train on it",
        "run": "run a study, or continue one that was stopped",
        "ask": "suggest candidates for a laboratory to make and measure",
        "tell": "add what a laboratory measured on candidates",
        "migrate-study": "rewrite a study file of an earlier form",
        "cases": "run the case studies of Kench et al. (2024)",
        "plateau": "find which designs of a campaign are as good as its best",
        "explain": "explain a design: why, how surely, what would change it",
        "polish": "improve a campaign's best design by gradient",
        "inverse": "find designs that have given KPIs",
        "powers": "compare designs at many powers by Ragone curves",
        "bruggeman": "measure the error of Bruggeman's relation",
    },
    "a Prefect server": {
        "up": "start a Prefect server and a worker, until Ctrl-C",
        "deploy": "register a study's jobs there: forms, schedules, limits",
    },
    "measurements and images": {
        "import": "import a segmented volume and run it through all stages",
        "import-measurement": "import and check the file of a battery cycler",
        "measure": "measure transport and geometry of a microstructure",
        "represent": "find volume size, count and voxel size for a target",
    },
    "cells and KPIs": {
        "cell": "build a cell; show it or write it as BPX",
        "cycle": "charge and discharge a cell by a protocol",
        "age": "age a cell cycle by cycle, in segments that are stored",
        "kpis": "extract KPIs from curves, spectra and cells",
        "uncertainty": "find what makes a KPI uncertain, and what to measure",
        "sensitivities": "differentiate a discharge's energy by each input",
        "thermal": "balance a cell's heat; find if it runs away",
        "compare": "validate a cell's model against measured discharges",
        "impedance": "simulate or import an impedance and split it",
    },
    "generator of microstructures": {
        "generator train": "train a generator on simulated or imported volumes",
        "generator draw": "draw a volume of a recipe",
        "generator calibrate": "measure a generator's errors at left-out recipes",
        "generator fidelity": "compare generated with real volumes, metric by metric",
    },
    "surrogates of the history": {
        "retrain": "train surrogates on evaluations; promote if better",
        "predict": "predict a design by a surrogate, with its interval",
        "screen": "find the best of a million designs by a surrogate",
    },
    "knowledge without data, for other owners": {
        "share export": "say in words what would leave, ask, write and sign it",
        "share import": "verify a file of another owner and store it",
        "share key": "show your fingerprint and public key",
        "share sum": "add up the masked files of several owners",
    },
    "the lake": {
        "campaigns": "list the campaigns with their goals and best results",
        "tables": "list the lake's tables, or the columns of one",
        "find": "find a word in names, tags, notes, sources, licences",
        "tag": "give an artifact tags, by which it can be named",
        "note": "write a note on an artifact",
        "query": "answer one SELECT over the lake's tables",
        "evaluations": "list evaluated designs, their KPIs beside them",
        "diff": "set two campaigns, cells, runs or others side by side",
        "show": "show a record; draw it, or write its curve",
        "report": "write a campaign as one HTML page with pictures",
        "lineage": "show what an artifact was made of, and what of it",
        "reproduce": "compute an artifact again and store the verdict",
        "why": "explain why an artifact was computed or reused",
        "snapshot": "freeze what the lake holds now under one id",
        "drop": "drop computed data, keeping how to make them again",
        "backup": "copy the lake, also while it is written",
        "restore": "bring back from a backup what is lost or damaged",
        "licences": "show under which licence a result may be used",
        "fair": "score a crate by F-UJI's indicators; say what to add",
        "export": "write one result or study as a crate for other tools",
        "import-crate": "verify a crate and import it; nothing is executed",
        "fsck": "check every file of the lake against its name",
        "rebuild": "make all tables again from objects and runs",
    },
    "this installation": {
        "doctor": "check versions, telemetry and access; run a self-test",
        "completion": "print the script by which a shell completes",
    },
}
COMMANDS = {name: what for commands in GROUPS.values() for name, what in commands.items()}
DESCRIPTION = "Designs lithium-ion electrodes in a closed loop,\nand can reproduce every number it ever printed."
ENDING = "Ids may be shortened while they are unambiguous."
FORMATS = ("table", "json", "csv", "parquet")
