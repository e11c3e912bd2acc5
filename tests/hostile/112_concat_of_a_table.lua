-- expect: error not a text
return table.concat({ 1, {}, 3 })
