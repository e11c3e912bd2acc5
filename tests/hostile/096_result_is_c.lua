-- expect: error is c itself
return c
