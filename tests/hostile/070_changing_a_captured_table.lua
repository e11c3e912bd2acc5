-- expect: error read-only
-- head: local captured = { n = 0 }
captured.n = captured.n + 1
return captured.n
