"""Which machine instructions are floating-point operations, and how many.

Add, subtract, multiply, divide and square root count one, a fused multiply-add two, a call of
the mathematics library (exp, sin, ...) one. Comparisons, conversions, minima and copies count none.

Not modelled: what a GPU's own compiler would fuse, split or leave out.
"""

import re

X86 = re.compile(r"v?(add|sub|mul|div|sqrt|rcp|rsqrt|fn?m(?:add|sub)\d+)([sp])([sdh])$")
ARM = re.compile(
    r"(fadd|fsub|fmul|fnmul|fdiv|fsqrt|fmadd|fmsub|fnmadd|fnmsub|fmla|fmls)(?:\.\w+)?$"
)
TYPES = {"s": "float32", "d": "float64", "h": "float16"}
BYTES = {"s": 4, "d": 8, "h": 2}
LIBRARY = re.compile(
    r"(fma|sqrt|cbrt|exp|exp2|exp10|expm1|log|log2|log10|log1p|pow|sin|cos|tan|asin|acos|atan|atan2|"
    r"sinh|cosh|tanh|asinh|acosh|atanh|erf|erfc|tgamma|lgamma|hypot|fmod|rsqrt)(f?)$"
)


def flop(name, operands, callee=""):
    """Count the operations of an instruction.

    Args:
        name: its mnemonic.
        operands: the text behind it.
        callee: the function it calls, if it is a call.

    Returns:
        (type, count), or None if it does no arithmetic.

    >>> flop("vfmadd231ss", "%xmm0, %xmm1, %xmm2"), flop("fadd", "d0, d1, d2"), flop("addl", "")
    (('float32', 2), ('float64', 1), None)
    """
    if callee:
        return _library(callee)
    if match := X86.match(name):
        operation, packed, kind = match.groups()
        lanes = _x86_bytes(operands) // BYTES[kind] if packed == "p" else 1
        return TYPES[kind], lanes * (2 if operation[0] == "f" else 1)
    if (match := ARM.match(name)) and (kind := _arm_type(operands)):
        return TYPES[kind], _arm_lanes(operands) * (2 if match[1] in _FUSED else 1)
    return None


_FUSED = {"fmadd", "fmsub", "fnmadd", "fnmsub", "fmla", "fmls"}


def _library(callee):
    match = LIBRARY.match(callee)
    if not match:
        return None
    return "float32" if match[2] else "float64", 2 if match[1] == "fma" else 1


def _x86_bytes(operands):
    return 64 if "%zmm" in operands else 32 if "%ymm" in operands else 16


def _arm_type(operands):
    vector = re.match(r"v\d+\.\d*([sdh])", operands)
    scalar = re.match(r"([sdh])\d+\b", operands)
    return (vector or scalar or [None, None])[1]


def _arm_lanes(operands):
    vector = re.match(r"v\d+\.(\d+)[sdh]", operands)
    return int(vector[1]) if vector else 1
