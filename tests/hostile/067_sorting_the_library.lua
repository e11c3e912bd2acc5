-- expect: error read-only
table.sort(math)
