-- expect: error an error without a text (a table value)
assert(false, {})
