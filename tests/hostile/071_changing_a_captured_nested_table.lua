-- expect: error read-only
-- head: local captured = { a = { b = { n = 0 } } }
captured.a.b.n = 2
