-- expect: error place outside the list
table.remove({ 1 }, 1 << 62)
