-- expect: error read-only
-- head: local captured = { 1, 2, 3 }
table.insert(captured, 4)
