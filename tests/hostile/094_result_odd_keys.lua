-- expect: error neither a name nor a place
return { [1.5] = 1 }
