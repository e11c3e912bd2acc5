-- expect: error index out of range
return select(-10, 1, 2)
