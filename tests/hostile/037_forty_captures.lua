-- expect: error too many captures
return ('x'):match(('('):rep(40) .. 'x')
