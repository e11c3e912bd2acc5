-- expect: error mixes a list with names
return { 1, 2, a = 3 }
