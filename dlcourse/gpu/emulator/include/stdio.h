// Nothing: shim.h has printf and assert.
