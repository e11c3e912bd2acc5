-- expect: error read-only
table.insert(string, 1)
