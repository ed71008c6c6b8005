"""Where the packages of `ragone` lie: its rooms are folders at the top of the repository.

The links in `ragone/` say the same to what reads folders (mypy, import-linter, pytest); a wheel needs no links.
"""

from setuptools import find_packages, setup

ROOMS = ("schemas", "dataset", "pipelines", "models", "flows", "app")
inside = find_packages(include=[pattern for room in ROOMS for pattern in (room, f"{room}.*")])

setup(
    packages=["ragone", *(f"ragone.{package}" for package in inside)],
    package_dir={"ragone": "ragone", **{f"ragone.{room}": room for room in ROOMS}},
)
