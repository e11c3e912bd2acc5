-- expect: error place outside the list
table.insert({ 1 }, 1 << 62, 1)
