-- expect: error at most 65536 items
return table.concat({}, 'x', 1, 1 << 60)
