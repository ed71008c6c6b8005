"""How is software cited? The works that its authors ask to be cited, by the name of the distribution.

Parameter sets of PyBaMM, and electrolytes, are works of their own: whoever uses `Chen2020` cites the measurement.
Software without a work to cite is named with its version and address.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Work:
    """A published work; `authors` family name first, ``others`` at the end for those that are left out."""

    key: str
    title: str
    authors: tuple[str, ...]
    published_in: str
    year: int
    doi: str

    @property
    def address(self) -> str:
        """The address of the DOI."""
        return f"https://doi.org/{self.doi}"


_PYBAMM = Work(
    "Sulzer2021",
    "Python Battery Mathematical Modelling (PyBaMM)",
    ("Sulzer, Valentin", "Marquis, Scott G.", "Timms, Robert", "Robinson, Martin", "Chapman, S. Jon"),
    "Journal of Open Research Software",
    2021,
    "10.5334/jors.309",
)
_CASADI = Work(
    "Andersson2019",
    "CasADi: a software framework for nonlinear optimization and optimal control",
    ("Andersson, Joel A. E.", "Gillis, Joris", "Horn, Greg", "Rawlings, James B.", "Diehl, Moritz"),
    "Mathematical Programming Computation",
    2019,
    "10.1007/s12532-018-0139-4",
)
_SUNDIALS = Work(
    "Hindmarsh2005",
    "SUNDIALS: Suite of nonlinear and differential/algebraic equation solvers",
    ("Hindmarsh, Alan C.", "Brown, Peter N.", "Grant, Keith E.", "Lee, Steven L.", "Serban, Radu", "others"),
    "ACM Transactions on Mathematical Software",
    2005,
    "10.1145/1089014.1089020",
)
_NUMPY = Work(
    "Harris2020",
    "Array programming with NumPy",
    ("Harris, Charles R.", "Millman, K. Jarrod", "van der Walt, Stéfan J.", "Gommers, Ralf", "others"),
    "Nature",
    2020,
    "10.1038/s41586-020-2649-2",
)
_SCIPY = Work(
    "Virtanen2020",
    "SciPy 1.0: fundamental algorithms for scientific computing in Python",
    ("Virtanen, Pauli", "Gommers, Ralf", "Oliphant, Travis E.", "Haberland, Matt", "others"),
    "Nature Methods",
    2020,
    "10.1038/s41592-019-0686-2",
)
_TORCH = Work(
    "Paszke2019",
    "PyTorch: An Imperative Style, High-Performance Deep Learning Library",
    ("Paszke, Adam", "Gross, Sam", "Massa, Francisco", "Lerer, Adam", "others"),
    "Advances in Neural Information Processing Systems 32",
    2019,
    "10.48550/arXiv.1912.01703",
)
_BOTORCH = Work(
    "Balandat2020",
    "BoTorch: A Framework for Efficient Monte-Carlo Bayesian Optimization",
    ("Balandat, Maximilian", "Karrer, Brian", "Jiang, Daniel R.", "Daulton, Samuel", "others"),
    "Advances in Neural Information Processing Systems 33",
    2020,
    "10.48550/arXiv.1910.06403",
)
_GPYTORCH = Work(
    "Gardner2018",
    "GPyTorch: Blackbox Matrix-Matrix Gaussian Process Inference with GPU Acceleration",
    ("Gardner, Jacob R.", "Pleiss, Geoff", "Bindel, David", "Weinberger, Kilian Q.", "Wilson, Andrew Gordon"),
    "Advances in Neural Information Processing Systems 31",
    2018,
    "10.48550/arXiv.1809.11165",
)
_NUMBA = Work(
    "Lam2015",
    "Numba: a LLVM-based Python JIT compiler",
    ("Lam, Siu Kwan", "Pitrou, Antoine", "Seibert, Stanley"),
    "Proceedings of the Second Workshop on the LLVM Compiler Infrastructure in HPC",
    2015,
    "10.1145/2833157.2833162",
)
_TAUFACTOR = Work(
    "Kench2023",
    "TauFactor 2: A GPU accelerated python tool for microstructural analysis",
    ("Kench, Steve", "Squires, Isaac", "Cooper, Samuel"),
    "Journal of Open Source Software",
    2023,
    "10.21105/joss.05358",
)
SOFTWARE: Mapping[str, tuple[Work, ...]] = {
    "botorch": (_BOTORCH,),
    "casadi": (_CASADI,),
    "gpytorch": (_GPYTORCH,),
    "linear_operator": (_GPYTORCH,),
    "numba": (_NUMBA,),
    "numpy": (_NUMPY,),
    "pybamm": (_PYBAMM,),
    "pybammsolvers": (_SUNDIALS,),
    "scipy": (_SCIPY,),
    "taufactor": (_TAUFACTOR,),
    "torch": (_TORCH,),
}
ADDRESSES: Mapping[str, str] = {
    "botorch": "https://botorch.org",
    "bpx": "https://github.com/FaradayInstitution/BPX",
    "casadi": "https://web.casadi.org",
    "gpytorch": "https://gpytorch.ai",
    "linear_operator": "https://github.com/cornellius-gp/linear_operator",
    "numba": "https://numba.pydata.org",
    "numpy": "https://numpy.org",
    "pybamm": "https://pybamm.org",
    "pybammsolvers": "https://github.com/pybamm-team/pybammsolvers",
    "scipy": "https://scipy.org",
    "taufactor": "https://github.com/tldr-group/taufactor",
    "torch": "https://pytorch.org",
}
_CHEN = Work(
    "Chen2020",
    "Development of Experimental Techniques for Parameterization of Multi-scale Lithium-ion Battery Models",
    ("Chen, Chang-Hui", "Brosa Planella, Ferran", "O'Regan, Kieran", "Gastol, Dominika", "others"),
    "Journal of The Electrochemical Society",
    2020,
    "10.1149/1945-7111/ab9050",
)
_OKANE = Work(
    "OKane2022",
    "Lithium-ion battery degradation: how to model it",
    ("O'Kane, Simon E. J.", "Ai, Weilong", "Madabattula, Ganesh", "Alonso-Alvarez, Diego", "others"),
    "Physical Chemistry Chemical Physics",
    2022,
    "10.1039/D2CP00417H",
)
_MARQUIS = Work(
    "Marquis2019",
    "An asymptotic derivation of a single particle model with electrolyte",
    ("Marquis, Scott G.", "Sulzer, Valentin", "Timms, Robert", "Please, Colin P.", "Chapman, S. Jon"),
    "Journal of The Electrochemical Society",
    2019,
    "10.1149/2.0341915jes",
)
_ECKER = Work(
    "Ecker2015",
    "Parameterization of a Physico-Chemical Model of a Lithium-Ion Battery: I. Determination of Parameters",
    ("Ecker, Madeleine", "Tran, Thi Kim Dung", "Dechent, Philipp", "Käbitz, Stefan", "others"),
    "Journal of The Electrochemical Society",
    2015,
    "10.1149/2.0551509jes",
)
_OREGAN = Work(
    "ORegan2022",
    "Thermal-electrochemical parameters of a high energy lithium-ion cylindrical battery",
    ("O'Regan, Kieran", "Brosa Planella, Ferran", "Widanage, W. Dhammika", "Kendrick, Emma"),
    "Electrochimica Acta",
    2022,
    "10.1016/j.electacta.2022.140700",
)
_PRADA = Work(
    "Prada2013",
    "A simplified electrochemical and thermal aging model of LiFePO4-graphite Li-ion batteries: power and capacity "
    "fade simulations",
    ("Prada, Eric", "Di Domenico, D.", "Creff, Y.", "Bernard, J.", "Sauvant-Moynot, Valérie", "Huet, François"),
    "Journal of The Electrochemical Society",
    2013,
    "10.1149/2.053304jes",
)
_NYMAN = Work(
    "Nyman2008",
    "Electrochemical characterisation and modelling of the mass transport phenomena in LiPF6-EC-EMC electrolyte",
    ("Nyman, Andreas", "Behm, Mårten", "Lindbergh, Göran"),
    "Electrochimica Acta",
    2008,
    "10.1016/j.electacta.2008.04.023",
)
_VALOEN = Work(
    "Valoen2005",
    "Transport properties of LiPF6-based Li-ion battery electrolytes",
    ("Valøen, Lars Ole", "Reimers, Jan N."),
    "Journal of The Electrochemical Society",
    2005,
    "10.1149/1.1872737",
)
_LANDESFEIND = Work(
    "Landesfeind2019",
    "Temperature and Concentration Dependence of the Ionic Transport Properties of Lithium-Ion Battery Electrolytes",
    ("Landesfeind, Johannes", "Gasteiger, Hubert A."),
    "Journal of The Electrochemical Society",
    2019,
    "10.1149/2.0571912jes",
)
_ELECTROLYTES = {
    "nyman-2008": (_NYMAN,),
    "nyman-2008-arrhenius": (_NYMAN, _ECKER),  # whose activation energy it takes
    "valoen-2005": (_VALOEN,),
    **{f"landesfeind-2019-{solvents}": (_LANDESFEIND,) for solvents in ("ec-emc", "ec-dmc", "emc-fec")},
}
PARAMETER_SETS: Mapping[str, tuple[Work, ...]] = {
    **{work.key: (work,) for work in (_CHEN, _ECKER, _MARQUIS, _OKANE, _OREGAN, _PRADA)},
    "Chen2020_Arrhenius": (_CHEN, _OKANE),  # whose activation energies it takes
    **_ELECTROLYTES,
}
