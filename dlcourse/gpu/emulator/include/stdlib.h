// Nothing: shim.h has it.
